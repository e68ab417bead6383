"""What the tests of identities share: small problems in closed form and a host that keeps what it was asked and answered."""
from typing import NamedTuple

import libsam
import numpy as np

from host import Host, USUAL, own_base

norm = np.linalg.norm


def close(actual, expected, atol=0.0, rtol=0.0):
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)


class Observation(NamedTuple):
    """One step: the iterates around it, and points, losses and gradients of its evaluations as flat vectors."""
    before: np.ndarray
    points: list
    losses: list
    gradients: list
    asked: list
    after: np.ndarray

    def e(self, place=-1):
        """The displacement of an evaluation from the iterate; the last one's if not said."""
        return self.points[place] - self.before

    @property
    def direction(self):
        """What the base was given, if it is sgd of rate 1 without momentum and decay."""
        return self.before - self.after


class Observed(Host):
    def evaluate(self, ask):
        self.points.append(self.weights)
        self.losses.append(super().evaluate(ask))
        self.gradients.append(np.concatenate([slope.ravel() for slope in self.slopes.values()]))
        return self.losses[-1]

    def step(self):
        before, self.points, self.losses, self.gradients = self.weights, [], [], []
        super().step()
        return Observation(before, self.points, self.losses, self.gradients, self.asked, self.weights)


def observe(method, options=None, problem=USUAL, steps=1):
    """Observations of so many steps; the base, where there is one, is sgd of rate 1 unless the options say otherwise."""
    base = own_base(method)
    host = Observed(method, base, {**({"lr": 1.0} if base else {}), **(options or {})}, problem)
    return [host.step() for _ in range(steps)]


def trajectory(method, options=None, problem=USUAL, steps=12):
    """The iterates of so many steps, (steps, size); rho 0.3 and sgd with momentum and decay unless the options say otherwise."""
    base = own_base(method)
    usual = {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01} if base else {}
    if "rho" in libsam.methods()[method].options:
        usual["rho"] = 0.3
    host = Host(method, base, usual | (options or {}), problem)
    return np.stack([host.run(1) for _ in range(steps)])


def parts(problem=USUAL):
    """(name, role, shape, slice of the flat vector) of each tensor."""
    start, out = 0, []
    for name, role, shape in problem.tensors:
        out.append((name, role, shape, slice(start, start := start + int(np.prod(shape)))))
    return out


def filters(problem=USUAL):
    """Slices of the rows of tensors of rank 2 and more, and of the other tensors whole."""
    out = []
    for _, _, shape, where in parts(problem):
        rows = shape[0] if len(shape) > 1 else 1
        size = (where.stop - where.start) // rows
        out += [slice(where.start + i * size, where.start + (i + 1) * size) for i in range(rows)]
    return out


class Quadratic:
    """lowest + (x - center)' A (x - center) / 2, one tensor; A: a matrix or its diagonal."""

    def __init__(self, A, start, center=0.0, lowest=0.0):
        self.A, self.start, self.center, self.lowest = np.array(A, float), np.array(start, float), center, lowest
        self.A = np.diag(self.A) if self.A.ndim == 1 else self.A
        self.tensors = [("w", "weight", self.start.shape)]

    def evaluate(self, x, batch, auxiliary=False):
        r = x - self.center
        return self.lowest + r @ self.A @ r / 2, self.A @ r


class Linear(Quadratic):
    """<c, x>, with another c in every batch unless `fixed`."""

    def __init__(self, fixed=False):
        super().__init__(np.zeros(4), [0.3, -0.2, 0.5, 0.1])
        self.fixed = fixed

    def evaluate(self, x, batch, auxiliary=False):
        c = np.array([1.0, -2.0, 0.5, 0.75]) + (0.0 if self.fixed else 0.3 * np.sin(np.arange(4) + batch))
        return c @ x, c


class Split:
    """The usual tensors with two objectives of one's choice: `main` and `auxiliary`, functions of (x, batch)."""

    def __init__(self, main, auxiliary=None, like=USUAL):
        self.start, self.tensors, self.both = like.start, like.tensors, (main, auxiliary)

    def evaluate(self, x, batch, auxiliary=False):
        return self.both[auxiliary](x, batch)


class Game(Quadratic):
    """min over a, max over b of a b: the field (b, -a)."""

    def __init__(self):
        super().__init__(np.zeros(2), [1.0, 0.5])

    def evaluate(self, x, batch, auxiliary=False):
        return x[0] * x[1], np.array([x[1], -x[0]])


def nothing(x, batch):
    return 0.0, 0.0 * x


FIXED = Split(lambda x, batch: USUAL.evaluate(x, 0), lambda x, batch: USUAL.evaluate(x, 0, True))      # every batch is the first
ROUND = Quadratic([[3.0, 0.4, -0.2, 0.1], [0.4, 2.0, 0.3, 0.0], [-0.2, 0.3, 1.5, 0.5], [0.1, 0.0, 0.5, 1.0]], [0.7, -1.1, 0.4, 0.9])
