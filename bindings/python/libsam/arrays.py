"""numpy arrays as the library's tensors, without a copy."""
from __future__ import annotations

import ctypes
import difflib
import enum
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import _abi
from ._library import encoded
from .errors import ArgumentError, UnknownNameError

Arrays = Mapping[str, Any] | Sequence[Any]
DTYPES = {"float32": _abi.SAM_F32, "float64": _abi.SAM_F64, "bfloat16": _abi.SAM_BF16, "float16": _abi.SAM_F16}
"""By numpy's name; bfloat16 is that of ml_dtypes."""
MOST_AXES = 8


class Role(enum.IntEnum):
    """What a tensor is in its network; some methods perturb or scale by it."""

    WEIGHT = _abi.SAM_WEIGHT
    """Kernel of a linear, convolutional or similar layer."""
    BIAS = _abi.SAM_BIAS
    """Additive bias."""
    NORM = _abi.SAM_NORM
    """Scale or shift of a normalisation layer; a scale has "weight" in its name."""
    EMBEDDING = _abi.SAM_EMBEDDING
    """Table whose rows are looked up."""

    @classmethod
    def of(cls, value: Role | str | int) -> Role:
        """The role of that name ("norm") or number."""
        if isinstance(value, str):
            if value.upper() not in cls.__members__:
                near = difflib.get_close_matches(value.lower(), [name.lower() for name in cls.__members__], 1, 0)
                raise UnknownNameError(f"{value!r} is no role; nearest: {near[0]}")
            return cls[value.upper()]
        try:
            return cls(value)
        except ValueError:
            known = ", ".join(f"{role.value} {role.name.lower()}" for role in cls)
            raise ArgumentError(f"{value!r} is no role; the roles are {known}") from None


def named(arrays: Arrays, what: str) -> dict[str, Any]:
    """The arrays by name; those of a list are named "0", "1", …"""
    if isinstance(arrays, Mapping):
        for name in arrays:
            if not isinstance(name, str):
                raise ArgumentError(f"the names of {what} must be str, not {name!r}")
        return dict(arrays)
    if isinstance(arrays, (list, tuple)):
        return {str(place): array for place, array in enumerate(arrays)}
    raise ArgumentError(f"{what} must be a dict of arrays or a list of arrays, not {type(arrays).__name__}")


def checked(array: Any, what: str, shape: tuple[int, ...] | None = None) -> np.ndarray:
    """The array itself, if the library can work in it: of a dtype of DTYPES, C-contiguous, writable, of that shape.
    Nothing is ever converted: a converted copy would be trained in place of the caller's own array."""
    wanted = "a C-contiguous, writable float32, float64, bfloat16 or float16 array is needed"
    if not isinstance(array, np.ndarray):
        raise ArgumentError(f"{what} is {type(array).__name__}, not a numpy array: {wanted}")
    if array.dtype.name not in DTYPES or not array.dtype.isnative:
        raise ArgumentError(f"{what} has dtype {array.dtype}: {wanted}")
    if not array.flags.c_contiguous:
        raise ArgumentError(f"{what} (shape {array.shape}, strides {array.strides}) is not contiguous: {wanted}")
    if not array.flags.writeable:
        raise ArgumentError(f"{what} is read-only: {wanted}")
    if shape is not None and array.shape != shape:
        raise ArgumentError(f"{what} has shape {array.shape}, its parameter {shape}")
    return array


def address(array: np.ndarray | None) -> int | None:
    return None if array is None else array.ctypes.data


def stacks(stacked: Mapping[str, int] | None, known: Mapping[str, Any]) -> dict[str, int]:
    """How many leading axes of each named parameter only stack tensors."""
    if stacked is not None and not isinstance(stacked, Mapping):
        raise ArgumentError(f"stacked is {stacked!r}: a mapping from a parameter's name to a number of leading axes is needed")
    for name, axes in (stacked or {}).items():
        if not isinstance(name, str):
            raise ArgumentError(f"stacked names {name!r}: the names of parameters must be str; those of a list are '0', '1', …")
        if name not in known:
            raise ArgumentError(f"stacked names {name!r}, which is no parameter; the parameters are {', '.join(map(repr, known))}")
        if not isinstance(axes, int) or isinstance(axes, bool) or not 0 <= axes <= MOST_AXES:
            raise ArgumentError(f"stacked[{name!r}] is {axes!r}: a number of leading axes is needed, 0 to the array's ndim")
    return dict(stacked or {})


def parameter(name: str, data: np.ndarray, gradient: np.ndarray | None, role: Role, group: int, stacked: int = 0,
              trained: bool = False) -> _abi.sam_parameter:
    """The struct of one tensor."""
    shape = (ctypes.c_int64 * max(data.ndim, 1))(*data.shape)
    return _abi.sam_parameter(
        struct_size=ctypes.sizeof(_abi.sam_parameter), name=encoded(name, "name"), dtype=DTYPES[data.dtype.name],
        gradient_dtype=0 if gradient is None else DTYPES[gradient.dtype.name], role=int(role), group=group, rank=data.ndim,
        shape=shape, data=address(data), gradient=address(gradient), trained=int(trained), stacked_axes=stacked)
