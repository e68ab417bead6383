"""The optimizer: a method and a base over numpy arrays."""
from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from . import _documents, arrays
from ._library import check, library
from ._text import further
from .errors import ArgumentError, StateError
from .handle import DONE, number
from .options import OptionHandle
from .stepping import Ask

if TYPE_CHECKING:
    from . import typing


class Optimizer(OptionHandle):
    """Moves `parameters` along `gradients`, both in place and never copied.

        optimizer = Optimizer({"w": w}, {"w": g}, method="sam", base="sgd", lr=0.1, rho=0.05)
        loss = optimizer.step(closure)              # closure(ask) fills g and answers the loss

    or as a loop of one's own:

        ask = optimizer.advance()                   # begins a step
        while ask:
            ask = optimizer.advance(closure(ask))   # delivers the evaluation just made

    parameters: name -> array, or a list of arrays (named "0", "1", …): numpy, float32, float64, float16 or
        ml_dtypes' bfloat16, C-contiguous, writable.
    gradients: an array of the same shape for the same keys; None: that parameter is frozen for good, unless `trained` names it.
    method, base: names of libsam.methods() and libsam.bases(). base None: for methods that are their own optimizer.
    roles: name -> "weight" (the default), "bias", "norm" or "embedding".
    groups: group name -> names of its parameters, which then can have options of their own: optimizer.groups["head"].lr.
    stacked: name -> how many leading axes only stack tensors. {"layers": 1} of an array (12, 96, 32) steps it as twelve of (96, 32);
        without, the first axis are a matrix' rows and all others its columns (muon, soap, shampoo, all that is by row or filter).
    trained: names of parameters whose gradient is None here and comes later, by bind(); until then it is missing.
    options: starting values, for all groups; also by their full names, as **{"base.rho": 0.9}.

    Options are attributes: optimizer.rho, optimizer.rho = 0.1. Where method and base both have one of that name:
    optimizer.method.rho, optimizer.base.rho; those of every optimizer are also at optimizer.shared.
    The arrays are kept alive as long as the optimizer. It is a context manager; close() frees the library's memory.
    """

    def __init__(self, parameters: arrays.Arrays, gradients: arrays.Arrays, *, method: typing.Method = "sam",
                 base: typing.Base | None = "sgd", roles: Mapping[str, arrays.Role | typing.RoleName | int] | None = None,
                 groups: Mapping[str, Sequence[str]] | None = None, stacked: Mapping[str, int] | None = None,
                 trained: Collection[str] = (), **options: Unpack[typing.ArrayOptions]) -> None:
        data, slopes = arrays.named(parameters, "parameters"), arrays.named(gradients, "gradients")
        for name in sorted(data.keys() ^ slopes.keys()):
            raise ArgumentError(f"{name!r} is in {'parameters' if name in data else 'gradients'} alone: both need the same names")
        for name, array in data.items():
            arrays.checked(array, f"parameter {name!r}")
            if slopes[name] is not None:
                arrays.checked(slopes[name], f"gradient {name!r}", array.shape)
        kinds = {name: arrays.Role.of(role) for name, role in (roles or {}).items()}
        members = _members(data, kinds, groups or {})
        self._data, self._slopes = data, slopes
        late, self._stacked = _late(data, trained), arrays.stacks(stacked, data)
        self._slope_dtypes = {name: data[name].dtype if slope is None else slope.dtype
                              for name, slope in slopes.items() if slope is not None or name in late}
        self._index = {name: place for place, name in enumerate(data)}
        numbers = {group: place for place, group in enumerate(groups or {}, 1)}
        tensors = (arrays.parameter(name, array, slopes[name], kinds.get(name, arrays.Role.WEIGHT), numbers.get(members.get(name, ""), 0),
                                    self._stacked.get(name, 0), name in late)
                   for name, array in data.items())
        super().__init__(tensors, numbers, method, base, options, data, slopes)

    # ---- stepping

    def step(self, closure: Callable[[Ask], float]) -> float:
        """One step. `closure` is called with what to evaluate, fills the gradients and answers the plain loss. Answers the
        loss of the first evaluation. If the closure raises, the step is cancelled (the weights are those before it) and
        the exception goes on to the caller."""
        if self._ask is not DONE:
            raise StateError("a step is under way: finish it with advance() or end it with cancel() before step()")
        first, ask, advance = None, self.advance(), self.advance
        try:
            while ask is not DONE:
                loss = closure(ask)
                if type(loss) is not float:
                    loss = number(loss, "the closure's loss")
                if first is None:
                    first = loss
                ask = advance(loss) if self._ask is not DONE else DONE          # it may have called cancel()
        except BaseException:
            self.cancel()
            raise
        return math.nan if first is None else first

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
        memory: Any = (ctypes.c_char * own.nbytes).from_address(where.value or 0)
        return np.frombuffer(memory, own.dtype).reshape(own.shape)

    def _place(self, name: str) -> int:
        if name not in self._index:
            raise ArgumentError(f"no parameter is named {name!r}; the names are {', '.join(self._index)}")
        return self._index[name]

    def averaged(self, name: str) -> np.ndarray:
        """A new array of the averaged weights: where the option `average` is "ema" or "swa", else of a base that keeps an
        average (schedule-free). The weights themselves where none was averaged yet."""
        place = self._place(name)
        out: np.ndarray = np.empty_like(self._data[name])
        check(library.sam_optimizer_average(self._handle, place, arrays.address(out)))
        return out

    def __repr__(self) -> str:
        if not self._close.alive:
            return f"Optimizer({self._method!r}, {self._base!r}, closed)"
        return f"Optimizer({self._method!r}, {self._base!r}, {len(self._data)} tensors, {self.method!r}, {self.base!r})"


further(Optimizer, _documents.ARRAYS)


def _late(data: Mapping[str, Any], trained: Collection[str]) -> set[str]:
    """The parameters that are trained though their gradient comes later."""
    if isinstance(trained, (bool, int)):
        raise ArgumentError(f"trained is {trained!r}: names of parameters whose gradient comes later are needed")
    names = {trained} if isinstance(trained, str) else set(trained)
    for name in sorted(names - data.keys(), key=str):
        raise ArgumentError(f"trained names {name!r}, which is no parameter; the parameters are {', '.join(map(repr, data))}")
    return names


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
