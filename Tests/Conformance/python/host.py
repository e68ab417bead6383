"""A host of the tests: an objective over named arrays, an optimizer over them, and a record of what was asked."""
import json
import pathlib

import libsam
import numpy as np

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "Golden"


class Problem:
    """The objective of Tests/Golden/README.md, from its file."""

    def __init__(self, path):
        text = json.loads(path.read_text())
        self.batches = text["batches"]
        self.tensors = [(t["name"], t["role"], tuple(t["shape"])) for t in text["tensors"]]
        self.start, self.A, self.c, self.a, self.k, self.p, self.aux = (
            np.array(text[key], float) for key in ("start", "A", "c", "a", "k", "p", "aux"))

    def evaluate(self, x, batch, auxiliary=False):
        """(loss, gradient) at the flat vector x."""
        n = len(x)
        if auxiliary:
            return 0.5 * np.dot(x - self.aux, x - self.aux) / n, (x - self.aux) / n
        r, s = x - self.c[batch % self.batches], self.k * x + self.p
        return (0.5 * r @ self.A @ r + self.a @ np.cos(s)) / n, (self.A @ r - self.a * self.k * np.sin(s)) / n


USUAL = Problem(GOLDEN / "problems" / "usual.json")
SQUARE = Problem(GOLDEN / "problems" / "square.json")           # every unfolding has full rank


class Host:
    """Arrays at the problem's start and an optimizer over them. `asked` and `batches`: of the latest step's evaluations.
    spoil: called with (ask, the host) after each evaluation; what it answers, if anything, takes the loss's place."""

    def __init__(self, method="sam", base="sgd", options=None, problem=USUAL, dtype=np.float64, scale=1.0, spoil=None, **keywords):
        self.problem, self.scale, self.spoil, self.asked, self.batches = problem, scale, spoil, [], []
        pieces = np.split(problem.start, np.cumsum([int(np.prod(shape)) for _, _, shape in problem.tensors])[:-1])
        self.arrays = {name: piece.reshape(shape).astype(dtype) for (name, _, shape), piece in zip(problem.tensors, pieces)}
        self.slopes = {name: np.zeros_like(array) for name, array in self.arrays.items()}
        self.optimizer = libsam.Optimizer(self.arrays, self.slopes, method=method, base=base,
                                          roles={name: role for name, role, _ in problem.tensors}, **(options or {}), **keywords)

    @property
    def weights(self):
        """All weights as one vector, in their own dtype."""
        return np.concatenate([array.ravel() for array in self.arrays.values()])

    def evaluate(self, ask):
        """Fills the gradients at the weights that stand and answers the loss, as a closure does."""
        self.asked.append(int(ask))
        self.batches.append(self.optimizer.batch)
        points = np.concatenate([self.optimizer.point(name).ravel() for name in self.arrays]).astype(float)
        loss, gradient = self.problem.evaluate(points, self.batches[-1], bool(ask & libsam.Ask.AUXILIARY))
        if ask & libsam.Ask.LOSS_ONLY:
            gradient = gradient * np.nan                    # must not be read
        start = 0
        for slope in self.slopes.values():
            slope[...] = (self.scale * gradient[start:start + slope.size]).reshape(slope.shape)
            start += slope.size
        spoilt = self.spoil(ask, self) if self.spoil else None
        return loss if spoilt is None else spoilt

    def step(self):
        self.asked, self.batches = [], []
        return self.optimizer.step(self.evaluate)

    def run(self, steps):
        for _ in range(steps):
            self.step()
        return self.weights


def own_base(method):
    """The base to create a method with: None where it is its own optimizer."""
    return None if libsam.methods()[method].own_update else "sgd"


def still(method):
    """The options with which a step moves nothing, None where there are none."""
    if own_base(method) is None and "lr" not in libsam.methods()[method].options:
        return None
    return {"lr": 0.0, **({"method.sigma": 0.0} if method == "anti_pgd" else {})}      # its noise goes behind the base


METHODS = list(libsam.methods())
