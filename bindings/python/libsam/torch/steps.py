"""The steps of a torch optimizer by a closure, or from the gradients that are there."""
from __future__ import annotations

import inspect
import warnings
from typing import Any

import torch

from ..errors import ArgumentError, StateError
from ..stepping import Ask
from .advancing import NO_LOSS, Advancing
from .membership import Closure


class Steps(Advancing):
    """What step() does."""

    def step(self, closure: Closure | None = None, *, scaler: Any = None) -> Any:
        """One step; returns what the closure returned first. The closure evaluates the loss at the weights as they
        are and calls backward; gradients are cleared before each call. A closure with an argument gets what is asked
        (libsam.Ask).
        scaler: a torch.amp.GradScaler by which the closure scales what it calls backward on, not what it returns; a
        step whose gradients overflow is given up, and scaler.update() learns of it. Without a closure the gradients
        in .grad are the evaluation: for methods that ask for one, at the iterate. Its loss is not known: metrics.loss is
        NaN, and methods and bases that use the loss need a closure."""
        if self._inner.ask:
            raise StateError("a step is under way: finish it with advance() or end it with cancel() before step()")
        own = self._inner
        own.inside = True                   # torch calls the hooks of steps around this call
        try:
            return self._single(scaler) if closure is None else self._evaluated(closure, scaler)
        finally:
            own.inside = False

    def _evaluated(self, closure: Closure, scaler: Any) -> Any:
        asks, results = _takes_ask(closure), []
        try:
            ask = self.advance(scaler=scaler)
            while ask:
                if ask & Ask.AUXILIARY and not asks:
                    raise ArgumentError(f"method {self._inner.method!r} asks for an auxiliary objective: the closure must "
                                        "take the ask, and evaluate that objective where libsam.Ask.AUXILIARY is in it")
                with torch.enable_grad():
                    results.append(closure(ask) if asks else closure())                 # type: ignore[call-arg]
                if results[-1] is None and self._inner.ask:
                    return self._skipped()
                ask = self.advance(results[-1]) if self._inner.ask else Ask(0)          # it may have called cancel()
        except BaseException:
            self.cancel()
            raise
        return results[0] if results else None

    def _skipped(self) -> None:
        """The closure returned None: as in torch nothing is done where there is no gradient."""
        if any(p.grad is not None for group in self.param_groups for p in group["params"]):
            raise StateError("the closure returned None after it called backward: it must return the loss "
                             "(return loss)")
        self.cancel()
        warnings.warn("the closure returned None and left no gradient: the step was skipped", stacklevel=5)

    def _single(self, scaler: Any) -> None:
        self._inner.has_gradients = True
        try:
            ask = self.advance(scaler=scaler)
        finally:
            self._inner.has_gradients = False
        if not ask & Ask.PERTURBED and not self.advance(NO_LOSS):
            return
        self.cancel()
        raise StateError(f"a step of method {self._inner.method!r} takes more than the gradients in .grad: give step() a "
                         "closure that evaluates (with a GradScaler: step(closure, scaler=scaler)), or loop over advance()")


def _takes_ask(closure: Closure) -> bool:
    """Whether it has a positional argument without a default. *args does not count: wrappers have it whatever they
    wrap."""
    try:
        arguments = inspect.signature(closure).parameters.values()
    except (TypeError, ValueError):         # of a function that does not tell
        return False
    return any(a.default is a.empty and a.kind in (a.POSITIONAL_ONLY, a.POSITIONAL_OR_KEYWORD) for a in arguments)
