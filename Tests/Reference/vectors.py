"""Vectors of the size of all parameters: flat float64 arrays, and where each tensor lies in them."""
import math

import numpy as np


class Tensor:
    def __init__(self, name, role, shape, first):
        self.name, self.role, self.shape = name, role, tuple(shape)
        self.size = math.prod(self.shape)
        self.span = slice(first, first + self.size)

    def part(self, v):
        """The tensor's part of a vector, in the tensor's shape (a view)."""
        return v[self.span].reshape(self.shape)

    def filters(self, v):
        """The tensor's part as a matrix with one filter per row: slices of the first axis; one row for rank 0 and 1."""
        rows = self.shape[0] if len(self.shape) >= 2 else 1
        return v[self.span].reshape(rows, -1)

    @property
    def is_scaled(self):
        """Whether the scalings "element" and "tensor" act on it."""
        return self.role in ("weight", "embedding") or (self.role == "norm" and "weight" in self.name)


def norm(v):
    return math.sqrt(float(np.vdot(v, v)))


def unit(v):
    """v / (|v| + 1e-12); zero where v is zero."""
    length = norm(v)
    return v / (length + 1e-12) if length else np.zeros_like(v)


def component(a, b):
    """The part of a along b; zero where b is zero."""
    square = float(np.vdot(b, b))
    return (float(np.vdot(a, b)) / square) * b if square else np.zeros_like(a)


def across(a, b):
    """The part of a perpendicular to b; a itself where b is zero."""
    return a - component(a, b)


def cut_largest(v, share):
    """v with this share of its elements, the largest, cut to the largest of the others."""
    bound = np.sort(np.abs(v))[v.size - 1 - math.floor(share * v.size)]
    return np.clip(v, -bound, bound)


def per_tensor(tensors, rule, *vectors):
    """The vector whose part in each tensor is rule(tensor, parts…), of the tensor's shape or one number."""
    out = np.empty_like(vectors[0])
    for t in tensors:
        t.part(out)[...] = rule(t, *(t.part(v) for v in vectors))
    return out


def per_filter(tensors, rule, *vectors):
    """The vector whose rows are filled by rule(tensor, matrices…): a matrix of that shape, or one column of numbers."""
    out = np.empty_like(vectors[0])
    for t in tensors:
        t.filters(out)[...] = rule(t, *(t.filters(v) for v in vectors))
    return out


def filter_norms(tensors, v):
    return per_filter(tensors, lambda t, rows: np.linalg.norm(rows, axis=1, keepdims=True), v)


def tensor_norms(tensors, v):
    return per_tensor(tensors, lambda t, part: norm(part), v)
