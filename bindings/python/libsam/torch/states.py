"""The state of a torch optimizer: as a state dict, for copies, and for pickle."""
from __future__ import annotations

from typing import Any

import torch

from ..errors import ArgumentError
from .inner import Inner
from .statistics import Draws
from .steps import Steps
from .table import Table


class States(Steps):
    """What state_dict() and load_state_dict() do."""

    def state_dict(self) -> dict[str, Any]:
        """As in torch: "param_groups" is the table, "state" has everything else that a step depends on but the weights, in one tensor
        of bytes (a safetensors file). With the model's state_dict of the same moment a run goes on bit for bit."""
        made = super().state_dict()
        made["state"]["libsam"] = torch.frombuffer(bytearray(self._library.state()), dtype=torch.uint8)
        return made

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """What state_dict() returned, for the same method, base and parameters; between steps. Raises, and leaves the optimizer as it
        was, where it belongs to others or is damaged."""
        own, groups = self._inner, list(self.param_groups)
        saved = state_dict["state"].get("libsam")
        if saved is None:
            raise ArgumentError("the state dict is not of a libsam.torch.Optimizer: its 'state' has no 'libsam'")
        before, kept = self._library.state(), [{key: group.get(key) for key in ("roles", "stacked")} for group in groups]
        try:
            self._library.restore(saved.cpu().contiguous().numpy().tobytes())
            super().load_state_dict({**state_dict, "state": {}})
            for group, values in zip(self.param_groups, kept):
                group.update((key, value) for key, value in values.items() if value is not None)
            own.applied = own.table.apply(self._library, self.param_groups, [], {})
        except BaseException:
            self.param_groups[:] = groups
            self._library.restore(before)
            raise

    def __getstate__(self) -> dict[str, Any]:
        """For copy.deepcopy and pickle: the copy has the copied tensors, and goes on as this one does."""
        own = self._inner
        return {**super().__getstate__(), "_stacked": own.stacked,
                "libsam": (own.method, own.base, own.model, own.draws is not None, self._library.state())}

    def __setstate__(self, state: dict[str, Any]) -> None:
        made, groups, stacked = state.pop("libsam", None), state.pop("param_groups"), state.pop("_stacked", {})
        if made is None:                    # from load_state_dict: in place, for those who hold the list or a copy of __dict__
            self.param_groups[:] = groups
            super().__setstate__(state)
            return
        method, base, model, same_draws, saved = made
        self._inner = Inner(method, base, Table(method, base), stacked, Draws() if same_draws else None, groups=groups)
        self._inner.know(model)
        super().__setstate__(state)
        self._build()
        self._library.restore(saved)
