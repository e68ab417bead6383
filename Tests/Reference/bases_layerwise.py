"""Base optimizers that look at a tensor, or at everything, as a whole."""
import math

import numpy as np

from .bases import average
from .bases_elementwise import count, heavy_ball
from .step import base
from .vectors import norm, per_tensor


def layer(b, t):
    """What is kept of one tensor."""
    return b.kept.setdefault(t.name, {})


def length(part):
    """The Euclidean norm of a tensor of any shape."""
    return norm(np.ravel(part))


def rms(part):
    return length(part) / math.sqrt(part.size)


@base
def lars(b, w, d, lr=1e-3, momentum=0.9, dampening=0.0, nesterov=0, weight_decay=0.0, trust_coefficient=1e-3):
    """You et al. 2017. Vectors: sgd without decay."""
    def trusted(t, w, d):
        if d.ndim < 2:
            return d
        below = length(d) + weight_decay * length(w)
        trust = trust_coefficient * length(w) / below if below else 0.0
        return (trust or 1.0) * (d + weight_decay * w)

    d = per_tensor(b.tensors, trusted, w, d)
    if momentum:
        m = heavy_ball(b.kept, momentum, (1 - dampening) * d)
        d = d + momentum * m if nesterov else m
    return w - lr * d


@base
def lamb(b, w, d, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-6, weight_decay=0.0, trust_clip=10.0):
    """You et al. 2020."""
    t = count(b.kept)
    v_hat = average(b.kept, "v", beta2, d * d) / (1 - beta2 ** t)
    u = average(b.kept, "m", beta1, d) / (1 - beta1 ** t) / (np.sqrt(v_hat) + eps) + weight_decay * w

    def trusted(t, w, u):
        size = length(u)
        return u * ((min(length(w), trust_clip) / size if size else 0.0) or 1.0)

    return w - lr * per_tensor(b.tensors, trusted, w, u)


@base
def adafactor(b, w, g, lr=1e-2, beta2_decay=-0.8, eps1=0.0, eps2=1e-3, d=1.0, weight_decay=0.0):
    """Shazeer and Stern 2018, as torch has it: squares by row and column; `d` bounds the update's root mean square."""
    new = count(b.kept) ** beta2_decay                                  # the weight of the newest squares
    floor, rate = eps1 or np.finfo(float).eps, min(lr, b.kept["t"] ** -0.5)

    def update(t, w, g):
        kept, squares = layer(b, t), g * g
        if g.ndim >= 2:
            rows = average(kept, "rows", 1 - new, squares.mean(-1))
            columns = average(kept, "columns", 1 - new, squares.mean(-2))
            squares = rows[..., :, None] * columns[..., None, :] / np.maximum(rows.mean(-1), floor)[..., None, None]
        else:
            squares = average(kept, "v", 1 - new, squares)
        u = g / np.sqrt(np.maximum(squares, floor ** 2))
        return w * (1 - lr * weight_decay) - rate * max(eps2, rms(w)) * u / max(1.0, rms(u) / d)

    return per_tensor(b.tensors, update, w, g)


@base
def prodigy(b, w, d, lr=1.0, beta1=0.9, beta2=0.999, beta3=0.0, eps=1e-8, weight_decay=0.0, d0=1e-6, d_coef=1.0, growth_rate=math.inf,
            bias_correction=0, safeguard_warmup=0):
    """Mishchenko and Defazio 2024: Adam that estimates how far away the solution is."""
    kept, t = b.kept, count(b.kept)
    start, far = kept.setdefault("start", w), kept.get("far", d0)
    beta3 = beta3 or math.sqrt(beta2)
    rate = far * lr * (math.sqrt(1 - beta2 ** t) / (1 - beta1 ** t) if bias_correction else 1.0)
    kept["top"] = beta3 * kept.get("top", 0.0) + far / d0 * rate * float(np.vdot(d, start - w))
    kept["s"] = beta3 * kept.get("s", 0.0) + far / d0 * (far if safeguard_warmup else rate) * d
    m, v = average(kept, "m", beta1, far * d), average(kept, "v", beta2, (far * d) ** 2)
    size = np.abs(kept["s"]).sum()
    if not size:
        return w
    guess = d_coef * kept["top"] / size
    kept["most"] = max(kept.get("most", d0), guess)
    kept["far"] = min(kept["most"], growth_rate * (max(far, guess) if far == d0 else far))
    return w * (1 - rate * weight_decay) - rate * m / (np.sqrt(v) + kept["far"] * eps)


# matrices

def is_matrix(t):
    return t.role == "weight" and len(t.shape) >= 2


def flat(part):
    """A tensor as a matrix: its first axis by all others."""
    return part.reshape(part.shape[0], -1)


def orthogonal(u, iterations, eps):
    """Newton and Schulz's quintic iteration: singular vectors stay, singular values go to about 1."""
    tall = u.shape[0] > u.shape[1]
    x = (u.T if tall else u) / max(length(u), eps)
    for _ in range(iterations):
        square = x @ x.T
        x = 3.4445 * x - 4.7750 * square @ x + 2.0315 * square @ (square @ x)
    return x.T if tall else x


def by_shape(u, rule):
    rows, columns = u.shape
    if rule == "match_rms_adamw":
        return 0.2 * math.sqrt(max(u.shape))
    return {"original": math.sqrt(max(1.0, rows / columns)), "spectral_unclamped": math.sqrt(rows / columns), "none": 1.0}[rule]


def looking_ahead(kept, d, momentum, nesterov):
    m = average(kept, "m", momentum, d)
    return momentum * m + (1 - momentum) * d if nesterov else m


def small_adamw(kept, t, w, d, lr, beta1, beta2, eps, weight_decay):
    """adamw of one tensor, at the step t."""
    v_hat = average(kept, "v", beta2, d * d) / (1 - beta2 ** t)
    return (1 - lr * weight_decay) * w - lr / (1 - beta1 ** t) * average(kept, "m", beta1, d) / (np.sqrt(v_hat) + eps)


@base
def muon(b, w, d, lr=1e-3, momentum=0.95, nesterov=1, weight_decay=0.1, ns_steps=5, eps=1e-7, adjust_lr_fn="original",
         adamw_lr=3e-4, adamw_beta1=0.9, adamw_beta2=0.95, adamw_eps=1e-10, adamw_weight_decay=0.0):
    """Jordan et al. 2024."""
    step = count(b.kept)

    def update(t, w, d):
        if not is_matrix(t):
            return small_adamw(layer(b, t), step, w, d, adamw_lr, adamw_beta1, adamw_beta2, adamw_eps, adamw_weight_decay)
        u = orthogonal(flat(looking_ahead(layer(b, t), d, momentum, nesterov)), ns_steps, eps)
        return w * (1 - lr * weight_decay) - lr * by_shape(u, adjust_lr_fn) * u.reshape(t.shape)

    return per_tensor(b.tensors, update, w, d)


@base
def normuon(b, w, d, lr=2e-2, momentum=0.95, beta2=0.95, nesterov=1, weight_decay=0.0, ns_steps=5, eps=1e-10, update_scale="preserve_norm",
            adamw_lr=3e-4, adamw_beta1=0.9, adamw_beta2=0.95, adamw_eps=1e-10, adamw_weight_decay=0.0):
    """Li et al. 2025: muon whose rows are divided by the root of their running mean squares, at a given length."""
    step = count(b.kept)

    def update(t, w, d):
        if not is_matrix(t):
            return small_adamw(layer(b, t), step, w, d, adamw_lr, adamw_beta1, adamw_beta2, adamw_eps, adamw_weight_decay)
        x = orthogonal(flat(looking_ahead(layer(b, t), d, momentum, nesterov)), ns_steps, 1e-7)
        u = x / (np.sqrt(average(layer(b, t), "v", beta2, (x * x).mean(1)))[:, None] + eps)
        goal = length(x) * by_shape(x, "original") if update_scale == "preserve_norm" else 0.2 * math.sqrt(x.size)
        return w * (1 - lr * weight_decay) - lr * goal / (length(u) + eps) * u.reshape(t.shape)

    return per_tensor(b.tensors, update, w, d)


@base
def lanton(b, w, d, lr=2e-2, beta1=0.95, beta2=0.95, alpha=1.0, weight_decay=0.0, ns_steps=5, sign_lr=3e-4):
    """Hao et al. 2025, noise-adaptive layer rates: muon for matrices, signs for the rest, at rates that fall with the directions' change from step to step."""
    calm = {True: {}, False: {}}                                        # by kind and tensor's name

    def measure(t, d):
        kept = layer(b, t)
        change, kept["d"] = d - kept.get("d", d), d.copy()
        noise = np.linalg.svd(flat(change), compute_uv=False).sum() if is_matrix(t) else np.abs(change).sum()
        calm[is_matrix(t)][t.name] = alpha / math.sqrt(alpha ** 2 + average(kept, "noise", beta2, noise ** 2))
        m = average(kept, "m", beta1, d)
        if not is_matrix(t):
            return np.sign(m)
        u = orthogonal(flat(m), ns_steps, 1e-7)
        return by_shape(u, "original") * u.reshape(t.shape)

    def update(t, w, u):
        kind = calm[is_matrix(t)]
        rate = (lr if is_matrix(t) else sign_lr) * math.sqrt(kind[t.name] / max(kind.values()))
        return (1 - rate * weight_decay) * w - rate * u

    return per_tensor(b.tensors, update, w, per_tensor(b.tensors, measure, d))


# a matrix for each axis

def unfolding(part, axis):
    """The tensor as a matrix: this axis by all others."""
    return np.moveaxis(part, axis, 0).reshape(part.shape[axis], -1)


def gram(part, axis):
    return unfolding(part, axis) @ unfolding(part, axis).T


def turned(part, matrices):
    """The tensor with the matrix of each axis (a dictionary) multiplied onto that axis."""
    for axis, matrix in matrices.items():
        part = np.moveaxis(np.tensordot(matrix, part, axes=(1, axis)), 0, axis)
    return part


def short_axes(part, most):
    return [axis for axis, size in enumerate(part.shape) if size <= most]


@base
def shampoo(b, w, d, lr=1e-3, momentum=0.0, weight_decay=0.0, matrix_eps=1e-6, precondition_frequency=1, max_precondition_dim=1024):
    """Gupta et al. 2018."""
    due = (count(b.kept) - 1) % precondition_frequency == 0

    def root(S, power):
        values, vectors = np.linalg.eigh(S)
        return vectors @ np.diag(np.maximum(values, matrix_eps) ** power) @ vectors.T

    def preconditioned(t, d):
        kept, d = layer(b, t), np.atleast_1d(d)
        axes = short_axes(d, max_precondition_dim)
        sums = kept.setdefault("sums", {axis: matrix_eps * np.eye(d.shape[axis]) for axis in axes})
        for axis in axes:
            sums[axis] = sums[axis] + gram(d, axis)
        if due:
            kept["roots"] = {axis: root(sums[axis], -0.5 / len(axes)) for axis in axes}
        return turned(d, kept["roots"]).reshape(t.shape)

    return w - lr * heavy_ball(b.kept, momentum, per_tensor(b.tensors, preconditioned, d + weight_decay * w))


@base
def soap(b, w, d, lr=3e-3, beta1=0.95, beta2=0.95, shampoo_beta=-1.0, eps=1e-8, weight_decay=1e-2, precondition_frequency=10,
         max_precondition_dim=10000, precondition_1d=0, correct_bias=1):
    """Vyas et al. 2025: Adam in the eigenbases of shampoo's averages. The first step makes the bases and moves nothing."""
    k = count(b.kept) - 1
    rate = lr * (math.sqrt(1 - beta2 ** k) / (1 - beta1 ** k) if correct_bias and k else 1.0)

    def update(t, w, d):
        kept, w, d = layer(b, t), np.atleast_1d(w), np.atleast_1d(d)
        axes = short_axes(d, max_precondition_dim) if d.ndim > 1 or precondition_1d else []
        sums, bases = kept.setdefault("sums", {}), kept.setdefault("bases", {})
        if k:
            there = {axis: bases[axis].T for axis in axes}
            m, v = average(kept, "m", beta1, d), average(kept, "v", beta2, turned(d, there) ** 2)
            w = w - rate * turned(turned(m, there) / (np.sqrt(v) + eps), bases)
            w = w * (1 - lr * weight_decay)
        for axis in axes:
            average(sums, axis, beta2 if shampoo_beta < 0 else shampoo_beta, gram(d, axis))
            if k == 0:
                bases[axis] = np.linalg.eigh(sums[axis])[1][:, ::-1]
            elif k % precondition_frequency == 0:                       # one step of the power method
                power = sums[axis] @ bases[axis]
                order = np.argsort(-np.einsum("ij,ij->j", bases[axis], power), kind="stable")
                kept["v"] = kept["v"].take(order, axis)
                bases[axis], _ = np.linalg.qr(power[:, order])
        return w.reshape(t.shape)

    return per_tensor(b.tensors, update, w, d)
