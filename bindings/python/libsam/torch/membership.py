"""The tensors of a torch optimizer and their groups."""
from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import nn

from ..arrays import Role
from ..errors import ArgumentError, StateError
from ..stepping import Ask
from . import roles as kinds
from .core import Core, Item
from .edited import complete
from .kept import Kept
from .loading import LIBRARY
from .table import PASSED

Parameters = nn.Module | Iterable[torch.Tensor] | Iterable[tuple[str, torch.Tensor]] | Iterable[dict[str, Any]]
Closure = Callable[[], Any] | Callable[[Ask], Any]


class Members(Kept):
    """Groups, and the library's optimizer over what they hold."""

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """One more group, as in torch; between steps. What the library knows of the other tensors (moments, counts,
        averages) stays; the new ones begin as in a first step."""
        own = self._inner
        if own.ask:
            raise StateError("a step is under way: finish it with advance() or end it with cancel() before "
                             "add_param_group()")
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        members = param_group["params"]
        if isinstance(members, set):
            raise TypeError("the tensors of a group must be in an order: a list, not a set")
        members = _once([members] if isinstance(members, torch.Tensor) else list(members))
        if own.known and not any(isinstance(one, tuple) for one in members):
            start = sum(len(group["params"]) for group in self.param_groups)
            members = [(own.known.get(id(p), (f"parameter {place}",))[0], p) for place, p in enumerate(members, start)]
        where = f"param_groups[{len(self.param_groups)}]"
        self._passed(param_group, where)
        group = own.table.given({**param_group, "params": members}, where, self.defaults)
        super().add_param_group(group)
        try:
            group["roles"], group["stacked"] = self._roles(group, where), self._stacks(group, where)
            group[LIBRARY] = ""             # text in state_dict()
            if own.core is not None:
                self._build()
        except BaseException:
            self.param_groups.pop()
            raise

    def _passed(self, group: Mapping[str, Any], where: str) -> None:
        """Arguments of the optimizer in a group: ZeroRedundancyOptimizer puts them there, and gives each process a
        part of the tensors."""
        own = self._inner
        for key, value in (("method", own.method), ("base", own.base)):
            if key in group and group[key] != value:
                raise ArgumentError(f"{where}[{key!r}] is {group[key]!r}, the optimizer's is {value!r}: one optimizer has "
                                    f"one {key}")
        several = torch.distributed.is_available() and torch.distributed.is_initialized()
        if several and any(key in group for key in PASSED):
            own.is_part = torch.distributed.get_world_size() > 1

    def _roles(self, group: Mapping[str, Any], where: str) -> list[str]:
        names, known = group.get("param_names", [""] * len(group["params"])), self._inner.known
        given = group.get("roles", [known[id(p)][1] if id(p) in known else kinds.named(name)
                                    for p, name in zip(group["params"], names)])
        if isinstance(given, str) or len(given) != len(names):
            raise ArgumentError(f"{where}['roles'] is {given!r}: one role for each of its {len(names)} tensors is "
                                "needed")
        return [Role.of(role).name.lower() for role in given]

    def _stacks(self, group: Mapping[str, Any], where: str) -> list[int]:
        names = group.get("param_names", [""] * len(group["params"]))
        given = group.get("stacked", [self._inner.stacked.get(name, 0) for name in names])
        if isinstance(given, (str, int)) or len(given) != len(names) or any(type(axes) is not int for axes in given):
            raise ArgumentError(f"{where}['stacked'] is {given!r}: one number of leading axes for each of its "
                                f"{len(names)} tensors is needed")
        return list(given)

    def _build(self) -> None:
        """The library's optimizer over what the groups hold now, with the state of the one before."""
        own, items, names = self._inner, dict[str, Item](), list[str]()
        for place, group in enumerate(self.param_groups):
            names.append(str(group.get("name", f"group {place}")))
            params = group.get("param_names") or [f"{place}.{i}" for i in range(len(group["params"]))]
            stacks = group.get("stacked", [0] * len(params))
            for name, p, role, stacked in zip(params, group["params"], group["roles"], stacks):
                while name in items:        # two models have tensors of one name
                    name = f"{place}.{name}"
                items[name] = Item(name, p, Role.of(role), place, stacked)
        names[1:] = [name if names.count(name) == 1 else f"{name} {place}" for place, name in enumerate(names[1:], 1)]
        core = Core(list(items.values()), names[1:], own.method, own.base)
        applied = own.table.apply(core, self.param_groups, [], {})
        if own.core is not None:
            own.view.settle()
            before, own.core = own.core, core
            try:
                self._carry(before)
            except BaseException:
                own.core = before
                raise
            before.close()
        elif {one.get("method.part") for one in applied} == {"norm"} and Role.NORM not in {i.role for i in items.values()}:
            warnings.warn(f"method {own.method!r} perturbs normalisation layers alone, and no tensor has the role norm: "
                          "give the optimizer the model (Optimizer(model, …) or model=model), or roles", stacklevel=3)
        own.core, own.applied, own.members = core, applied, self._identities()

    def _identities(self) -> list[list[int]]:
        return [list(map(id, group["params"])) for group in self.param_groups]

    def _regroup(self) -> None:
        """Between steps: takes in what was changed in the groups' lists of tensors, and tensors that are trained now. What
        is known of the others stays; new ones begin as in a first step, or with what was put into `state` for them."""
        own = self._inner
        if own.ask:
            return
        is_changed = self._identities() != own.members
        if is_changed:
            complete(self.param_groups, own, self.defaults)
        own.view.settle()
        if is_changed or self._library.thawed():
            self._build()

    def _same_tensors(self) -> None:
        """In the middle of a step."""
        if self._identities() != self._inner.members:
            raise StateError("the tensors of param_groups were changed in the middle of a step: change them between steps. The "
                             "step was ended, the weights are as before it")


def _once(members: list[Any]) -> list[Any]:
    """Each tensor once, at its first place."""
    found = {id(one[1] if isinstance(one, tuple) else one): one for one in reversed(members)}
    return list(reversed(found.values()))
