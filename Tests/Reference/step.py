"""What a method's or base's text can use (Step, Update), and the registries of texts.

A method is a function of the step and its options. It asks for gradients by calling `step.gradient(...)` and returns the direction
for the base, or None when it has moved the weights itself (`step.move`). Its keyword arguments are its options and defaults:

    @method()
    def sam(step, rho=0.05, l2=0.0):
        e = step.climb(step.gradient() + l2 * step.w, rho)
        return step.gradient(step.w + e) + l2 * (step.w + e)
"""
import inspect

import numpy as np

from . import randoms
from .vectors import filter_norms, norm, per_tensor, tensor_norms, unit

EVALUATE, PERTURBED, NEXT_BATCH, LOSS_ONLY, AUXILIARY = 1, 2, 4, 8, 16
METHODS, BASES = {}, {}
SHARED = {"seed": 0, "maximize": 0, "gradient_scale": 1.0, "clip_coordinates": 0.0, "clip_value": 0.0, "clip_norm": 0.0,
          "accumulate": 1, "micro_batches": 1, "every": 1, "start_step": 1}
ASCENT = {"scaling": "none", "eta": 0.01, "ascent_norm": "two", "part": "all"}


class Text:
    """A registered function: its options and their defaults, the ascent options' defaults, whether it is its own optimizer."""

    def __init__(self, function, ascent, own_update=False):
        self.function, self.ascent, self.own_update = function, {**ASCENT, **ascent}, own_update
        self.options = {p.name: p.default for p in inspect.signature(function).parameters.values() if p.default is not p.empty}


def method(*names, own_update=False, **ascent):
    """Registers the function under `names` (its own name where there are none) with these defaults of the ascent options."""
    def register(function):
        for name in names or (function.__name__,):
            METHODS[name] = Text(function, ascent, own_update)
        return function
    return register


def base(function):
    BASES[function.__name__] = Text(function, {})
    return function


class Step:
    """One optimizer's view of its step: `w` is the iterate, `t` the number of the step from 1, `kept` what lives between steps,
    `loss` the loss of the latest evaluation, `tensors` the layout, `behind` what is added to the weights after the base."""

    def __init__(self, run):
        self.run, self.w, self.t, self.kept = run, run.problem.start.copy(), 0, {}
        self.tensors, self.size = run.problem.tensors, run.problem.size
        self.loss, self.behind, self.moved = np.nan, None, None

    # evaluations

    def gradient(self, at=None, next_batch=False, auxiliary=False):
        """The gradient at the iterate, or at perturbed weights `at`."""
        bits = (at is not None) * PERTURBED | next_batch * NEXT_BATCH | auxiliary * AUXILIARY
        self.loss, g = self.run.evaluate(self.w if at is None else at, bits)
        return g

    def loss_at(self, at=None, auxiliary=False):
        """The loss alone, at the iterate or at perturbed weights."""
        self.loss, _ = self.run.evaluate(self.w if at is None else at,
                                         (at is not None) * PERTURBED | LOSS_ONLY | auxiliary * AUXILIARY)
        return self.loss

    def hessian_product(self, v, difference, at=None):
        """(gradient(at + h v) - gradient(at - h v)) / 2h, with h = difference (1 + |at|) / |v|; difference 0: half of epsilon^(1/3)."""
        at = self.w if at is None else at
        length = norm(v)
        h = (difference or 0.5 * np.finfo(float).eps ** (1 / 3)) * (1 + norm(at)) / length if length else 1.0
        return (self.gradient(at + h * v) - self.gradient(at - h * v)) / (2 * h)

    # the shared shape of the ascent

    def shape(self, scaling=None, eta=None):
        """T: the factors that the scaling puts on the parameters."""
        self.run.ascent_used = True
        scaling, eta = scaling or self.run.ascent["scaling"], self.run.ascent["eta"] if eta is None else eta
        if scaling in ("square", "plain_norm"):
            return np.abs(self.w)
        if scaling == "filter":
            return filter_norms(self.tensors, self.w) + eta
        size = {"none": lambda: np.ones(self.size), "element": lambda: np.abs(self.w) + eta,
                "tensor": lambda: tensor_norms(self.tensors, self.w) + eta}[scaling]()
        return per_tensor(self.tensors, lambda t, part: part if t.is_scaled else 1.0, size)

    def climb(self, d, rho, scaling=None):
        """The perturbation of radius rho along d: rho T unit(T d), of the tensors that `part` names."""
        part = {"all": lambda t: True, "norm": lambda t: t.role == "norm", "rest": lambda t: t.role != "norm"}[self.run.ascent["part"]]
        d = per_tensor(self.tensors, lambda t, d: d if part(t) else 0.0, d)
        scaling = scaling or self.run.ascent["scaling"]
        T = self.shape(scaling)
        if self.run.ascent["ascent_norm"] == "infinity":
            return rho * T * np.sign(d)
        return rho * T * unit(d if scaling == "plain_norm" else T * d)

    # random numbers of this step (or of another draw)

    def uniform(self, stream, draw=None, count=None):
        return randoms.uniform(self.run.seed, stream, self.t if draw is None else draw, self.size if count is None else count)

    def decision(self, stream=3):
        return float(self.uniform(stream, count=1)[0])

    def normal(self, stream, draw=None):
        return randoms.normal(self.run.seed, stream, self.t if draw is None else draw, self.size)

    def signs(self, stream, draw=None):
        return randoms.rademacher(self.run.seed, stream, self.t if draw is None else draw, self.size)

    # the base and the end of the step

    def based(self, w, d):
        """The weights that the base makes of w and the (clipped) direction d; its state advances."""
        return self.run.apply_base(w, d)

    def base_option(self, name, default=0.0):
        return self.run.base_options.get(name, default)

    def base_moment(self):
        """The base's average of directions (momentum or first moment), None where it has none yet."""
        return self.run.update.kept.get("m")

    def move(self, w):
        """Ends a step that needs no base (any more): the new iterate."""
        self.moved = w


class Update:
    """What a base's text can use: its state `kept`, the layout, and the step for bases that ask for evaluations."""

    def __init__(self, step):
        self.step, self.kept, self.tensors = step, {}, step.tensors
