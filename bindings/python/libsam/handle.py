"""What an optimizer is whatever its tensors are made of: a method and a base of the library, stepped, asked and set."""
from __future__ import annotations

import ctypes
import os
import weakref
from collections.abc import Iterable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _abi, arrays, catalog
from ._library import check, encoded, encoded_path, library
from .errors import ArgumentError, RangeError
from .stepping import Ask, Metrics

if TYPE_CHECKING:
    from . import typing

ASKS = [Ask(bits) for bits in range(64)]
"""Made once: an answer of every call, which `is` one of them."""
DONE = ASKS[0]


class Handle:
    """A method and a base over `tensors`, each of which names its group by number: 0, or from 1 on one of `groups`. `kept`: what
    must live as long as the library writes to the tensors."""

    def __init__(self, tensors: Iterable[_abi.sam_parameter], groups: Iterable[str], method: str, base: str | None, *kept: Any) -> None:
        self._ask, self._method, self._base = DONE, method, base
        self._set, self._handle = ctypes.c_void_p(), ctypes.c_void_p()
        check(library.sam_parameters_create(self._set))
        self._close = weakref.finalize(self, _destroy, self._set, self._handle, *kept)
        for group in groups:
            check(library.sam_parameters_add_group(self._set, encoded(group, "a group's name")))
        for tensor in tensors:
            check(library.sam_parameters_add(self._set, tensor))
        names = encoded(method, "method"), None if base is None else encoded(base, "base")
        check(library.sam_optimizer_create(self._set, *names, self._handle))
        self._options = _options(method, base)

    # ---- stepping

    def advance(self, loss: float = 0.0) -> Ask:
        """Begins a step (its loss is ignored) or delivers the evaluation just made, and answers what to evaluate next;
        Ask(0): the step is complete. An exception of the library ends the step with the weights restored."""
        value, own = loss if type(loss) is float else number(loss, "loss"), self.__dict__
        status: int = library.sam_step(self._handle, value)
        if status < 0:
            own["_ask"] = DONE
            check(status)
        ask = own["_ask"] = ASKS[status]
        return ask

    def cancel(self) -> None:
        """Ends the step under way: weights restored, no update, state as before it. Between steps: nothing."""
        self._ask = DONE
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

    # ---- state

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes everything a step depends on but the weights to a safetensors file: state of method and base, counters,
        options, schedules, averages. Whatever fails, what stood at the path stands. Between steps only."""
        check(library.sam_optimizer_save(self._handle, encoded_path(path)))

    def load(self, path: str | os.PathLike[str]) -> None:
        """Reads what save() wrote for the same method, base and parameters; with the weights of that moment the run goes on
        bit for bit. Raises, and leaves the optimizer as it was, where the file is damaged or belongs to others."""
        check(library.sam_optimizer_load(self._handle, encoded_path(path)))

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
        name, known = encoded(option, "option"), self._known(option)
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
            check(library.sam_optimizer_choose(self._handle, group, encoded(option, "option"), encoded(value, option)))
        else:
            check(library.sam_optimizer_set(self._handle, group, encoded(option, "option"), number(value, option)))

    def schedule(self, option: str, kind: typing.Schedule | None = None, *, initial: float = 0.0, final: float = 0.0, steps: int = 1,
                 warmup: int = 0, power: float = 0.0, period: int = 0, group: int = -1) -> None:
        """Gives a real option a course over the coming steps; kind None removes it. With t the step, counted from 1 at the
        coming one, t0 = max(warmup, 1) and x = (t - t0) / (steps - t0), held at 1: initial t / t0 up to t0, then
        "constant": initial; "linear": initial + (final - initial) x; "cosine": final + (initial - final) (1 + cos pi x) / 2,
        restarted after `period` steps if that is not 0. libsam.schedules() has them all."""
        course = None
        if kind is not None:
            course = _abi.sam_schedule(struct_size=ctypes.sizeof(_abi.sam_schedule), kind=encoded(kind, "kind"), initial=initial,
                                       final=final, warmup=_steps(warmup, "warmup"), steps=_steps(steps, "steps"), power=power,
                                       period=_steps(period, "period"))
        check(library.sam_optimizer_schedule(self._handle, group, encoded(option, "option"), course))

    def _known(self, option: str) -> catalog.Option | None:
        for full in (option, f"method.{option}", f"base.{option}", f"shared.{option}"):
            if full in self._options:
                return self._options[full]
        return None

    # ---- life

    def close(self) -> None:
        """Ends a step under way as cancel() does and frees the library's memory. The arrays stay; any later use of the
        optimizer raises."""
        self._close()

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("an Optimizer can neither be copied nor pickled: it is a handle on the library's memory")


def _destroy(parameters: ctypes.c_void_p, handle: ctypes.c_void_p, *arrays: Any) -> None:
    """The arrays are arguments so that they outlive the handle, which writes to them if a step is under way."""
    library.sam_optimizer_destroy(handle)
    library.sam_parameters_destroy(parameters)


def _steps(count: int, what: str) -> int:
    """A number of steps that 64 bits hold; whether it can be is the library's to say."""
    if isinstance(count, int) and not -2 ** 63 <= count < 2 ** 63:
        raise RangeError(f"{what} = {count}: expected a number of steps below 2^63")
    return count


def number(value: Any, what: str) -> float:
    try:
        if isinstance(value, (str, bytes)):
            raise ValueError
        return float(value)
    except (TypeError, ValueError):
        raise ArgumentError(f"{what} must be a number, not {value!r}") from None


def _options(method: str, base: str | None) -> dict[str, catalog.Option]:
    """The optimizer's options by their full names."""
    found = {f"method.{name}": option for name, option in catalog.methods()[method].options.items()}
    if base is not None:
        found |= {f"base.{name}": option for name, option in catalog.bases()[base].options.items()}
    return found | {f"shared.{name}": option for name, option in catalog.shared_options().items()}
