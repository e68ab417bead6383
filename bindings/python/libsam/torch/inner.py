"""All that changes in a torch optimizer, in one object."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from ..arrays import Role
from ..stepping import Ask
from . import roles as kinds
from .statistics import Draws, Freeze

if TYPE_CHECKING:
    from .carry import Slots
    from .core import Core
    from .scheduled import Scheduled
    from .table import Table
    from .view import View


@dataclass
class Inner:
    """Everything of an Optimizer that a call changes. The optimizer holds one, assigned once and changed in place:
    wrappers that inherit from the optimizer's class and forward missing attributes to it (as Lightning's and
    Fabric's), and those that copy its `__dict__`, run its methods with themselves as `self`, and so see and change
    what the optimizer itself sees."""

    method: str
    base: str | None
    table: Table
    stacked: Mapping[str, int]
    draws: Draws | None
    """None: the random generator is left alone."""
    model: nn.Module | None = None
    known: dict[int, tuple[str, Role]] = field(default_factory=dict)
    """Names and roles of the model's tensors, by identity."""
    freeze: Freeze = field(default_factory=Freeze)
    """Buffers of networks at perturbed weights."""
    core: Core | None = None
    applied: list[dict[str, Any]] = field(default_factory=list)
    """The options that the library has, one mapping for each group."""
    groups: list[dict[str, Any]] = field(default_factory=list)
    """The optimizer's param_groups."""
    members: list[list[int]] = field(default_factory=list)
    """The identities of the tensors that the library's optimizer was made of, by group."""
    ask: Ask = Ask(0)
    clean: bool = False
    """Whether the step had an evaluation at the iterate."""
    averaging: bool = False
    has_gradients: bool = False
    """Whether the gradients in .grad are the evaluation that is asked for: step() without a closure."""
    scaler: Any = None
    called: bool = False
    """Whether a step was made, which torch's schedulers look at."""
    is_part: bool = False
    """Whether other processes step other tensors of the network."""
    inside: bool = False
    """Whether step() runs, around which torch calls the hooks of steps itself."""
    schedules: dict[str, Scheduled] = field(default_factory=dict)
    pending: dict[torch.Tensor, Slots] = field(default_factory=dict)
    """What is known of tensors that are frozen now."""
    view: View = field(init=False)
    """optimizer.state."""
    common: dict[str, str] = field(default_factory=dict)
    """Of the whole run, as it was when `view` was read."""

    def know(self, model: nn.Module | None) -> None:
        """Names and roles of a model's tensors; its buffers."""
        self.model = model
        named, found = ({}, {}) if model is None else (dict(model.named_parameters()), kinds.roles(model))
        self.known = {id(p): (name, found[name]) for name, p in named.items()}
        self.freeze = Freeze(model)
