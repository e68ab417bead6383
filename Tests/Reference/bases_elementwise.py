"""Base optimizers that treat every element alike, beyond those of bases.py; order and defaults are torch's where torch has the optimizer."""
import math

import numpy as np

from .bases import average
from .step import base
from .vectors import cut_largest, norm


def count(kept):
    kept["t"] = kept.get("t", 0) + 1
    return kept["t"]


def decayed(w, d, lr, weight_decay, decoupled):
    """Weights and direction with the decay in the one or the other."""
    return (w * (1 - lr * weight_decay), d) if decoupled else (w, d + weight_decay * w)


def heavy_ball(kept, momentum, x):
    """The sum momentum m + x, from 0; without momentum x itself, and nothing kept."""
    if momentum:
        x = kept["m"] = momentum * kept.get("m", 0.0) + x
    return x


@base
def adamax(b, w, d, lr=2e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
    """Kingma and Ba 2015: a decaying maximum in place of the squares."""
    t, d = count(b.kept), d + weight_decay * w
    top = b.kept["top"] = np.maximum(beta2 * b.kept.get("top", 0.0), np.abs(d) + eps)
    return w - lr * average(b.kept, "m", beta1, d) / ((1 - beta1 ** t) * top)


@base
def nadam(b, w, d, lr=2e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, momentum_decay=4e-3, decoupled_weight_decay=0):
    """Dozat 2016: Adam with Nesterov's look-ahead, on a warming momentum."""
    t = count(b.kept)
    w, d = decayed(w, d, lr, weight_decay, decoupled_weight_decay)
    now, next_ = beta1 * (1 - 0.96 ** (momentum_decay * np.array([t, t + 1])) / 2)
    done = b.kept["done"] = b.kept.get("done", 1.0) * now               # the product of the momenta so far
    v_hat = average(b.kept, "v", beta2, d * d) / (1 - beta2 ** t)
    ahead = next_ / (1 - done * next_) * average(b.kept, "m", beta1, d) + (1 - now) / (1 - done) * d
    return w - lr * ahead / (np.sqrt(v_hat) + eps)


@base
def radam(b, w, d, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, decoupled_weight_decay=0):
    """Liu et al. 2020: Adam's denominator only where the squares' average has more than five effective terms."""
    t = count(b.kept)
    w, d = decayed(w, d, lr, weight_decay, decoupled_weight_decay)
    u = average(b.kept, "m", beta1, d) / (1 - beta1 ** t)
    v = average(b.kept, "v", beta2, d * d)
    limit, rest = 2 / (1 - beta2) - 1, beta2 ** t
    terms = limit - 2 * t * rest / (1 - rest)
    if terms > 5:
        share = (terms - 4) * (terms - 2) / terms / ((limit - 4) * (limit - 2) / limit)
        u = u * math.sqrt(share * (1 - rest)) / (np.sqrt(v) + eps)
    return w - lr * u


@base
def adagrad(b, w, d, lr=1e-2, lr_decay=0.0, weight_decay=0.0, initial_accumulator_value=0.0, eps=1e-10):
    """Duchi et al. 2011: the sum of all squares."""
    t, d = count(b.kept), d + weight_decay * w
    b.kept["squares"] = b.kept.get("squares", initial_accumulator_value) + d * d
    return w - lr / (1 + (t - 1) * lr_decay) * d / (np.sqrt(b.kept["squares"]) + eps)


@base
def adadelta(b, w, d, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.0):
    """Zeiler 2012: the length of the steps from that of the earlier steps."""
    d = d + weight_decay * w
    earlier = b.kept.get("moved", np.zeros_like(w))
    u = d * np.sqrt(earlier + eps) / np.sqrt(average(b.kept, "v", rho, d * d) + eps)
    average(b.kept, "moved", rho, u * u)
    return w - lr * u


@base
def rprop(b, w, d, lr=1e-2, eta_minus=0.5, eta_plus=1.2, step_min=1e-6, step_max=50.0):
    """Riedmiller and Braun 1993: signs only; a size per element that grows while the sign stays. It pauses where the sign turns."""
    turn = np.sign(d) * np.sign(b.kept.get("d", 0.0))
    factor = np.choose(turn.astype(int) + 1, [eta_minus, 1.0, eta_plus])
    size = b.kept["size"] = np.clip(factor * b.kept.get("size", lr), step_min, step_max)
    b.kept["d"] = np.where(turn < 0, 0.0, d)
    return w - size * np.sign(b.kept["d"])


@base
def asgd(b, w, d, lr=1e-2, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0.0):
    """Polyak and Juditsky 1992, as torch has it. The average is kept, and moves no weights."""
    t, eta = count(b.kept), b.kept.get("eta", lr)
    new = w - eta * (d + weight_decay * w) - lambd * eta * w
    b.kept["eta"] = lr * (1 + lambd * lr * t) ** -alpha
    mean = b.kept.get("average", 0.0)
    b.kept["average"] = new if t == 1 else mean + (new - mean) / max(1, t - 1 - t0)
    return new


@base
def lion(b, w, d, lr=1e-4, beta1=0.9, beta2=0.99, weight_decay=0.0):
    """Chen et al. 2023: the sign of a mean of momentum and direction; the momentum decays at a rate of its own."""
    mixed = beta1 * b.kept.get("m", 0.0) + (1 - beta1) * d
    average(b.kept, "m", beta2, d)
    return (1 - lr * weight_decay) * w - lr * np.sign(mixed)


@base
def adabelief(b, w, d, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-16, weight_decay=0.0, decoupled_weight_decay=1):
    """Zhuang et al. 2020: the squares of what the momentum did not foresee."""
    t = count(b.kept)
    w, d = decayed(w, d, lr, weight_decay, decoupled_weight_decay)
    m = average(b.kept, "m", beta1, d)
    s = b.kept["s"] = average(b.kept, "s", beta2, (d - m) ** 2) + eps
    return w - lr * (m / (1 - beta1 ** t)) / (np.sqrt(s / (1 - beta2 ** t)) + eps)


@base
def adan(b, w, d, lr=1e-3, beta1=0.98, beta2=0.92, beta3=0.99, eps=1e-8, weight_decay=0.0, decoupled_weight_decay=0):
    """Xie et al. 2022: averages of the direction, of its change, and of the square of both together."""
    t = count(b.kept)
    change, b.kept["d"] = (d - b.kept["d"] if t > 1 else np.zeros_like(d)), d
    squares = average(b.kept, "v", beta3, np.square(d + beta2 * change)) / (1 - beta3 ** t)
    u = average(b.kept, "m", beta1, d) / (1 - beta1 ** t) + beta2 / (1 - beta2 ** t) * average(b.kept, "change", beta2, change)
    u = lr * u / (np.sqrt(squares) + eps)
    return w * (1 - lr * weight_decay) - u if decoupled_weight_decay else (w - u) / (1 + lr * weight_decay)


def schedule_free(kept, w, d, lr, momentum, weight_decay, r, weight_lr_power, warmup_steps):
    """One step of y = w, which lies between z (kept) and the average x."""
    t, z = kept["t"], kept.get("z", w)
    rate = lr * min(1.0, t / warmup_steps) if warmup_steps else lr
    kept["most"] = max(rate, kept.get("most", 0.0))
    weight = t ** r * kept["most"] ** weight_lr_power
    kept["weights"] = kept.get("weights", 0.0) + weight
    share = weight / kept["weights"] if kept["weights"] else 0.0
    d = d + weight_decay * w
    kept["z"] = z - rate * d
    return (1 - share) * w + share * z - rate * (1 - momentum * (1 - share)) * d


@base
def schedule_free_sgd(b, w, d, lr=1.0, momentum=0.9, weight_decay=0.0, r=0.0, weight_lr_power=2.0, warmup_steps=0):
    """Defazio et al. 2024."""
    count(b.kept)
    return schedule_free(b.kept, w, d, lr, momentum, weight_decay, r, weight_lr_power, warmup_steps)


@base
def schedule_free_adamw(b, w, d, lr=2.5e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, r=0.0, weight_lr_power=2.0, warmup_steps=0):
    """Defazio et al. 2024."""
    t = count(b.kept)
    d = d / (np.sqrt(average(b.kept, "v", beta2, d * d) / (1 - beta2 ** t)) + eps)
    return schedule_free(b.kept, w, d, lr, beta1, weight_decay, r, weight_lr_power, warmup_steps)


@base
def induced_metric(b, w, d, lr=0.1, xi=1.0, momentum=0.0, weight_decay=0.0):
    """The metric I + xi d d', whose inverse divides d by 1 + xi |d|^2."""
    return (1 - lr * weight_decay) * w - lr * heavy_ball(b.kept, momentum, d / (1 + xi * np.vdot(d, d)))


@base
def normalized_sgd(b, w, d, lr=0.1, momentum=0.0, power=1.0, delta=0.0, weight_decay=0.0):
    """Nesterov 1984; momentum: Cutkosky and Mehta 2020."""
    m = average(b.kept, "m", momentum, d)
    length = norm(m)
    w = (1 - lr * weight_decay) * w
    return w - lr * m / (length ** power + delta) if length else w


@base
def quantile_clip_sgd(b, w, d, lr=0.1, momentum=0.0, quantile=0.1, weight_decay=0.0):
    """Cut before the momentum and behind it; the momentum is kept uncut."""
    u = cut_largest(heavy_ball(b.kept, momentum, cut_largest(d, quantile)), quantile)
    return (1 - lr * weight_decay) * w - lr * u
