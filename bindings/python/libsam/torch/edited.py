"""Groups whose lists of tensors were edited by hand, as programs do that prune, grow or replace parameters."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from ..arrays import Role
from ..errors import ArgumentError
from . import roles as kinds
from .core import Item
from .inner import Inner


def complete(groups: list[dict[str, Any]], own: Inner, defaults: Mapping[str, Any]) -> None:
    """Gives groups what goes with their tensors (options, names, roles, stacks) after "params" was changed: of a tensor that
    was there what it had; of a new one what the model says, else what the tensor had whose place it takes. ArgumentError
    for what is no tensor and for a tensor that is there twice."""
    before = {} if own.core is None else {id(item.tensor): item for item in own.core.items}
    if own.model is not None:
        own.know(own.model)
    _refuse(groups)
    named = any("param_names" in group for group in groups)
    used = {before[id(p)].name for group in groups for p in group["params"] if id(p) in before}
    for place, group in enumerate(groups):
        for key, value in defaults.items():
            group.setdefault(key, value)
        items = [_item(p, place, index, group, before, own, used) for index, p in enumerate(group["params"])]
        group["roles"] = [item.role.name.lower() for item in items]
        group["stacked"] = [item.stacked for item in items]
        if named:
            group["param_names"] = [item.name for item in items]


def _item(p: torch.Tensor, place: int, index: int, group: Mapping[str, Any], before: Mapping[int, Item], own: Inner,
          used: set[str]) -> Item:
    if id(p) in before:
        return before[id(p)]
    name, role, stacked = f"{place}.{index}", None, 0
    if len(group.get("roles", [])) == len(group["params"]):         # it takes the place of another
        role, stacked = Role.of(group["roles"][index]), group.get("stacked", [0] * (index + 1))[index]
        name = group.get("param_names", {index: name})[index]
    if id(p) in own.known:
        name, role = own.known[id(p)]
    while name in used:
        name = f"{place}.{name}"
    used.add(name)
    return Item(name, p, kinds.named(name) if role is None else role, place, stacked)


def _refuse(groups: list[dict[str, Any]]) -> None:
    seen: set[int] = set()
    for place, group in enumerate(groups):
        if isinstance(group["params"], torch.Tensor):
            group["params"] = [group["params"]]
        for index, p in enumerate(group["params"]):
            where = f"param_groups[{place}]['params'][{index}]"
            if not isinstance(p, torch.Tensor):
                raise ArgumentError(f"{where} is {p!r}: a tensor is needed")
            if not p.is_leaf and not p.retains_grad:
                raise ArgumentError(f"{where} is the result of an operation, not a leaf: a tensor that is trained is needed, as "
                                    "nn.Parameter(tensor.detach()) makes one")
            if id(p) in seen:
                raise ArgumentError(f"{where} is in the groups already: each tensor is in one place")
            seen.add(id(p))
