"""Procedures: extragradient and optimistic steps, normalised and variance-reduced directions, conversions, proximal and Newton steps."""
import math

import numpy as np

from .step import method
from .vectors import norm, unit


@method()
def extragradient(step, gamma1=0.1, fresh=0):
    """Korpelevich 1976: the gradient at the point that the gradient leads to."""
    g = step.gradient()
    return step.gradient(step.w - gamma1 * g, next_batch=bool(fresh))


@method()
def past_extragradient(step, gamma1=0.1):
    """Popov 1980: the same with the gradient of the step before."""
    old = step.kept.get("previous")
    step.kept["previous"] = step.gradient(None if old is None else step.w - gamma1 * old)
    return step.kept["previous"]


@method()
def optimistic(step, optimism=1.0):
    """Popov 1980, Daskalakis et al. 2018: more of the change since the gradient before."""
    g = step.gradient()
    old, step.kept["previous"] = step.kept.get("previous", g), g
    return g + optimism * (g - old)


@method()
def normalized_gd(step, beta=1.0, delta=0.0, average=0.0):
    """Nesterov 1984, Cutkosky and Mehta 2020, Chen et al. 2023: the gradient divided by a power of its norm."""
    g = step.gradient()
    m = step.kept["m"] = average * step.kept.get("m", g) + (1 - average) * g
    size = norm(m) ** beta + delta
    return m / size if size else m


@method()
def spider(step, period=10, normalize=1):
    """Fang et al. 2018."""
    v = step.gradient()
    if (step.t - 1) % period:
        v = step.kept["v"] + v - step.gradient(step.kept["before"])
    step.kept["v"], step.kept["before"] = v, step.w
    return unit(v) if normalize else v


@method(own_update=True)
def o2nc(step, lr=0.01, radius=0.01, restart=0):
    """Cutkosky, Mehta and Orabona 2023: online learning of the move, gradients at random points of it."""
    delta = step.kept.get("delta")
    if delta is None or (restart and (step.t - 1) % restart == 0):
        g, delta = step.gradient(), np.zeros(step.size)
    else:
        g = step.gradient(step.w + step.decision() * delta)
    new = delta - lr * g
    step.kept["delta"] = new if norm(new) <= radius else radius / norm(new) * new
    step.move(step.w + delta)


@method(own_update=True)
def exp_o2nc(step, lr=0.01, beta=0.99, mu=0.0, random_scaling=1):
    """Zhang and Cutkosky 2024."""
    delta = step.kept["delta"] = beta / (1 + lr * mu) * (step.kept.get("delta", 0.0) - lr * step.gradient())
    step.move(step.w + (-math.log(step.decision()) if random_scaling else 1.0) * delta)


@method()
def bloop(step, lam=0.1, ema=0.1, barrier=0):
    """Hsieh et al. 2024: the auxiliary gradient without its part along the averaged main gradient."""
    g, a = step.gradient(), step.gradient(auxiliary=True)
    m = step.kept.get("m", g)
    m = step.kept["m"] = m + ema * (g - m)
    ratio = float(np.vdot(a, m)) / (norm(m) ** 2 + 1e-7)
    return g + lam * (a - (min(ratio, 1 / lam) if barrier and lam else ratio) * m)


@method(own_update=True)
def proxy_prox(step, lr=0.01, eta=1.0, inner=5):
    """Woodworth, Mishchenko and Bach 2023: gradient steps on the proxy, corrected to the gradient at the iterate, and a proximal term."""
    g = step.gradient()
    a = step.gradient(auxiliary=True) if inner > 1 else 0.0             # the first inner step needs no proxy
    u = step.w - lr * g
    for _ in range(inner - 1):
        u = u - lr * (step.gradient(u, auxiliary=True) + g - a + (u - step.w) / eta)
    step.move(u)


@method(own_update=True)
def proximal_point(step, lr=0.01, eta=1.0, inner=5):
    """Rockafellar 1976: gradient steps on the loss with a proximal term."""
    u = step.w - lr * step.gradient()
    for _ in range(inner - 1):
        u = u - lr * (step.gradient(u) + (u - step.w) / eta)
    step.move(u)


def conjugate_gradients(step, g, shift, iterations, difference):
    """p with (H + shift) p = g, from zero; ends at |r| <= min(1/2, sqrt|g|) |g|, and at negative curvature (at the first: g)."""
    p, r, d = np.zeros(step.size), g, g
    for iteration in range(iterations):
        if norm(r) <= min(0.5, math.sqrt(norm(g))) * norm(g):
            break
        Ad = step.hessian_product(d, difference) + shift * d
        curvature = float(np.vdot(d, Ad))
        if curvature <= 0:
            return p if iteration else g
        a = float(np.vdot(r, r)) / curvature
        p, old, r = p + a * d, r, r - a * Ad
        d = r + float(np.vdot(r, r)) / float(np.vdot(old, old)) * d
    return p


@method(own_update=True)
def reg_newton(step, lr=1.0, hessian_lipschitz=1.0, rule="sqrt", iterations=20, difference=1e-3):
    """Mishchenko 2023, Doikov and Nesterov 2024: a shift that follows the gradient's length."""
    g = step.gradient()
    size = hessian_lipschitz * norm(g)
    step.move(step.w - lr * conjugate_gradients(step, g, math.sqrt(size) if rule == "sqrt" else size, iterations, difference))


@method(own_update=True)
def damped_newton(step, semi_strong=1.0, damping=0.0, iterations=20, difference=1e-3):
    """Hanzely et al. 2022: the step length from the Newton decrement."""
    g = step.gradient()
    p = conjugate_gradients(step, g, damping, iterations, difference)
    G = semi_strong * math.sqrt(max(float(np.vdot(g, p)), 0.0))
    step.move(step.w - ((math.sqrt(1 + 2 * G) - 1) / G if G else 1.0) * p)


@method(own_update=True)
def saddle_free_newton(step, lr=1.0, rank=10, damping=0.1, difference=1e-3):
    """Dauphin et al. 2014: the absolute Hessian in the Krylov space of H and g, by Lanczos' process."""
    g = step.gradient()
    basis, T = [unit(g)], np.zeros((rank, rank))
    for i in range(min(rank, step.size)):
        r = step.hessian_product(basis[i], difference)
        for j, q in enumerate(basis):
            T[j, i] = T[i, j] = float(np.vdot(q, r)) if j == i else T[j, i]
        for _ in range(2):
            for q in basis:
                r = r - float(np.vdot(q, r)) * q
        if i + 1 == min(rank, step.size) or norm(r) < 1e-12:
            break
        T[i, i + 1] = T[i + 1, i] = norm(r)
        basis.append(unit(r))
    Q, size = np.array(basis), len(basis)
    values, vectors = np.linalg.eigh(T[:size, :size])
    step.move(step.w - lr * Q.T @ (vectors @ ((vectors.T @ (Q @ g)) / (np.abs(values) + damping))))
