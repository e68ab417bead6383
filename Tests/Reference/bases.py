"""Base optimizers: the new weights from weights w and direction d. Arithmetic, order and defaults are torch's."""
import numpy as np

from .step import base


def average(kept, name, beta, x):
    """The exponential average, from 0: beta times the old value plus 1 - beta times x."""
    kept[name] = beta * kept.get(name, 0.0) + (1 - beta) * x
    return kept[name]


@base
def sgd(b, w, d, lr=0.1, momentum=0.0, dampening=0.0, nesterov=0, weight_decay=0.0):
    """Robbins and Monro 1951, Polyak 1964, Nesterov 1983, Sutskever et al. 2013."""
    d = d + weight_decay * w
    if momentum:
        b.kept["m"] = momentum * b.kept["m"] + (1 - dampening) * d if "m" in b.kept else d
        d = d + momentum * b.kept["m"] if nesterov else b.kept["m"]
    return w - lr * d


def adam_update(kept, w, d, lr, beta1, beta2, eps, amsgrad):
    t = kept["t"] = kept.get("t", 0) + 1
    m, v = average(kept, "m", beta1, d), average(kept, "v", beta2, d * d)
    if amsgrad:
        v = kept["most"] = np.maximum(kept.get("most", 0.0), v)
    return w - lr / (1 - beta1 ** t) * m / (np.sqrt(v) / np.sqrt(1 - beta2 ** t) + eps)


@base
def adam(b, w, d, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, amsgrad=0):
    """Kingma and Ba 2015; amsgrad: Reddi et al. 2018."""
    return adam_update(b.kept, w, d + weight_decay * w, lr, beta1, beta2, eps, amsgrad)


@base
def adamw(b, w, d, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2, amsgrad=0):
    """Loshchilov and Hutter 2019."""
    return adam_update(b.kept, w * (1 - lr * weight_decay), d, lr, beta1, beta2, eps, amsgrad)


@base
def rmsprop(b, w, d, lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0, centered=0):
    """Tieleman and Hinton 2012; centered: Graves 2013."""
    d = d + weight_decay * w
    v = average(b.kept, "v", alpha, d * d)
    if centered:
        v = np.maximum(v - average(b.kept, "mean", alpha, d) ** 2, 0.0)
    d = d / (np.sqrt(v) + eps)
    if momentum:
        d = b.kept["m"] = momentum * b.kept.get("m", 0.0) + d
    return w - lr * d
