"""The optimizer over torch's parameters."""
from __future__ import annotations

import contextlib
import inspect
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Unpack

import torch
from torch import nn

from .. import _documents
from .._text import further
from ..arrays import Role, stacks
from ..errors import ArgumentError, StateError
from ..stepping import Ask, Metrics
from . import roles as kinds
from .carry import carried
from .core import Core, Item
from .scheduled import Scheduled
from .statistics import Draws, Freeze
from .table import Table

if TYPE_CHECKING:
    from .. import typing

Parameters = nn.Module | Iterable[torch.Tensor] | Iterable[tuple[str, torch.Tensor]] | Iterable[dict[str, Any]]
Closure = Callable[[], Any] | Callable[[Ask], Any]


class Optimizer(torch.optim.Optimizer):
    """A method and a base of libsam as a torch.optim.Optimizer: weights on the CPU are moved in place, gradients read where they are.

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

    params: a module; or, as in torch, tensors, (name, tensor) pairs, or dicts of groups with options of their own ("params" and,
    if wanted, "name", "roles": one word for each tensor, "stacked": one number for each).
    method, base: names of libsam.methods() and libsam.bases(); base None for methods that are their own optimizer.
    model: the module that the tensors belong to, where params is no module. With it names and roles of the tensors (weight, bias,
    norm, embedding: libsam.torch.roles) are known, and running statistics (batch norm) are not updated at perturbed weights; else
    libsam.torch.frozen_statistics does that in the closure.
    stacked: name -> how many leading axes only stack tensors: a parameter (12, 96, 32) with 1, as layers or experts in one tensor, is
    stepped as twelve of (96, 32). Without, the first axis are a matrix' rows and all others its columns.
    same_draws: whether torch's random generator is set back before an evaluation on a batch that the step has seen, so that dropout
    is the same in both.
    options: starting values for all groups: lr, betas, weight_decay, momentum, rho, clip_norm, accumulate, seed, …;
    libsam.show("sam"), libsam.show("adamw"), libsam.show("shared") print them. Also by full names: **{"method.rho": 0.1}.

    param_groups is the one table of options: what is changed there, by a scheduler or by hand, acts on the next step. Options that
    have one value for all groups must be the same in each. `scheduled` lets torch's schedulers act on other options than lr.

    Gradients: none (None) leaves a tensor out of the step, as in torch. A tensor that does not require one is not touched; when it
    requires one later it is taken in, and what is known of the others stays. Sparse ones are refused. The library unscales
    (step(closure, scaler=scaler)), clips (clip_value, clip_norm), and averages over micro-batches (accumulate).

    The library works on the calling thread alone until libsam.set_threads says otherwise, with the same bits.

    After every step, error, interrupt and cancel the weights are the iterate, bit for bit. Errors are those of libsam: RangeError for
    an option outside its bounds, NonfiniteError for a loss or gradient that is not finite, StateError for a call at the wrong time.
    """

    _stacked: Mapping[str, int] = {}        # of what was pickled before there was one

    def __init__(self, params: Parameters, method: typing.Method = "sam", base: typing.Base | None = "sgd", *,
                 model: nn.Module | None = None, same_draws: bool = True, stacked: Mapping[str, int] | None = None,
                 **options: Unpack[typing.TorchOptions]) -> None:
        model = params if isinstance(params, nn.Module) else model
        tensors = params.named_parameters() if isinstance(params, nn.Module) else params
        self._method, self._base = method, base
        self._know(model)
        self._draws = Draws() if same_draws else None
        self._ask, self._averaging = Ask(0), False
        self._core: Core | None = None
        self._scaler: Any = None
        self._stacked = stacks(stacked, stacked or {})      # the names are looked at below, when they are known
        self._table = Table(method, base)
        defaults = self._table.defaults
        super().__init__(tensors, {**defaults, **self._table.given(options, "the optimizer", defaults)})
        stacks(self._stacked, {name: None for group in self.param_groups for name in group.get("param_names", [])})
        self._build()

    def _know(self, model: nn.Module | None) -> None:
        """Names and roles of a model's tensors, by identity."""
        self._model = model
        named, found = ({}, {}) if model is None else (dict(model.named_parameters()), kinds.roles(model))
        self._known = {id(p): (name, found[name]) for name, p in named.items()}
        self._freeze = None if model is None else Freeze(model)
        self._clean = False                 # whether this step had an evaluation at the iterate

    # ---- tensors and groups

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """One more group, as in torch; between steps. What the library knows of the other tensors (moments, counts, averages)
        stays; the new ones begin as in a first step."""
        if self._ask:
            raise StateError("a step is under way: finish it with advance() or end it with cancel() before add_param_group()")
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        members = param_group["params"]
        if isinstance(members, set):
            raise TypeError("the tensors of a group must be in an order: a list, not a set")
        members = _once([members] if isinstance(members, torch.Tensor) else list(members))
        if self._known and not any(isinstance(one, tuple) for one in members):
            start = sum(len(group["params"]) for group in self.param_groups)
            members = [(self._known.get(id(p), (f"parameter {place}",))[0], p) for place, p in enumerate(members, start)]
        where = f"param_groups[{len(self.param_groups)}]"
        group = self._table.given({**param_group, "params": members}, where, self.defaults)
        super().add_param_group(group)
        try:
            group["roles"], group["stacked"] = self._roles(group, where), self._stacks(group, where)
            if self._core is not None:
                self._build()
        except BaseException:
            self.param_groups.pop()
            raise

    def _roles(self, group: Mapping[str, Any], where: str) -> list[str]:
        names = group.get("param_names", [""] * len(group["params"]))
        given = group.get("roles", [self._known[id(p)][1] if id(p) in self._known else kinds.named(name)
                                    for p, name in zip(group["params"], names)])
        if isinstance(given, str) or len(given) != len(names):
            raise ArgumentError(f"{where}['roles'] is {given!r}: one role for each of its {len(names)} tensors is needed")
        return [Role.of(role).name.lower() for role in given]

    def _stacks(self, group: Mapping[str, Any], where: str) -> list[int]:
        names = group.get("param_names", [""] * len(group["params"]))
        given = group.get("stacked", [self._stacked.get(name, 0) for name in names])
        if isinstance(given, (str, int)) or len(given) != len(names) or not all(isinstance(axes, int) for axes in given):
            raise ArgumentError(f"{where}['stacked'] is {given!r}: one number of leading axes for each of its {len(names)} tensors is needed")
        return list(given)

    def _build(self) -> None:
        """The library's optimizer over what the groups hold now, with the state of the one before."""
        items: dict[str, Item] = {}
        names = []
        for place, group in enumerate(self.param_groups):
            names.append(str(group.get("name", f"group {place}")))
            own = group.get("param_names") or [f"{place}.{i}" for i in range(len(group["params"]))]
            for name, p, role, stacked in zip(own, group["params"], group["roles"], group.get("stacked", [0] * len(own))):
                while name in items:        # two models have tensors of one name
                    name = f"{place}.{name}"
                items[name] = Item(name, p, Role.of(role), place, stacked)
        names[1:] = [name if names.count(name) == 1 else f"{name} {place}" for place, name in enumerate(names[1:], 1)]
        core = Core(list(items.values()), names[1:], self._method, self._base)
        applied = self._table.apply(core, self.param_groups, [], {})
        if self._core is not None:
            core.restore(carried(self._core.state(), core.state()))
            self._core.close()
        elif {one.get("method.part") for one in applied} == {"norm"} and not any(item.role is Role.NORM for item in items.values()):
            warnings.warn(f"method {self._method!r} perturbs normalisation layers alone, and no tensor has the role norm: give the optimizer "
                          "the model (Optimizer(model, …) or model=model), or roles", stacklevel=3)
        self._core, self._applied = core, applied

    @property
    def _library(self) -> Core:
        assert self._core is not None
        return self._core

    # ---- stepping

    def step(self, closure: Closure | None = None, *, scaler: Any = None) -> Any:
        """One step; answers what the closure answered first. The closure evaluates the loss at the weights that stand and calls
        backward; gradients are cleared before each call. A closure with an argument gets what is asked (libsam.Ask).
        scaler: a torch.amp.GradScaler by which the closure scales what it calls backward on, not what it answers; a step whose
        gradients overflow is given up, and scaler.update() learns of it.
        Without a closure the gradients that stand are the evaluation: for methods that ask for one, at the iterate."""
        if self._ask:
            raise StateError("a step is under way: finish it with advance() or end it with cancel() before step()")
        if closure is None:
            return self._single(scaler)
        asks, answers = _takes_ask(closure), []
        try:
            ask = self.advance(scaler=scaler)
            while ask:
                if ask & Ask.AUXILIARY and not asks:
                    raise ArgumentError(f"method {self._method!r} asks for an auxiliary objective: the closure must take the ask, and "
                                        "evaluate that objective where libsam.Ask.AUXILIARY is in it")
                with torch.enable_grad():
                    answers.append(closure(ask) if asks else closure())             # type: ignore[call-arg]
                ask = self.advance(answers[-1]) if self._ask else Ask(0)            # it may have called cancel()
        except BaseException:
            self.cancel()
            raise
        return answers[0] if answers else None

    def _single(self, scaler: Any) -> None:
        kept = [(p, p.grad) for group in self.param_groups for p in group["params"]]
        ask = self.advance(scaler=scaler)
        for p, grad in kept:
            p.grad = grad
        if not ask & Ask.PERTURBED and not self.advance(0.0):
            return
        self.cancel()
        raise StateError(f"a step of method {self._method!r} takes more than the gradients that stand: give step() a closure that evaluates "
                         "(with a GradScaler: step(closure, scaler=scaler)), or loop over advance()")

    def advance(self, loss: Any = None, *, scaler: Any = None) -> Ask:
        """Begins a step (`loss` is ignored, as is a scaler later on) or delivers the evaluation just made: its loss and the gradients
        in .grad. Answers what to evaluate next, with gradients cleared; Ask(0): the step is complete. `optimizer.batch` says which
        of the step's batches is asked for. An exception of this call ends the step with the weights restored; where the evaluation
        itself fails, cancel() does."""
        value = 0.0
        try:
            if not self._ask:
                self._begin(scaler)
            else:
                value = _number(loss)
                self._library.bind_gradients()
            self._restore_statistics()
            self._ask = self._library.advance(value)
        except BaseException:
            self.cancel()
            raise
        torch.autograd.graph.increment_version([item.tensor for item, frozen in zip(self._library.items, self._library.frozen) if not frozen])
        if self._ask:
            self._expect(self._ask)
        else:
            self._finish()
        return self._ask

    def _begin(self, scaler: Any) -> None:
        if self._averaging:
            raise StateError("the weights are averages now: leave averaged_weights() before a step")
        if self._library.thawed():
            self._build()
        now: dict[str, Any] = {}
        self._scaler = scaler if scaler is not None and scaler.is_enabled() else None
        if self._scaler is not None:
            if any(item.tensor.dtype is torch.float16 for item in self._library.items):
                raise ArgumentError("torch's GradScaler takes no gradients in float16: keep the weights in float32 and use autocast, or set the "
                                    "option gradient_scale, by which the closure multiplies what it calls backward on")
            now = {"shared.gradient_scale": float(self._scaler.get_scale()), "shared.zero_gradient": 0.0}
            if self.param_groups[0].get("nonfinite") != "propagate":
                now["shared.nonfinite"] = "skip"
        self._applied = self._table.apply(self._library, self.param_groups, self._applied, now)
        self._library.begin()
        self._clean = False

    def _expect(self, ask: Ask) -> None:
        self.zero_grad(set_to_none=True)
        if self._draws is not None:
            self._draws.evaluation(self._library.batch)
        if not ask & Ask.PERTURBED:
            self._clean = True
        elif self._freeze is not None:
            self._freeze.on()

    def _finish(self) -> None:
        """The step is complete, or was given up by the library."""
        self._opt_called = True             # what torch's schedulers look at
        if self._draws is not None:
            self._draws.end()
        if self._scaler is not None and any(p.grad is not None for group in self.param_groups for p in group["params"]):
            self._scaler.unscale_(self)     # tells the scaler what overflowed; the step is done
        self._scaler = None
        if self._freeze is not None and not self._clean and self._freeze.tracks():
            warnings.warn(f"method {self._method!r} evaluates perturbed weights alone, so that running statistics were not updated: "
                          "libsam.torch.refresh_statistics(model, batches) recomputes them", stacklevel=3)

    def _restore_statistics(self) -> None:
        if self._freeze is not None:
            self._freeze.off()

    def cancel(self) -> None:
        """Ends the step under way: weights restored, no update, state as before it. Between steps: nothing."""
        self._ask, self._scaler = Ask(0), None
        self._restore_statistics()
        if self._draws is not None:
            self._draws.end()
        self._library.cancel()

    # ---- what is known

    @property
    def metrics(self) -> Metrics:
        """Of the last completed step, and the counters since creation."""
        return self._library.metrics

    @property
    def evaluations(self) -> int:
        """The most evaluations a step asks for with the options of the groups."""
        if not self._ask:
            self._applied = self._table.apply(self._library, self.param_groups, self._applied, {})
        return self._library.evaluations

    @property
    def batch(self) -> int:
        """Which batch to evaluate: counts the (micro-)batches used since creation, from 0; between steps the next one."""
        return self._library.batch

    @property
    def memory(self) -> int:
        """Bytes of the library's memory in the size of the parameters: held now; before the first step: what it will hold."""
        return self._library.memory

    def scheduled(self, option: str) -> Scheduled:
        """What torch's schedulers take in the optimizer's place to move another option than lr:

            warmer = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer.scheduled("rho"), T_max=100)
        """
        return Scheduled(self, option)

    def averaged(self, parameter: torch.Tensor) -> torch.Tensor:
        """A new tensor of a parameter's averaged weights: where the option `average` is "ema" or "swa", else of a base that keeps
        an average (schedule-free). The weights themselves where none was averaged yet."""
        for place, item in enumerate(self._library.items):
            if item.tensor is parameter:
                return self._library.average(place)
        raise ArgumentError("the tensor is no parameter of this optimizer")

    @contextlib.contextmanager
    def averaged_weights(self) -> Iterator[None]:
        """Within it the parameters hold their averages, for evaluation; behind it the iterate again, bit for bit. Running statistics
        belong to other weights: libsam.torch.refresh_statistics."""
        if self._ask or self._averaging:
            raise StateError("averaged_weights() is for between steps, and once")
        averages = [self._library.average(place) for place in range(len(self._library.items))]
        kept = [item.tensor.detach().clone() for item in self._library.items]
        self._averaging = True
        try:
            self._put(averages)
            yield
        finally:
            self._put(kept)
            self._averaging = False

    @torch.no_grad()
    def _put(self, values: list[torch.Tensor]) -> None:
        for item, value in zip(self._library.items, values):
            item.tensor.copy_(value)

    # ---- state

    def state_dict(self) -> dict[str, Any]:
        """As in torch: "param_groups" is the table, "state" has everything else that a step depends on but the weights, in one tensor
        of bytes (a safetensors file). With the model's state_dict of the same moment a run goes on bit for bit."""
        made = super().state_dict()
        made["state"]["libsam"] = torch.frombuffer(bytearray(self._library.state()), dtype=torch.uint8)
        return made

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """What state_dict() answered, for the same method, base and parameters; between steps. Raises, and leaves the optimizer as it
        was, where it belongs to others or is damaged."""
        saved = state_dict["state"].get("libsam")
        if saved is None:
            raise ArgumentError("the state dict is not of a libsam.torch.Optimizer: its 'state' has no 'libsam'")
        before, own = self._library.state(), [{key: group.get(key) for key in ("roles", "stacked")} for group in self.param_groups]
        groups = self.param_groups
        try:
            self._library.restore(saved.cpu().contiguous().numpy().tobytes())
            super().load_state_dict({**state_dict, "state": {}})
            for group, values in zip(self.param_groups, own):
                group.update((key, value) for key, value in values.items() if value is not None)
            self._applied = self._table.apply(self._library, self.param_groups, [], {})
        except BaseException:
            self.param_groups = groups
            self._library.restore(before)
            raise

    def __getstate__(self) -> dict[str, Any]:
        """For copy.deepcopy and pickle: the copy has the copied tensors, and goes on as this one does."""
        return {**super().__getstate__(), "_stacked": self._stacked,
                "libsam": (self._method, self._base, self._model, self._draws is not None, self._library.state())}

    def __setstate__(self, state: dict[str, Any]) -> None:
        own = state.pop("libsam", None)
        super().__setstate__(state)
        if own is None:                     # from load_state_dict
            return
        self._method, self._base, model, same_draws, saved = own
        self._know(model)
        self._draws = Draws() if same_draws else None
        self._ask, self._averaging, self._scaler, self._core = Ask(0), False, None, None
        self._table = Table(self._method, self._base)
        self._build()
        self._library.restore(saved)

    def __repr__(self) -> str:
        lines = [f"Optimizer({self._method!r}, {self._base!r}"]
        for place, group in enumerate(self.param_groups):
            changed = {key: value for key, value in group.items()
                       if key in self._table.defaults and (value != self._table.defaults[key] or key in ("lr", "rho"))}
            said = "".join(f", {key}={value!r}" for key, value in changed.items())
            lines.append(f"    {group.get('name', f'group {place}')}: {len(group['params'])} tensors{said}")
        return "\n".join(lines) + ")"


further(Optimizer, _documents.TENSORS)


def _once(members: list[Any]) -> list[Any]:
    """Each tensor once, at its first place."""
    found = {id(one[1] if isinstance(one, tuple) else one): one for one in reversed(members)}
    return list(reversed(found.values()))


def _number(loss: Any) -> float:
    if loss is None:
        raise StateError("a step is under way and asks for an evaluation: call advance(loss) with its loss (the closure must answer it), or cancel()")
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
