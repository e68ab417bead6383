"""The steps of a torch optimizer: a closure, or a loop of one's own."""
from __future__ import annotations

import inspect
import warnings
from typing import Any

import torch

from ..errors import ArgumentError, StateError
from ..stepping import Ask
from .membership import Closure, Members


class Steps(Members):
    """What step(), advance() and cancel() do."""

    def step(self, closure: Closure | None = None, *, scaler: Any = None) -> Any:
        """One step; returns what the closure returned first. The closure evaluates the loss at the weights as they are and calls
        backward; gradients are cleared before each call. A closure with an argument gets what is asked (libsam.Ask).
        scaler: a torch.amp.GradScaler by which the closure scales what it calls backward on, not what it returns; a step whose
        gradients overflow is given up, and scaler.update() learns of it.
        Without a closure the gradients in .grad are the evaluation: for methods that ask for one, at the iterate."""
        if self._inner.ask:
            raise StateError("a step is under way: finish it with advance() or end it with cancel() before step()")
        if closure is None:
            return self._single(scaler)
        asks, results = _takes_ask(closure), []
        try:
            ask = self.advance(scaler=scaler)
            while ask:
                if ask & Ask.AUXILIARY and not asks:
                    raise ArgumentError(f"method {self._inner.method!r} asks for an auxiliary objective: the closure must take the ask, "
                                        "and evaluate that objective where libsam.Ask.AUXILIARY is in it")
                with torch.enable_grad():
                    results.append(closure(ask) if asks else closure())                 # type: ignore[call-arg]
                ask = self.advance(results[-1]) if self._inner.ask else Ask(0)          # it may have called cancel()
        except BaseException:
            self.cancel()
            raise
        return results[0] if results else None

    def _single(self, scaler: Any) -> None:
        kept = [(p, p.grad) for group in self.param_groups for p in group["params"]]
        ask = self.advance(scaler=scaler)
        for p, grad in kept:
            p.grad = grad
        if not ask & Ask.PERTURBED and not self.advance(0.0):
            return
        self.cancel()
        raise StateError(f"a step of method {self._inner.method!r} takes more than the gradients in .grad: give step() a closure that "
                         "evaluates (with a GradScaler: step(closure, scaler=scaler)), or loop over advance()")

    def advance(self, loss: Any = None, *, scaler: Any = None) -> Ask:
        """Begins a step (`loss` is ignored, as is a scaler later on) or delivers the evaluation just made: its loss and the gradients
        in .grad. Returns what to evaluate next, with gradients cleared; Ask(0): the step is complete. `optimizer.batch` says which
        of the step's batches is asked for. An exception of this call ends the step with the weights restored; where the evaluation
        itself fails, cancel() does."""
        own, value = self._inner, 0.0
        try:
            if not own.ask:
                self._begin(scaler)
            else:
                value = _number(loss)
                self._library.bind_gradients()
            self._restore_statistics()
            own.ask = self._library.advance(value)
        except BaseException:
            self.cancel()
            raise
        torch.autograd.graph.increment_version([item.tensor for item, frozen in zip(self._library.items, self._library.frozen) if not frozen])
        if own.ask:
            self._expect(own.ask)
        else:
            self._finish()
        return own.ask

    def _begin(self, scaler: Any) -> None:
        own = self._inner
        if own.averaging:
            raise StateError("the weights are averages now: leave averaged_weights() before a step")
        if self._library.thawed():
            self._build()
        now: dict[str, Any] = {}
        own.scaler = scaler if scaler is not None and scaler.is_enabled() else None
        if own.scaler is not None:
            if any(item.tensor.dtype is torch.float16 for item in self._library.items):
                raise ArgumentError("torch's GradScaler takes no gradients in float16: keep the weights in float32 and use autocast, or set "
                                    "the option gradient_scale, by which the closure multiplies what it calls backward on")
            now = {"shared.gradient_scale": float(own.scaler.get_scale()), "shared.zero_gradient": 0.0}
            if self.param_groups[0].get("nonfinite") != "propagate":
                now["shared.nonfinite"] = "skip"
        own.applied = own.table.apply(self._library, self.param_groups, own.applied, now)
        self._library.begin()
        own.clean = False

    def _expect(self, ask: Ask) -> None:
        own = self._inner
        self.zero_grad(set_to_none=True)
        if own.draws is not None:
            own.draws.evaluation(self._library.batch)
        if not ask & Ask.PERTURBED:
            own.clean = True
        elif own.freeze is not None:
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
        if own.freeze is not None and not own.clean and own.freeze.tracks():
            warnings.warn(f"method {own.method!r} evaluates perturbed weights alone, so that running statistics were not updated: "
                          "libsam.torch.refresh_statistics(model, batches) recomputes them", stacklevel=3)

    def _restore_statistics(self) -> None:
        if self._inner.freeze is not None:
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
    if loss is None:
        raise StateError("a step is under way and asks for an evaluation: call advance(loss) with its loss (the closure must return it), or cancel()")
    try:
        return float(loss.detach().item() if isinstance(loss, torch.Tensor) else loss)
    except (TypeError, ValueError, RuntimeError):
        raise ArgumentError(f"the loss must be a number or a tensor of one element, not {loss!r}") from None


def _takes_ask(closure: Closure) -> bool:
    """Whether it has a positional argument without a default. *args does not count: wrappers have it whatever they wrap."""
    try:
        arguments = inspect.signature(closure).parameters.values()
    except (TypeError, ValueError):         # of a function that does not tell
        return False
    return any(a.default is a.empty and a.kind in (a.POSITIONAL_ONLY, a.POSITIONAL_OR_KEYWORD) for a in arguments)
