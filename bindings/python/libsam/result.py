"""What a measure found."""
from __future__ import annotations

import ctypes
import difflib
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ._library import check, library
from .errors import ArgumentError, UnknownNameError, UnknownOptionError

FLAGS = {"converged", "degenerate", "unstable", "transfers", "flag"}
COUNTS = {"evaluations", "loss_evaluations", "gradient_evaluations", "products", "example_evaluations", "step_gradients", "seed",
          "samples", "iterations", "hits", "hessian_source", "fault", "nonfinite", "clipped", "random_starts", "skipped", "excluded", "rank", "constant_logits"}


class Result:
    """What a measure found: its keys as attributes and as items, in the report's order. Numbers are float, counts int, flags bool,
    arrays numpy arrays of their own. float(result) is the value, dict(result) has everything, print(result) shows it.

    `values` is a key of some measures, not a method; so there are keys(), but neither values() nor items().
    """

    measure: str
    """The measure's name."""

    def __init__(self, measure: str, found: dict[str, Any], shapes: dict[str, tuple[int, ...]], stacked: Mapping[str, int] | None = None) -> None:
        self.measure, self._found, self._shapes = measure, found, shapes
        self._stacks = {name: shape[:(stacked or {}).get(name, 0)] for name, shape in shapes.items()}

    def keys(self) -> list[str]:
        """The keys, `value` among them."""
        return list(self._found)

    def __getitem__(self, key: str) -> Any:
        if key not in self._found:
            raise UnknownNameError(self._unknown(key))
        return self._found[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, key: object) -> bool:
        return key in self._found

    def __getattr__(self, key: str) -> Any:
        if key.startswith("_"):
            raise AttributeError(key)
        if key not in self._found:
            raise UnknownOptionError(self._unknown(key), key, self)
        return self._found[key]

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *self._found]

    def _unknown(self, key: str) -> str:
        near = difflib.get_close_matches(str(key), self._found, 3, 0.5)
        return f"{self.measure} reports no {key!r}; " + (f"nearest: {', '.join(near)}" if near else f"it has {', '.join(self._found)}")

    @property
    def value(self) -> float:
        """The measure's number."""
        number: float = self._found["value"]
        return number

    @property
    def standard_error(self) -> float | None:
        """Of the value; None where it is no estimate."""
        return self._found.get("standard_error")

    @property
    def converged(self) -> bool:
        """False: a limit came first; the value still stands."""
        return bool(self._found["converged"])

    def by_parameter(self, key: str) -> dict[str, Any]:
        """An array over the weights (an eigenvector, a perturbation) cut into the parameters' shapes by name; of several, as the
        vectors of eigenpairs, with one more axis in front. Of an array with one number a parameter (layerwise) these numbers; of a
        stacked parameter an array of its stacked axes."""
        flat = np.asarray(self[key])
        sizes = [math.prod(shape) for shape in self._shapes.values()]
        if flat.ndim and flat.shape[-1] == sum(sizes):
            parts = np.split(flat, np.cumsum(sizes)[:-1], axis=-1)
            return {name: part.reshape(*flat.shape[:-1], *shape) for (name, shape), part in zip(self._shapes.items(), parts)}
        counts = [math.prod(stack) for stack in self._stacks.values()]
        if flat.shape == (sum(counts),):
            parts = np.split(flat, np.cumsum(counts)[:-1])
            return {name: part.reshape(stack) if stack else float(part[0]) for (name, stack), part in zip(self._stacks.items(), parts)}
        raise ArgumentError(f"{key!r} has the shape {flat.shape}; the parameters have {sum(sizes)} scalars in {len(sizes)} arrays")

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        error = f" ± {self.standard_error:.2g}" if self.standard_error else ""
        state = "" if self.converged else ", not converged"
        return f"<{self.measure} {self.value:.6g}{error}, {self._found['evaluations']} evaluations{state}>"

    def __str__(self) -> str:
        width = max(map(len, self._found))
        return "\n".join([self.measure, *(f"  {key:{width}}  {_shown(value)}" for key, value in self._found.items())])


def _shown(value: Any) -> str:
    if not isinstance(value, np.ndarray):
        return f"{value:.10g}" if isinstance(value, float) else str(value)
    inside = np.array2string(value, precision=6, separator=", ") if value.size <= 8 else f"{value.min():.6g} to {value.max():.6g}"
    return f"{list(value.shape)}  {inside}".replace("\n", "")


def read(report: ctypes.c_void_p) -> Iterator[tuple[str, Any]]:
    """The keys of a report with copies of what they hold."""
    name, values, rank, shape = ctypes.c_char_p(), ctypes.POINTER(ctypes.c_double)(), ctypes.c_int(), ctypes.POINTER(ctypes.c_int64)()
    index = 0
    while check(library.sam_report_key(report, index, name)):
        check(library.sam_report_array(report, name.value, values, rank, shape))
        key, lengths = (name.value or b"").decode(), tuple(shape[:rank.value])
        if lengths:
            yield key, np.ctypeslib.as_array(values, lengths).copy() if math.prod(lengths) else np.zeros(lengths)
        else:
            yield key, (bool if key in FLAGS else int if key in COUNTS else float)(values[0])
        index += 1
