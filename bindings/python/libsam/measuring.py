"""Sharpness measures: numbers about the loss around the weights, from callbacks that evaluate it."""
from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from . import _abi, arrays
from ._library import check, library
from .errors import ArgumentError, Error
from .optimizer import Optimizer
from .stepping import Ask

Named = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Query:
    """What a callback evaluates, at the weights that now stand in the arrays."""

    ask: Ask
    """EVALUATE, with LOSS_ONLY where the gradient is not needed, PERTURBED where the weights are not the caller's own."""
    batch: int
    """0 to batches - 1; -1: everything (asked only where batches is 0)."""
    class_index: int
    """Only the examples of this class; -1: all."""
    example: int
    """Only the example at this place of the batch; -1: all."""


@dataclass
class Objective:
    """A loss, by callbacks. Only `evaluate` is needed by every measure that evaluates; libsam.measures()[name].needs says what else.

    Losses are means over the examples asked for. With batches = 0 every query is for everything; else each names one batch, and
    the library combines them. The same query at the same weights gives the same numbers; no callback writes the weights.
    """

    evaluate: Callable[[Query], float]
    """Answers the loss and, unless LOSS_ONLY is asked, fills the gradient arrays."""
    gradients: arrays.Arrays | None = None
    """The arrays that `evaluate` fills, by the parameters' names; None where an Optimizer is measured: its own."""
    hessian_product: Callable[[Query, Named], Named] | None = None
    """The Hessian of the query's loss times a direction, both by name; without it the gradients are differentiated."""
    gauss_newton_product: Callable[[Query, Named], Named] | None = None
    """The same with the Gauss-Newton matrix."""
    example_losses: Callable[[Query], Any] | None = None
    """One loss for each example of the batch."""
    evaluate_example: Callable[[Query], float] | None = None
    """As evaluate, for query.example alone."""
    logits: Callable[[Query], tuple[Any, Any]] | None = None
    """Logits [examples, outputs] and labels of the batch."""
    backpropagate_logits: Callable[[Query, np.ndarray], None] | None = None
    """Fills the gradients of the sum of the given array times the logits."""
    freeze: Callable[[bool], None] | None = None
    """Evaluation mode on (True) before the first callback, as before (False) behind the last."""
    refresh: Callable[[], None] | None = None
    """Recomputes running statistics at the weights standing."""
    progress: Callable[[float, str], Any] | None = None
    """Called with the fraction done, 0 to 1, and the stage before every callback; a true answer cancels."""
    other: Objective | None = None
    """A second data set over the same parameters."""
    forward_ones: Callable[[], float] | None = None
    """The sum of the outputs on an input of ones."""
    train: Callable[[int, int], float] | None = None
    """Trains on that many examples from that seed and answers the training error."""
    batches: int = 0
    classes: int = 0
    examples: int = 0
    outputs: int = 0
    batch_examples: Sequence[int] | None = None
    batch_weights: Sequence[float] | None = None
    class_examples: Sequence[Sequence[int]] | Sequence[int] | None = None
    """[max(batches, 1)][classes]."""


@dataclass(frozen=True)
class Result:
    """What a measure found: its keys as attributes and items, numbers as float, arrays as numpy arrays of their own. dict(result)
    has them all."""

    measure: str
    keys_: dict[str, Any] = field(repr=False)
    shapes: dict[str, tuple[int, ...]] = field(repr=False)
    """Of the tensors that are not frozen, by name: how flat arrays over the weights are cut."""

    def keys(self) -> list[str]:
        """The keys of the report, `value` among them."""
        return list(self.keys_)

    def __getitem__(self, key: str) -> Any:
        return self.keys_[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys_)

    def __len__(self) -> int:
        return len(self.keys_)

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__") or key not in self.__dict__.get("keys_", {}):
            raise AttributeError(f"{self.__dict__.get('measure', 'the result')} reports no {key!r}; it has {', '.join(self.__dict__.get('keys_', {}))}")
        return self.keys_[key]

    @property
    def standard_error(self) -> float | None:
        """Of the value; None where it is no estimate."""
        return self.keys_.get("standard_error")

    @property
    def converged(self) -> bool:
        """False: a limit came first; the value still stands."""
        return bool(self.keys_["converged"])

    def by_parameter(self, key: str) -> dict[str, np.ndarray]:
        """A flat array over the weights (an eigenvector, a perturbation), cut into the parameters' shapes by name. Of several, as
        eigenpairs' vectors, one more axis in front."""
        flat, parts, start = self.keys_[key], {}, 0
        for name, shape in self.shapes.items():
            size = int(np.prod(shape))
            parts[name] = flat[..., start:start + size].reshape(*flat.shape[:-1], *shape)
            start += size
        if start != flat.shape[-1]:
            raise ArgumentError(f"{key!r} has {flat.shape[-1]} numbers, the parameters {start}")
        return parts

    def __float__(self) -> float:
        return float(self.keys_["value"])

    def __repr__(self) -> str:
        error = f" ± {self.standard_error:.2g}" if self.standard_error else ""
        state = "" if self.converged else ", not converged"
        return f"<{self.measure} {self.keys_['value']:.6g}{error}, {self.keys_['evaluations']:.0f} evaluations{state}>"


def measure(parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[[Query], float] | None, name: str, *,
            roles: Mapping[str, Any] | None = None, **settings: Any) -> Result:
    """The measure `name` of libsam.measures() at the weights that stand in `parameters`, which are the same bits afterwards.

        result = libsam.measure({"w": w}, libsam.Objective(evaluate, {"w": g}), "lambda_max", tolerance=1e-6)
        libsam.measure(optimizer, evaluate, "trace").value

    parameters: name -> numpy array as for Optimizer, or an Optimizer between two steps. objective: callbacks; a function is
    Objective(function); None for measures that need none. settings: numbers, bools, words of choices, sequences of numbers, dicts
    of arrays by parameter name (a list of dicts where the setting repeats). An exception in a callback ends the measure and goes on.
    """
    chosen = objective if objective is None or isinstance(objective, Objective) else Objective(objective)
    if isinstance(parameters, Optimizer):
        return _run(parameters._set, dict(parameters.parameters), dict(parameters.gradients), chosen, name, settings)
    data = arrays.named(parameters, "parameters")
    given = {} if chosen is None or chosen.gradients is None else arrays.named(chosen.gradients, "gradients")
    for key in sorted(given.keys() - data.keys()):
        raise ArgumentError(f"gradients name {key!r}, which is no parameter; the parameters are {', '.join(data)}")
    slopes = {key: given.get(key) for key in data}
    if chosen is None:                                      # nothing is evaluated: a place for gradients that nobody writes
        slopes = {key: np.zeros_like(array) for key, array in data.items()}
    kinds = {key: arrays.Role.of(role) for key, role in (roles or {}).items()}
    handle = ctypes.c_void_p()
    check(library.sam_parameters_create(handle))
    try:
        for key, array in data.items():
            arrays.checked(array, f"parameter {key!r}")
            if slopes[key] is not None:
                arrays.checked(slopes[key], f"gradient {key!r}", array.shape)
            check(library.sam_parameters_add(handle, arrays.parameter(key, array, slopes[key], kinds.get(key, arrays.Role.WEIGHT), 0)))
        return _run(handle, data, slopes, chosen, name, settings)
    finally:
        library.sam_parameters_destroy(handle)


def _run(handle: ctypes.c_void_p, data: dict[str, np.ndarray], slopes: dict[str, Any], objective: Objective | None, name: str,
         settings: Mapping[str, Any]) -> Result:
    host, out = _Host(data, slopes), ctypes.c_void_p()
    raw = None if objective is None else host.struct(objective)
    listed = _settings(settings, data, host.kept)
    try:
        check(library.sam_measure(handle, name.encode(), raw, listed, len(listed), out))
    except Error:
        if host.failure is not None:
            raise host.failure from None
        raise
    try:
        shapes = {key: array.shape for key, array in data.items() if slopes[key] is not None}
        return Result(name, dict(_report(out)), shapes)
    finally:
        library.sam_report_destroy(out)


def _report(report: ctypes.c_void_p) -> Iterator[tuple[str, Any]]:
    key, values, rank, shape = ctypes.c_char_p(), ctypes.POINTER(ctypes.c_double)(), ctypes.c_int(), ctypes.POINTER(ctypes.c_int64)()
    index = 0
    while check(library.sam_report_key(report, index, key)):
        check(library.sam_report_array(report, key.value, values, rank, shape))
        lengths = tuple(shape[:rank.value])
        found = np.ctypeslib.as_array(values, lengths).copy() if np.prod(lengths) else np.zeros(lengths)
        yield (key.value or b"").decode(), float(found) if not lengths else found
        index += 1


def _settings(settings: Mapping[str, Any], data: Named, kept: list[Any]) -> Any:
    listed: list[_abi.sam_setting] = []
    for name, value in settings.items():
        key = name.encode()
        if isinstance(value, str):
            listed.append(_abi.sam_setting(name=key, choice=value.encode()))
        elif isinstance(value, Mapping):
            listed.append(_abi.sam_setting(name=key, tensors=_tensors(name, value, data, kept)))
        elif isinstance(value, (list, tuple)) and value and isinstance(value[0], Mapping):
            listed += [_abi.sam_setting(name=key, tensors=_tensors(name, one, data, kept)) for one in value]
        elif isinstance(value, (list, tuple, np.ndarray)):
            numbers = np.ascontiguousarray(value, np.float64).ravel()
            kept.append(numbers)
            listed.append(_abi.sam_setting(name=key, values=numbers.ctypes.data_as(ctypes.POINTER(ctypes.c_double)), count=numbers.size))
        else:
            try:
                listed.append(_abi.sam_setting(name=key, value=float(value)))
            except (TypeError, ValueError):
                raise ArgumentError(f"{name} = {value!r}: a number, a word, a list of numbers or arrays by name are needed") from None
    return (_abi.sam_setting * len(listed))(*listed)


def _tensors(name: str, given: Mapping[str, Any], data: Named, kept: list[Any]) -> Any:
    """One pointer for each tensor, in its dtype and shape; NULL for those that are not named."""
    for key in sorted(given.keys() - data.keys()):
        raise ArgumentError(f"{name} names {key!r}, which is no parameter; the parameters are {', '.join(data)}")
    copies = [np.ascontiguousarray(given[key], array.dtype) if key in given else None for key, array in data.items()]
    for copy, (key, array) in zip(copies, data.items()):
        if copy is not None and copy.shape != array.shape:
            raise ArgumentError(f"{name}: {key!r} has shape {copy.shape}, its parameter {array.shape}")
    pointers = (ctypes.c_void_p * len(copies))(*(arrays.address(copy) for copy in copies))
    kept += [copies, pointers]
    return pointers


class _Host:
    """The callbacks as the library calls them. `failure`: the first exception that one of them raised."""

    def __init__(self, data: dict[str, np.ndarray], slopes: dict[str, Any]) -> None:
        self.data, self.slopes, self.failure, self.kept = data, slopes, None, []     # type: dict, dict, BaseException | None, list

    def struct(self, o: Objective) -> _abi.sam_objective:
        raw = _abi.sam_objective(struct_size=ctypes.sizeof(_abi.sam_objective), batches=o.batches, classes=o.classes,
                                 examples=o.examples, outputs=o.outputs)
        for member, kind in (("batch_examples", ctypes.c_int64), ("batch_weights", ctypes.c_double), ("class_examples", ctypes.c_int64)):
            if getattr(o, member) is not None:
                flat = np.ravel(getattr(o, member)).tolist()
                setattr(raw, member, (kind * len(flat))(*flat))
        types = {name: kind for name, kind in _abi.sam_objective._fields_ if name in _CALLS}
        for member, kind in types.items():
            function = getattr(o, member)
            if function is not None:
                call = kind(self.guarded(function, _CALLS[member], o))
                self.kept.append(call)
                setattr(raw, member, call)
        if o.other is not None:
            second = self.struct(o.other)
            self.kept.append(second)
            raw.other = ctypes.pointer(second)
        return raw

    def guarded(self, function: Callable[..., Any], shape: Callable[..., Any], o: Objective) -> Callable[..., int]:
        def call(_: Any, *given: Any) -> int:
            try:
                return int(bool(shape(self, o, function, *given)))
            except BaseException as failure:                # what is raised here would be lost in the library
                self.failure = self.failure or failure
                return 1
        return call

    def views(self, pointers: Any) -> dict[str, np.ndarray]:
        """Arrays of the gradients' dtype at one pointer for each tensor, without those that are frozen."""
        found = {}
        for place, (key, slope) in enumerate(self.slopes.items()):
            if slope is not None:
                kind = ctypes.c_float if slope.dtype == np.float32 else ctypes.c_double
                found[key] = np.ctypeslib.as_array(ctypes.cast(pointers[place], ctypes.POINTER(kind)), slope.shape) if slope.size else slope
        return found

    def examples(self, o: Objective, query: Query) -> int:
        return o.examples if query.batch < 0 or o.batch_examples is None else int(o.batch_examples[query.batch])


def _query(raw: Any) -> Query:
    return Query(Ask(raw[0].ask), raw[0].batch, raw[0].class_index, raw[0].example)


def _number(host: _Host, o: Objective, function: Any, query: Any, out: Any) -> None:
    out[0] = float(function(_query(query)))


def _product(host: _Host, o: Objective, function: Any, query: Any, direction: Any, product: Any) -> None:
    answered, places = function(_query(query), host.views(direction)), host.views(product)
    for key, place in places.items():
        place[...] = np.asarray(answered[key]).reshape(place.shape)


def _losses(host: _Host, o: Objective, function: Any, query: Any, out: Any) -> None:
    asked = _query(query)
    np.ctypeslib.as_array(out, (host.examples(o, asked),))[...] = function(asked)


def _logits(host: _Host, o: Objective, function: Any, query: Any, out: Any, labels: Any) -> None:
    asked = _query(query)
    count = host.examples(o, asked)
    found, known = function(asked)
    np.ctypeslib.as_array(out, (count, o.outputs))[...] = found
    np.ctypeslib.as_array(labels, (count,))[...] = known


def _back(host: _Host, o: Objective, function: Any, query: Any, slope: Any) -> None:
    asked = _query(query)
    function(asked, np.ctypeslib.as_array(slope, (host.examples(o, asked), o.outputs)).copy())


def _plain(host: _Host, o: Objective, function: Any, out: Any) -> None:
    out[0] = float(function())


def _train(host: _Host, o: Objective, function: Any, examples: int, seed: int, out: Any) -> None:
    out[0] = float(function(examples, seed))


_CALLS: dict[str, Callable[..., Any]] = {
    "evaluate": _number, "evaluate_example": _number, "hessian_product": _product, "gauss_newton_product": _product,
    "example_losses": _losses, "logits": _logits, "backpropagate_logits": _back, "forward_ones": _plain, "train": _train,
    "progress": lambda host, o, function, fraction, stage: function(fraction, stage.decode()),
    "freeze": lambda host, o, function, on: function(bool(on)) and None,
    "refresh": lambda host, o, function: function() and None,
}
assert set(_CALLS) <= {f.name for f in fields(Objective)}
