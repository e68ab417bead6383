"""What steps.py compares: one class for each optimizer, all over the same weights and gradients where they can.

A peer is made from a Set; `climb` moves the weights to where the second gradient is evaluated, `descend` makes the update from where they
were. `run(k)` makes k steps, as a host in that language would. No model is evaluated: the gradients stand there and do not change.
`point` and `weights` are for the check of results, on sets small enough.
"""
import ctypes
import os
import pathlib
import subprocess
import sys
import time

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
RHO, LR, MOMENTUM, BETAS, EPS, DECAY = 0.05, 1e-3, 0.9, (0.9, 0.999), 1e-8, 0.01     # decay: AdamW alone


def resnet50():
    shapes = [(64, 3, 7, 7), (64,), (64,)]
    inner = 64
    for width, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for block in range(blocks):
            shapes += [(width, inner, 1, 1), (width,), (width,), (width, width, 3, 3), (width,), (width,), (4 * width, width, 1, 1), (4 * width,), (4 * width,)]
            if block == 0:
                shapes += [(4 * width, inner, 1, 1), (4 * width,), (4 * width,)]
            inner = 4 * width
    return shapes + [(1000, 2048), (1000,)]


def gpt2(width=768):
    block = [(width,), (width,), (3 * width, width), (3 * width,), (width, width), (width,), (width,), (width,), (4 * width, width), (4 * width,),
             (width, 4 * width), (width,)]
    return [(50257, width), (1024, width), *12 * block, (width,), (width,)]


LAYOUTS = {
    "one tensor 1e7": [(10_000_000,)],
    "ResNet-50 shapes, 25.6 M": resnet50(),
    "GPT-2 shapes, 124 M": gpt2(),
    "60 tiny tensors, 1e5": [*20 * [(40, 100)], *40 * [(500,)]],
    "one tensor of 1000": [(1000,)],
}


def arena(sizes, dtype=np.float32):
    """Arrays of zeros of these sizes in one piece of memory, each at a multiple of 64 bytes; and the whole. numpy asks for huge pages
    where it is large, but only for np.empty."""
    wide = 64 // np.dtype(dtype).itemsize
    places = np.concatenate([[0], np.cumsum([-(-size // wide) * wide for size in sizes])])
    raw = np.empty(int(places[-1]) + wide, dtype)
    raw[:] = 0
    start = -raw.ctypes.data % 64 // raw.itemsize
    whole = raw[start:start + int(places[-1])]
    return [whole[at:at + size] for at, size in zip(places, sizes)], whole


class Set:
    """The weights and gradients of a layout, and how many threads a step may use."""

    def __init__(self, shapes, base, threads):
        self.shapes, self.base, self.threads = shapes, base, threads
        self.sizes = [int(np.prod(shape)) for shape in shapes]
        self.total = sum(self.sizes)
        (self.w, self.all_w), (self.g, self.all_g) = arena(self.sizes), arena(self.sizes)
        draw = np.random.default_rng(0)
        for arrays, scale in ((self.w, 0.1), (self.g, 0.01)):
            for array in arrays:
                array[...] = draw.standard_normal(array.size, np.float32) * np.float32(scale)

    def shaped(self, arrays):
        return [array.reshape(shape) for array, shape in zip(arrays, self.shapes)]


# ---- C


def compiled():
    """peer.c as a library, made anew where the text or the processor is another."""
    place, text = ROOT / "build-steps" / "peer.so", HERE / "peer.c"
    if not place.exists() or place.stat().st_mtime < text.stat().st_mtime:
        place.parent.mkdir(exist_ok=True)
        aside = place.with_suffix(f".{os.getpid()}")
        subprocess.run([os.environ.get("CC", "cc"), "-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-fopenmp", "-fPIC", "-shared",
                        str(text), "-o", str(aside), "-lm"], check=True)
        aside.rename(place)
    library = ctypes.CDLL(str(place))
    library.peer_axpy.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int, ctypes.c_int64]
    library.peer_steps.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int64]
    library.peer_drive.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
    for phase in (library.peer_climb, library.peer_descend, library.peer_plain_adam):
        phase.argtypes, phase.restype = [ctypes.c_void_p], None
    return library


def last_cache():
    """Bytes of the largest cache of processor 0."""
    sizes = [int(file.read_text().strip()[:-1]) * 1024 for file in pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*/size")]
    return max(sizes, default=1 << 25)


class Limit:
    """The axpy w += a g over the whole set: 12 bytes a scalar."""

    def __init__(self, data, threads=None):
        self.data, self.threads, self.library = data, threads or data.threads, compiled()

    def run(self, k):
        d = self.data
        self.library.peer_axpy(d.all_w.ctypes.data, d.all_g.ctypes.data, d.all_w.size, self.threads, k)


class CSet(ctypes.Structure):
    _fields_ = [("count", ctypes.c_int64), ("total", ctypes.c_int64), ("sizes", ctypes.c_void_p),
                *((name, ctypes.c_void_p) for name in ("w", "g", "home", "m", "v")),
                *((name, ctypes.c_int64) for name in ("threads", "stream", "adam", "steps")),
                *((name, ctypes.c_float) for name in ("rho", "lr", "momentum", "beta1", "beta2", "eps", "decay"))]


class C:
    """Hand-written C, in place. The loop over steps is C too. Where the set is larger than the caches it tries all ways of storing past
    them and keeps the quickest: what they gain or lose is the processor's."""

    kind = 0

    def __init__(self, data):
        self.data, self.library, self.w = data, compiled(), data.w
        adam = data.base == "adamw"
        vectors = {"w": data.w, "g": data.g, "home": arena(data.sizes)[0] if self.kind == 0 else data.w,
                   "m": arena(data.sizes)[0], "v": arena(data.sizes)[0] if adam else data.w}
        self.kept = {name: (ctypes.c_void_p * len(arrays))(*(a.ctypes.data for a in arrays)) for name, arrays in vectors.items()}
        self.kept["sizes"] = (ctypes.c_int64 * len(data.sizes))(*data.sizes)
        self.vectors = vectors
        self.set = CSet(count=len(data.sizes), total=data.total, threads=data.threads, adam=adam, steps=0,
                        stream=0, rho=RHO, lr=LR, momentum=MOMENTUM,
                        beta1=BETAS[0], beta2=BETAS[1], eps=EPS, decay=DECAY, **{name: ctypes.addressof(a) for name, a in self.kept.items()})
        self.where = ctypes.addressof(self.set)
        if 4 * data.total * (5 if adam else 4) > last_cache():
            self.choose()

    def choose(self):
        """The way of storing with the shortest of three steps; weights and state are then as before."""
        kept, times = [w.copy() for w in self.w], {}
        for _ in range(3):
            for way in (0, 1, 2, 3):
                self.set.stream, begin = way, time.perf_counter()
                C.run(self, 1)
                times[way] = min(times.get(way, 1e9), time.perf_counter() - begin)
        self.set.stream, self.set.steps = min(times, key=times.get), 0
        for arrays, old in ((self.w, kept), (self.vectors["m"], None), *([(self.vectors["v"], None)] if self.set.adam else [])):
            for index, array in enumerate(arrays):
                array[...] = 0 if old is None else old[index]

    def climb(self):
        self.library.peer_climb(self.where)

    def descend(self):
        self.library.peer_descend(self.where)

    def run(self, k):
        self.library.peer_steps(self.where, self.kind, k)

    def weights(self):
        return self.w

    point = weights


class CFromPython(C):
    """The same, its two phases called from Python."""

    def run(self, k):
        climb, descend, where = self.library.peer_climb, self.library.peer_descend, self.where
        for _ in range(k):
            climb(where)
            descend(where)


class CBase(C):
    """The base alone, by the same hand."""
    kind = 1


class CPlainAdam(C):
    """AdamW as llm.c writes it: one plain loop; here with threads."""
    kind = 2

    def __init__(self, data):
        if data.base != "adamw":
            raise ValueError("AdamW alone")
        super().__init__(data)

    def choose(self):
        pass

    def descend(self):
        self.library.peer_plain_adam(self.where)


# ---- libsam


def base_options(base):
    return {"sgd": {"base.lr": LR, "base.momentum": MOMENTUM}, "adamw": {"base.lr": LR}}.get(base, {})


class Libsam:
    """libsam through its C interface, driven by a loop in C. `arrays`: weights and gradients of other types, with their codes."""

    def __init__(self, data, method="sam", base="", options=(), choices=(), roles=None, arrays=None):
        sys.path.insert(0, str(ROOT / "bindings" / "python"))
        import libsam
        from libsam import _abi
        from libsam._library import check, library
        self.data, self.check, self.library, self.drive = data, check, library, compiled().peer_drive
        base = data.base if base == "" else base
        w, g, w_type, g_type = arrays or (data.w, data.g, _abi.SAM_F32, _abi.SAM_F32)
        self.w, self.kept = w, (w, g)
        libsam.set_threads(data.threads)
        handle, self.handle = ctypes.c_void_p(), ctypes.c_void_p()
        check(library.sam_parameters_create(handle))
        for index, shape in enumerate(data.shapes):
            lengths = (ctypes.c_int64 * len(shape))(*shape)
            tensor = _abi.sam_parameter(struct_size=ctypes.sizeof(_abi.sam_parameter), name=f"weight{index}".encode(), dtype=w_type, gradient_dtype=g_type,
                                        role=roles or _abi.SAM_WEIGHT, group=0, rank=len(shape), shape=lengths, data=w[index].ctypes.data,
                                        gradient=g[index].ctypes.data)
            check(library.sam_parameters_add(handle, tensor))
        check(library.sam_optimizer_create(handle, method.encode(), base.encode() if base else None, self.handle))
        for name, value in {**base_options(base), **dict(options)}.items():
            check(library.sam_optimizer_set(self.handle, -1, name.encode(), value))
        for name, word in dict(choices).items():
            check(library.sam_optimizer_choose(self.handle, -1, name.encode(), word.encode()))
        self.step = ctypes.cast(library.sam_step, ctypes.c_void_p)

    def climb(self):
        for _ in range(2):
            self.check(self.library.sam_step(self.handle, 1.0))

    def descend(self):
        while self.check(self.library.sam_step(self.handle, 1.0)):
            pass

    def run(self, k):
        self.check(self.drive(self.step, self.handle, k))

    def weights(self):
        return self.w

    def point(self):
        where, found = ctypes.c_void_p(), []
        for index, size in enumerate(self.data.sizes):
            self.check(self.library.sam_optimizer_point(self.handle, index, where))
            found.append(np.ctypeslib.as_array(ctypes.cast(where, ctypes.POINTER(ctypes.c_float)), (size,)))
        return found


class LibsamPython:
    """libsam through its Python package: optimizer.step(closure)."""

    def __init__(self, data, method="sam", **options):
        sys.path.insert(0, str(ROOT / "bindings" / "python"))
        import libsam
        self.w = data.w
        libsam.set_threads(data.threads)
        names = [f"p{index}" for index in range(len(data.w))]
        self.optimizer = libsam.Optimizer(dict(zip(names, data.w)), dict(zip(names, data.g)), method=method, base=data.base, nonfinite="propagate",
                                          **base_options(data.base), **options)

    def climb(self):
        self.optimizer.advance()
        self.optimizer.advance(1.0)

    def descend(self):
        while self.optimizer.advance(1.0):
            pass

    def run(self, k):
        step, closure = self.optimizer.step, lambda ask: 1.0
        for _ in range(k):
            step(closure)

    def weights(self):
        return self.w

    point = weights


# ---- numpy


class Numpy:
    """SAM as one writes it down in numpy."""

    def __init__(self, data):
        self.w, self.g, self.adam, self.t = data.w, data.g, data.base == "adamw", 0
        self.m = [np.zeros_like(w) for w in self.w]
        self.v = [np.zeros_like(w) for w in self.w] if self.adam else None

    def climb(self):
        scale = np.float32(RHO / (np.sqrt(sum(float((g * g).sum()) for g in self.g)) + 1e-12))
        self.old = [w.copy() for w in self.w]
        for w, g in zip(self.w, self.g):
            w += scale * g

    def descend(self):
        self.t += 1
        b1, b2 = BETAS
        for index, (w, g, old) in enumerate(zip(self.w, self.g, self.old)):
            w[...] = old
            if self.adam:
                m = self.m[index] = b1 * self.m[index] + (1 - b1) * g
                v = self.v[index] = b2 * self.v[index] + (1 - b2) * g ** 2
                w *= 1 - LR * DECAY
                w -= LR * (m / (1 - b1 ** self.t)) / (np.sqrt(v / (1 - b2 ** self.t)) + EPS)
            else:
                m = self.m[index] = MOMENTUM * self.m[index] + g
                w -= LR * m

    def run(self, k):
        for _ in range(k):
            self.climb()
            self.descend()

    def weights(self):
        return self.w

    point = weights


# ---- torch


class Torch:
    """What torch's peers share: parameters over the set's memory, the fused base."""

    def __init__(self, data):
        import torch
        self.torch, self.data = torch, data
        torch.set_num_threads(data.threads)
        self.parameters = [torch.nn.Parameter(torch.from_numpy(w)) for w in data.shaped(data.w)]
        for p, g in zip(self.parameters, data.shaped(data.g)):
            p.grad = torch.from_numpy(g)
        self.base = {"sgd": torch.optim.SGD, "adamw": torch.optim.AdamW}[data.base]
        self.options = {"lr": LR, "fused": True, **({"momentum": MOMENTUM} if data.base == "sgd" else {"betas": BETAS, "eps": EPS, "weight_decay": DECAY})}

    def weights(self):
        return [p.detach().numpy().ravel() for p in self.parameters]

    def point(self):
        return self.weights()

    def run(self, k):
        climb, descend = self.climb, self.descend
        for _ in range(k):
            climb()
            descend()


class TorchBase(Torch):
    """torch's fused optimizer alone."""

    def __init__(self, data):
        super().__init__(data)
        self.optimizer = self.base(self.parameters, **self.options)

    def descend(self):
        self.optimizer.step()

    def run(self, k):
        step = self.optimizer.step
        for _ in range(k):
            step()


class UsualSAM(Torch):
    """The two-step class that most PyTorch code has: a copy of the weights, e as a tensor of its own, the old data put back."""

    def __init__(self, data):
        super().__init__(data)
        torch = self.torch

        class SAM(torch.optim.Optimizer):
            def __init__(self, parameters, base, rho, adaptive=False, **options):
                super().__init__(parameters, {"rho": rho, "adaptive": adaptive, **options})
                self.base_optimizer = base(self.param_groups, **options)
                self.param_groups = self.base_optimizer.param_groups

            @torch.no_grad()
            def first_step(self):
                length = torch.norm(torch.stack([((torch.abs(p) if group["adaptive"] else 1.0) * p.grad).norm(p=2)
                                                 for group in self.param_groups for p in group["params"] if p.grad is not None]), p=2)
                for group in self.param_groups:
                    scale = group["rho"] / (length + 1e-12)
                    for p in group["params"]:
                        if p.grad is None:
                            continue
                        self.state[p]["old_p"] = p.data.clone()
                        p.add_((torch.pow(p, 2) if group["adaptive"] else 1.0) * p.grad * scale.to(p))

            @torch.no_grad()
            def second_step(self):
                for group in self.param_groups:
                    for p in group["params"]:
                        if p.grad is not None:
                            p.data = self.state[p]["old_p"]
                self.base_optimizer.step()

        self.optimizer = SAM(self.parameters, self.base, RHO, **self.options)
        self.climb, self.descend = self.optimizer.first_step, self.optimizer.second_step


class PytorchOptimizer(Torch):
    """SAM of the package pytorch_optimizer."""

    def __init__(self, data):
        super().__init__(data)
        from pytorch_optimizer import SAM
        self.optimizer = SAM(self.parameters, self.base, rho=RHO, **self.options)
        self.climb, self.descend = self.optimizer.first_step, self.optimizer.second_step


class BestTorch(Torch):
    """The quickest SAM out of torch's public operations: norms in one call, a second buffer that stays, which the parameters point to for
    the second evaluation, so that nothing is copied back."""

    def __init__(self, data):
        super().__init__(data)
        torch = self.torch
        self.own = [p.data for p in self.parameters]
        self.grads = [p.grad for p in self.parameters]
        self.scratch = [torch.zeros_like(w) for w in self.own]
        self.optimizer = self.base(self.parameters, **self.options)
        self.many = data.total / len(data.sizes) < 20000

    def climb(self):
        torch = self.torch
        with torch.no_grad():
            norms = torch._foreach_norm(self.grads)
            scale = RHO / (float(torch.linalg.vector_norm(torch.stack(norms)) if len(norms) > 1 else norms[0]) + 1e-12)
            if self.many:
                torch._foreach_copy_(self.scratch, self.own)
                torch._foreach_add_(self.scratch, self.grads, alpha=scale)
            else:
                for w, g, out in zip(self.own, self.grads, self.scratch):
                    torch.add(w, g, alpha=scale, out=out)
        for p, data in zip(self.parameters, self.scratch):
            p.data = data

    def descend(self):
        for p, data in zip(self.parameters, self.own):
            p.data = data
        self.optimizer.step()


# ---- jax


class Optax:
    """optax.contrib.sam in opaque mode, jitted. Weights, state and the perturbed weights stand in donated buffers; the second gradient is
    an argument of its own and cannot be read before the perturbed weights are there: nothing is optimised away that a model would need."""

    def __init__(self, data):
        import jax
        import optax
        self.jax = jax
        base = optax.sgd(LR, momentum=MOMENTUM) if data.base == "sgd" else optax.adamw(LR, *BETAS, EPS, weight_decay=DECAY)
        sam = optax.contrib.sam(base, optax.chain(optax.contrib.normalize(), optax.sgd(RHO)), opaque_mode=True)
        self.p = [jax.numpy.array(w) for w in data.w]
        self.g = [jax.numpy.array(g) for g in data.g]
        self.scratch = [jax.numpy.zeros_like(p) for p in self.p]
        self.state = sam.init(self.p)

        def step(p, state, scratch, first, second):
            seen = []

            def gradient(point, _):
                point, g = jax.lax.optimization_barrier((point, second))
                seen.append(point)
                return g

            updates, state = sam.update(first, state, p, grad_fn=gradient)
            return optax.apply_updates(p, updates), state, seen[0]

        self.step = jax.jit(step, donate_argnums=(0, 1, 2), keep_unused=True)

    def run(self, k):
        p, state, scratch, g, step = self.p, self.state, self.scratch, self.g, self.step
        for _ in range(k):
            p, state, scratch = step(p, state, scratch, g, g)
        self.p, self.state, self.scratch = self.jax.block_until_ready((p, state, scratch))

    def climb(self):
        self.run(1)

    def descend(self):
        pass

    def point(self):
        return [np.asarray(a) for a in self.scratch]

    def weights(self):
        return [np.asarray(a) for a in self.p]


# ---- by name, in the tables' order

OUR_C, OUR_CHECKED, OUR_PYTHON = "libsam from C", 'libsam from C, nonfinite = "error"', "libsam from Python"
SAM = {
    "the usual PyTorch SAM class, fused base": UsualSAM,
    "pytorch_optimizer SAM, fused base": PytorchOptimizer,
    "numpy, naive": Numpy,
    "optax.contrib.sam, opaque, jitted": Optax,
    "best of public torch operations": BestTorch,
    "hand-written C, called from Python": CFromPython,
    "hand-written C": C,
    OUR_CHECKED: Libsam,
    "libsam from C, in_place = 0": lambda data: Libsam(data, options={"in_place": 0}, choices={"nonfinite": "propagate"}),
    OUR_PYTHON: LibsamPython,
    OUR_C: lambda data: Libsam(data, choices={"nonfinite": "propagate"}),
}
ALONE = {
    "torch, fused": TorchBase,
    "hand-written C": CBase,
    "AdamW in C as in llm.c": CPlainAdam,
    "libsam from C": lambda data: Libsam(data, method="none", choices={"nonfinite": "propagate"}),
    "libsam from Python": lambda data: LibsamPython(data, method="none"),
}
BATCHES = (("the usual PyTorch SAM class, fused base", "pytorch_optimizer SAM, fused base", "numpy, naive", OUR_C),
           tuple(name for name in SAM if name not in ("the usual PyTorch SAM class, fused base", "pytorch_optimizer SAM, fused base", "numpy, naive")))


def expected(data, climbs):
    """The point and the weights after one step from the weights now standing, in double."""
    w, g = ([a.astype(np.float64) for a in arrays] for arrays in (data.w, data.g))
    scale = RHO / np.sqrt(sum((a * a).sum() for a in g))
    if data.base == "sgd":
        after = [x - LR * y for x, y in zip(w, g)]
    else:
        after = [(1 - LR * DECAY) * x - LR * y / (abs(y) + EPS) for x, y in zip(w, g)]
    return [x + scale * y if climbs else x for x, y in zip(w, g)], after


def verify(peer, data, climbs):
    """One step of a new peer against `expected`; a sentence where it is another result. The set's weights are as before."""
    kept = [w.copy() for w in data.w]
    point, after = expected(data, climbs)
    if climbs:
        peer.climb()
        seen = [np.array(a) for a in peer.point()]
    peer.descend()
    far = max(float(abs(a - b).max()) for a, b in zip(peer.weights(), after))
    if climbs:
        far = max(far, *(float(abs(a - b).max()) for a, b in zip(seen, point)))
    for w, old in zip(data.w, kept):
        w[...] = old
    return None if far < 1e-6 else f"another result, by {far:.1e}"
