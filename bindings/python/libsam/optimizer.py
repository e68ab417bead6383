"""The optimizer: a method and a base over numpy arrays."""
from __future__ import annotations

import ctypes
import math
import os
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any

import numpy as np

from . import _abi, arrays, catalog
from ._library import check, library
from .errors import ArgumentError, StateError
from .options import Groups, Scope, attribute, set_attribute
from .stepping import Ask, Metrics


class Optimizer:
    """Moves `parameters` along `gradients`, both in place and never copied.

        optimizer = Optimizer({"w": w}, {"w": g}, method="sam", base="sgd", lr=0.1, rho=0.05)
        loss = optimizer.step(closure)              # closure(ask) fills g and answers the loss

    or as a loop of one's own:

        ask = optimizer.advance()                   # begins a step
        while ask:
            ask = optimizer.advance(closure(ask))   # delivers the evaluation just made

    parameters: name -> array, or a list of arrays (named "0", "1", …): numpy, float32, float64, float16 or
        ml_dtypes' bfloat16, C-contiguous, writable.
    gradients: an array of the same shape for the same keys; None: that parameter is frozen for good.
    method, base: names of libsam.methods() and libsam.bases(). base None: for methods that are their own optimizer.
    roles: name -> "weight" (the default), "bias", "norm" or "embedding".
    groups: group name -> names of its parameters, which then can have options of their own: optimizer.groups["head"].lr.
    options: starting values, for all groups; also by their full names, as **{"base.rho": 0.9}.

    Options are attributes: optimizer.rho, optimizer.rho = 0.1. Where method and base both have one of that name:
    optimizer.method.rho, optimizer.base.rho; those of every optimizer are also at optimizer.shared.
    The arrays are kept alive as long as the optimizer. It is a context manager; close() frees the library's memory.
    """

    def __init__(self, parameters: arrays.Arrays, gradients: arrays.Arrays, *, method: str = "sam", base: str | None = "sgd",
                 roles: Mapping[str, Any] | None = None, groups: Mapping[str, Sequence[str]] | None = None,
                 **options: float | bool | str) -> None:
        data, slopes = arrays.named(parameters, "parameters"), arrays.named(gradients, "gradients")
        for name in sorted(data.keys() ^ slopes.keys()):
            raise ArgumentError(f"{name!r} is in {'parameters' if name in data else 'gradients'} alone: both need the same names")
        for name, array in data.items():
            arrays.checked(array, f"parameter {name!r}")
            if slopes[name] is not None:
                arrays.checked(slopes[name], f"gradient {name!r}", array.shape)
        kinds = {name: arrays.Role.of(role) for name, role in (roles or {}).items()}
        members = _members(data, kinds, groups or {})
        self._data, self._slopes, self._ask = data, slopes, Ask(0)
        self._slope_dtypes = {name: slope.dtype for name, slope in slopes.items() if slope is not None}
        self._index = {name: place for place, name in enumerate(data)}
        self._method, self._base = method, base
        self._set, self._handle = ctypes.c_void_p(), ctypes.c_void_p()
        check(library.sam_parameters_create(self._set))
        self._close = weakref.finalize(self, _destroy, self._set, self._handle, data, slopes)
        add = library.sam_parameters_add_group
        numbers = {group: check(add(self._set, _bytes(group, "a group's name"))) for group in groups or {}}
        for name, array in data.items():
            group = numbers.get(members.get(name, ""), 0)
            tensor = arrays.parameter(name, array, slopes[name], kinds.get(name, arrays.Role.WEIGHT), group)
            check(library.sam_parameters_add(self._set, tensor))
        names = _bytes(method, "method"), None if base is None else _bytes(base, "base")
        check(library.sam_optimizer_create(self._set, *names, self._handle))
        self._options = _options(method, base)
        self._groups = Groups(self, ["", *numbers])
        for option, value in options.items():
            self.set(option, value)

    # ---- stepping

    def step(self, closure: Callable[[Ask], float]) -> float:
        """One step. `closure` is called with what to evaluate, fills the gradients and answers the plain loss. Answers the
        loss of the first evaluation. If the closure raises, the step is cancelled (the weights are those before it) and
        the exception goes on to the caller."""
        if self._ask:
            raise StateError("a step is under way: finish it with advance() or end it with cancel() before step()")
        first, begun, ask = math.nan, True, self.advance()
        try:
            while ask:
                loss = _number(closure(ask), "the closure's loss")
                first, begun = (loss, False) if begun else (first, False)
                ask = self.advance(loss) if self._ask else Ask(0)       # it may have called cancel()
        except BaseException:
            self.cancel()
            raise
        return first

    def advance(self, loss: float = 0.0) -> Ask:
        """Begins a step (its loss is ignored) or delivers the evaluation just made, and answers what to evaluate next;
        Ask(0): the step is complete. An exception of the library ends the step with the weights restored."""
        value = _number(loss, "loss")
        self._ask = Ask(0)
        self._ask = Ask(check(library.sam_step(self._handle, value)))
        return self._ask

    def cancel(self) -> None:
        """Ends the step under way: weights restored, no update, state as before it. Between steps: nothing."""
        self._ask = Ask(0)
        check(library.sam_cancel(self._handle))

    @property
    def batch(self) -> int:
        """Which batch to evaluate: counts the batches used since creation, from 0; between steps the next one."""
        return check(library.sam_batch(self._handle))

    @property
    def evaluations(self) -> int:
        """The most evaluations a step can ask for with the present options."""
        return check(library.sam_optimizer_evaluations(self._handle))

    @property
    def metrics(self) -> Metrics:
        """Of the last completed step, and the counters since creation."""
        raw = _abi.sam_metrics(struct_size=ctypes.sizeof(_abi.sam_metrics))
        check(library.sam_optimizer_metrics(self._handle, raw))
        return Metrics(*(getattr(raw, field.name) for field in fields(Metrics)))

    # ---- arrays

    @property
    def parameters(self) -> Mapping[str, np.ndarray]:
        """The caller's own weight arrays by name."""
        return MappingProxyType(self._data)

    @property
    def gradients(self) -> Mapping[str, np.ndarray | None]:
        """The gradient arrays that are read now; None: frozen, or missing."""
        return MappingProxyType(self._slopes)

    def bind(self, name: str, gradient: np.ndarray | None, *, data: np.ndarray | None = None) -> None:
        """Other arrays for a parameter. gradient (at any time): None where it is missing from now on; missing at the first
        evaluation of a step leaves the parameter out of that step, missing later counts as zero. data (between steps
        only): the new weights; None leaves them as they are."""
        place, old = self._place(name), self._data[name]
        if data is not None and arrays.checked(data, f"parameter {name!r}", old.shape).dtype != old.dtype:
            raise ArgumentError(f"parameter {name!r} has dtype {data.dtype}, it was registered as {old.dtype}")
        if gradient is not None:
            arrays.checked(gradient, f"gradient {name!r}", old.shape)
            first = self._slope_dtypes.get(name, gradient.dtype)
            if gradient.dtype != first:
                raise ArgumentError(f"gradient {name!r} has dtype {gradient.dtype}, it was registered as {first}")
        check(library.sam_parameters_bind(self._set, place, arrays.address(data), arrays.address(gradient)))
        self._data[name] = old if data is None else data
        self._slopes[name] = gradient

    def point(self, name: str) -> np.ndarray:
        """Where the weights to evaluate stand now: the parameter's own array, or, at perturbed evaluations with
        in_place = 0, memory of the library as an array that must not be used after the next advance, step or cancel."""
        place, where = self._place(name), ctypes.c_void_p()
        check(library.sam_optimizer_point(self._handle, place, where))
        own: np.ndarray = self._data[name]
        if where.value == own.ctypes.data or own.size == 0:
            return own
        memory = (ctypes.c_char * own.nbytes).from_address(where.value)
        return np.frombuffer(memory, own.dtype).reshape(own.shape)

    def _place(self, name: str) -> int:
        if name not in self._index:
            raise ArgumentError(f"no parameter is named {name!r}; the names are {', '.join(self._index)}")
        return self._index[name]

    def averaged(self, name: str) -> np.ndarray:
        """A new array of the averaged weights: where the option `average` is "ema" or "swa", else of a base that keeps an
        average (schedule-free). The weights themselves where none was averaged yet."""
        place, out = self._place(name), np.empty_like(self._data[name])
        check(library.sam_optimizer_average(self._handle, place, arrays.address(out)))
        return out

    # ---- state

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes everything a step depends on but the weights to a safetensors file: state of method and base, counters,
        options, schedules, averages. Whatever fails, what stood at the path stands. Between steps only."""
        check(library.sam_optimizer_save(self._handle, os.fsencode(path)))

    def load(self, path: str | os.PathLike[str]) -> None:
        """Reads what save() wrote for the same method, base and parameters; with the weights of that moment the run goes on
        bit for bit. Raises, and leaves the optimizer as it was, where the file is damaged or belongs to others."""
        check(library.sam_optimizer_load(self._handle, os.fsencode(path)))

    def state(self) -> bytes:
        """What save() writes, as bytes."""
        size = ctypes.c_size_t()
        check(library.sam_optimizer_state_size(self._handle, size))
        buffer = bytearray(size.value)
        check(library.sam_optimizer_state_write(self._handle, (ctypes.c_char * size.value).from_buffer(buffer), size.value))
        return bytes(buffer)

    def restore(self, state: bytes | bytearray | memoryview) -> None:
        """Reads what state() answered; as load()."""
        buffer = np.frombuffer(state, np.uint8)
        check(library.sam_optimizer_state_read(self._handle, arrays.address(buffer), buffer.size))

    @property
    def memory(self) -> int:
        """Bytes of the library's memory in the size of the parameters: held now; before the first step: what it will hold."""
        held = ctypes.c_int64()
        check(library.sam_optimizer_memory(self._handle, held))
        return held.value

    # ---- options

    def get(self, option: str, *, group: int = -1) -> Any:
        """What the next step will use: a number, a bool for a flag, a str for a choice. group: see set; -1 answers the
        value of group 0."""
        known, name = self._known(option), option.encode()
        if known is not None and known.kind == "choice":
            word = ctypes.c_char_p()
            check(library.sam_optimizer_choice(self._handle, group, name, word))
            return (word.value or b"").decode()
        number = ctypes.c_double()
        check(library.sam_optimizer_get(self._handle, group, name, number))
        return {"flag": bool, "integer": int}[known.kind](number.value) if known and known.kind != "real" else number.value

    def set(self, option: str, value: float | bool | str, *, group: int = -1) -> None:
        """Sets an option ("rho", or in full "method.rho", "base.lr", "shared.seed") between steps, for the coming ones, and
        removes its schedule. group: a group's number; -1: all."""
        if isinstance(value, str):
            check(library.sam_optimizer_choose(self._handle, group, option.encode(), value.encode()))
        else:
            check(library.sam_optimizer_set(self._handle, group, option.encode(), _number(value, option)))

    def schedule(self, option: str, kind: str | None = None, *, initial: float = 0.0, final: float = 0.0, steps: int = 1,
                 warmup: int = 0, power: float = 0.0, period: int = 0, group: int = -1) -> None:
        """Gives a real option a course over the coming steps; kind None removes it. With t the step, counted from 1 at the
        coming one, t0 = max(warmup, 1) and x = (t - t0) / (steps - t0), held at 1: initial t / t0 up to t0, then
        "constant": initial; "linear": initial + (final - initial) x; "cosine": final + (initial - final) (1 + cos pi x) / 2,
        restarted after `period` steps if that is not 0. libsam.schedules() has them all."""
        course = None
        if kind is not None:
            course = _abi.sam_schedule(struct_size=ctypes.sizeof(_abi.sam_schedule), kind=kind.encode(), initial=initial,
                                       final=final, warmup=warmup, steps=steps, power=power, period=period)
        check(library.sam_optimizer_schedule(self._handle, group, option.encode(), course))

    @property
    def groups(self) -> Groups:
        """The groups' options: groups[1].lr or groups["head"].lr; number 0: of the parameters in no group of their own."""
        return self._groups

    @property
    def method(self) -> Scope:
        """The method's options."""
        return Scope(self, section="method.")

    @property
    def base(self) -> Scope:
        """The base's options."""
        return Scope(self, section="base.")

    @property
    def shared(self) -> Scope:
        """The options of every optimizer."""
        return Scope(self, section="shared.")

    def _known(self, option: str) -> catalog.Option | None:
        for full in (option, f"method.{option}", f"base.{option}", f"shared.{option}"):
            if full in self._options:
                return self._options[full]
        return None

    def __getattr__(self, option: str) -> Any:
        if option.startswith("_"):
            raise AttributeError(option)
        return attribute(self, option)

    def __setattr__(self, option: str, value: Any) -> None:
        if option.startswith("_") or hasattr(type(self), option):
            object.__setattr__(self, option, value)
        else:
            set_attribute(self, option, value)

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *(full.partition(".")[2] for full in self._options)]

    # ---- life

    def close(self) -> None:
        """Ends a step under way as cancel() does and frees the library's memory. The arrays stay; any later use of the
        optimizer raises."""
        self._close()

    def __enter__(self) -> Optimizer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("an Optimizer can neither be copied nor pickled: it is a handle on the library's memory")

    def __repr__(self) -> str:
        if not self._close.alive:
            return f"Optimizer({self._method!r}, {self._base!r}, closed)"
        return f"Optimizer({self._method!r}, {self._base!r}, {len(self._data)} tensors, {self.method!r}, {self.base!r})"


def _destroy(parameters: ctypes.c_void_p, handle: ctypes.c_void_p, *arrays: Any) -> None:
    """The arrays are arguments so that they outlive the handle, which writes to them if a step is under way."""
    library.sam_optimizer_destroy(handle)
    library.sam_parameters_destroy(parameters)


def _bytes(name: Any, what: str) -> bytes:
    if not isinstance(name, str):
        raise ArgumentError(f"{what} must be a str, not {name!r}")
    return name.encode()


def _number(value: Any, what: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ArgumentError(f"{what} must be a number, not {value!r}") from None


def _members(data: Mapping[str, Any], roles: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The group of each parameter that is in one."""
    members: dict[str, str] = {}
    for group, names in groups.items():
        for name in [names] if isinstance(names, str) else names:
            if name in members:
                raise ArgumentError(f"parameter {name!r} is in two groups")
            members[name] = group
    for name in sorted((members.keys() | roles.keys()) - data.keys()):
        raise ArgumentError(f"{'groups' if name in members else 'roles'} name {name!r}, which is no parameter; "
                            f"the parameters are {', '.join(data)}")
    return members


def _options(method: str, base: str | None) -> dict[str, catalog.Option]:
    """The optimizer's options by their full names."""
    found = {f"method.{name}": option for name, option in catalog.methods()[method].options.items()}
    if base is not None:
        found |= {f"base.{name}": option for name, option in catalog.bases()[base].options.items()}
    return found | {f"shared.{name}": option for name, option in catalog.shared_options().items()}
