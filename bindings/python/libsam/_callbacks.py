"""The callbacks of an objective as the library calls them."""
from __future__ import annotations

import contextlib
import ctypes
import inspect
import math
import signal
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from . import _abi
from .errors import ArgumentError
from .objective import Objective, Query
from .stepping import Ask


class Host:
    """The callbacks of a call, over `shapes` and the gradients' `dtypes` (of what is not frozen) by parameter name. `failure`: the
    first exception of one of them, or of a signal's handler; what is raised in a callback would be lost in the library."""

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], dtypes: Mapping[str, np.dtype], has_gradients: bool) -> None:
        self.shapes, self.dtypes, self.has_gradients = shapes, dtypes, has_gradients
        self.failure: BaseException | None = None
        self.kept: list[Any] = []
        self._inside = False

    def struct(self, o: Objective) -> _abi.sam_objective:
        """Lives as long as the host."""
        counts = Counts(o)
        raw = _abi.sam_objective(struct_size=ctypes.sizeof(_abi.sam_objective), batches=counts.batches, classes=counts.classes,
                                 examples=counts.examples, outputs=o.outputs)
        for member, values, kind in (("batch_examples", counts.batch_examples, ctypes.c_int64),
                                     ("batch_weights", counts.batch_weights, ctypes.c_double),
                                     ("class_examples", counts.class_examples, ctypes.c_int64)):
            if values is not None:
                setattr(raw, member, (kind * values.size)(*values.ravel().tolist()))
        for member, prototype in dict[str, Any](_abi.sam_objective._fields_).items():       # type: ignore[arg-type]
            function = getattr(o, member, None)
            if member in CALLS and function is not None:
                if not callable(function):
                    raise ArgumentError(f"{member} of the objective must be a function, not {function!r}")
                setattr(raw, member, prototype(self._guarded(CALLS[member](self, counts, function), always=member == "freeze")))
        if o.other is not None:
            raw.other = ctypes.pointer(self.struct(o.other))
        self.kept.append(raw)
        return raw

    def _guarded(self, call: Callable[..., Any], always: bool) -> Callable[..., int]:
        def guarded(_: Any, *given: Any) -> int:
            try:
                self._inside = True
                return 1 if self.failure is not None and not always else int(bool(call(*given)))
            except BaseException as failure:
                self.failed(failure)
                return 1
            finally:
                self._inside = False
        return guarded

    def failed(self, failure: BaseException) -> None:
        self.failure = self.failure or failure

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[None]:
        """What the handler of an interrupt raises while the library works, outside of any callback, ends the measure at its next
        one: ctypes would swallow it. In other threads than the main one there are no interrupts."""
        before = signal.getsignal(signal.SIGINT)

        def handler(number: int, frame: Any) -> None:
            try:
                before(number, frame)       # type: ignore[operator, misc]
            except BaseException as failure:
                if self._inside:
                    raise
                self.failed(failure)
        try:
            installed = callable(before) and (signal.signal(signal.SIGINT, handler), True)[1]
        except ValueError:
            installed = False
        try:
            yield
        finally:
            if installed:
                signal.signal(signal.SIGINT, before)

    def views(self, pointers: Any) -> dict[str, np.ndarray]:
        """The library's arrays at one pointer for each tensor, without those that are frozen."""
        return {name: view(pointers[place], self.shapes[name], self.dtypes[name])
                for place, name in enumerate(self.shapes) if name in self.dtypes}


class Counts:
    """The numbers of an objective, those left out filled in and all of them fitting each other."""

    def __init__(self, o: Objective) -> None:
        self.outputs = o.outputs
        self.batch_examples = _row(o.batch_examples, "batch_examples", np.int64)
        self.batch_weights = _row(o.batch_weights, "batch_weights", np.float64)
        self.class_examples = None if o.class_examples is None else np.atleast_2d(_numbers(o.class_examples, "class_examples", np.int64))
        lists = [row for row in (self.batch_examples, self.batch_weights) if row is not None]
        self.batches = o.batches or max((row.size for row in lists), default=0)
        self.classes = o.classes or (0 if self.class_examples is None else self.class_examples.shape[-1])
        self.examples = o.examples or (0 if self.batch_examples is None else int(self.batch_examples.sum()))
        for name, found, wanted in (("batch_examples", self.batch_examples, (self.batches,)), ("batch_weights", self.batch_weights, (self.batches,)),
                                    ("class_examples", self.class_examples, (max(self.batches, 1), self.classes))):
            if found is not None and found.shape != wanted:
                raise ArgumentError(f"{name} has the shape {found.shape}; batches = {self.batches} and classes = {self.classes} need {wanted}")

    def of(self, query: Query) -> int:
        """The examples that a query is for."""
        if query.example >= 0:
            return 1
        if query.class_index >= 0 and self.class_examples is not None:
            return int(self.class_examples[max(query.batch, 0), query.class_index])
        return self.examples if query.batch < 0 or self.batch_examples is None else int(self.batch_examples[query.batch])


def _numbers(values: Any, name: str, dtype: type) -> np.ndarray:
    try:
        found = np.asarray(values)
        return found.astype(dtype, casting="safe" if found.dtype.kind in "iub" else "same_kind")
    except (TypeError, ValueError):
        raise ArgumentError(f"{name} must be {'whole ' if dtype is np.int64 else ''}numbers, not {values!r}") from None


def _row(values: Any, name: str, dtype: type) -> np.ndarray | None:
    return None if values is None else np.atleast_1d(_numbers(values, name, dtype))


def view(pointer: Any, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """The memory at a pointer as an array."""
    if 0 in shape:
        return np.zeros(shape, dtype)
    memory = (ctypes.c_char * (math.prod(shape) * np.dtype(dtype).itemsize)).from_address(ctypes.cast(pointer, ctypes.c_void_p).value)
    return np.frombuffer(memory, dtype).reshape(shape)


def _query(raw: Any) -> Query:
    return Query(Ask(raw[0].ask), raw[0].batch, raw[0].class_index, raw[0].example)


def takes_query(function: Callable[..., Any]) -> bool:
    """Whether it has an argument without a default."""
    try:
        arguments = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):         # of a function that does not tell
        return True
    return any(a.kind is a.VAR_POSITIONAL or (a.default is a.empty and a.kind in (a.POSITIONAL_ONLY, a.POSITIONAL_OR_KEYWORD))
               for a in arguments)


def _loss(answer: Any, what: str) -> float:
    try:
        return float(answer)
    except (TypeError, ValueError):
        raise ArgumentError(f"{what} answered {answer!r}: a number is needed") from None


def _fill(place: np.ndarray, answer: Any, what: str) -> None:
    """place = answer, of the same shape."""
    found = np.asarray(answer)
    if found.shape != place.shape:
        raise ArgumentError(f"{what} has the shape {found.shape}, {place.shape} is needed")
    place[...] = found


def _evaluate(host: Host, counts: Counts, function: Callable[..., Any]) -> Callable[..., Any]:
    asks = takes_query(function)
    if not asks and counts.batches:
        raise ArgumentError(f"evaluate takes no argument; with batches = {counts.batches} it must take the query")

    def call(raw: Any, out: Any) -> None:
        query = _query(raw)
        if not host.has_gradients and not query.ask & Ask.LOSS_ONLY:
            raise ArgumentError("the measure needs gradients: libsam.Objective(evaluate, gradients), with the arrays that evaluate fills")
        out[0] = _loss(function(query) if asks else function(), "evaluate")
    return call


def _evaluate_example(host: Host, counts: Counts, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(raw: Any, out: Any) -> None:
        out[0] = _loss(function(_query(raw)), "evaluate_example")
    return call


def _product(host: Host, counts: Counts, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(raw: Any, direction: Any, product: Any) -> None:
        given = host.views(direction)
        for array in given.values():
            array.flags.writeable = False
        answer, places = function(_query(raw), given), host.views(product)
        if not isinstance(answer, Mapping) or answer.keys() & places.keys() != places.keys():
            raise ArgumentError(f"a product must be a dict of arrays named {', '.join(places)}, not {answer!r:.200}")
        for name, place in places.items():
            _fill(place, answer[name], f"the product's {name!r}")
    return call


def _example_losses(host: Host, counts: Counts, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(raw: Any, out: Any) -> None:
        query = _query(raw)
        _fill(view(out, (counts.of(query),), np.float64), function(query), "example_losses")
    return call


def _logits(host: Host, counts: Counts, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(raw: Any, out: Any, labels: Any) -> None:
        query = _query(raw)
        found, known = function(query)
        _fill(view(out, (counts.of(query), counts.outputs), np.float64), found, "logits")
        _fill(view(labels, (counts.of(query),), np.int64), known, "the labels of logits")
    return call


def _backpropagate(host: Host, counts: Counts, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(raw: Any, slope: Any) -> None:
        query = _query(raw)
        function(query, view(slope, (counts.of(query), counts.outputs), np.float64).copy())
    return call


def _freeze(host: Host, counts: Counts, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(on: int) -> None:
        function(bool(on))
    return call


def _refresh(host: Host, counts: Counts, function: Callable[..., Any]) -> Callable[..., Any]:
    def call() -> None:
        function()
    return call


def _progress(host: Host, counts: Counts, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(fraction: float, stage: bytes) -> Any:
        return function(fraction, stage.decode())
    return call


def _forward_ones(host: Host, counts: Counts, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(out: Any) -> None:
        out[0] = _loss(function(), "forward_ones")
    return call


def _train(host: Host, counts: Counts, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(examples: int, seed: int, out: Any) -> None:
        out[0] = _loss(function(examples, seed), "train")
    return call


CALLS: dict[str, Callable[[Host, Counts, Callable[..., Any]], Callable[..., Any]]] = {
    "evaluate": _evaluate, "evaluate_example": _evaluate_example, "hessian_product": _product, "gauss_newton_product": _product,
    "example_losses": _example_losses, "logits": _logits, "backpropagate_logits": _backpropagate, "freeze": _freeze,
    "refresh": _refresh, "progress": _progress, "forward_ones": _forward_ones, "train": _train}
