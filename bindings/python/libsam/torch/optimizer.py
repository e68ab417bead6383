"""The optimizer over torch's parameters."""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Unpack

from torch import nn

from .. import _documents
from .._text import further
from ..arrays import stacks
from ..stepping import Metrics
from .averages import Averages
from .inner import Inner
from .membership import Parameters
from .scheduled import Scheduled
from .statistics import Draws
from .table import Table

if TYPE_CHECKING:
    from .. import typing


class Optimizer(Averages):
    """A method and a base of libsam as a torch.optim.Optimizer: weights on the CPU are moved in place, gradients read
    where they are.

        optimizer = libsam.torch.Optimizer(model, "sam", "adamw", lr=1e-3, rho=0.05)
        for x, y in loader:
            def closure():                              # evaluates; called as often as the method asks
                loss = criterion(model(x), y)
                loss.backward()
                return loss
            loss = optimizer.step(closure)              # the loss at the weights before the step

    or as a loop of one's own:

            loss = None
            while ask := optimizer.advance(loss):       # begins a step, then delivers the evaluation just made
                loss = criterion(model(x), y)
                loss.backward()

    params: a module; or, as in torch, tensors, (name, tensor) pairs, or dicts of groups with options of their own
    ("params" and, if wanted, "name", "roles": one word for each tensor, "stacked": one number for each).
    method, base: names of libsam.methods() and libsam.bases(); base None for methods that are their own optimizer.
    model: the module that the tensors belong to, where params is no module or only a part. With it names and roles of
    the tensors (weight, bias, norm, embedding: libsam.torch.roles) are known. Buffers (running statistics, vectors of
    spectral norm) are not updated at perturbed weights, with it or without.
    stacked: name -> how many leading axes only stack tensors: a parameter (12, 96, 32) with 1, as layers or experts
    in one tensor, is stepped as twelve of (96, 32). Without, the first axis are a matrix' rows and all others its
    columns.
    same_draws: whether torch's random generator is set back before an evaluation on a batch that the step has seen,
    so that dropout is the same in both.
    options: starting values for all groups: lr, betas, weight_decay, momentum, rho, clip_norm, accumulate, seed, …;
    libsam.show("sam"), libsam.show("adamw"), libsam.show("shared") print them. Also by full names: **{"method.rho":
    0.1}.

    param_groups is the one table of options: what is changed there, by a scheduler or by hand, acts on the next step.
    Options that have one value for all groups must be the same in each. `scheduled` lets torch's schedulers act on
    other options than lr. Tensors that are replaced, removed or added there act on the next step too.

    A parameter's data may be replaced (p.data = …) between steps, and at evaluations that are not at perturbed weights;
    they may have any layout without elements that share memory. Weights that are not contiguous cost a copy each.

    Keys that are no option are carried along as in torch, unless they are nearly the name of one; foreach and fused
    do nothing. `state` has what is kept of each parameter, under torch's names where it has them.

    Gradients: none (None) leaves a tensor out of the step, as in torch. A tensor that does not require one is not
    touched and may be of any dtype, layout and device; when it requires one later it is taken in, and what is known
    of the others stays. Sparse ones are refused. The library unscales (step(closure, scaler=scaler)), clips
    (clip_value, clip_norm), and averages over micro-batches (accumulate).

    The library works on the calling thread alone until libsam.set_threads says otherwise, with the same bits.

    After every step, error, interrupt and cancel the weights are the iterate, bit for bit. Errors are those of
    libsam: RangeError for an option outside its bounds, NonfiniteError for a loss or gradient that is not finite,
    StateError for a call at the wrong time.
    """

    def __init__(self, params: Parameters, method: typing.Method = "sam", base: typing.Base | None = "sgd", *,
                 model: nn.Module | None = None, same_draws: bool = True, stacked: Mapping[str, int] | None = None,
                 **options: Unpack[typing.TorchOptions]) -> None:
        model = params if model is None and isinstance(params, nn.Module) else model
        tensors = params.named_parameters() if isinstance(params, nn.Module) else params
        given = stacks(stacked, stacked or {})              # the names are looked at below, when they are known
        self._inner = Inner(method, base, Table(method, base), given, Draws() if same_draws else None)
        self._see()
        own = self._inner
        own.know(model)
        defaults = own.table.defaults
        super().__init__(tensors, {**defaults, **own.table.given(options, "the optimizer", defaults, foreign=False)})
        stacks(given, {name: None for group in self.param_groups for name in group.get("param_names", [])})
        self._build()

    # ---- what is known

    @property
    def metrics(self) -> Metrics:
        """Of the last completed step, and the counters since creation."""
        return self._library.metrics

    @property
    def evaluations(self) -> int:
        """The most evaluations a step asks for with the options of the groups."""
        own = self._inner
        if not own.ask:
            own.applied = own.table.apply(self._library, self.param_groups, own.applied, {})
        return self._library.evaluations

    @property
    def batch(self) -> int:
        """Which batch to evaluate: counts the (micro-)batches used since creation, from 0; between steps the next
        one."""
        return self._library.batch

    @property
    def memory(self) -> int:
        """Bytes of the library's memory in the size of the parameters: held now; before the first step: what it will
        hold."""
        return self._library.memory

    def scheduled(self, option: str) -> Scheduled:
        """What torch's schedulers take in the optimizer's place to move another option than lr:

            warmer = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer.scheduled("rho"), T_max=100)

        The same object for the same option, which is equal to the optimizer where a trainer compares them.
        UnknownNameError for what is no option that is a number.
        """
        schedules = self._inner.schedules
        if option not in schedules:
            schedules[option] = Scheduled(self, option)
        return schedules[option]

    def __repr__(self) -> str:
        lines = [f"Optimizer({self._inner.method!r}, {self._inner.base!r}"]
        for place, group in enumerate(self.param_groups):
            usual = self._inner.table.defaults
            changed = {key: value for key, value in group.items()
                       if key in usual and (value != usual[key] or key in ("lr", "rho"))}
            said = "".join(f", {key}={value!r}" for key, value in changed.items())
            lines.append(f"    {group.get('name', f'group {place}')}: {len(group['params'])} tensors{said}")
        return "\n".join(lines) + ")"


further(Optimizer, _documents.TENSORS)
