"""libsam's measures beside PyHessian and curvlinops: the same networks, the same Hessian, products counted.

    python3 benchmarks/measures.py

needs the built library (build/libsam.so). The first run makes an environment of its own, build-measures/venv, from
requirements-measures.txt; pip takes torch's CPU wheel where it is offered one (PIP_FIND_LINKS, PIP_EXTRA_INDEX_URL), else the one with
CUDA, which is never used. Writes results-measures.md and two pictures beside this file; takes about ten minutes on two cores.

Networks: the digits network of Tests/Golden, whose exact Hessian is made here; and multilayer perceptrons of 204 682 weights, trained here.
Products: all three get the gradient of (gradient, v) by a second backward pass through one kept graph; PyHessian's own function, put behind
a counter. curvlinops has no place for it: its HessianLinearOperator does forward over reverse; so eigsh stands there twice, with its
operator and with the common product. PyHessian 0.1 calls torch.eig, which torch no longer has: torch.linalg.eigh takes its place here. It
also divides vectors by their length + 1e-6, which leaves its eigenvalues 2e-6 too small; "mended" is the same without that 1e-6.
"""
import datetime
import json
import os
import pathlib
import platform
import statistics
import sys
import time
import warnings

import environment

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PLACE = ROOT / "build-measures" / "venv"
environment.enter(PLACE, HERE / "requirements-measures.txt")
sys.path.insert(0, str(ROOT / "bindings" / "python"))
warnings.filterwarnings("ignore")
import numpy as np                                          # noqa: E402
import scipy                                                # noqa: E402
import torch                                                # noqa: E402
from curvlinops import HessianLinearOperator, hutchinson_trace, hutchpp_trace, xtrace       # noqa: E402
from curvlinops.papyan2020traces.spectrum import fast_lanczos       # noqa: E402
from scipy.sparse.linalg import LinearOperator, eigsh       # noqa: E402
from scipy.stats import wasserstein_distance                # noqa: E402
import pyhessian                                            # noqa: E402, F401
import libsam                                               # noqa: E402
import matplotlib                                           # noqa: E402

matplotlib.use("Agg")
import matplotlib.pyplot as plt                             # noqa: E402

peer, peer_utilities = sys.modules["pyhessian.hessian"], sys.modules["pyhessian.utils"]
published = peer.normalization
PEERS = ("libsam", "PyHessian", "curvlinops")
COLOURS = dict(zip(PEERS, libsam.plot.COLOURS))


def old_eig(matrix, eigenvectors=True):
    values, vectors = torch.linalg.eigh(matrix)
    return torch.stack([values, torch.zeros_like(values)], 1), vectors


torch.eig = old_eig


def mended(v):
    length = sum((x * x).sum() for x in v).sqrt().item()
    return [x / length for x in v]


class Task:
    """A network, its loss over all examples, and what was evaluated since `reset`."""

    def __init__(self, model, images, labels):
        self.model, self.images, self.labels = model, images, labels
        self.criterion = torch.nn.CrossEntropyLoss()
        self.parameters = list(model.parameters())
        self.names = [f"p{i}" for i in range(len(self.parameters))]
        self.sizes = [p.numel() for p in self.parameters]
        self.size, self.dtype = sum(self.sizes), self.parameters[0].dtype
        self.kept = torch.autograd.grad(self.loss(), self.parameters, create_graph=True)
        self.arrays = {name: p.detach().numpy() for name, p in zip(self.names, self.parameters)}
        self.slopes = {name: np.zeros_like(a) for name, a in self.arrays.items()}
        self.history = None
        self.reset()

    def reset(self):
        self.products = self.gradients = 0

    def loss(self):
        return self.criterion(self.model(self.images), self.labels)

    def product(self, direction):
        """H v, both lists of tensors, at the weights that the graph was made at."""
        self.products += 1
        result = torch.autograd.grad(self.kept, self.parameters, direction, retain_graph=True)
        if self.history is not None:
            self.history.append(float(sum((a * b).sum() for a, b in zip(direction, result))))
        return result

    def flat_product(self, v):
        pieces = torch.as_tensor(np.ascontiguousarray(v, self.arrays["p0"].dtype)).ravel().split(self.sizes)
        result = self.product([a.reshape(p.shape) for a, p in zip(pieces, self.parameters)])
        return torch.cat([a.ravel() for a in result]).numpy()

    # libsam

    def evaluate(self, query):
        self.gradients += 1
        loss = self.loss()
        for slope, g in zip(self.slopes.values(), torch.autograd.grad(loss, self.parameters)):
            slope[...] = g.numpy()
        return loss.item()

    def by_name(self, query, direction):
        assert not query.ask & libsam.Ask.PERTURBED
        return dict(zip(self.names, (a.numpy() for a in self.product([torch.from_numpy(direction[name]) for name in self.names]))))

    def measure(self, name, products=True, **settings):
        objective = libsam.Objective(self.evaluate, self.slopes, hessian_product=self.by_name if products else None)
        return libsam.measure(self.arrays, objective, name, **settings)

    # PyHessian

    def pyhessian(self, seed, normalization=published):
        torch.manual_seed(seed)
        torch.set_default_dtype(self.dtype)
        peer.hessian_vector_product = lambda gradients, parameters, v: self.product(v)
        peer.normalization = peer_utilities.normalization = normalization
        self.model.zero_grad()
        self.gradients += 1
        return peer.hessian(self.model, self.criterion, data=(self.images, self.labels), cuda=False)

    # curvlinops

    def operator(self, seed=0):
        torch.manual_seed(seed)
        torch.set_default_dtype(self.dtype)
        task = self

        class Counted(HessianLinearOperator):
            def _matmat_batch(self, X, y, M):
                task.products += M[0].shape[-1]
                return super()._matmat_batch(X, y, M)
        return Counted(self.model, self.criterion, self.parameters, [(self.images, self.labels)], check_deterministic=False)

    def eigsh(self, seed, tol, operator=None, **more):
        dtype = self.arrays["p0"].dtype
        linear = LinearOperator((self.size,) * 2, self.flat_product, dtype=dtype) if operator is None else operator.to_scipy(dtype)
        start = np.random.default_rng(seed).standard_normal(self.size).astype(dtype)
        return eigsh(linear, k=1, which="LA", tol=tol, v0=start, **more)


def digits(dtype=torch.float64):
    """The network of Tests/Golden/digits and its file."""
    stored = json.loads((ROOT / "Tests" / "Golden" / "digits" / "network.json").read_text())
    model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.Tanh(), torch.nn.Linear(32, 10)).to(dtype)
    torch.nn.utils.vector_to_parameters(torch.tensor(stored["weights"], dtype=dtype), model.parameters())
    images = torch.tensor(stored["images"]["pixels"], dtype=dtype).reshape(stored["images"]["shape"]) / 16
    return Task(model, images, torch.tensor(stored["labels"])), stored


def trained(epochs, activation, images, labels):
    """64-416-416-10 on the first 512 digits, by gradient descent with momentum."""
    torch.manual_seed(1)
    torch.set_default_dtype(torch.float64)
    model = torch.nn.Sequential(torch.nn.Linear(64, 416), activation(), torch.nn.Linear(416, 416), activation(), torch.nn.Linear(416, 10))
    images, labels = images[:512], labels[:512]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for _ in range(epochs):
        for places in torch.randperm(512).split(64):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(images[places]), labels[places]).backward()
            optimizer.step()
    return Task(model, images, labels)


def single(task):
    """The same network in float32."""
    import copy
    model = copy.deepcopy(task.model).float()
    return Task(model, task.images.float(), task.labels)


# The top eigenvalue: name -> function of (task, seed, tolerance), which answers the eigenvalue.
TOP = {
    "libsam": lambda t, seed, tol: t.measure("lambda_max", seed=seed, **({} if tol is None else {"tolerance": tol})).value,
    "PyHessian": lambda t, seed, tol: t.pyhessian(seed).eigenvalues(**({} if tol is None else {"maxIter": 1000, "tol": tol}))[0][0],
    "PyHessian, mended": lambda t, seed, tol: t.pyhessian(seed, mended).eigenvalues(**({} if tol is None else {"maxIter": 1000, "tol": tol}))[0][0],
    "curvlinops, eigsh": lambda t, seed, tol: t.eigsh(seed, tol or 0, t.operator())[0][0],
    "eigsh, common product": lambda t, seed, tol: t.eigsh(seed, tol or 0)[0][0],
    "libsam, gradients alone": lambda t, seed, tol: t.measure("lambda_max", False, seed=seed, **({} if tol is None else {"tolerance": tol})).value,
}


def counted(task, call):
    """(answer, products, gradients, seconds)."""
    task.reset()
    start = time.perf_counter()
    answer = call()
    return answer, task.products, task.gradients, time.perf_counter() - start


def in_turns(task, calls, seeds):
    """For each of the calls what `counted` says for each seed, taken in turns."""
    found = [[counted(task, lambda: call(seed)) for call in calls] for seed in seeds]
    return list(zip(*found))


def median(found, member):
    return statistics.median(one[member] for one in found)


def loosest(task, method, exact, target, seeds):
    """The loosest tolerance, a power of ten down to 1e-4, with which every seed meets the target; None: there is none. Then median products and
    gradients, and the worst error. A change between two iterations says less than the error: PyHessian begins at the target
    and goes two further."""
    first = round(-np.log10(target)) if method.startswith("PyHessian") else 1
    for tol in [10.0 ** -k for k in range(first, first + 3 if first > 1 else 5)]:
        found = [counted(task, lambda: TOP[method](task, seed, tol)) for seed in seeds]
        worst = max(abs(f[0] / exact - 1) for f in found)
        if worst <= target:
            return tol, median(found, 1), median(found, 2), worst
    return None, median(found, 1), median(found, 2), worst


def at_defaults(task, method, exact, seeds):
    found = [counted(task, lambda: TOP[method](task, seed, None)) for seed in seeds]
    return "", median(found, 1), median(found, 2), max(abs(f[0] / exact - 1) for f in found)


def top_table(task, exact, targets, seeds):
    rows = []
    for target in targets:
        found = {m: at_defaults(task, m, exact, seeds) if target is None else loosest(task, m, exact, target, seeds) for m in TOP}
        reached = [m for m in TOP if found[m][0] is not None]
        calls = [lambda seed, m=m: TOP[m](task, seed, found[m][0] or None) for m in reached]
        seconds = {m: median(f, 3) for m, f in zip(reached, in_turns(task, calls, list(seeds)[:3]))}
        for m in TOP:
            tol, products, gradients, worst = found[m]
            row = ["defaults" if target is None else f"{target:.0e}", m]
            if tol is None:
                rows.append(row + ["not reached", "", "", f"{worst:.1e}", "", ""])
            else:
                rows.append(row + [tol and f"{tol:.0e}", f"{products:g}", f"{gradients:g}", f"{worst:.1e}", f"{1e3 * seconds[m]:.1f}",
                                   f"{seconds[m] / seconds['libsam']:.2f}"])
    return markdown(["error wanted", "by", "its tolerance", "products", "gradients", "worst error", "ms", "time / libsam's"], rows)


TRACES = {
    "libsam, Hutchinson": lambda t, seed, k: t.measure("trace", samples=k, method="hutchinson", seed=seed).value,
    "PyHessian, Hutchinson": lambda t, seed, k: float(np.mean(t.pyhessian(seed).trace(maxIter=k, tol=0))),
    "curvlinops, Hutchinson": lambda t, seed, k: float(hutchinson_trace(t.operator(seed), k)),
    "libsam, Hutch++": lambda t, seed, k: t.measure("trace", samples=k, method="hutchpp", seed=seed).value,
    "curvlinops, Hutch++": lambda t, seed, k: float(hutchpp_trace(t.operator(seed), k)),
    "libsam, XTrace (default)": lambda t, seed, k: t.measure("trace", samples=k, seed=seed).value,
    "curvlinops, XTrace": lambda t, seed, k: float(xtrace(t.operator(seed), k)),
}


def rms(values):
    return float(np.sqrt(np.mean(np.square(values))))


def trace_table(task, exact, k=60, seeds=range(20)):
    rows, found = [], in_turns(task, [lambda seed, f=f: f(task, seed, k) for f in TRACES.values()], seeds)
    for name, one in zip(TRACES, found):
        errors, s = [f[0] / exact - 1 for f in one], median(one, 3)
        rows.append([name, f"{one[0][1]}", f"{one[0][2]}", f"{rms(errors):.2%}", f"{max(map(abs, errors)):.2%}", f"{1e3 * s:.1f}",
                     f"{s / median(found[0], 3):.2f}"])
    return markdown(["by", "products", "gradients", "rms error", "worst error", "ms", "time / libsam's Hutchinson"], rows)


def libsam_density(t, seed, probes, steps):
    found = t.measure("spectral_density", samples=probes, steps=steps, seed=seed)
    return found.nodes.ravel(), found.weights.ravel() / probes


def pyhessian_density(t, seed, probes, steps):
    nodes, weights = t.pyhessian(seed).density(iter=steps, n_v=probes)
    return np.array(nodes, float).ravel(), np.array(weights, float).ravel() / probes


def curvlinops_density(t, seed, probes, steps):
    operator = t.operator(seed)
    runs = [fast_lanczos(operator, steps) for _ in range(probes)]
    return np.concatenate([v.numpy() for v, _ in runs]), np.concatenate([(w[0] ** 2).numpy() for _, w in runs]) / probes


DENSITIES = dict(zip(PEERS, (libsam_density, pyhessian_density, curvlinops_density)))


def density_table(task, eigenvalues):
    rows, moments = [], [np.mean(eigenvalues ** k) for k in range(1, 5)]
    for probes, steps, seeds in ((1, 100, 20), (10, 80, 4)):
        found = in_turns(task, [lambda seed, f=f: f(task, seed, probes, steps) for f in DENSITIES.values()], range(seeds))
        for name, one in zip(DENSITIES, found):
            distance = [wasserstein_distance(n, eigenvalues, w / w.sum()) / np.mean(abs(eigenvalues)) for (n, w), *_ in one]
            off = [rms([w @ n ** k / m - 1 for (n, w), *_ in one]) for k, m in enumerate(moments, 1)]
            top, s = max(abs(n.max() / eigenvalues[-1] - 1) for (n, _), *_ in one), median(one, 3)
            rows.append([f"{probes} x {steps}", name, str(one[0][1]), str(one[0][2]), f"{rms(distance):.3f}", *(f"{x:.1%}" for x in off),
                         f"{top:.0e}", f"{1e3 * s:.0f}", f"{s / median(found[0], 3):.2f}"])
        expected = [np.sqrt(2 / probes * (np.sum(eigenvalues ** (2 * k)) / np.sum(eigenvalues ** k) ** 2 - 1 / task.size)) for k in range(1, 5)]
        rows.append([f"{probes} x {steps}", "expected of all", "", "", "", *(f"{x:.1%}" for x in expected), "", "", ""])
    return markdown(["probes x steps", "by", "products", "gradients", "distance", "moment 1", "2", "3", "4", "largest node", "ms", "time / libsam's"], rows)


def markdown(head, rows):
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]) + "\n"


def reference(task):
    """The two largest eigenvalues, converged, and the residual of the first relative to it."""
    linear = LinearOperator((task.size,) * 2, task.flat_product, dtype=float)
    values, vectors = eigsh(linear, k=2, which="LA", tol=1e-12, ncv=40, v0=np.random.default_rng(99).standard_normal(task.size))
    return values[1], values[0], np.linalg.norm(task.flat_product(vectors[:, 1]) - values[1] * vectors[:, 1]) / values[1]


def convergence(task, exact, longest, shortest=17):
    """Products and the error behind them, for each of the three."""
    error = lambda values: np.maximum(abs(np.array(values) / exact - 1), 1e-15)
    lanczos = [task.measure("lambda_max", max_iterations=k, tolerance=1e-12).value for k in range(1, shortest + 1)]
    curves = {"libsam": (np.arange(1, shortest + 1), error(lanczos))}
    for name, normalization in (("PyHessian", published), ("PyHessian, mended", mended)):
        task.history = []
        task.pyhessian(0, normalization).eigenvalues(maxIter=longest, tol=0)
        curves[name], task.history = (np.arange(1, len(task.history) + 1), error(task.history)), None
    points = {}
    for ncv in (6, 8, 10, 14, 20):
        for tol in (1e-1, 1e-3):
            (value, *_), products, *_ = counted(task, lambda: task.eigsh(0, tol, ncv=ncv)[0])
            points[products] = min(points.get(products, 1), abs(value / exact - 1))
    products = sorted(points)
    curves["curvlinops"] = np.array(products), np.maximum([points[p] for p in products], 1e-15)
    return curves


def within(curve, target):
    """The products behind which the error stays within the target."""
    products, errors = curve
    outside = np.flatnonzero(errors > target)
    return str(products[0]) if not outside.size else str(products[outside[-1] + 1]) if outside[-1] + 1 < len(products) else f"not in {products[-1]}"


def convergence_picture(curves, file):
    figure, axes = plt.subplots(1, len(curves), figsize=(9.6, 4.2), sharey=True, layout="constrained")
    for ax, (title, found) in zip(axes, curves.items()):
        for name, (products, errors) in found.items():
            style, label = {"libsam": ("-o", "libsam, lambda_max"), "PyHessian": ("-", "PyHessian, as published"),
                            "PyHessian, mended": ("--", "PyHessian, mended"), "curvlinops": ("s", "eigsh, as behind curvlinops; any ncv")}[name]
            ax.plot(products, errors, style, markersize=3.5 if name == "libsam" else 5, linewidth=1.6, color=COLOURS[name.split(",")[0]], label=label)
        for level in (1e-3, 1e-6):
            ax.axhline(level, color="0.5", linewidth=0.8, linestyle="--", zorder=0)
        ax.set(xscale="log", yscale="log", xlabel="products with the Hessian", title=title, ylim=(3e-16, 3), xlim=(0.9, 80))
        ax.xaxis.set_major_formatter("{x:g}")
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(alpha=0.25)
    axes[0].set_ylabel("relative error of the top eigenvalue")
    figure.legend(*axes[0].get_legend_handles_labels(), frameon=False, fontsize=9, loc="outside lower center", ncols=4)
    figure.savefig(file, dpi=110)
    plt.close(figure)


def density_picture(task, eigenvalues, file, probes=10, steps=80, width=0.006):
    grid = np.linspace(eigenvalues[0] - 0.05, eigenvalues[-1] + 0.05, 2000)
    smooth = lambda nodes, weights: (weights * np.exp(-0.5 * ((grid[:, None] - nodes) / width) ** 2)).sum(1) / (width * np.sqrt(2 * np.pi))
    exact = smooth(eigenvalues, np.full(len(eigenvalues), 1 / len(eigenvalues)))
    low = exact.max() * 1e-6
    figure, axes = plt.subplots(3, 1, figsize=(8, 6.6), sharex=True, sharey=True, layout="constrained")
    for ax, (name, f) in zip(axes, DENSITIES.items()):
        ax.fill_between(grid, low, np.maximum(exact, low), color="0.82", linewidth=0, label=f"exact, all {len(eigenvalues)} eigenvalues")
        ax.plot(grid, smooth(*f(task, 0, probes, steps)), color=COLOURS[name], linewidth=1.4, label=name)
        ax.set(yscale="log", ylim=(low, 4 * exact.max()), xlim=grid[[0, -1]], ylabel="density")
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(alpha=0.25)
        ax.legend(frameon=False, fontsize=9, loc="upper right")
    axes[-1].set_xlabel("eigenvalue of the Hessian")
    axes[0].set_title(f"digits network, {probes} probes of {steps} products each, Gaussians of width {width:g}", fontsize=10)
    figure.savefig(file, dpi=110)
    plt.close(figure)


def exact_spectrum(task, stored):
    """All eigenvalues, from one product for each weight; checked against those stored."""
    hessian = np.stack([task.flat_product(e) for e in np.eye(task.size)])
    values = np.linalg.eigvalsh((hessian + hessian.T) / 2)
    np.testing.assert_allclose(values[-1:-6:-1], stored["exact"]["top5"], rtol=1e-10)
    np.testing.assert_allclose(values.sum(), stored["exact"]["trace"], rtol=1e-10)
    return values


def processor():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def heading():
    from importlib.metadata import version
    versions = ", ".join(f"{name} {version(name)}" for name in ("torch", "PyHessian", "curvlinops-for-pytorch", "scipy", "numpy"))
    return f"""# libsam's measures beside PyHessian and curvlinops

Written by `python3 benchmarks/measures.py` on {datetime.date.today()}: {processor()}, {os.cpu_count()} cores, {torch.get_num_threads()} threads
for torch, load {os.getloadavg()[0]:.1f} at the start; libsam {libsam.version()}, {versions}, Python {platform.python_version()}.

Products are counted in the product itself. PyHessian and libsam have the same one, a second backward pass through a kept graph; curvlinops
has its own operator, forward over reverse, which costs more, so eigsh stands there with the common product too. Gradients: evaluations of loss
and gradient beside the products. Times: medians of three or more runs, in turns, on a machine that also did other work; set-up included.
"""


def main():
    text, curves = [heading()], {}
    task, stored = digits()
    exact = exact_spectrum(task, stored)
    text.append(f"""## The digits network: {task.size} weights, 1797 examples, exact Hessian

Top eigenvalue {exact[-1]:.10g}, trace {exact.sum():.10g}. Error wanted: each is called with the loosest power of ten as its tolerance with which all
five seeds meet it (libsam: of the residual; PyHessian: of the change; eigsh: ARPACK's); defaults: as it comes. Products and gradients are
medians over the seeds. PyHessian divides vectors by their length + 1e-6, so that its eigenvalue stays 2e-6 too small; mended: without that.

### Top eigenvalue, float64
""")
    text.append(top_table(task, exact[-1], (1e-3, 1e-6, None), range(5)))
    text.append("### Top eigenvalue, float32\n")
    text.append(top_table(single(task), exact[-1], (1e-3, 1e-6, None), range(5)))
    print(*text, sep="\n", flush=True)
    text.append("### Trace, float64, 60 products, 20 seeds\n\ncurvlinops multiplies all its vectors at once; libsam and PyHessian one after the other.\n")
    text.append(trace_table(task, exact.sum()))
    text.append("""### Spectral density, float64, 20 seeds of one probe and 4 of ten

Distance: Wasserstein-1 between the nodes with their weights and the exact eigenvalues, over their mean magnitude, rms. Moments: rms error of
tr H^k / n. These errors are those of random probes: the same is expected of all three, and they differ by the luck of the seeds. PyHessian has
`torch.linalg.eigh` in the place of `torch.eig`; as published it fails. curvlinops' Lanczos does not orthogonalise again.
""")
    text.append(density_table(task, exact))
    density_picture(task, exact, HERE / "measures-density.png")
    curves[f"digits network, {task.size} weights"] = convergence(task, exact[-1], 60)
    print(*text[5:], sep="\n", flush=True)

    big, rows = None, []
    for epochs, activation in ((3, torch.nn.Tanh), (20, torch.nn.Tanh), (100, torch.nn.Tanh), (20, torch.nn.ReLU)):
        network = trained(epochs, activation, task.images, task.labels)
        first, second, residual = reference(network)
        right = (network.model(network.images).argmax(1) == network.labels).double().mean()
        found = {m: loosest(network, m, first, 1e-6, range(3)) for m in ("libsam", "PyHessian, mended", "curvlinops, eigsh")}
        rows.append([f"{activation.__name__.lower()}, {epochs} epochs", f"{right:.1%}", f"{first:.5f}", f"{1 - second / first:.3f}", f"{residual:.0e}",
                     *(f"{f[1]:g} ({f[3]:.0e})" if f[0] else f"not reached in {f[1]:g} ({f[3]:.0e})" for f in found.values())])
        print(rows[-1], flush=True)
        if epochs == 20 and activation is torch.nn.Tanh:
            big, top = network, first
    text.append(f"""## Networks of {big.size} weights: 64-416-416-10 on 512 digits, trained here

Top eigenvalue to 1e-6, float64: products, the median of three seeds, each with its loosest tolerance as above, and the worst error. Reference: eigsh, tolerance 1e-12.
""")
    text.append(markdown(["network", "right", "top eigenvalue", "relative gap", "residual of the reference", *found], rows))
    text.append("### Tanh, 20 epochs, float64\n")
    text.append(top_table(big, top, (1e-3, 1e-6), range(3)))
    print(text[-1], flush=True)
    curves[f"tanh, 20 epochs, {big.size} weights"] = convergence(big, top, 60)
    convergence_picture(curves, HERE / "measures-convergence.png")
    text.append("""## Pictures

![Convergence of the top eigenvalue](measures-convergence.png)

![Density beside the exact spectrum](measures-density.png)

Behind how many products the error stays within a target, one seed (eigsh: the best of many `ncv` and tolerances, chosen knowing the answer):
""")
    text.append(markdown(["network", "error", *next(iter(curves.values()))], [[title, f"{target:.0e}", *(within(curve, target) for curve in found.values())]
                                                 for title, found in curves.items() for target in (1e-3, 1e-6)]))
    (HERE / "results-measures.md").write_text("\n".join(text))


if __name__ == "__main__":
    main()
