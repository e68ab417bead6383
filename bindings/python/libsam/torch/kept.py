"""What a torch optimizer keeps of its tensors, and optimizer.state."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from ..errors import StateError
from . import names
from .carry import Slots, joined, parted, renamed
from .core import Core
from .inner import Inner
from .loading import LIBRARY, named_members, parts
from .template import coming
from .view import Entries, View


class Kept(torch.optim.Optimizer):
    """The library's optimizer, and its state by tensor."""

    _inner: Inner

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        """The one table of options: what is changed in it acts on the next step."""
        return self._inner.groups

    @param_groups.setter
    def param_groups(self, groups: list[dict[str, Any]]) -> None:
        self._inner.groups = groups

    @property
    def state(self) -> View:
        """By parameter what is kept of it: under torch's names where it has them (exp_avg, momentum_buffer, step),
        else as "method.SLOT" or "base.SLOT"; "libsam" is how many tensors that are. It is read when somebody looks,
        as a copy; what is changed in it before the next step goes into the library then, and what others put there
        stays. StateError in the middle of a step."""
        return self._inner.view

    @state.setter
    def state(self, content: dict[Any, Any]) -> None:
        if self._inner.core is None:
            self._see()
        else:
            self._inner.view.replace(content)

    def _see(self) -> None:
        base = self._inner.base
        self._inner.view = View(self._entries, self._put_entries,
                                lambda name: name == LIBRARY or names.slot(base, name) is not None)

    @property
    def _opt_called(self) -> bool:
        return self._inner.called

    @_opt_called.setter
    def _opt_called(self, called: bool) -> None:
        self._inner.called = called

    def _carry(self, before: Core) -> None:
        """Gives the library's optimizer, which is new, what the one before it had."""
        core, own = self._library, self._inner
        names = {item.tensor: item.name for item, frozen in zip(core.items, core.frozen) if not frozen}
        if not own.pending:
            places = {item.name: names[item.tensor] for item in before.items if item.tensor in names}
            state = renamed(before, core.state(), places)
            if state is not None:
                core.restore(state)
                return
        self._hold(*self._held(before))

    def _held(self, core: Core) -> tuple[dict[str, str], dict[torch.Tensor, Slots]]:
        """What a state says of the run and of each tensor."""
        parts = parted(core.state())
        now = {item.tensor: held for item, held in zip(core.items, parts.slots) if held}
        return parts.common, {**self._inner.pending, **now}

    def _hold(self, common: Mapping[str, str], slots: Mapping[torch.Tensor, Slots]) -> None:
        """Gives the library a state; what is of tensors that are frozen now is kept for later."""
        core, own = self._library, self._inner
        trained = [{} if frozen else slots.get(item.tensor, {}) for item, frozen in zip(core.items, core.frozen)]
        core.restore(joined(core.state(), [item.name for item in core.items], common, trained))
        own.pending = {item.tensor: slots[item.tensor] for item, frozen in zip(core.items, core.frozen)
                       if frozen and item.tensor in slots}
        own.view.forget()

    def _entries(self) -> dict[torch.Tensor, Entries]:
        """What `state` shows."""
        if self._inner.ask:
            raise StateError("optimizer.state cannot be read in the middle of a step: finish it with advance() or end it "
                             "with cancel()")
        core, own = self._library, self._inner
        own.common, held = self._held(core)
        new = not held and core.metrics.steps == 0
        shapes = coming(core, own.table, self.param_groups, own.method, own.base) if new else [{} for _ in core.items]
        found: dict[torch.Tensor, Entries] = {}
        for item, shape in zip(core.items, shapes):
            slots = held.get(item.tensor, {})
            if slots or item.tensor.requires_grad:
                found[item.tensor] = {names.shown(own.base, slot): _scalar(value) if slot == "base.steps" else value
                                      for slot, value in (slots or shape).items()} | {LIBRARY: len(slots)}
        return found

    def _put_entries(self, content: dict[Any, Entries]) -> None:
        """What was changed in `state`. What is of a tensor that was put into a group since then waits for it to be
        taken in."""
        own = self._inner
        named = {p: name for group in self.param_groups for p, name in zip(group["params"], named_members(group))}
        slots = {p: parts({key: value for key, value in entries.items() if key != LIBRARY}, p, named[p], own.base)[0]
                 for p, entries in content.items() if p in named and (entries.get(LIBRARY) != 0 or _moved(entries))}
        self._hold(own.common, slots)
        known = {item.tensor for item in self._library.items}
        own.pending |= {p: held for p, held in slots.items() if p not in known}

    @property
    def _library(self) -> Core:
        assert self._inner.core is not None
        return self._inner.core


def _scalar(value: torch.Tensor) -> torch.Tensor:
    """As torch has it, unless a stack has one for each of its tensors."""
    return value.reshape(()) if value.numel() == 1 else value


def _moved(entries: Entries) -> bool:
    """Whether the zeros of a tensor without state were changed."""
    return any(isinstance(value, torch.Tensor) and bool(value.any()) for value in entries.values())
