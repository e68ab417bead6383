"""Parameters of 16 bits. What they must be is told by f32 runs of the library, rounded by ml_dtypes, by random numbers written anew here
and by the promises: bits restored, the same bits whatever the threads and instruction set, nothing lost in a state."""
import hashlib
import json
import os
import pathlib
import subprocess
import sys

import libsam
import ml_dtypes
import numpy as np
import pytest
import safetensors.numpy

BF16, F16, F32 = np.dtype(ml_dtypes.bfloat16), np.dtype(np.float16), np.dtype(np.float32)
TYPES = pytest.mark.parametrize("dtype", [BF16, F16], ids=str)
SHAPES = {"layer.weight": (24, 32), "layer.bias": (24,), "norm.weight": (8,), "embedding": (12, 8), "scale": ()}
ROLES = {"layer.bias": "bias", "norm.weight": "norm", "embedding": "embedding"}


class Model:
    """A smooth function of weights that are rounded to `point` before it sees them; its gradients are rounded to `slope`."""

    def __init__(self, dtype, method="sam", base="sgd", point=None, slope=None, seed=3, stands=False, **options):
        """stands: perturbed weights are rounded where they stand, for methods that keep the point of an evaluation."""
        random = np.random.default_rng(seed)
        self.point, slope = np.dtype(point or dtype), np.dtype(slope or dtype)
        self.w = {name: random.normal(0, 0.7, shape).astype(self.point).astype(dtype) for name, shape in SHAPES.items()}
        self.g = {name: np.zeros(shape, slope if dtype != F32 else F32) for name, shape in SHAPES.items()}
        self.slope, self.seen, self.stands = slope, [], stands
        own = libsam.entry(method).own_update
        if "lr" in (libsam.entry(method) if own else libsam.bases()[base]).options:
            options = {"lr": 0.05, **options}
        if not own and "difference" in libsam.bases()[base].options:        # its default follows the dtype
            options = {"base.difference": 0.1, **options}
        self.optimizer = libsam.Optimizer(self.w, self.g, method=method, base=None if own else base, roles=ROLES, **options)

    def closure(self, ask=libsam.Ask.EVALUATE):
        total, batch = 0.0, self.optimizer.batch
        for k, (name, w) in enumerate(self.w.items()):
            x = self.optimizer.point(name).astype(self.point)
            if ask & libsam.Ask.PERTURBED and self.stands:
                self.optimizer.point(name)[...] = x
            x = x.astype(np.float64)
            self.seen.append(x.astype(np.float32))
            target = np.cos(np.arange(x.size) + k + 0.1 * (batch % 5)).reshape(x.shape)
            curvature = 1 + np.arange(x.size).reshape(x.shape) % 7
            d = x - target
            total += float((curvature * (np.logaddexp(d, -d) - np.log(2))).sum()) / 100
            self.g[name][...] = (curvature * np.tanh(d) / 100).astype(self.slope).astype(self.g[name].dtype)
        return total

    def steps(self, count):
        for _ in range(count):
            self.optimizer.step(self.closure)
        return self

    def bits(self):
        return b"".join(w.tobytes() for w in self.w.values())


def rounded(arrays, dtype):
    return b"".join(w.astype(dtype).tobytes() for w in arrays.values())


def finite_patterns(dtype):
    every = np.arange(65536, dtype=np.uint16).view(dtype)
    return every[np.isfinite(every.astype(np.float32))].copy()


def floats():
    """Every exponent, ties and their neighbours, subnormals of both types, what overflows."""
    random = np.random.default_rng(1)
    bits = random.integers(0, 2**32, 400_000, dtype=np.uint64).astype(np.uint32)
    ties = (random.integers(0, 2**16, 50_000).astype(np.uint32) << 16) | 0x8000
    halves = (random.integers(0x33000000 >> 12, 0x47900000 >> 12, 100_000).astype(np.uint32) << 12) | (random.integers(0, 2, 100_000).astype(np.uint32) << 31)
    near = np.concatenate([ties, ties - 1, ties + 1, halves, halves - 1, halves + 1])
    x = np.concatenate([bits, near]).view(np.float32)
    return x[np.isfinite(x)]


def moved_to(x, dtype, **options):
    """What weights of 0 are behind one step of sgd to x."""
    w, g = np.zeros(x.size, dtype), -x
    optimizer = libsam.Optimizer([w], [g], method="none", base="sgd", lr=1.0, nonfinite="propagate", **options)
    optimizer.step(lambda ask: 0.0)
    return w


@TYPES
def test_every_number_is_read_and_written_back(dtype):
    w = finite_patterns(dtype)
    before = w.tobytes()
    optimizer = libsam.Optimizer([w], [np.ones_like(w)], method="none", base="sgd", lr=0.0)
    optimizer.step(lambda ask: 0.0)
    assert w.tobytes() == before
    g = finite_patterns(dtype)
    reference = np.zeros(g.size, np.float32)
    libsam.Optimizer([reference], [g], method="none", base="sgd", lr=1.0).step(lambda ask: 0.0)
    assert reference.tobytes() == (0 - g.astype(np.float32)).tobytes()


@TYPES
@pytest.mark.parametrize("master", [False, True])
def test_rounding_to_the_nearest(dtype, master):
    x = floats()
    with np.errstate(over="ignore"):
        expected = x.astype(dtype)
    np.testing.assert_array_equal(moved_to(x, dtype, master=master).view(np.uint16) & 0x7FFF, expected.view(np.uint16) & 0x7FFF)


def philox(block, stream, draw, seed):
    a, b, c, d = block & 0xFFFFFFFF, block >> 32, stream, draw
    k0, k1 = seed & 0xFFFFFFFF, seed >> 32
    for _ in range(10):
        p, q = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (q >> 32) ^ b ^ k0, q & 0xFFFFFFFF, (p >> 32) ^ d ^ k1, p & 0xFFFFFFFF
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return a, b, c, d


def draws(count, draw, seed):
    """The 16 random bits of elements 0 ...: half words of Philox' words, the lower one first."""
    words = [w for block in range((count + 7) // 8) for w in philox(block, 7, draw, seed)]
    return np.array([[w & 0xFFFF, w >> 16] for w in words], np.int64).ravel()[:count]


@TYPES
def test_stochastic_rounding_by_its_definition(dtype):
    x = floats()
    x = np.random.default_rng(2).permutation(x[np.abs(x) < np.float32(ml_dtypes.finfo(dtype).max)])[:4001]
    got, r = moved_to(x, dtype, rounding="stochastic", seed=2**40 + 5), draws(4001, 1, 2**40 + 5)
    low = np.trunc(np.abs(x.astype(np.float64)) / spacing(x, dtype))
    share = np.abs(x.astype(np.float64)) / spacing(x, dtype) - low
    # up where the share that is cut off, in 2^-16, and the random bits reach 1
    up = np.floor(share * 65536) + r >= 65536
    near_half = (np.abs(x) < np.finfo(np.float16).tiny) & (dtype == F16)
    up[near_half] = share[near_half] * 65536 > r[near_half]
    if dtype == F16:
        normal = ~near_half
        up[normal] = np.floor(share[normal] * 8192) + (r[normal] >> 3) >= 8192
    expected = np.sign(x) * (low + up) * spacing(x, dtype)
    np.testing.assert_array_equal(got.astype(np.float64), expected)


def spacing(x, dtype):
    """Between the two numbers of the type around x, towards 0 first."""
    bits, least = (7, -126) if dtype == BF16 else (10, -14)
    exponent = np.maximum(np.frexp(np.abs(x.astype(np.float64)))[1] - 1, least)
    return np.ldexp(1.0, exponent - bits)


@TYPES
def test_stochastic_rounding_is_unbiased(dtype):
    x = np.full(200_000, 1 + 0.3 * 2.0 ** -(7 if dtype == BF16 else 10), np.float32)
    ups = (moved_to(x, dtype, rounding="stochastic").astype(np.float32) > 1).sum()
    assert abs(ups - 60_000) < 5 * np.sqrt(200_000 * 0.3 * 0.7)
    other = moved_to(x, dtype, rounding="stochastic", seed=1)
    assert moved_to(x, dtype, rounding="stochastic").tobytes() == moved_to(x, dtype, rounding="stochastic").tobytes() != other.tobytes()


@TYPES
@pytest.mark.parametrize("method", libsam.methods())
def test_a_master_is_the_run_in_f32(dtype, method):
    """The copy in f32 goes as f32 weights do whose host rounds them before it evaluates; the host's weights are it, rounded."""
    half = Model(dtype, method, "adamw", master=True)
    full = Model(F32, method, "adamw", point=dtype, slope=dtype, stands=method == "sassha")
    for _ in range(4):
        half.steps(1)
        full.steps(1)
        assert half.bits() == rounded(full.w, dtype)
    for one, other in zip(half.seen, full.seen, strict=True):
        assert one.tobytes() == other.tobytes()
    state = safetensors.numpy.load(half.optimizer.state())
    assert all(state[f"shared.master.{name}"].tobytes() == w.tobytes() for name, w in full.w.items())


@TYPES
@pytest.mark.parametrize("base", libsam.bases())
def test_a_master_under_every_base(dtype, base):
    half, full = Model(dtype, "sam", base, master=True).steps(4), Model(F32, "sam", base, point=dtype, slope=dtype).steps(4)
    assert half.bits() == rounded(full.w, dtype)


@TYPES
@pytest.mark.parametrize("base", libsam.bases())
def test_without_a_master_every_step_is_rounded(dtype, base):
    half, full = Model(dtype, "sam", base), Model(F32, "sam", base, point=dtype, slope=dtype)
    for _ in range(4):
        half.steps(1)
        full.steps(1)
        for w in full.w.values():
            w[...] = w.astype(dtype).astype(np.float32)
        assert half.bits() == rounded(full.w, dtype)


@TYPES
@pytest.mark.parametrize("master", [False, True])
@pytest.mark.parametrize("rounding", ["nearest", "stochastic"])
@pytest.mark.parametrize("in_place", [False, True])
class TestPromises:
    def options(self, master, rounding, in_place, **more):
        return {"master": master, "rounding": rounding, "in_place": in_place, **more}

    def test_a_step_given_up_leaves_the_bits(self, dtype, master, rounding, in_place):
        model = Model(dtype, "sam", "adamw", **self.options(master, rounding, in_place)).steps(3)
        before, state = model.bits(), model.optimizer.state()
        for evaluations in (0, 1):
            ask = model.optimizer.advance(0.0)
            for _ in range(evaluations):
                ask = model.optimizer.advance(model.closure(ask))
            assert ask
            if evaluations and in_place:
                assert model.bits() != before
            model.optimizer.cancel()
            assert model.bits() == before
        after = model.optimizer.state()
        assert len(after) == len(state) and model.steps(1).bits() != before

    def test_radius_0_is_the_base(self, dtype, master, rounding, in_place):
        options = self.options(master, rounding, in_place)
        sam, base = Model(dtype, "sam", "adamw", rho=0.0, **options).steps(5), Model(dtype, "none", "adamw", **options).steps(5)
        assert sam.bits() == base.bits()
        assert sam.optimizer.metrics.effective_radius == 0

    def test_a_resumed_run_goes_on_with_the_same_bits(self, dtype, master, rounding, in_place):
        options = self.options(master, rounding, in_place)
        whole, first, second = (Model(dtype, "sam", "adamw", **options) for _ in range(3))
        whole.steps(6)
        first.steps(3)
        for name, w in first.w.items():
            second.w[name][...] = w
        second.optimizer.restore(first.optimizer.state())
        assert second.steps(3).bits() == whole.bits() and second.optimizer.state() == whole.optimizer.state()

    def test_where_the_point_stands_changes_nothing(self, dtype, master, rounding, in_place):
        one, other = (Model(dtype, "sam", "adamw", **self.options(master, rounding, where)).steps(4) for where in (in_place, not in_place))
        assert one.bits() == other.bits()

    def test_the_effective_radius(self, dtype, master, rounding, in_place):
        model = Model(dtype, "sam", "sgd", **self.options(master, rounding, in_place), rho=0.01).steps(2)
        before = np.concatenate([w.astype(np.float32).ravel() for w in model.w.values()])
        model.seen.clear()
        model.steps(1)
        point = np.concatenate([x.ravel() for x in model.seen[len(SHAPES):]])
        np.testing.assert_allclose(model.optimizer.metrics.effective_radius, np.linalg.norm((point - before).astype(np.float64)), rtol=1e-5)
        np.testing.assert_allclose(model.optimizer.metrics.perturbation_norm, 0.01, rtol=1e-5)


@TYPES
def test_a_master_keeps_what_16_bits_lose(dtype):
    """Steps far below the spacing of the weights: lost without a copy, kept with one, kept on the average by stochastic rounding."""
    def run(**options):
        w = np.ones(4096, dtype)
        optimizer = libsam.Optimizer([w], [np.full(4096, 1e-4, np.float32)], method="none", base="sgd", lr=1.0, **options)
        for _ in range(400):
            optimizer.step(lambda ask: 0.0)
        return w.astype(np.float64).mean()
    assert run() == 1
    assert abs(run(master=True) - 0.96) < 0.004
    assert abs(run(rounding="stochastic") - 0.96) < 0.002


@TYPES
def test_averages(dtype):
    """Of f32 iterates (the copy), rounded to the nearest."""
    half, full = (Model(t, "none", "sgd", point=dtype, slope=dtype, average="swa", **m).steps(5) for t, m in ((dtype, {"master": True}), (F32, {})))
    for name in SHAPES:
        assert half.optimizer.averaged(name).dtype == dtype
        assert half.optimizer.averaged(name).tobytes() == full.optimizer.averaged(name).astype(dtype).tobytes()
    free, plain = (Model(t, "none", "schedule_free_sgd", point=dtype, slope=dtype, **m).steps(5) for t, m in ((dtype, {"master": True}), (F32, {})))
    for name in SHAPES:
        assert free.optimizer.averaged(name).tobytes() == plain.optimizer.averaged(name).astype(dtype).tobytes()


@TYPES
def test_shared_options_go_with_it(dtype):
    """Scaled gradients, micro-batches, clipping: as in f32."""
    for options in ({"gradient_scale": 8.0}, {"accumulate": 3}, {"micro_batches": 2}, {"clip_norm": 0.01}, {"clip_coordinates": 0.25}, {"maximize": True}):
        half, full = (Model(t, "sam", "sgd", point=dtype, slope=dtype, **options, **m).steps(3) for t, m in ((dtype, {"master": True}), (F32, {})))
        assert half.bits() == rounded(full.w, dtype), options


@TYPES
def test_a_gradient_that_is_not_finite(dtype):
    model = Model(dtype).steps(1)
    before = model.bits()
    model.optimizer.advance(0.0)
    model.closure()
    model.g["embedding"][2, 3] = np.inf
    with pytest.raises(libsam.NonfiniteError, match=r'gradient\[19\] of "embedding" = inf'):
        model.optimizer.advance(1.0)
    assert model.bits() == before


@TYPES
def test_measures(dtype):
    """The gradient's norm and the largest eigenvalue at weights of 16 bits; the bits come back."""
    model, plain = Model(dtype), Model(F32, point=dtype, slope=F32)
    before = model.bits()
    norms = [libsam.measure(m.optimizer, lambda query, m=m: m.closure(), "gradient_norm").value for m in (model, plain)]
    np.testing.assert_allclose(*norms, rtol=2e-2)
    slice_ = libsam.measure(model.optimizer, lambda query: model.closure(), "average_case", rho=[0.5], samples=8)
    other = libsam.measure(plain.optimizer, lambda query: plain.closure(), "average_case", rho=[0.5], samples=8)
    np.testing.assert_allclose(slice_.value, other.value, rtol=2e-2)
    assert model.bits() == before


CHILD = """
import hashlib, sys
sys.path[:0] = {path!r}
import ml_dtypes, numpy as np, libsam
libsam.set_threads(int(sys.argv[1]))
found = hashlib.sha256()
for dtype in (ml_dtypes.bfloat16, np.float16):
    for options in ({{}}, {{"master": True}}, {{"rounding": "stochastic"}}, {{"master": True, "rounding": "stochastic"}}):
        for slope, size, base, more in ((dtype, 1_100_003, "adamw", {{}}), (dtype, 7001, "sgd", {{"base.momentum": 0.9, "base.nesterov": 1}}),
                                        (np.float32, 7001, "sgd", {{}}), (np.float32, 7001, "adam", {{"base.amsgrad": 1}}),
                                        (dtype, 7001, "lion", {{}}), (dtype, 7001, "adamw", {{"ascents": 2}})):
            random = np.random.default_rng(0)
            w = [(random.normal(0, 1, n) * 2.0 ** random.integers(-24, 4, n)).astype(dtype) for n in (size, 5, 4097)]
            g = [random.normal(0, 1, x.size).astype(slope) for x in w]
            method = "multistep_sam" if "ascents" in more else "sam"
            optimizer = libsam.Optimizer(w, g, method=method, base=base, **options, **more)
            for _ in range(2):
                optimizer.step(lambda ask: 0.0)
            for x in w:
                found.update(x.tobytes())
            m = optimizer.metrics
            found.update(repr((m.perturbation_norm, m.effective_radius, m.update_norm)).encode())
print(found.hexdigest())
"""


def test_the_same_bits_for_every_instruction_set_and_number_of_threads():
    code = CHILD.format(path=[str(pathlib.Path(libsam.__file__).parents[1])])
    found = {(kind, threads): subprocess.run([sys.executable, "-c", code, str(threads)], env={**os.environ, "SAM_ISA": kind}, check=True,
                                             capture_output=True, text=True).stdout for kind in ("baseline", "v3", "v4") for threads in (1, 2)}
    assert len(set(found.values())) == 1, found
