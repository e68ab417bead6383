"""The optimizer inside the wrappers of training libraries: those that inherit from its class and forward what they lack, and those
that copy its __dict__. Whatever is called through the wrapper or on the optimizer itself is the same run."""
import copy

import libsam
import libsam.torch
import pytest
import torch
from torch_host import closure_of, network, same, state_of

Opt = libsam.torch.Optimizer


class Forwarding:
    """As Fabric's and Lightning's: of the optimizer's class, its step and state those of the optimizer inside."""

    def __init__(self, optimizer):
        self._optimizer = optimizer
        self.__class__ = type("Forwarding" + optimizer.__class__.__name__, (self.__class__, optimizer.__class__), {})

    @property
    def optimizer(self):
        return self._optimizer

    def step(self, closure=None, **kwargs):
        return self._optimizer.step(closure, **kwargs)

    def state_dict(self):
        return self._optimizer.state_dict()

    def __getattr__(self, name):
        return getattr(self._optimizer, name)


class Copying:
    """With the optimizer's attributes, copied once, and its class."""

    def __init__(self, optimizer):
        self.__dict__.update(optimizer.__dict__)
        self.optimizer = optimizer
        self.__class__ = type("Copying" + optimizer.__class__.__name__, (self.__class__, optimizer.__class__), {})


WRAPPERS = [Forwarding, Copying]
OPTIONS = [("sam", "adamw", {"rho": 0.1}), ("none", "sgd", {"momentum": 0.9}), ("bsam", None, {})]


def loop(optimizer, closure):
    loss = None
    while optimizer.advance(loss):
        loss = closure()


def by_step(optimizer, closure):
    optimizer.step(closure)


@pytest.mark.filterwarnings("ignore:method 'bsam'")
@pytest.mark.parametrize("wrap", WRAPPERS)
@pytest.mark.parametrize(("method", "base", "options"), OPTIONS)
@pytest.mark.parametrize("frozen", [False, True])
def test_calls_through_a_wrapper_and_on_the_optimizer_are_one_run(wrap, method, base, options, frozen):
    runs = []
    for through in (False, True):
        model = network()
        model[0].requires_grad_(not frozen)
        inner = Opt(model, method, base, lr=0.01, **options)
        outer = wrap(inner) if through else inner
        for place, (one, make) in enumerate([(outer, loop), (inner, by_step), (outer, by_step), (inner, loop), (outer, loop)]):
            if place == 1:
                model[0].requires_grad_(True)       # the library's optimizer is made anew in the next step
            make(one, closure_of(model, place))
        saved = outer.state_dict()
        outer.load_state_dict(saved)
        outer.param_groups[0]["lr"] = 0.02
        inner.step(closure_of(model, 9))
        outer.load_state_dict(saved)
        assert inner.param_groups[0]["lr"] == outer.param_groups[0]["lr"] == 0.01 and inner.param_groups[0] is outer.param_groups[0]
        loop(outer, closure_of(model, 10))
        outer.add_param_group({"params": [("more", torch.nn.Parameter(torch.ones(2)))]})
        inner.step(closure_of(model, 11))
        assert repr(inner.metrics) == repr(outer.metrics) and inner.memory == outer.memory
        runs.append((model, inner.metrics, state_of(inner)))
    assert same(runs[0][0], runs[1][0]) and repr(runs[0][1]) == repr(runs[1][1])
    assert runs[0][2] == runs[1][2]


@pytest.mark.parametrize("wrap", WRAPPERS)
@pytest.mark.parametrize("inside", [False, True])
def test_a_call_at_the_wrong_time_is_refused_on_either(wrap, inside):
    model = network()
    inner = Opt(model, "sam", "sgd", lr=0.1, rho=0.1, average="ema")
    outer = wrap(inner)
    one, other = (inner, outer) if inside else (outer, inner)
    closure = closure_of(model)
    loop(one, closure)
    before = copy.deepcopy(model)
    one.advance()
    with pytest.raises(libsam.StateError, match="a step is under way"):
        other.step(closure)
    with pytest.raises(libsam.StateError, match="a step is under way"):
        other.add_param_group({"params": [torch.nn.Parameter(torch.ones(2))]})
    with pytest.raises(libsam.StateError, match="between steps"), other.averaged_weights():
        pass
    one.advance(closure())                          # perturbed now
    assert not same(model, before)
    other.cancel()
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), before.parameters(), strict=True))
    with one.averaged_weights(), pytest.raises(libsam.StateError, match="averages"):
        other.step(closure)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), before.parameters(), strict=True))
    other.step(closure)
    assert inner.metrics.steps == outer.metrics.steps == 2


@pytest.mark.parametrize("wrap", WRAPPERS)
def test_a_scheduler_on_either_sees_the_steps_of_both(wrap, recwarn):
    model = network()
    inner = Opt(model, "sam", "sgd", lr=0.1)
    outer = wrap(inner)
    schedulers = [torch.optim.lr_scheduler.StepLR(inner, 1, 0.5), torch.optim.lr_scheduler.StepLR(outer.scheduled("rho"), 1, 0.5)]
    loop(outer, closure_of(model))
    for scheduler in schedulers:
        scheduler.step()
    assert inner.param_groups[0]["lr"] == 0.05 and outer.param_groups[0]["rho"] == 0.025
    assert not [str(one.message) for one in recwarn if "lr_scheduler" in str(one.message)]


# ---- hooks of steps


@pytest.mark.parametrize("make", [loop, by_step])
@pytest.mark.parametrize("wrap", [lambda optimizer: optimizer, *WRAPPERS])
@pytest.mark.parametrize(("method", "base", "options"), [*OPTIONS, ("sam", "sgd", {"accumulate": 3})])
@pytest.mark.filterwarnings("ignore:method 'bsam'")
def test_hooks_of_steps_run_once_a_step(method, base, options, wrap, make):
    """Own and global ones, before and after, in a closure's step and in a loop; none after a step that failed or was cancelled."""
    from torch.optim import optimizer as optim
    model = network()
    inner = Opt(model, method, base, lr=0.01, **options)
    outer, calls = wrap(inner), []
    outer.register_step_pre_hook(lambda one, arguments, named: calls.append(("before", one.metrics.steps)))
    inner.register_step_post_hook(lambda one, arguments, named: calls.append(("after", one.metrics.steps)))
    everyones = [optim.register_optimizer_step_pre_hook(lambda *_: calls.append("all before")),
                 optim.register_optimizer_step_post_hook(lambda *_: calls.append("all after"))]
    try:
        for step in range(3):
            make(outer, closure_of(model, step))
            assert calls == ["all before", ("before", step), ("after", step + 1), "all after"]
            calls.clear()
        with pytest.raises(ZeroDivisionError):
            make(outer, lambda: 1 / 0)
        outer.cancel()
        assert calls == ["all before", ("before", 3)]
    finally:
        for hook in everyones:
            hook.remove()


def test_a_trainer_that_counts_steps_around_its_wrapper_counts_those_of_a_loop():
    class Counting(Forwarding):
        def step(self, closure=None, **kwargs):
            self._on_before_step()
            super().step(closure, **kwargs)
            self._on_after_step()

    model = network()
    outer, calls = Counting(Opt(model, "sam", "sgd", lr=0.01)), []
    outer._on_before_step, outer._on_after_step = lambda: calls.append(0), lambda: calls.append(1)
    for make in (loop, by_step, loop):
        make(outer, closure_of(model))
    assert calls == [0, 1] * 3


# ---- a closure that returns nothing


@pytest.mark.parametrize("nothing", [1, 2])
@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize(("method", "base", "options"), [("sam", "adamw", {}), ("none", "sgd", {"momentum": 0.9}), ("gsam", "adam", {})])
def test_a_closure_that_returns_none_and_left_no_gradient_is_a_step_not_made(method, base, options, frozen, nothing):
    model = network()
    optimizer = Opt(model, method, base, lr=0.01, **options)
    optimizer.step(closure_of(model))
    model[0].requires_grad_(not frozen)
    before, state, calls = copy.deepcopy(model), optimizer.state_dict()["state"], []

    def closure():
        calls.append(0)
        return None if len(calls) == nothing else closure_of(model)()
    if nothing > optimizer.evaluations:
        return
    with pytest.warns(UserWarning, match="returned None"):
        optimizer.step(closure)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), before.parameters(), strict=True))
    assert repr(optimizer.state_dict()["state"]) == repr(state) and optimizer.metrics.steps == 1 and len(calls) == nothing
    with pytest.raises(libsam.StateError, match="closure returned None after it called backward: it must return the loss"):
        optimizer.step(lambda: closure_of(model)() and None)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), before.parameters(), strict=True))
    optimizer.step(closure_of(model))
    assert optimizer.metrics.steps == 2


# ---- schedules of other options


@pytest.mark.parametrize("wrap", [lambda optimizer: optimizer, *WRAPPERS])
def test_a_scheduled_option_is_one_optimizer_to_trainers_and_schedulers(wrap):
    inner = Opt(network(), "sam", "sgd", lr=0.1, rho=0.1)
    outer = wrap(inner)
    schedule = outer.scheduled("rho")
    assert schedule is outer.scheduled("rho") is inner.scheduled("rho") and schedule is not inner.scheduled("lr")
    assert schedule in [inner] and schedule in [outer] and inner == schedule and not schedule != inner
    assert schedule not in [Opt(network(), "sam", "sgd")] and schedule != inner.scheduled("lr")
    lr = torch.optim.lr_scheduler
    courses = [lr.SequentialLR(inner.scheduled("rho"), [lr.ConstantLR(outer.scheduled("rho"), 0.5, 2), lr.ExponentialLR(inner.scheduled("rho"), 0.5)], [2]),
               lr.ChainedScheduler([lr.StepLR(inner.scheduled("weight_decay"), 1), lr.StepLR(outer.scheduled("weight_decay"), 1)])]
    seen = []
    for _ in range(4):
        outer.step(closure_of(network()))
        for course in courses:
            course.step()
        seen.append(inner.param_groups[0]["rho"])
    assert seen == pytest.approx([0.05, 0.1, 0.05, 0.025]) and inner.param_groups[0]["lr"] == 0.1
    with pytest.raises(libsam.UnknownNameError, match="rhoo"):
        outer.scheduled("rhoo")
