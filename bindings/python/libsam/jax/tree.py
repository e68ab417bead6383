"""The leaves of a pytree: their names and roles, and how their numbers go into numpy's memory and out of it."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import jax
import numpy as np

from ..arrays import DTYPES, Role
from ..arrays import stacks as checked
from ..errors import ArgumentError

LINE = 64
"""Bytes. jax takes memory that begins at a multiple of it as it is, without a copy of its own."""
BIASES = {"bias", "b", "offset", "beta"}
SCALES = {"scale", "gamma"}


def role(name: str) -> Role:
    """What a leaf is in its network, from its path: EMBEDDING where the last part has "embed" in it; NORM for scale, gamma and offset,
    and for all of a layer that has "norm" in its name; BIAS for bias, b and beta; else WEIGHT."""
    *layers, last = name.lower().split("/")
    if "embed" in last:
        return Role.EMBEDDING
    if last in SCALES or last == "offset" or (layers and "norm" in layers[-1]):
        return Role.NORM
    return Role.BIAS if last in BIASES or "bias" in last else Role.WEIGHT


def registered(name: str, kind: Role) -> str:
    """The name in the library, which knows the scale of a normalisation layer by "weight" in it."""
    scale = kind is Role.NORM and name.lower().rpartition("/")[2] not in BIASES and "bias" not in name and "weight" not in name
    return f"{name} (weight)" if scale else name


def stacks(names: Iterable[str], stacked: Callable[[str], int] | None) -> dict[str, int]:
    """How many leading axes of each leaf only stack tensors."""
    if stacked is not None and not callable(stacked):
        raise ArgumentError(f"stacked is {stacked!r}: a function from a leaf's name to a number of leading axes is needed")
    found = {name: stacked(name) if stacked is not None else 0 for name in names}
    return checked(found, found)


class Tree:
    """The structure of `params`, and the leaves by name."""

    def __init__(self, params: Any) -> None:
        self.structure: Any
        found, self.structure = jax.tree_util.tree_flatten_with_path(params)
        self.names = [jax.tree_util.keystr(path, simple=True, separator="/") or "params" for path, _ in found]
        self.leaves: list[Any] = [leaf for _, leaf in found]
        for place, name in enumerate(self.names):
            if name in self.names[:place]:
                raise ArgumentError(f"two leaves of the params have the path {name!r}")

    def flat(self, tree: Any, what: str) -> list[Any]:
        """The leaves of a tree of the same structure, in this one's order."""
        leaves, structure = jax.tree_util.tree_flatten(tree)
        if structure != self.structure:
            raise ArgumentError(f"{what} have the structure {structure}, the params have {self.structure}")
        return leaves

    def whole(self, leaves: list[Any]) -> Any:
        """A tree of that structure."""
        return jax.tree_util.tree_unflatten(self.structure, leaves)


def host(leaf: Any, what: str) -> np.ndarray:
    """The leaf's numbers as a C-contiguous array, to read: of a jax.Array on the CPU its own memory."""
    if not isinstance(leaf, (jax.Array, np.ndarray)):
        raise ArgumentError(f"{what} is {type(leaf).__name__}: a jax or numpy array is needed")
    if leaf.dtype.name not in DTYPES:
        raise ArgumentError(f"{what} has dtype {leaf.dtype}: float32, float64, bfloat16 or float16 is needed")
    if jax.dtypes.canonicalize_dtype(leaf.dtype) != leaf.dtype:
        raise ArgumentError(f"{what} has dtype float64, which jax rounds to float32 here: jax.config.update('jax_enable_x64', True), or give "
                            "it in float32")
    return np.asarray(leaf, order="C")


def fits(array: np.ndarray, other: np.ndarray, what: str) -> np.ndarray:
    """The array, if it has the other's shape and dtype."""
    if array.shape != other.shape or array.dtype != other.dtype:
        raise ArgumentError(f"{what} is {array.dtype} {array.shape}, {other.dtype} {other.shape} was registered")
    return array


def place_of(leaf: Any) -> Any:
    """Where a leaf is tied to: a sharding, or None where jax may choose."""
    return leaf.sharding if isinstance(leaf, jax.Array) and leaf.committed else None


def copied(array: np.ndarray, place: Any = None) -> jax.Array:
    """A jax.Array of the numbers that stand in `array` now. Its memory is a copy that nobody else has: what is written to `array`
    later does not reach it."""
    memory = np.empty(array.nbytes + LINE, np.uint8)
    begin = -memory.ctypes.data % LINE
    copy = memory[begin:begin + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    made: jax.Array = jax.device_put(copy, place)
    return made
