"""The state of a torch optimizer: as a state dict, for copies, and for pickle."""
from __future__ import annotations

import json
from typing import Any

import torch

from ..errors import ArgumentError, MismatchError, StateError
from .carry import parted
from .inner import Inner
from .loading import LIBRARY, Loaded, loaded
from .statistics import Draws
from .steps import Steps
from .table import Table


class States(Steps):
    """What state_dict() and load_state_dict() do."""

    def state_dict(self) -> dict[str, Any]:
        """As in torch: "param_groups" is the table, "state" has by position what is kept of each tensor, under
        torch's names where it has them (exp_avg, momentum_buffer, step), else as "method.SLOT" or "base.SLOT";
        "libsam" is how many tensors of state there are. What is of the whole run (counters, metrics, numbers) is text
        in each group's "libsam". With the model's state_dict of the same moment a run goes on bit for bit. It goes
        through torch.save, torch.load(weights_only=True) and torch.distributed.checkpoint. Hooks see the whole, as in
        torch. StateError in the middle of a step."""
        self._between("state_dict()")
        own = self._inner
        own.view.look()
        text = json.dumps({"version": 1, "method": own.method, "base": own.base or "", **own.common})

        def tell(_: Any, made: dict[str, Any]) -> None:
            made["state"] = {key: dict(entries) if isinstance(entries, dict) else entries
                             for key, entries in made["state"].items()}
            for group in made["param_groups"]:
                group[LIBRARY] = text
        hook = self.register_state_dict_post_hook(tell, prepend=True)
        try:
            return super().state_dict()
        finally:
            hook.remove()

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """What state_dict() returned, for the same method and base; between steps. Also that of torch's optimizer of
        the base's name: its moments and options are taken over, the method begins anew. As in torch, tensors are
        matched by their position in the groups, whatever they are called: register libsam.torch.by_name as a hook to
        match by names. What a tensor that is frozen now had is kept for when it is trained again; one without state
        begins as in a first step.
        ValueError where groups have other sizes; MismatchError where a tensor has another shape, or method or base
        are others; ArgumentError where the state is of no optimizer of this kind. The optimizer is then as it was."""
        self._between("load_state_dict()")
        own, groups = self._inner, list(self.param_groups)
        self._regroup()
        before, pending, others = self._library.state(), own.pending, own.view.others()
        found: list[Loaded] = []

        def take(_: Any, given: dict[str, Any]) -> dict[str, Any]:
            found.append(loaded(given, groups, own.method, own.base))
            return {**given, "state": found[0].others}

        def put(_: Any) -> None:
            self._take(found[0], groups)
        hooks = [self.register_load_state_dict_pre_hook(take),
                 self.register_load_state_dict_post_hook(put, prepend=True)]
        try:
            super().load_state_dict(state_dict)
        except BaseException:
            self.param_groups[:] = groups
            self._library.restore(before)
            own.applied, own.pending = [], pending
            own.view.forget()
            own.view.replace_others(others)
            raise
        finally:
            for hook in hooks:
                hook.remove()

    def _take(self, found: Loaded, groups: list[dict[str, Any]]) -> None:
        """Options, common parts and tensors of a state dict. torch has replaced the groups: what is not in the saved
        ones, and what says which tensors they are, stays as in `groups`."""
        own = self._inner
        for group, was in zip(self.param_groups, groups):
            for key in own.table.defaults.keys() - group.keys():
                group[key] = was[key]
            for key in ("roles", "stacked", "param_names", "name", LIBRARY):
                group.pop(key, None)
                if key in was:
                    group[key] = was[key]
        own.applied = own.table.apply(self._library, self.param_groups, [], {})
        if found.whole is not None:
            try:
                self._library.restore(found.whole)          # of 1.0: with its checksum; its options are in the groups too
                own.pending = {}
                own.applied = own.table.apply(self._library, self.param_groups, [], {})
                return
            except MismatchError:
                found.match(groups, parted(found.whole), own.method, own.base)
        self._hold(found.common, found.slots)

    def _between(self, call: str) -> None:
        if self._inner.ask:
            raise StateError(f"{call} in the middle of a step: finish it with advance() or end it with cancel()")

    def __getstate__(self) -> dict[str, Any]:
        """For copy.deepcopy and pickle: the copy has the copied tensors, and goes on as this one does."""
        own = self._inner
        own.view.settle()
        return {**super().__getstate__(), "state": own.view.others(), "_stacked": own.stacked, "_pending": own.pending,
                "libsam": (own.method, own.base, own.model, own.draws is not None, self._library.state())}

    def __setstate__(self, state: dict[str, Any]) -> None:
        made, groups, others = state.get("libsam"), state["param_groups"], state["state"]
        rest = {key: value for key, value in state.items()
                if key not in ("libsam", "param_groups", "state", "_stacked", "_pending")}
        if made is None:                    # from load_state_dict: in place, for those who hold the list
            self.param_groups[:] = groups
            self._inner.view.forget()
            self._inner.view.replace_others(others)
            super().__setstate__(rest)
            return
        method, base, model, same_draws, saved = made
        draws = Draws() if same_draws else None
        self._inner = Inner(method, base, Table(method, base), state.get("_stacked", {}), draws, groups=groups)
        self._inner.know(model)
        self._see()
        super().__setstate__(rest)
        self._build()
        self._library.restore(saved)
        self._inner.pending = state.get("_pending", {})
        self._inner.view.replace_others(others)
