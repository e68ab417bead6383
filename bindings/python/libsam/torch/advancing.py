"""A step of a torch optimizer, one evaluation after the other."""
from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import torch
from torch.optim import optimizer as optim

from ..errors import ArgumentError, StateError
from ..stepping import Ask
from .membership import Members


NO_LOSS = object()
"""In the place of a loss that nobody evaluated: step() without a closure."""


class Advancing(Members):
    """What advance() and cancel() do."""

    def advance(self, loss: Any = None, *, scaler: Any = None) -> Ask:
        """Begins a step (`loss` is ignored, as is a scaler later on) or delivers the evaluation just made: its loss
        and the gradients in .grad. Returns what to evaluate next, with gradients cleared; Ask(0): the step is
        complete. `optimizer.batch` says which of the step's batches is asked for. An exception of this call ends the
        step with the weights restored; where the evaluation itself fails, cancel() does."""
        own, value = self._inner, 0.0
        try:
            if not own.ask:
                self._call_hooks(before=True)
                self._begin(scaler)
            else:
                self._same_tensors()
                value = _number(loss)
                self._library.deliver(has_loss=loss is not NO_LOSS)
            self._restore_statistics()
            own.ask = self._library.advance(value)
            if own.is_part and own.ask & Ask.PERTURBED:
                raise ArgumentError(
                    f"method {own.method!r} perturbs the weights, and each process has a part of them only "
                    "(ZeroRedundancyOptimizer): its evaluation would be at weights of which others are not perturbed. "
                    "Expected method 'none', or an optimizer over all weights in each process")
        except BaseException:
            self.cancel()
            raise
        core = self._library
        torch.autograd.graph.increment_version([item.tensor for item, frozen in zip(core.items, core.frozen) if not frozen])
        if own.ask:
            self._expect(own.ask)
        else:
            self._finish()
        return own.ask

    def _begin(self, scaler: Any) -> None:
        own = self._inner
        if own.averaging:
            raise StateError("the weights are averages now: leave averaged_weights() before a step")
        self._regroup()
        now: dict[str, Any] = {}
        own.scaler = scaler if scaler is not None and scaler.is_enabled() else None
        if own.scaler is not None:
            if any(item.tensor.dtype is torch.float16 for item in self._library.items):
                raise ArgumentError(
                    "torch's GradScaler takes no gradients in float16: keep the weights in float32 and use autocast, or "
                    "set the option gradient_scale, by which the closure multiplies what it calls backward on")
            now = {"shared.gradient_scale": float(own.scaler.get_scale()), "shared.zero_gradient": 0.0}
            if self.param_groups[0].get("nonfinite") != "propagate":
                now["shared.nonfinite"] = "skip"
        own.applied = own.table.apply(self._library, self.param_groups, own.applied, now)
        self._library.begin()
        own.clean = False

    def _expect(self, ask: Ask) -> None:
        own = self._inner
        torch.clear_autocast_cache()        # it may have casts of the weights of the evaluation before
        if not own.has_gradients:
            self._clear_gradients()
        if own.draws is not None:
            own.draws.evaluation(self._library.batch)
        if not ask & Ask.PERTURBED:
            own.clean = True
        else:
            own.freeze.on()

    def _finish(self) -> None:
        """The step is complete, or was given up by the library."""
        own = self._inner
        own.called = True                   # what torch's schedulers look at
        if own.draws is not None:
            own.draws.end()
        if own.scaler is not None and any(p.grad is not None for group in self.param_groups for p in group["params"]):
            own.scaler.unscale_(self)       # tells the scaler what overflowed; the step is done
        own.scaler = None
        if not own.clean and own.freeze.tracks():
            warnings.warn(f"method {own.method!r} evaluates perturbed weights alone, so that running statistics were "
                          "not updated: libsam.torch.refresh_statistics(model, batches) recomputes them", stacklevel=3)
        self._call_hooks(before=False)

    def _clear_gradients(self) -> None:
        """Before an evaluation. A gradient that is a part of a larger buffer, as hosts have that look at all gradients as
        one vector, is zeroed where it is; another is None, as after zero_grad()."""
        for group in self.param_groups:
            for p in group["params"]:
                gradient = p.grad
                if gradient is None:
                    continue
                if _is_part(gradient):
                    if gradient.grad_fn is not None:
                        gradient.detach_()
                    gradient.requires_grad_(False).zero_()
                else:
                    p.grad = None

    def _call_hooks(self, before: bool) -> None:
        """In a loop over advance() the hooks that torch calls around step(), once a step; and what Lightning hangs on
        its wrapper to count steps."""
        if self._inner.inside:
            return
        own: Iterable[Any] = (self._optimizer_step_pre_hooks if before else self._optimizer_step_post_hooks).values()
        everyones = (optim._global_optimizer_pre_hooks if before else optim._global_optimizer_post_hooks).values()
        note = getattr(self, "_on_before_step" if before else "_on_after_step", None)
        if before and note is not None:
            note()
        for hook in (*everyones, *own) if before else (*own, *everyones):
            hook(self, (self,), {})
        if not before and note is not None:
            note()

    def _restore_statistics(self) -> None:
        self._inner.freeze.off()

    def cancel(self) -> None:
        """Ends the step under way: weights restored, no update, state as before it. Between steps: nothing."""
        own = self._inner
        own.ask, own.scaler = Ask(0), None
        self._restore_statistics()
        if own.draws is not None:
            own.draws.end()
        self._library.cancel()


def _number(loss: Any) -> float:
    if loss is NO_LOSS:
        return 0.0
    if loss is None:
        raise StateError("a step is under way and asks for an evaluation: call advance(loss) with its loss, "
                         "or cancel()")
    try:
        return float(loss.detach().item() if isinstance(loss, torch.Tensor) else loss)
    except (TypeError, ValueError, RuntimeError):
        raise ArgumentError(f"the loss must be a number or a tensor of one element, not {loss!r}") from None


def _is_part(gradient: torch.Tensor) -> bool:
    """Whether its memory belongs to a larger buffer."""
    return (gradient.layout is torch.strided and gradient.numel() > 0
            and gradient.untyped_storage().nbytes() > gradient.numel() * gradient.element_size())
