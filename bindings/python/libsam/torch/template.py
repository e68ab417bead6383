"""What the library will keep of a tensor, before it has made a step."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from ..errors import Error
from .carry import Slots, parted
from .core import Core, Item
from .table import Table


AT_ONCE = {"shared.accumulate": 1, "shared.micro_batches": 1, "shared.start_step": 1, "shared.every": 1, "shared.average_start": 0,
           "shared.average_period": 1, "shared.nonfinite": "propagate"}
STEPS = 2


def coming(core: Core, table: Table, groups: Sequence[Mapping[str, Any]], method: str, base: str | None) -> list[Slots]:
    """By place zeros in the shapes of what a first step makes. torch.distributed.checkpoint loads into the tensors
    that it finds in the state dict of a new optimizer: they are found by a step of copies, of which each kind of
    tensor has one."""
    found: dict[Any, Slots] = {}
    made: list[Slots] = []
    for item, frozen in zip(core.items, core.frozen):
        p = item.tensor
        kind = (p.shape, p.dtype, item.role, item.group, item.stacked)
        if not frozen and kind not in found:
            found[kind] = _first(item, table, groups[item.group], method, base)
        made.append({} if frozen else {name: torch.zeros_like(value) for name, value in found[kind].items()})
    return made


def _first(item: Item, table: Table, group: Mapping[str, Any], method: str, base: str | None) -> Slots:
    """What two steps keep of a tensor of that kind alone: some keep more in the second one."""
    twin = torch.ones_like(item.tensor, requires_grad=True)
    core = Core([Item("weight", twin, item.role, 0, item.stacked)], [], method, base)
    try:
        table.apply(core, [group], [], AT_ONCE)
        for step in range(1, STEPS + 1):
            core.begin()
            ask = core.advance(0.0)
            while ask:
                twin.grad = torch.full_like(twin, step)
                core.deliver()
                ask = core.advance(1.0)
        return parted(core.state()).slots[0]
    except Error:                           # what these gradients do not suit begins with what it makes
        return {}
    finally:
        core.close()
