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
