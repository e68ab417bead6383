"""What an evaluation leaves behind in a model and in torch: running statistics, and the state of the random generator."""
from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import nn

RUNNING = ("running_mean", "running_var", "num_batches_tracked")


def _tracking(model: nn.Module) -> list[nn.Module]:
    """The modules that would update running statistics in a forward pass."""
    return [module for module in model.modules() if module.training and module._buffers.get("running_mean") is not None]


class Freeze:
    """Running statistics of a model that stand while it is on: the modules in training mode work on copies of them. Nothing else
    changes: batch norm goes on normalising by the batch."""

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self._own: list[tuple[nn.Module, str, torch.Tensor]] = []

    def on(self) -> None:
        self._own += [(module, name, buffer) for module in _tracking(self.model) for name in RUNNING
                      if (buffer := module._buffers.get(name)) is not None]
        for module, name, buffer in self._own:
            module._buffers[name] = buffer.clone()

    def tracks(self) -> bool:
        """Whether there are any."""
        return bool(_tracking(self.model))

    def off(self) -> None:
        while self._own:
            module, name, buffer = self._own.pop()
            module._buffers[name] = buffer


@contextlib.contextmanager
def frozen_statistics(model: nn.Module, when: Any = True) -> Iterator[None]:
    """Within it forward passes of `model` leave its running statistics (of batch norm and the like) as they are, bit for bit; also
    after an exception. when: nothing is done where it is false, so that a loop can say

        with libsam.torch.frozen_statistics(model, ask & libsam.Ask.PERTURBED):
            loss = criterion(model(x), y)

    An Optimizer that knows the model does this itself.
    """
    freeze = Freeze(model)
    try:
        if when:
            freeze.on()
        yield
    finally:
        freeze.off()


@torch.no_grad()
def refresh_statistics(model: nn.Module, batches: Iterable[Any]) -> None:
    """Sets running statistics to the mean over `batches` (inputs, or tuples whose first is the input) at the weights that stand:
    for weights that were never evaluated in training, as averages, or those of methods that evaluate perturbed weights alone."""
    kept = {module: module.training for module in model.modules()}
    norms = [module for module in kept if module._buffers.get("running_mean") is not None]
    momenta = [getattr(module, "momentum", None) for module in norms]
    model.eval()
    try:
        for module in norms:
            module.train()
            module.reset_running_stats()    # type: ignore[operator]
            module.momentum = None          # type: ignore[assignment]
        for count, batch in enumerate(batches, 1):
            for module in norms:            # of those that know no momentum None as well
                if isinstance(module, nn.modules.instancenorm._InstanceNorm):
                    module.momentum = 1 / count
            model(batch[0] if isinstance(batch, (tuple, list)) else batch)
    finally:
        for module, momentum in zip(norms, momenta):
            module.momentum = momentum      # type: ignore[assignment]
        for module, training in kept.items():
            module.training = training


class Draws:
    """torch's random generator of the CPU through a step: an evaluation on a batch that the step has seen draws what the first one
    on it drew, and what comes behind the step draws on from where the last batch ended."""

    def __init__(self) -> None:
        self._seen: dict[int, torch.Tensor] = {}
        self._ahead: torch.Tensor | None = None

    def evaluation(self, batch: int) -> None:
        """Before each evaluation."""
        if batch in self._seen:
            self._ahead = torch.get_rng_state() if self._ahead is None else self._ahead
            torch.set_rng_state(self._seen[batch])
        else:
            self._resume()
            self._seen[batch] = torch.get_rng_state()

    def end(self) -> None:
        """Behind a step, however it ended."""
        self._resume()
        self._seen.clear()

    def _resume(self) -> None:
        if self._ahead is not None:
            torch.set_rng_state(self._ahead)
            self._ahead = None
