"""Several ascent steps, random and Bayesian perturbations, curvature along the ascent."""
import numpy as np

from .step import method
from .vectors import filter_norms, norm, unit


def ascend(step, rho, ascents, ascent_step, normalize=1, e=None):
    """The perturbations after each of the ascent steps within the ball, and the gradients there but at the last."""
    for _ in range(ascents):
        g = step.gradient(None if e is None else step.w + e)
        move = rho * ascent_step * (unit(g) if normalize else g)
        e = move if e is None else e + move
        if norm(e) > rho:
            e = rho / norm(e) * e
        yield g, e


@method()
def multistep_sam(step, rho=0.05, ascents=3, ascent_step=1.0, normalize=1, random_start=0):
    """Andriushchenko and Flammarion 2022."""
    start = rho * unit(step.normal(1)) if random_start else None
    *_, (_, e) = ascend(step, rho, ascents, ascent_step, normalize, start)
    return step.gradient(step.w + e)


@method()
def multistep_mean_sam(step, rho=0.05, ascents=3, ascent_step=1.0):
    """Kim et al. 2023: the mean of the gradients along the ascent."""
    path = list(ascend(step, rho, ascents, ascent_step))
    return (sum(g for g, _ in path[1:]) + step.gradient(step.w + path[-1][1])) / ascents


def filter_noise(step, sigma, draw=None):
    return sigma * filter_norms(step.tensors, step.w) * step.normal(1, draw)


@method()
def rsam(step, rho=0.05, sigma=0.01):
    """Liu et al. 2022."""
    z = filter_noise(step, sigma)
    return step.gradient(step.w + (z + step.climb(step.gradient(step.w + z), rho)))


@method()
def rwp(step, sigma=0.01):
    """Li et al. 2024."""
    return step.gradient(step.w + filter_noise(step, sigma))


def adapted_noise(step, sigma, eta):
    """Less noise where squared gradients, summed over a filter of a matrix, were large."""
    squares = step.kept.setdefault("squares", np.zeros(step.size))
    total = squares.copy()
    for t in step.tensors:
        if len(t.shape) >= 2:
            t.filters(total)[...] = t.filters(squares).sum(axis=1, keepdims=True)
    return filter_noise(step, sigma) / np.sqrt(1 + eta * total)


@method()
def arwp(step, sigma=0.01, eta=1.0, beta=0.9):
    """Li et al. 2024."""
    gp = step.gradient(step.w + adapted_noise(step, sigma, eta))
    step.kept["squares"] = beta * step.kept["squares"] + gp * gp
    return gp


@method()
def m_arwp(step, sigma=0.01, eta=1.0, beta=0.9, lam=0.5):
    """Li et al. 2024: mixed with the clean gradient of another batch."""
    g = step.gradient()
    gp = step.gradient(step.w + adapted_noise(step, sigma, eta), next_batch=True)
    step.kept["squares"] = beta * step.kept["squares"] + gp * gp
    return lam * gp + (1 - lam) * g


@method()
def avg_sam(step, sigma=0.01, samples=1):
    """Zhu et al. 2023: the mean gradient around the iterate."""
    return sum(step.gradient(step.w + sigma * step.normal(1, step.t * samples + k)) for k in range(samples)) / samples


@method()
def anti_pgd(step, sigma=0.01, anticorrelated=1):
    """Orvieto et al. 2022: noise behind the base, of which the step before is taken back."""
    step.behind = sigma * (step.normal(1) - (step.normal(1, step.t - 1) if anticorrelated else 0.0))
    return step.gradient()


@method()
def entropy_sgd(step, langevin=5, gamma=0.01, inner_lr=0.1, noise=1e-4, average=0.75):
    """Chaudhari et al. 2017: towards the mean of a Langevin walk."""
    x, mean = step.w, step.w
    for k in range(langevin):
        g = step.gradient(x, next_batch=True) if k else step.gradient()
        x = x - inner_lr * (g - gamma * (step.w - x)) + np.sqrt(inner_lr) * noise * step.normal(1, step.t * langevin + k)
        mean = (1 - average) * mean + average * x
    return gamma * (step.w - mean)


@method()
def eigen_sam(step, rho=0.05, alpha=0.2, period=100, power_steps=5, difference=1e-3):
    """Luo et al. 2024: the ascent turned towards the top eigenvector of the Hessian."""
    g = step.gradient()
    if step.t > 1 and (step.t - 1) % period == 0:
        v = step.kept.get("v", None)
        v = step.normal(4) if v is None else v
        for _ in range(power_steps):
            v = unit(step.hessian_product(v, difference))
        step.kept["v"] = v
    along = unit(g)
    if "v" in step.kept:
        v = step.kept["v"]
        along = along + alpha * np.sign(np.vdot(g, v)) * (v - float(np.vdot(along, v)) * along)
    return step.gradient(step.w + rho * along)
