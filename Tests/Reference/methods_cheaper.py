"""Methods that need fewer evaluations: reused, stale, random and momentum perturbations."""
import math

import numpy as np

from .step import method
from .vectors import across, norm, per_tensor, unit


def reused(step, g, across_part, alpha, scope="global"):
    """g with the kept part across it, of alpha times g's length."""
    if scope == "tensor":
        return per_tensor(step.tensors, lambda t, g, v: g + alpha * norm(g) / (norm(v) + 1e-8) * v, g, across_part)
    return g + alpha * norm(g) / (norm(across_part) + 1e-8) * across_part


@method()
def looksam(step, rho=0.1, k=10, alpha=0.7, scope="global"):
    """Liu et al. 2022: SAM each k-th step; between, its part across the clean gradient is used again."""
    g = step.gradient()
    if (step.t - 1) % k:
        return reused(step, g, step.kept["across"], alpha, scope)
    gp = step.gradient(step.w + step.climb(g, rho))
    step.kept["across"] = per_tensor(step.tensors, lambda t, a, b: across(a, b), gp, g) if scope == "tensor" else across(gp, g)
    return gp


@method()
def looklayersam(step, rho=0.1, k=10, alpha=0.7):
    """Liu et al. 2022: looksam with a radius per tensor, in proportion to its weights."""
    g = step.gradient()
    if (step.t - 1) % k:
        return reused(step, g, step.kept["across"], alpha)
    gp = step.gradient(step.w + per_tensor(step.tensors, lambda t, g, w: rho * norm(w) * unit(g), g, step.w))
    step.kept["across"] = across(gp, g)
    return gp


@method()
def rst(step, rho=0.05, p=0.5, gamma=1.0):
    """Zhao et al. 2022: SAM with the chance p."""
    g = step.gradient()
    if step.decision() > p:
        return g
    return (1 - gamma) * g + gamma * step.gradient(step.w + step.climb(g, rho))


def is_sharp(step, g, delta, lambda1, lambda2, total_steps):
    """Whether |g|^2 is large against its running mean and deviation."""
    square, done = norm(g) ** 2, min(step.t / total_steps, 1.0)
    mean = step.kept["mean"] = delta * step.kept.get("mean", 0.0) + (1 - delta) * square
    variance = step.kept["variance"] = delta * step.kept.get("variance", 0.0) + (1 - delta) * (square - mean) ** 2
    return square >= mean + (done * lambda1 + (1 - done) * lambda2) * math.sqrt(variance)


@method()
def ae_sam(step, rho=0.05, delta=0.9, lambda1=-1.0, lambda2=1.0, total_steps=1000):
    """Jiang et al. 2023: SAM where the gradient is large."""
    g = step.gradient()
    return step.gradient(step.w + step.climb(g, rho)) if is_sharp(step, g, delta, lambda1, lambda2, total_steps) else g


@method()
def ae_looksam(step, rho=0.05, alpha=0.7, delta=0.9, lambda1=-1.0, lambda2=1.0, total_steps=1000):
    """Jiang et al. 2023: ae_sam with looksam's reuse in the other steps."""
    g = step.gradient()
    if is_sharp(step, g, delta, lambda1, lambda2, total_steps):
        gp = step.gradient(step.w + step.climb(g, rho))
        step.kept["across"] = across(gp, g)
        return gp
    return reused(step, g, step.kept["across"], alpha) if "across" in step.kept else g


@method()
def reuse_sam(step, rho=0.05):
    """Park et al. 2023, without privacy: the ascent is the previous perturbed gradient."""
    old = step.kept.get("previous")
    step.kept["previous"] = step.gradient(None if old is None else step.w + step.climb(old, rho))
    return step.kept["previous"]


@method()
def async_sam(step, rho=0.05):
    """Jo et al. 2025: the ascent is the previous step's clean gradient."""
    old, g = step.kept.get("previous"), step.gradient()
    step.kept["previous"] = g
    return g if old is None else step.gradient(step.w + step.climb(old, rho))


@method()
def sampa(step, rho=0.1, lam=0.2, predict=1):
    """Xie et al. 2024: two independent gradients, at the perturbed and at a predicted point."""
    h = step.kept.get("h")
    if h is None:
        step.kept["h"] = step.gradient()
        return step.kept["h"]
    towards = h
    if predict and step.run.base_name == "sgd":
        m = step.base_moment()
        towards = h + step.base_option("weight_decay") * step.w + (step.base_option("momentum") * m if m is not None else 0.0)
    step.kept["h"] = step.gradient(step.w - step.base_option("lr") * towards)
    gp = step.gradient(step.w + step.climb(h, rho))
    return (1 - lam) * gp + lam * step.kept["h"]


@method()
def msam(step, rho=0.3, l2_at_perturbed=0):
    """Becker et al. 2024: the perturbation goes against the base's momentum."""
    m = step.base_moment()
    if m is None:
        return step.gradient()
    e = -rho * unit(m)
    g = step.gradient(step.w + e)
    return g + step.base_option("weight_decay") * e if l2_at_perturbed else g


@method()
def dp_sat(step, rho=0.05, max_grad_norm=0.1, noise_multiplier=1.0, examples=8, expected_examples=0, ascent="gradient"):
    """Park et al. 2023: clipped gradients of `examples` units with noise; the ascent is the previous such sum, or the last move."""
    old = step.kept.get("along")
    if old is not None and ascent == "momentum":
        old = old - step.w
    point = None if old is None else step.w + step.climb(old, rho)
    total = noise_multiplier * max_grad_norm * step.normal(5)
    for k in range(examples):
        g = step.gradient(point, next_batch=k > 0)
        total = total + min(1.0, max_grad_norm / (norm(g) + 1e-6)) * g
    private = total / (expected_examples or examples)
    step.kept["along"] = private if ascent == "gradient" else step.w
    return private


@method()
def lookbehind_sam(step, rho=0.05, k=5, alpha=0.5, fresh=0):
    """Mordido et al. 2024: k ascents with a base step each, then part of the way there."""
    point, slow, moves = step.w, step.w, []
    g = step.gradient()
    for i in range(k):
        if fresh and i:
            g = step.gradient(point, next_batch=True)
        point = point + step.climb(g, rho)
        g = step.gradient(point)
        slow = step.based(slow, g)
        moves.append(slow - step.w)
    def share(t, first, last):
        return (1 + float(np.vdot(unit(first), unit(last)))) / 2
    part = per_tensor(step.tensors, share, moves[0], moves[-1]) if alpha < 0 else alpha
    step.move(step.w + part * moves[-1])
