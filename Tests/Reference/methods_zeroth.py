"""Gradients estimated from losses alone."""
import numpy as np

from .step import method
from .vectors import per_tensor, unit


def probe(step, distribution, draw):
    """A random direction z and the factor n that makes the mean of n (z'g) z the gradient g."""
    if distribution == "gaussian":
        return step.normal(4, draw), 1
    if distribution == "sphere":
        return unit(step.normal(4, draw)), step.size
    if distribution == "rademacher":
        return step.signs(4, draw), 1
    z = np.zeros(step.size)
    z[min(int(step.uniform(4, draw, count=1)[0] * step.size), step.size - 1)] = 1
    return z, step.size


def slope(step, z, mu, at=None):
    at = step.w if at is None else at
    return (step.loss_at(at + mu * z) - step.loss_at(at - mu * z)) / (2 * mu)


def estimate(step, mu, directions, distribution, first_draw, at=None):
    total = 0.0
    for k in range(directions):
        z, factor = probe(step, distribution, first_draw + k)
        total = total + factor * slope(step, z, mu, at) * z
    return total / directions


@method()
def zo(step, mu=1e-3, directions=1, distribution="gaussian", noise=0.0):
    """Two-point estimates (Nesterov and Spokoiny 2017), with isotropic noise (Ren, Tang and Li 2023)."""
    d = estimate(step, mu, directions, distribution, step.t * directions)
    return d + noise * step.normal(1) / np.sqrt(step.size)


@method(own_update=True)
def zo_sgd(step, lr=1e-6, mu=1e-3, weight_decay=0.0):
    """Malladi et al. 2023."""
    z = step.normal(4)
    decayed = per_tensor(step.tensors, lambda t, w: 0.0 if t.role in ("bias", "norm") else weight_decay * w, step.w)
    step.move(step.w - lr * (slope(step, z, mu) * z + decayed))


@method()
def zo_ascent_sam(step, rho=0.05, mu=1e-3):
    """Malladi et al. 2023 for the ascent: from two losses, the descent from a gradient."""
    z = step.normal(4)
    return step.gradient(step.w + step.climb(np.sign(slope(step, z, mu)) * z, rho))


@method()
def zo_sam(step, rho=0.05, mu=1e-3, directions=1, distribution="gaussian"):
    """Nesterov and Spokoiny 2017 for both estimates: ascent and descent from losses."""
    e = step.climb(estimate(step, mu, directions, distribution, 2 * step.t * directions), rho)
    return estimate(step, mu, directions, distribution, (2 * step.t + 1) * directions, step.w + e)


@method()
def zo_recursive(step, mu=1e-3, directions=1, distribution="sphere", period=10):
    """Chen et al. 2023: recursive estimates, v and the change of the estimate since the last iterate, with the same probes."""
    new = estimate(step, mu, directions, distribution, step.t * directions)
    if (step.t - 1) % period:
        new = step.kept["v"] + new - estimate(step, mu, directions, distribution, step.t * directions, step.kept["before"])
    step.kept["v"], step.kept["before"] = new, step.w
    return new


def corner(g, ball, radius):
    """The point of the ball that is farthest against g."""
    if ball == "l2":
        return -radius * unit(g)
    if ball == "linf":
        return -radius * np.sign(g)
    v = np.zeros_like(g)
    place = int(np.argmax(np.abs(g)))
    v[place] = -radius * np.sign(g[place])
    return v


@method(own_update=True)
def zo_frank_wolfe(step, mu=1e-3, directions=1, radius=1.0, ball="l2"):
    """Sahu et al. 2019: Frank-Wolfe on a ball with averaged estimates."""
    share = 4 / (step.t + 8) ** (2 / 3)
    g = estimate(step, mu, directions, "gaussian", step.t * directions)
    y = step.kept["y"] = (1 - share) * step.kept.get("y", 0.0) + share * g
    part = 2 / (step.t + 8)
    step.move((1 - part) * step.w + part * corner(y, ball, radius))
