"""What an evaluation leaves behind in a model and in torch: running statistics, and the state of the random generator."""
from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import nn
UNINITIALIZED = (nn.parameter.UninitializedParameter, nn.parameter.UninitializedBuffer)
"""What lazy modules have before they first run."""


def _tracking(model: nn.Module | None) -> list[nn.Module]:
    """The modules that would update running statistics in a forward pass."""
    return [] if model is None else [module for module in model.modules()
                                     if module.training and _buffers(module).get("running_mean") is not None]


def _buffers(module: nn.Module) -> dict[str, torch.Tensor | None]:
    """A module's own buffers, of scripted modules too; None: registered, and not there yet."""
    if isinstance(module, torch.jit.ScriptModule):
        return dict(module.named_buffers(recurse=False))
    return {name: buffer for name, buffer in module._buffers.items()
            if not isinstance(buffer, UNINITIALIZED)}


class Freeze:
    """While it is on, networks work on copies of their buffers, and have their own again when it goes off: running
    statistics, the vectors of spectral norm, observers, codebooks, whatever they are called. It looks after `model`, and
    after every other module that is called meanwhile."""

    def __init__(self, model: nn.Module | None = None) -> None:
        self.model = model
        self._own: list[tuple[nn.Module, str, torch.Tensor | None]] = []
        self._copies: dict[int, torch.Tensor] = {}          # by identity: modules may share a buffer
        self._seen: set[int] = set()
        self._hook: Any = None
        self._others_track = False

    def on(self) -> None:
        if self._hook is not None:
            return
        if self.model is not None:
            self._keep(self.model)
        self._hook = nn.modules.module.register_module_forward_pre_hook(self._called)

    def _called(self, module: nn.Module, _: Any) -> None:
        if not torch.compiler.is_compiling() and id(module) not in self._seen:
            self._keep(module)
            self._others_track |= bool(_tracking(module))

    @torch.no_grad()
    def _keep(self, module: nn.Module) -> None:
        """It and the modules in it work on copies of their buffers: a graph keeps what it saved, whatever is written."""
        for part in module.modules():
            if id(part) not in self._seen:
                self._seen.add(id(part))
                for name, buffer in _buffers(part).items():
                    self._own.append((part, name, buffer))
                    if buffer is not None:
                        _set(part, name, self._copies.setdefault(id(buffer), buffer.clone()))

    def tracks(self) -> bool:
        """Whether there are running statistics."""
        return self._others_track or bool(_tracking(self.model))

    def off(self) -> None:
        if self._hook is None:
            return
        self._hook.remove()
        self._hook = None
        while self._own:
            _set(*self._own.pop())
        self._copies.clear()
        self._seen.clear()


def _set(module: nn.Module, name: str, buffer: torch.Tensor | None) -> None:
    if isinstance(module, torch.jit.ScriptModule):
        setattr(module, name, buffer)
    else:
        module._buffers[name] = buffer


@contextlib.contextmanager
def frozen_statistics(model: nn.Module, when: Any = True) -> Iterator[None]:
    """Within it forward passes leave the buffers of `model`, and of every other module that is called, as they are, bit for
    bit; also after an exception: running statistics, the vectors of spectral norm, observers, codebooks. when: nothing is
    done where it is false, so that a loop can say

        with libsam.torch.frozen_statistics(model, ask & libsam.Ask.PERTURBED):
            loss = criterion(model(x), y)

    An Optimizer does this itself at perturbed weights.
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
    """Sets running statistics to the mean over `batches` (inputs, or tuples whose first is the input) at the present weights:
    for weights that were never evaluated in training, as averages, or those of methods that evaluate perturbed weights alone."""
    kept = {module: module.training for module in model.modules()}
    norms = [module for module in kept if _buffers(module).get("running_mean") is not None]
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
    on it drew, and what comes after the step draws on from where the last batch ended."""

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
        """After a step, however it ended."""
        self._resume()
        self._seen.clear()

    def _resume(self) -> None:
        if self._ahead is not None:
            torch.set_rng_state(self._ahead)
            self._ahead = None
