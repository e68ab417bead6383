"""Base optimizers with evaluations of their own, on the batch of the method's last."""
import math

import numpy as np

from .bases import average
from .bases_elementwise import count
from .step import base
from .vectors import per_tensor


def diagonal(b, w, difference):
    """A sample of the Hessian's diagonal at w: z times Hz, z the signs of the step's number."""
    z = b.step.signs(4)
    return z * b.step.hessian_product(z, difference, at=w)


def is_due(t, update_period):
    return (t - 1) % update_period == 0


@base
def adahessian(b, w, d, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-16, weight_decay=0.0, hessian_power=1.0, update_period=1,
               average_conv_kernel=0, difference=0.0):
    """Yao et al. 2021."""
    t = count(b.kept)
    if is_due(t, update_period):
        sample = diagonal(b, w, difference)
        if average_conv_kernel:
            sample = per_tensor(b.tensors, lambda t, part: np.abs(part).mean((2, 3), keepdims=True) if part.ndim == 4 else part, sample)
        average(b.kept, "h", beta2, sample ** 2)
    m_hat, h_hat = average(b.kept, "m", beta1, d) / (1 - beta1 ** t), b.kept["h"] / (1 - beta2 ** t)
    return (1 - lr * weight_decay) * w - lr * m_hat / (np.sqrt(h_hat) ** hessian_power + eps)


@base
def sophia_h(b, w, d, lr=6e-2, beta1=0.965, beta2=0.99, eps=1e-12, p=1e-2, weight_decay=0.0, update_period=10, difference=0.0):
    """Liu et al. 2024, with Hutchinson's estimate."""
    if is_due(count(b.kept), update_period):
        average(b.kept, "h", beta2, diagonal(b, w, difference))
    u = average(b.kept, "m", beta1, d) / np.maximum(b.kept["h"], eps)
    return (1 - lr * weight_decay) * w - lr * np.clip(u, -p, p)


@base
def sophia_g(b, w, d, lr=1e-4, beta1=0.965, beta2=0.99, p=0.04, batch_size=1.0, weight_decay=0.1, update_period=10):
    """Liu et al. 2024, with Gauss, Newton and Bartlett's estimate: the auxiliary objective has labels drawn from the model."""
    if is_due(count(b.kept), update_period):
        average(b.kept, "h", beta2, b.step.gradient(auxiliary=True) ** 2)
    u = average(b.kept, "m", beta1, d) / (p * batch_size * b.kept["h"] + 1e-15)
    return (1 - lr * weight_decay) * w - lr * np.clip(u, -1, 1)


@base
def oasis(b, w, d, lr=0.1, beta2=0.999, alpha=1e-5, weight_decay=0.0, adaptive=0, difference=0.0):
    """Jahani et al. 2022."""
    sample = diagonal(b, w, difference)
    kept = b.kept
    kept["diagonal"] = beta2 * kept["diagonal"] + (1 - beta2) * sample if "diagonal" in kept else sample
    D, eta = np.maximum(np.abs(kept["diagonal"]), alpha), kept.get("eta", lr)
    if adaptive and "w" in kept:
        moved, turned = w - kept["w"], d - b.step.gradient(kept["w"])
        bound = math.sqrt(1 + kept.get("theta", math.inf)) * eta
        below = math.sqrt(np.sum(turned ** 2 / D))
        eta = min(bound, math.sqrt(np.sum(D * moved ** 2)) / (2 * below) if below else math.inf)
        eta = kept["eta"] if math.isinf(eta) else eta
        kept["theta"] = eta / kept["eta"]
    kept["eta"], kept["w"] = eta, w
    return w * (1 - eta * weight_decay) - eta * d / D
