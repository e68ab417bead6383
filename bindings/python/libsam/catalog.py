"""What the library knows: methods, bases, measures, schedules and their options, read from its catalogue."""
from __future__ import annotations

import ctypes
import difflib
import functools
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from . import _abi
from ._library import check, encoded, library
from ._text import table, wrapped
from .errors import UnknownNameError

if TYPE_CHECKING:
    from . import _declared

KINDS = ("real", "integer", "flag", "choice", "list", "tensors")
SECTIONS = {"method": _abi.SAM_METHODS, "base": _abi.SAM_BASES, "measure": _abi.SAM_MEASURES, "schedule": _abi.SAM_SCHEDULES}
NEEDS = ("gradient", "loss", "hessian_product", "gauss_newton_product", "example_losses", "evaluate_example", "logits", "backpropagate_logits",
         "batches", "classes", "tensors", "other", "forward_ones", "train")


@dataclass(frozen=True)
class Option:
    """An option of a method or base, a shared one, or a setting of a measure."""

    name: str
    summary: str
    kind: str
    """"real", "integer", "flag", "choice"; of measures also "list" (numbers) and "tensors" (arrays by parameter name)."""
    per_group: bool
    """Whether groups of parameters can have values of their own."""
    default: float | int | bool | str | None
    """None: a setting of a measure that is absent unless given."""
    low: float
    high: float
    open_low: bool
    """Whether `low` itself is not allowed; `open_high` the same for `high`."""
    open_high: bool
    choices: tuple[str, ...]

    @property
    def range(self) -> str:
        """The values allowed, as "[0, 1)", "0 or 1", or the choices."""
        if self.kind == "choice":
            return ", ".join(self.choices)
        if self.kind == "flag":
            return "0 or 1"
        if self.kind == "tensors":
            return "arrays by name"
        low = "(" if self.open_low or self.low == -float("inf") else "["
        high = ")" if self.open_high or self.high == float("inf") else "]"
        bounds = (f"{int(bound)}" if bound.is_integer() else f"{bound:g}" for bound in (self.low, self.high))
        return f"{low}{', '.join(bounds)}{high}"


@dataclass(frozen=True)
class Entry:
    """A method, base, measure or schedule of the catalogue."""

    section: str
    """"method", "base", "measure" or "schedule"."""
    name: str
    summary: str
    reference: str
    """The paper; "" where there is none."""
    evaluations: int
    """The most evaluations of a step at the default options, without the base's own."""
    state_per_parameter: int
    """Numbers kept per parameter between steps; -1: depends on shapes or options."""
    own_update: bool
    """Whether the method is its own optimizer and takes no base."""
    needs_auxiliary: bool
    """Whether it asks for the auxiliary objective."""
    exactness: int
    """Methods at radius 0: 2 the base bit for bit, 1 to rounding, 0 neither."""
    needs: tuple[str, ...]
    """Measures: the members of Objective that it uses, and what else must be there."""
    options: dict[str, Option] = field(repr=False)


def _text(value: bytes | None) -> str:
    return value.decode() if value else ""


def _option(kind: int, name: str, index: int) -> Option:
    raw = _abi.sam_option(struct_size=ctypes.sizeof(_abi.sam_option))
    check(library.sam_catalog_option(kind, encoded(name, "name"), index, raw))
    choices = tuple(_text(raw.choices).split(",")) if raw.choices else ()
    sort = KINDS[raw.kind]
    number = {"integer": int, "flag": bool}.get(sort, float)
    default = None if math.isnan(raw.initial) else choices[int(raw.initial)] if choices else number(raw.initial)
    return Option(_text(raw.name), _text(raw.summary), sort, bool(raw.per_group), default, raw.low, raw.high,
                  bool(raw.open & 1), bool(raw.open & 2), choices)


@functools.cache
def _entries(section: str) -> dict[str, Entry]:
    kind, entries = SECTIONS[section], {}
    for index in range(check(library.sam_catalog_count(kind))):
        raw = _abi.sam_entry(struct_size=ctypes.sizeof(_abi.sam_entry))
        check(library.sam_catalog_entry(kind, index, raw))
        name = _text(raw.name)
        options = [_option(kind, name, place) for place in range(raw.options)]
        entries[name] = Entry(section, name, _text(raw.summary), _text(raw.reference), raw.evaluations,
                              raw.state_per_parameter, bool(raw.needs & _abi.SAM_OWN_UPDATE),
                              bool(raw.needs & _abi.SAM_NEEDS_AUXILIARY), raw.exactness,
                              tuple(need for bit, need in enumerate(NEEDS) if section == "measure" and raw.needs >> bit & 1),
                              {o.name: o for o in options})
    return entries


def methods() -> _declared.Methods:
    """The methods by name: what Optimizer takes as `method`."""
    return cast("_declared.Methods", dict(_entries("method")))


def bases() -> _declared.Bases:
    """The base optimizers by name: what Optimizer takes as `base`."""
    return cast("_declared.Bases", dict(_entries("base")))


def measures() -> _declared.Measures:
    """The sharpness measures by name: what libsam.measure takes."""
    return cast("_declared.Measures", dict(_entries("measure")))


def schedules() -> _declared.Schedules:
    """The courses an option can take over the steps, by name: `kind` of Optimizer.schedule."""
    return cast("_declared.Schedules", dict(_entries("schedule")))


@functools.cache
def _shared() -> dict[str, Option]:
    options = [_option(_abi.SAM_SHARED, "", place) for place in range(check(library.sam_catalog_count(_abi.SAM_SHARED)))]
    return {option.name: option for option in options}


def shared_options() -> dict[str, Option]:
    """The options that every optimizer has, by name."""
    return dict(_shared())


def entry(name: str) -> Entry:
    """The method, base, measure or schedule of that name, looked for in this order. UnknownNameError names the nearest."""
    known: dict[str, Entry] = {}
    for section in SECTIONS:
        known = {**_entries(section), **known}
    if name not in known:
        near = difflib.get_close_matches(name, known, 3, 0.5)
        raise UnknownNameError(f"{name!r} is no method, base, measure or schedule" + (f"; nearest: {', '.join(near)}" if near else ""))
    return known[name]


def show(name: str) -> None:
    """Prints what the catalogue says of a method, base, measure or schedule; "shared" stands for the options of every optimizer."""
    if name == "shared":
        print("options of every optimizer")
        options = shared_options()
    else:
        found = entry(name)
        options = found.options
        print(wrapped(f"{found.section} {found.name}: {found.summary}", "    "))
        if found.reference:
            print(wrapped(found.reference, "    "))
        if found.section == "method":
            state = "depending on shapes or options" if found.state_per_parameter < 0 else found.state_per_parameter
            print(f"evaluations per step: {found.evaluations}; numbers kept per parameter: {state}")
        if found.needs:
            print(wrapped(f"uses of the objective: {', '.join(found.needs)}", "    "))
    if options:
        print(table([f"  {option.name}", _described(option)] for option in options.values()))


def _described(option: Option) -> str:
    default = "none" if option.default is None else option.default
    return f"{default}  ({option.range}{'; per group' if option.per_group else ''})  {option.summary}"
