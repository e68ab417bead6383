"""Methods that are their own optimizer: Bayesian, adaptive and second-order SAM, Polyak steps."""
import numpy as np

from .step import method
from .vectors import norm, unit


@method(own_update=True)
def bsam(step, lr=0.5, beta1=0.9, beta2=0.999, weight_decay=1e-4, rho=0.05, damping=0.1, s_init=1.0, data_size=50000):
    """Moellenhoff and Khan 2023: the ascent and the step divide by a posterior precision s."""
    s, m = step.kept.get("s", np.full(step.size, float(s_init))), step.kept.get("m", 0.0)
    noise = step.normal(1) / np.sqrt(data_size * s) if data_size else 0.0
    g = step.gradient(step.w + noise)
    gp = step.gradient(step.w + rho * g / s)
    m = step.kept["m"] = beta1 * m + (1 - beta1) * (gp + weight_decay * step.w)
    step.kept["s"] = beta2 * s + (1 - beta2) * (np.sqrt(s) * np.abs(g) + damping + weight_decay)
    step.move(step.w - lr * m / s)


@method(own_update=True)
def adasam(step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, rho=0.05):
    """Sun et al. 2023: SAM with AMSGrad without bias correction."""
    gp = step.gradient(step.w + step.climb(step.gradient(), rho))
    m = step.kept["m"] = beta1 * step.kept.get("m", 0.0) + (1 - beta1) * gp
    v = step.kept["v"] = beta2 * step.kept.get("v", 0.0) + (1 - beta2) * gp * gp
    most = step.kept["most"] = np.maximum(step.kept.get("most", eps ** 2), v)
    step.move(step.w - lr * m / np.sqrt(most))


@method(own_update=True)
def lightsam(step, lr=0.1, rho=0.05, eps=1e-8, accumulator="norm"):
    """Cheng et al. 2025: radius and step divided by AdaGrad's accumulators."""
    def accumulated(name, g):
        square = norm(g) ** 2 if accumulator == "norm" else g * g
        step.kept[name] = step.kept.get(name, eps ** 2) + square
        return np.sqrt(step.kept[name])
    g = step.gradient()
    gp = step.gradient(step.w + rho * g / accumulated("ascent", g))
    step.move(step.w - lr * gp / accumulated("descent", gp))


def second_order_step(step, gp, at, lr, beta1, beta2, eps, weight_decay, period, hessian_power, samples, difference):
    """Sassha's update: momentum divided by a power of the average of the Hessian's diagonal at the perturbed point."""
    kept, t = step.kept, step.t
    if (t - 1) % period == 0:
        probes = [step.signs(4, t * samples + k) for k in range(samples)]
        diagonal = np.abs(sum(z * step.hessian_product(z, difference, at) for z in probes) / samples)
        kept["h"] = beta2 * kept.get("h", 0.0) + (1 - beta2) * diagonal
        kept["correction"] = (1 - beta2 ** t) ** hessian_power
    m = kept["m"] = beta1 * kept.get("m", 0.0) + (1 - beta1) * gp
    curvature = kept["h"] ** hessian_power / kept["correction"] + eps
    step.move(step.w * (1 - lr * weight_decay) - lr / (1 - beta1 ** t) * m / curvature)


@method(own_update=True)
def sassha(step, lr=0.15, beta1=0.9, beta2=0.999, eps=1e-4, weight_decay=0.0, rho=0.2, period=10, hessian_power=0.5, samples=1,
           difference=1e-3):
    """Shin et al. 2025."""
    point = step.w + step.climb(step.gradient(), rho)
    second_order_step(step, step.gradient(point), point, lr, beta1, beta2, eps, weight_decay, period, hessian_power, samples, difference)


@method(own_update=True)
def msassha(step, lr=0.15, beta1=0.9, beta2=0.999, eps=1e-4, weight_decay=0.01, rho=0.3, period=10, hessian_power=0.5, samples=1,
            difference=1e-3):
    """Shin et al. 2025: perturbed against the momentum."""
    m = step.kept.get("m")
    point = None if m is None else step.w - rho * unit(m)
    second_order_step(step, step.gradient(point), point, lr, beta1, beta2, eps, weight_decay, period, hessian_power, samples, difference)


@method(own_update=True)
def sam_sps(step, lr=1.0, rho=0.05, l_star=0.0):
    """Oikonomou and Loizou 2026: Polyak's step for the perturbed loss."""
    e = step.climb(step.gradient(), rho)
    gp = step.gradient(step.w + e)
    polyak(step, gp, step.loss - l_star - float(np.vdot(gp, e)), lr)


@method(own_update=True)
def truncated_model(step, lr=1.0, l_star=0.0):
    """Asi and Duchi 2019: the step to where the linear model, cut at l_star, ends."""
    g = step.gradient()
    polyak(step, g, step.loss - l_star, lr)


def polyak(step, g, gap, longest):
    square = norm(g) ** 2
    step.move(step.w - (min(max(0.0, gap) / square, longest) if square else 0.0) * g)
