"""param_groups as the library's options: one value for each key of each group."""
from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from .. import catalog
from ..errors import ArgumentError, Error, UnknownNameError
from ..handle import Handle

OWN = {"params", "param_names", "name", "roles", "stacked", "libsam", "method", "base", "model", "same_draws"}
PASSED = ("method", "base", "model", "same_draws")          # arguments that ZeroRedundancyOptimizer puts into groups
FLAGS = {"foreach": True, "fused": True, "capturable": False, "differentiable": False}      # torch's, and whether true is allowed
PREFIXES = ("initial_", "max_", "min_", "base_")            # what schedulers leave in a group: initial_lr, max_momentum, …
BETAS = ("beta1", "beta2")
SHORT = 5


class Table:
    """The keys of a method and a base, and their defaults. A key is the option's plain name, or the full one where
    that could mean two things ("method.rho" and "base.rho" over adadelta; "shared.seed" where the method has a seed).
    beta1 and beta2 are one key, `betas`, as in torch."""

    def __init__(self, method: str, base: str | None) -> None:
        self.options: dict[str, tuple[str, catalog.Option]] = {}
        sections = {"method": _entry(catalog.methods(), "method", method).options,
                    "base": {} if base is None else _entry(catalog.bases(), "base", base).options, "shared": catalog.shared_options()}
        for section, options in sections.items():
            for name, option in options.items():
                if name == "in_place":                      # torch's modules evaluate their own tensors
                    continue
                other = {"method": "base", "base": "method"}.get(section)
                double = name in sections[other] if other else name in sections["method"] or name in sections["base"]
                self.options[f"{section}.{name}" if double else name] = (f"{section}.{name}", option)
        self.pair = all(name in self.options for name in BETAS)
        self.defaults: dict[str, Any] = {key: option.default for key, (_, option) in self.options.items()}
        self._join(self.defaults, self.defaults)

    def given(self, values: Mapping[str, Any], where: str, defaults: Mapping[str, Any], foreign: bool = True) -> dict[str, Any]:
        """The values by their keys; full names serve. A key that is no option is carried along as in torch, unless it
        is near the name of one or foreign is false. defaults: for the other half of a pair."""
        found: dict[str, Any] = {}
        full = {name: key for key, (name, _) in self.options.items()}
        for name, value in values.items():
            key = full.get(name, name)
            if key not in self.options and key not in self.defaults and not self._foreign(name, foreign):
                raise UnknownNameError(f"{where} has {name!r}, which is no option of this optimizer; {self._near(name)}")
            found[key] = value
        self._join(found, defaults)
        return found

    def _join(self, values: dict[str, Any], defaults: Mapping[str, Any]) -> None:
        if self.pair and any(name in values for name in BETAS):
            now = defaults.get("betas", (defaults.get("beta1"), defaults.get("beta2")))
            values["betas"] = tuple(values.pop(name, other) for name, other in zip(BETAS, values.get("betas", now)))

    def _foreign(self, key: str, foreign: bool = True) -> bool:
        """Whether it is a key of somebody else: none that is almost an option's. foreign: whether there may be any
        beside those of torch and its schedulers."""
        if key in OWN or key in FLAGS or key.startswith(PREFIXES):
            return True
        ambiguous = {full.rpartition(".")[2] for full, _ in self.options.values()}
        if not foreign or key in self.options or key in ambiguous or "." in key:
            return False
        plain = _letters(key)
        near = (_letters(name) in (plain, plain + "s")
                or (not key.startswith(f"{name}_") and _is_near(plain, _letters(name)))
                for name in [*self.defaults, *BETAS])
        return not any(near)

    def _near(self, name: str) -> str:
        if name.rpartition(".")[2] == "in_place":
            return "perturbed weights are always in torch's own tensors"
        ambiguous = [full for full, _ in self.options.values() if full.rpartition(".")[2] == name]
        if ambiguous:
            return f"it can mean {' or '.join(ambiguous)}"
        near = difflib.get_close_matches(name, [*self.defaults, *BETAS], 3, 0.5)
        return f"nearest: {', '.join(near)}" if near else "libsam.show() prints them"

    def values(self, groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """What each group says, by full names. Refuses what is misspelt, and what differs where there is one value
        for all."""
        found = []
        for place, group in enumerate(groups):
            values: dict[str, Any] = {}
            for key in group.keys() - self.defaults.keys():
                if not self._foreign(key):
                    known = "`betas` holds it" if self.pair and key in BETAS else self._near(key)
                    raise UnknownNameError(f"param_groups[{place}] has {key!r}, which is no option of this optimizer; {known}")
                if key in FLAGS and group[key] and not FLAGS[key]:
                    raise ArgumentError(f"param_groups[{place}][{key!r}] is {group[key]!r}: steps are made by the library, "
                                        "which does not do that; expected False")
            betas = tuple(group.get("betas", self.defaults.get("betas", ())))
            for key, (full, option) in self.options.items():
                if self.pair and key in BETAS:
                    if len(betas) != 2:
                        raise ArgumentError(f"param_groups[{place}]['betas'] is {betas!r}: two numbers are needed")
                    value = betas[BETAS.index(key)]
                else:
                    value = group.get(key, self.defaults[key])
                values[full] = _plain(value, option, f"param_groups[{place}][{key!r}]")
            found.append(values)
        for key, (full, option) in self.options.items():
            for place, values in enumerate(found):
                if not option.per_group and values[full] != found[0][full]:
                    raise ArgumentError(f"{key} has one value for all groups: param_groups[0] has {found[0][full]!r}, "
                                        f"param_groups[{place}] has {values[full]!r}; set it in every group")
        return found

    def apply(self, handle: Handle, groups: Sequence[Mapping[str, Any]], applied: list[dict[str, Any]],
              now: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Gives the library what differs from `applied`, which is what it has, and returns what it then has. now:
        values by full names that take the place of the groups'."""
        values = [{**one, **now} for one in self.values(groups)]
        for key, (full, option) in self.options.items():
            for place, one in enumerate(values if option.per_group else values[:1]):
                if place < len(applied) and applied[place].get(full) == one[full]:
                    continue
                try:
                    handle.set(full, one[full], group=place if option.per_group else -1)
                except Error as error:
                    raise type(error)(f"param_groups[{place}][{key!r}]: {error}") from None
        return values


def _entry(entries: Mapping[str, catalog.Entry], what: str, name: Any) -> catalog.Entry:
    if name not in entries:
        near = difflib.get_close_matches(str(name), entries, 3, 0.5)
        raise UnknownNameError(f"{what} {name!r} is not known" + (f"; nearest: {', '.join(near)}" if near else ""))
    return entries[name]


def _letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _is_near(one: str, other: str) -> bool:
    """Whether a name is likely another one misspelt."""
    return difflib.SequenceMatcher(None, one, other).ratio() >= (0.8 if len(one) <= SHORT else 0.85)


def _plain(value: Any, option: catalog.Option, where: str) -> float | str:
    """A number or a word; a tensor of one element is a number."""
    if option.kind == "choice":
        if not isinstance(value, str):
            raise ArgumentError(f"{where} is {value!r}: one of {', '.join(option.choices)} is needed")
        return value
    try:
        if isinstance(value, (str, bytes)):
            raise ValueError
        return float(value.item() if isinstance(value, torch.Tensor) else value)
    except (TypeError, ValueError):
        raise ArgumentError(f"{where} is {value!r}: a number is needed") from None
