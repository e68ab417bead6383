"""State dicts read: which tensors are the library's, by the optimizer's own parameters."""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from ..errors import ArgumentError, FormatError, MismatchError
from . import names
from .carry import BEGINNING, Parts, Slots

LIBRARY = "libsam"
"""In a group: the common parts, as text. In a parameter's state: how many tensors of the library it has."""


@dataclass
class Loaded:
    """What a state dict says. whole: a state of 1.0, which had it in one tensor of bytes."""

    common: dict[str, str] = field(default_factory=dict)
    slots: dict[torch.Tensor, Slots] = field(default_factory=dict)
    others: dict[Any, Any] = field(default_factory=dict)
    """What is not the library's, by the state dict's keys."""
    whole: bytes | None = None

    def match(self, groups: Sequence[Mapping[str, Any]], parts: Parts, method: str, base: str | None) -> None:
        """The tensors of a state of 1.0, by position."""
        _same(parts.method, parts.base, method, base)
        members = [(p, name) for group in groups for p, name in zip(group["params"], named_members(group))]
        if len(parts.slots) != len(members):
            raise MismatchError(f"the state is of {len(parts.slots)} tensors: this optimizer has {len(members)}")
        self.common = parts.common
        for (p, name), held in zip(members, parts.slots):
            self.slots[p] = {slot: _fitting(value, names.shown(base, slot), p, name) for slot, value in held.items()}


def loaded(given: Mapping[str, Any], groups: Sequence[Mapping[str, Any]], method: str, base: str | None) -> Loaded:
    """What is the library's in a state dict, and what is not. Groups that do not match are left for torch to refuse."""
    found, state = Loaded(), dict(given["state"])
    if [len(group["params"]) for group in groups] != [len(group["params"]) for group in given["param_groups"]]:
        return found
    texts = [group[LIBRARY] for group in given["param_groups"] if group.get(LIBRARY)]
    whole = state.pop(LIBRARY, None)
    if whole is not None:
        found.whole, found.others = whole.cpu().contiguous().numpy().tobytes(), state
        return found
    if texts:
        said = _read(texts[0])
        _same(said.pop("method", ""), said.pop("base", ""), method, base)
        found.common = {key: value for key, value in said.items() if key in BEGINNING or key.startswith("number.")}
    elif not any(isinstance(entries, Mapping) and LIBRARY in entries for entries in state.values()):
        _torchs(given["param_groups"], base)
    places = {key: (p, name) for saved, group in zip(given["param_groups"], groups)
              for key, p, name in zip(saved["params"], group["params"], named_members(group))}
    for key, entries in state.items():
        if key not in places or not isinstance(entries, Mapping):
            found.others[key] = entries
            continue
        p, name = places[key]
        held, rest = parts(entries, p, name, base)
        if not texts and rest and LIBRARY not in entries:
            raise ArgumentError(f"the state of {name!r} has {', '.join(map(repr, rest))}, which base {base!r} does not "
                                "keep")
        if held:
            found.slots[p] = held
        if rest:
            found.others[key] = rest
    return found


def parts(entries: Mapping[str, Any], p: torch.Tensor, name: str, base: str | None) -> tuple[Slots, dict[str, Any]]:
    """The library's tensors of one parameter's state, and the rest. Refuses what has another shape than the
    parameter."""
    held, rest, count = Slots(), {}, entries.get(LIBRARY)
    for key, value in entries.items():
        slot = names.slot(base, key)
        if key == LIBRARY:
            continue
        if slot is None:
            rest[key] = value
        elif value is not None:                             # torch's SGD says that there is no momentum yet
            value = torch.as_tensor(value, dtype=None if isinstance(value, torch.Tensor) else torch.float64)
            held[slot] = _fitting(value, key, p, name)
    if count == 0:
        held.clear()                                        # they are what a first step will make
    elif count is not None and count != len(held):
        raise FormatError(f"the state of {name!r} has {len(held)} tensors of {count}: it was loaded into the state of an "
                          "optimizer that had made fewer steps; load it whole (torch.load)")
    return held, rest


def _fitting(value: torch.Tensor, key: str, p: torch.Tensor, name: str) -> torch.Tensor:
    """In the library's form: counts of steps are one double, vectors have the type in which the parameter is
    stepped."""
    if key == names.STEP:
        return value.detach().to(torch.float64).reshape(value.shape or (1,))
    if not names.has_shape_of_parameter(key):
        return value.detach()
    if value.shape != p.shape:
        raise MismatchError(f"the state's {key} of {name!r} has shape {tuple(value.shape)}, the parameter has "
                            f"{tuple(p.shape)}: tensors are matched by position (libsam.torch.by_name matches them by name)")
    return value.detach().to(torch.float64 if p.dtype is torch.float64 else torch.float32)


def named_members(group: Mapping[str, Any]) -> Sequence[str]:
    """A name for each tensor of a group."""
    names = group.get("param_names", [])
    count = len(group["params"])
    return names if len(names) == count else [f"parameter {place}" for place in range(count)]


def _same(method: str, base: str, own: str, own_base: str | None) -> None:
    for what, saved, mine in (("method", method, own), ("base", base, own_base or "")):
        if saved != mine:
            raise MismatchError(f"the state's {what} is {saved!r}, the optimizer's is {mine!r}")


def _read(text: Any) -> dict[str, Any]:
    try:
        said = json.loads(text)
        if said["version"] == 1:
            return dict(said)
    except (TypeError, ValueError, KeyError):
        pass
    raise FormatError(f"param_groups['libsam'] is {text!r}: expected what state_dict() wrote of version 1")


def _torchs(groups: Sequence[Mapping[str, Any]], base: str | None) -> None:
    """Refuses a state dict that is not of torch's optimizer of the base's name."""
    keys = names.TORCH.get(base or "")
    free = {"decoupled_weight_decay"} if base in ("adam", "adamw") else set()
    if keys is None or any(names.TELLING & group.keys() - free != keys for group in groups):
        raise ArgumentError("the state dict is not of a libsam.torch.Optimizer: its groups have no 'libsam'"
                            + (f"; nor is it of torch's optimizer of base {base!r}, whose groups have "
                               f"{', '.join(sorted(keys))}" if keys else ""))
    for group in groups:
        decoupled = group.get("decoupled_weight_decay")
        if free and decoupled is not None and decoupled != (base == "adamw") and group.get("weight_decay"):
            raise ArgumentError(f"the state dict is of torch's {'AdamW' if decoupled else 'Adam'}, whose weight decay is "
                                f"not that of base {base!r}")
