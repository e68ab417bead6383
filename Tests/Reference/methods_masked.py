"""Methods that perturb a part of the parameters, or rows by radii of their own."""
import math

import numpy as np

from .step import method
from .vectors import per_filter, per_tensor, unit


def largest(scores, count):
    """1 where the `count` largest scores are (of equal ones the first), else 0."""
    mask = np.zeros_like(scores)
    mask[np.argsort(-scores, kind="stable")[:count]] = 1
    return mask


@method()
def ssam_f(step, rho=0.05, sparsity=0.2, update_every=1000, fisher="batches", samples=64, initial="zeros"):
    """Mi et al. 2022: perturbs where the empirical Fisher information is largest."""
    mask = step.kept.setdefault("mask", np.full(step.size, float(initial == "ones")))
    refresh = step.t >= 2 and (step.t - 2) % update_every == 0
    information = None
    if refresh and fisher == "batches":
        information = sum(step.gradient(next_batch=k > 0) ** 2 for k in range(samples))
    g = step.gradient(next_batch=information is not None)
    if refresh:
        information = g * g if information is None else information
        mask = step.kept["mask"] = largest(information, int(step.size * (1 - sparsity)))
    return step.gradient(step.w + mask * step.climb(g, rho))


@method()
def ssam_d(step, rho=0.05, sparsity=0.2, update_every=1000, drop_rate=0.5, drop="gradient", growth="random", total_steps=10000):
    """Mi et al. 2022: a mask whose least entries are dropped and replaced."""
    live = step.size - math.ceil(step.size * sparsity)
    if "mask" not in step.kept:
        step.kept["mask"] = largest(step.uniform(2, draw=0), live)
    mask, g = step.kept["mask"], step.gradient()
    gp = step.gradient(step.w + mask * step.climb(g, rho))
    if (step.t - 1) % update_every == 0:
        rate = drop_rate * (1 + math.cos(math.pi * min((step.t - 1) / total_steps, 1))) / 2
        count = int(min(live * rate, step.size - live))
        def score(kind, draw):
            return {"weight": lambda: np.abs(step.w), "gradient": lambda: np.abs(g), "random": lambda: step.uniform(2, draw)}[kind]()
        dropped = largest(np.where(mask == 1, -score(drop, 2 * step.t), -np.inf), count)
        grown = largest(np.where(mask == 0, score(growth, 2 * step.t + 1), -np.inf), count)
        step.kept["mask"] = mask - dropped + grown
    return gp


@method()
def zsharp(step, rho=0.05, z_quantile=0.95, norm_scope="global"):
    """Yun 2025: in matrices only the entries far from the mean are perturbed."""
    def extreme(t, g):
        if g.ndim < 2 or g.size == 1:
            return g
        distance = np.abs(g - g.mean())
        return np.where(distance > np.sort(distance, axis=None)[math.floor(z_quantile * (g.size - 1))], g, 0.0)
    g = step.gradient()
    kept = per_tensor(step.tensors, extreme, g)
    if norm_scope == "global":
        return step.gradient(step.w + step.climb(kept if kept.any() else g, rho))
    def perturbation(t, k, u):
        return rho * unit(k) if k.ndim >= 2 and k.size > 1 and k.any() else rho * u
    return step.gradient(step.w + per_tensor(step.tensors, perturbation, kept, unit(g)))


@method()
def esam(step, rho=0.05, beta=1.0, granularity="tensor", selection=0):
    """Du et al. 2022: a random part of the perturbation; a part of the examples, which the host selects by their losses."""
    e = step.climb(step.gradient(), rho) / beta
    if granularity == "element":
        e = e * (step.uniform(2) <= beta)
    else:
        for t, u in zip(step.tensors, step.uniform(2, count=len(step.tensors))):
            e[t.span] *= u <= beta
    if selection:
        step.loss_at(step.w + e)
    return step.gradient(step.w + e)


def above(sizes, sparsity):
    """Keeps what is strictly above the ceil(n (1 - sparsity))-th largest size."""
    if sparsity == 0:
        return np.ones_like(sizes)
    return (sizes > np.sort(sizes, axis=None)[::-1][math.ceil(sizes.size * (1 - sparsity)) - 1]).astype(float)


def some_of_each(sizes, keep, group):
    """Keeps the `keep` largest of each `group` neighbours along the input axis (1) of rank 2 and 4; other tensors whole."""
    if sizes.ndim not in (2, 4) or sizes.size % group:
        return np.ones_like(sizes)
    last = np.moveaxis(sizes, 1, -1)
    rows = last.reshape(-1, group)
    mask = np.stack([largest(row, keep) for row in rows]).reshape(last.shape)
    return np.moveaxis(mask, -1, 1)


@method()
def cram(step, rho=0.05, sparsity_low=0.5, sparsity_high=0.9, levels=3, structure="global", normalize=0, plus=1, sparse_gradient=1):
    """Peste et al. 2023: the gradient at the compressed perturbed weights."""
    g, draw = step.gradient(), step.decision()
    sparsity = np.linspace(sparsity_low, sparsity_high, levels)[min(int(draw * levels), levels - 1)]
    point = step.w + (step.climb(g, rho) if normalize else rho * g)
    sizes, matrices = np.abs(point), [t for t in step.tensors if len(t.shape) >= 2]
    mask = np.ones(step.size)
    if structure == "global" and matrices:
        together = above(np.concatenate([sizes[t.span] for t in matrices]), sparsity)
        for t, part in zip(matrices, np.split(together, np.cumsum([t.size for t in matrices])[:-1])):
            mask[t.span] = part
    elif structure == "tensor":
        for t in step.tensors[1:-2]:
            if t in matrices:
                mask[t.span] = above(sizes[t.span], sparsity)
    elif structure == "n_m":
        mask = per_tensor(step.tensors, lambda t, s: some_of_each(s, *((2, 4) if draw > 0.5 else (4, 8))), sizes)
    gp = step.gradient(mask * point)
    return (mask * gp if sparse_gradient else gp) + (g if plus else 0.0)


@method(scaling="element")
def adasap(step, rho_min=0.01, rho_max=2.0, score="magnitude"):
    """Bair et al. 2024: rows that matter less get a larger radius."""
    g = step.gradient()
    def importance(t, w, g):
        return np.linalg.norm(w, axis=1, keepdims=True) if score == "magnitude" else np.abs((w * g).sum(axis=1, keepdims=True))
    rows = np.zeros(step.size, bool)
    for t in step.tensors:
        rows[t.span] = t.role == "weight" and len(t.shape) >= 2
    s, radius = per_filter(step.tensors, importance, step.w, g), np.full(step.size, rho_min)
    if rows.any():
        low, high = s[rows].min(), s[rows].max()
        share = (high - s[rows]) / (high - low) if high > low else 1.0
        radius[rows] = rho_min + share * (rho_max - rho_min)
    return step.gradient(step.w + radius * step.climb(g, 1.0))
