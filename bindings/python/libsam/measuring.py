"""Sharpness measures: numbers about the loss around the weights, from callbacks that evaluate it."""
from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _abi, _documents, arrays
from ._callbacks import Host
from ._library import check, encoded, library
from ._text import further
from .errors import ArgumentError
from .objective import Objective
from .optimizer import Optimizer
from .result import Result, read

if TYPE_CHECKING:
    from ._declared import Measured
else:
    Measured = object

Data = Mapping[str, np.ndarray]


def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None, name: str, *,
            roles: Mapping[str, Any] | None = None, stacked: Mapping[str, int] | None = None, **settings: Any) -> Result:
    """The measure `name` of libsam.measures() at the weights that stand in `parameters`, which are the same bits afterwards.

        result = libsam.measure({"w": w}, libsam.Objective(evaluate, {"w": g}), "lambda_max", tolerance=1e-6)
        libsam.measure(optimizer, evaluate, "trace").value

    parameters: name -> numpy array as for Optimizer, with roles and stacked as there, or an Optimizer between two steps.
    objective: callbacks; a function is Objective(function); None for measures that need none. settings: numbers, bools, words of choices, sequences of numbers, dicts
    of arrays by parameter name (a list of dicts, or of lists, where the setting repeats). An exception in a callback, and an interrupt, ends the
    measure and goes on; the errors of the library are those of libsam. The result has the report's keys as attributes: value,
    standard_error, converged, evaluations and those of the measure; print(result) shows them.
    """
    chosen = objective if objective is None or isinstance(objective, Objective) else Objective(objective)
    if chosen is not None and chosen.evaluate is not None and not callable(chosen.evaluate):
        raise ArgumentError(f"the objective must be a function, a libsam.Objective or None, not {objective!r}")
    if isinstance(parameters, Optimizer):
        _own_gradients(parameters, chosen)
        if stacked is not None:
            raise ArgumentError("stacked is what the optimizer was made with: leave it out")
        return _run(parameters._set, parameters.parameters, parameters._slope_dtypes, True, chosen, name, settings, parameters._stacked)
    data = arrays.named(parameters, "parameters")
    slopes = _gradients(data, chosen)
    kinds = {key: arrays.Role.of(role) for key, role in (roles or {}).items()}
    _known(kinds, data, "roles")
    stacks = arrays.stacks(stacked, data)
    handle = ctypes.c_void_p()
    check(library.sam_parameters_create(handle))
    try:
        for key, array in data.items():
            tensor = arrays.parameter(key, array, slopes[key], kinds.get(key, arrays.Role.WEIGHT), 0, stacks.get(key, 0))
            check(library.sam_parameters_add(handle, tensor))
        dtypes = {key: slope.dtype for key, slope in slopes.items() if slope is not None}
        return _run(handle, data, dtypes, chosen is not None and chosen.gradients is not None, chosen, name, settings, stacks)
    finally:
        library.sam_parameters_destroy(handle)


further(measure, _documents.MEASURES)


class WeightedObjective(Objective, Measured):
    """An objective that knows its weights: measure(name, **settings) is libsam.measure(self.parameters, self, name, roles=self.roles,
    stacked=self.stacked, **settings)."""

    stacked: Mapping[str, int] = {}
    """Name -> how many leading axes only stack tensors."""

    @property
    def parameters(self) -> dict[str, np.ndarray]:
        """The weights that are measured, by name."""
        raise NotImplementedError

    @property
    def roles(self) -> Mapping[str, Any]:
        """What they are in their network."""
        raise NotImplementedError

    if not TYPE_CHECKING:           # a type checker knows the settings of each measure
        def measure(self, name: str, **settings: Any) -> Result:
            """The measure of that name (libsam.measures()) at the weights, which are the same bits afterwards. settings: as of
            libsam.measure."""
            return measure(self.parameters, self, name, roles=self.roles, stacked=self.stacked, **settings)


def _gradients(data: Data, objective: Objective | None) -> dict[str, np.ndarray | None]:
    """The arrays that the callbacks fill; where there are none, arrays that nobody reads: without one a parameter would be frozen."""
    for key, array in data.items():
        arrays.checked(array, f"parameter {key!r}")
    if objective is None or objective.gradients is None:
        return {key: np.zeros_like(array) for key, array in data.items()}
    given = arrays.named(objective.gradients, "gradients")
    _known(given, data, "gradients")
    for key, slope in given.items():
        if slope is not None:
            arrays.checked(slope, f"gradient {key!r}", data[key].shape)
    return {key: given.get(key) for key in data}


def _own_gradients(optimizer: Optimizer, objective: Objective | None) -> None:
    if objective is not None and objective.gradients is not None:
        given, own = arrays.named(objective.gradients, "gradients"), optimizer.gradients
        if any(own.get(key) is not slope for key, slope in given.items()):
            raise ArgumentError("the gradients of the objective are not those of the optimizer: leave them out")


def _known(named: Mapping[str, Any], data: Data, what: str) -> None:
    for key in sorted(named.keys() - data.keys()):
        raise ArgumentError(f"{what} name {key!r}, which is no parameter; the parameters are {', '.join(data)}")


def _run(handle: ctypes.c_void_p, data: Data, dtypes: Mapping[str, np.dtype], has_gradients: bool, objective: Objective | None, name: str,
         settings: Mapping[str, Any], stacked: Mapping[str, int]) -> Result:
    if not isinstance(name, str):
        raise ArgumentError(f"the measure's name must be a str, not {name!r}")
    host, out = Host({key: array.shape for key, array in data.items()}, dtypes, has_gradients), ctypes.c_void_p()
    raw = None if objective is None else host.struct(objective)
    listed = _settings(settings, data, host.kept)
    try:
        with host.interruptible():
            status = library.sam_measure(handle, encoded(name, "measure"), raw, listed, len(listed), out)
            if host.failure is not None:
                raise host.failure
            check(status)
        return Result(name, dict(read(out)), {key: array.shape for key, array in data.items() if key in dtypes}, stacked)
    finally:
        host.failure = None                                 # its traceback holds this frame, and what is kept holds the host
        host.kept.clear()
        library.sam_report_destroy(out)


def _settings(settings: Mapping[str, Any], data: Data, kept: list[Any]) -> Any:
    """The array of structs; `kept`: what they point to."""
    listed: list[_abi.sam_setting] = []
    for name, value in settings.items():
        key = encoded(name, "setting")
        if isinstance(value, str):
            listed.append(_abi.sam_setting(name=key, choice=encoded(value, name)))
        elif tensors := _tensor_settings(value):
            listed += [_abi.sam_setting(name=key, tensors=_tensors(name, one, data, kept)) for one in tensors]
        elif isinstance(value, Sequence) or isinstance(value, np.ndarray) and value.ndim:
            for numbers in [_numbers(name, one) for one in _lists(value)]:
                kept.append(numbers)
                listed.append(_abi.sam_setting(name=key, values=numbers.ctypes.data_as(ctypes.POINTER(ctypes.c_double)), count=numbers.size))
        else:
            listed.append(_abi.sam_setting(name=key, value=_number(name, value)))
    return (_abi.sam_setting * len(listed))(*listed)


def _tensor_settings(value: Any) -> list[Any]:
    """The sets of arrays that a value is; none where it is something else."""
    if isinstance(value, Mapping):
        return [value]
    if isinstance(value, (list, tuple)) and value:
        if any(isinstance(one, Mapping) for one in value):
            return list(value)
        if all(isinstance(one, np.ndarray) and one.ndim for one in value):
            return [value]
    return []


def _lists(value: Any) -> list[Any]:
    """Several lists, where a setting repeats; else one, flat, whatever its shape."""
    rows = isinstance(value, (list, tuple)) and all(isinstance(one, (list, tuple)) and not any(isinstance(x, (list, tuple)) for x in one) for one in value)
    return list(value) if rows and len(value) > 0 else [value]


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ArgumentError(f"{name} = {value!r}: a number, a word, a list of numbers or arrays by name are needed") from None


def _numbers(name: str, value: Any) -> np.ndarray:
    try:
        numbers = np.ascontiguousarray(value, np.float64)
    except (TypeError, ValueError):
        raise ArgumentError(f"{name} = {value!r}: a list of numbers is needed") from None
    if not numbers.size:
        raise ArgumentError(f"{name} = {value!r}: at least one number is needed")
    return numbers.ravel()


def _tensors(name: str, value: Any, data: Data, kept: list[Any]) -> Any:
    """One pointer for each tensor, in its dtype and shape; NULL for those that are not named."""
    given = arrays.named(value, name)
    _known(given, data, f"the arrays of {name}")
    copies: list[np.ndarray | None] = []
    for key, array in data.items():
        copy = None if given.get(key) is None else np.array(given[key], array.dtype, order="C")
        if copy is not None and copy.shape != array.shape:
            raise ArgumentError(f"{name}: {key!r} has shape {copy.shape}, its parameter {array.shape}")
        copies.append(copy)
    pointers = (ctypes.c_void_p * len(copies))(*(arrays.address(copy) for copy in copies))
    kept += [copies, pointers]
    return pointers
