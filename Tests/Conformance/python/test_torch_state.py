"""libsam.torch.Optimizer stopped and resumed, copied, and given more tensors on the way."""
import copy
import pickle
import subprocess
import sys

import libsam
import libsam.torch
import pytest
import torch
from torch import nn
from torch_host import batch, closure_of, network, same, smooth, state_of, through_a_file, weights

METHODS = [("sam", "sgd"), ("sam", "adamw"), ("vasso", "muon"), ("looksam", "adam"), ("friendly_sam", "rmsprop"), ("bsam", None), ("none", "adahessian"),
           ("none", "soap")]
OPTIONS = {"lr": 0.01, "average": "ema", "average_decay": 0.9, "seed": 5}


def make(params, method, base, **options):
    return libsam.torch.Optimizer(params, method, base, **{**OPTIONS, **options})


def run(model, optimizer, course, steps, start=0):
    for place in range(start, start + steps):
        optimizer.step(closure_of(model, place))
        course.step()


@pytest.mark.parametrize("method, base", METHODS)
def test_a_resumed_run_has_the_same_bits(method, base):
    model = network(drop=0.2)
    optimizer = make(model, method, base)
    course = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.02, total_steps=20, cycle_momentum=False)
    run(model, optimizer, course, 5)
    saved = through_a_file({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "course": course.state_dict(), "draws": torch.get_rng_state()})
    run(model, optimizer, course, 5, 5)
    other = network(seed=1, drop=0.2)
    resumed = make(other, method, base, lr=0.5, seed=0)
    again = torch.optim.lr_scheduler.OneCycleLR(resumed, 0.02, total_steps=20, cycle_momentum=False)
    other.load_state_dict(saved["model"]), resumed.load_state_dict(saved["optimizer"]), again.load_state_dict(saved["course"])
    torch.set_rng_state(saved["draws"])
    assert resumed.metrics.steps == 5 and resumed.param_groups[0]["seed"] == 5
    run(other, resumed, again, 5, 5)
    assert same(model, other)
    assert state_of(optimizer) == state_of(resumed) and optimizer.state_dict()["param_groups"] == resumed.state_dict()["param_groups"]


def test_another_process_resumes(tmp_path):
    model = smooth(torch.float32)
    optimizer = make(model, "sam", "adamw")
    for place in range(3):
        optimizer.step(closure_of(model, place))
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, tmp_path / "run.pt")
    program = f"""
import sys
sys.path[:0] = {sys.path!r}
import torch, libsam.torch
from torch_host import closure_of, smooth
saved, model = torch.load({str(tmp_path / "run.pt")!r}), smooth(torch.float32, 3)
optimizer = libsam.torch.Optimizer(model, "sam", "adamw")
model.load_state_dict(saved["model"]), optimizer.load_state_dict(saved["optimizer"])
for place in range(3, 6):
    optimizer.step(closure_of(model, place))
torch.save(model.state_dict(), {str(tmp_path / "after.pt")!r})
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    for place in range(3, 6):
        optimizer.step(closure_of(model, place))
    assert all(torch.equal(value, model.state_dict()[key]) for key, value in torch.load(tmp_path / "after.pt").items())


def test_refused_states_leave_the_optimizer_as_it_was():
    model, other = smooth(), network()
    optimizer, larger = make(model, "sam", "adam"), make(other, "sam", "adam")
    optimizer.step(closure_of(model))
    good, whole, before = optimizer.state_dict(), state_of(optimizer), weights(model)
    shaped, counted, text, wild, fewer = (copy.deepcopy(good) for _ in range(5))
    shaped["state"][0]["exp_avg"] = shaped["state"][0]["exp_avg"].T.clone()
    del counted["state"][0]["exp_avg"]
    text["param_groups"][0]["libsam"] = text["param_groups"][0]["libsam"][:-9]
    wild["param_groups"][0] |= {"lr": -1.0, "seed": 9}
    fewer["param_groups"].append(fewer["param_groups"][0])
    steps = copy.deepcopy(good)
    steps["state"][1]["step"] -= 3
    torchs = torch.optim.SGD(smooth().parameters()).state_dict()
    for state, error, words in ((shaped, libsam.MismatchError, "exp_avg of '0.weight' has shape"), (counted, libsam.FormatError, "3 tensors of 4"),
                                (text, libsam.FormatError, "libsam"), (wild, libsam.RangeError, "lr"), (steps, libsam.FormatError, "whole number"),
                                (fewer, ValueError, "number of parameter groups"), (torchs, libsam.ArgumentError, "libsam.torch"),
                                ({"state": {}, "param_groups": [{"params": [*range(6)]}]}, libsam.ArgumentError, "libsam.torch"),
                                (larger.state_dict(), ValueError, "size of optimizer's group")):
        with pytest.raises(error, match=words):
            optimizer.load_state_dict(state)
        assert state_of(optimizer) == whole and optimizer.state_dict()["param_groups"] == good["param_groups"]
    with pytest.raises(libsam.MismatchError, match="base"):
        make(smooth(), "sam", "sgd").load_state_dict(good)
    with pytest.raises(libsam.StateError, match="middle of a step"):
        optimizer.advance()
        optimizer.state_dict()
    optimizer.cancel()
    optimizer.step(closure_of(model))
    assert not torch.equal(weights(model), before)


@pytest.mark.parametrize("through", [copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))])
def test_a_copy_goes_on_alone(through):
    model = network()
    optimizer = make(model, "vasso", "adamw")
    optimizer.step(closure_of(model))
    other, twin = through((model, optimizer))
    assert type(twin) is libsam.torch.Optimizer and twin.param_groups[0]["params"][0] is next(other.parameters())
    twin.step(closure_of(other, 1))
    assert not same(model, other)
    optimizer.step(closure_of(model, 1))
    assert same(model, other)


# ---- more tensors


class Grown(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = smooth(), nn.Linear(10, 10).double()

    def forward(self, x):
        return self.head(self.body(x))


@pytest.mark.parametrize("method, base", METHODS)
def test_a_group_added_later_leaves_the_others_their_state(method, base):
    """As if the further tensors had been there from the start without a gradient, which they have in the other run."""
    runs = []
    for late in (True, False):
        torch.manual_seed(0)
        model = Grown()
        body, head = list(model.body.named_parameters()), [(f"head.{name}", p) for name, p in model.head.named_parameters()]
        groups = [{"params": body}, {"params": head, "lr": 0.02, "name": "head"}]
        optimizer = make(groups[:1] if late else groups, method, base, model=model.body, average="none")
        for place in range(4):
            x, y = batch(place, dtype=torch.float64)
            optimizer.step(lambda: (loss := nn.functional.cross_entropy(model.body(x), y)).backward() or loss)
        if late:
            memory, before = optimizer.memory, weights(model)
            optimizer.add_param_group(groups[1])
            assert optimizer.metrics.steps == 4 and torch.equal(weights(model), before) and len(optimizer.param_groups) == 2
        for place in range(4, 8):
            optimizer.step(closure_of(model, place))
        assert not late or optimizer.memory > memory
        runs.append((weights(model), state_of(optimizer)))
    assert torch.equal(runs[0][0], runs[1][0])
    assert runs[0][1] == runs[1][1]


def test_an_average_of_a_group_added_later_begins_there():
    model, extra = smooth(), nn.Linear(10, 10).double()
    optimizer = make(model, "none", "sgd", average="swa")
    optimizer.step(closure_of(model))
    optimizer.add_param_group({"params": extra.parameters()})
    seen = []
    for place in range(3):
        optimizer.step(closure_of(nn.Sequential(model, extra), place))
        seen.append(weights(extra))
    found = torch.cat([optimizer.averaged(p).flatten() for p in extra.parameters()])
    mean = seen[0]                                          # copied at the second step of all; then (w - mean) / n is added
    for n, w in enumerate(seen[1:], 3):
        mean = mean + (w - mean) / n
    torch.testing.assert_close(found, mean, rtol=1e-12, atol=1e-14)


def test_what_requires_a_gradient_later_is_taken_in():
    runs = []
    for frozen in (True, False):
        model = smooth()
        model[0].requires_grad_(not frozen)
        optimizer = make(model, "sam", "adam")
        start = model[0].weight.detach().clone()
        for place in range(3):
            closure = closure_of(model, place)
            optimizer.step(lambda: (closure(), [setattr(p, "grad", None) for p in model[0].parameters()])[0])
        assert torch.equal(model[0].weight, start)
        held = optimizer.memory
        model[0].requires_grad_(True)
        optimizer.step(closure_of(model, 3))
        assert not torch.equal(model[0].weight, start) and optimizer.metrics.steps == 4
        assert (optimizer.memory > held) == frozen
        model[0].requires_grad_(False)                      # and given up again: left out as it has no gradient
        model[0].weight.grad = model[0].bias.grad = None
        kept = model[0].weight.detach().clone()
        optimizer.step(closure_of(model, 4))
        assert torch.equal(model[0].weight, kept)
        runs.append(weights(model))
    assert torch.equal(*runs)


def test_tensors_of_one_name_are_kept_apart():
    model, other = smooth(), smooth(seed=1)
    optimizer = libsam.torch.Optimizer([{"params": m.named_parameters(), "name": "net"} for m in (model, other)], "sam", "adam")
    for place in range(2):
        optimizer.step(closure_of(nn.ModuleList([model, other])[place % 2], place))
    again = libsam.torch.Optimizer([{"params": m.named_parameters(), "name": "net"} for m in (model, other)], "sam", "adam")
    again.load_state_dict(optimizer.state_dict())
    assert again.metrics.steps == 2 and not same(model, smooth()) and not same(other, smooth(seed=1))


def test_groups_that_cannot_be_added():
    model, extra = smooth(), nn.Linear(3, 3).double()
    optimizer = make(model, "sam", "sgd")
    optimizer.step(closure_of(model))
    before = state_of(optimizer)
    for group, error, words in (({"params": model[0].weight}, ValueError, "more than one"), ({"params": extra.parameters(), "rhoo": 1}, libsam.UnknownNameError, "rhoo"),
                                ({"params": extra.parameters(), "roles": ["weight"]}, libsam.ArgumentError, "2 tensors"),
                                ({"params": extra.parameters(), "seed": 7}, libsam.ArgumentError, "seed has one value"),
                                ({"params": extra.parameters(), "lr": -1}, libsam.RangeError, r"param_groups\[1\]"),
                                ({"params": [model[0].weight.detach()[:2].requires_grad_()]}, libsam.ArgumentError, "overlap"),
                                ({"params": set(extra.parameters())}, TypeError, "list"), ([extra.weight], TypeError, "dict")):
        with pytest.raises(error, match=words):
            optimizer.add_param_group(group)
        assert len(optimizer.param_groups) == 1 and state_of(optimizer) == before
    optimizer.advance()
    with pytest.raises(libsam.StateError, match="under way"):
        optimizer.add_param_group({"params": extra.parameters()})
    optimizer.cancel()
    optimizer.add_param_group({"params": extra.parameters()})
    assert optimizer.param_groups[1]["roles"] == ["weight", "weight"] or optimizer.param_groups[1]["roles"] == ["weight", "bias"]


# ---- averages


def test_averaged_weights():
    model = network()
    optimizer = libsam.torch.Optimizer(model, "sam", "sgd", lr=0.1, average="swa")
    seen = []
    for place in range(4):
        optimizer.step(closure_of(model, place))
        seen.append(weights(model))
    mean = torch.stack(seen).double().mean(0).float()
    average = torch.cat([optimizer.averaged(p).flatten() for p in model.parameters()])
    torch.testing.assert_close(average, mean, rtol=1e-6, atol=1e-7)
    addresses = [p.data_ptr() for p in model.parameters()]
    with pytest.raises(KeyError), optimizer.averaged_weights():
        assert torch.equal(weights(model), average)
        with pytest.raises(libsam.StateError, match="averages now"):
            optimizer.step(closure_of(model))
        with pytest.raises(libsam.StateError, match="once"), optimizer.averaged_weights():
            pass
        raise KeyError
    assert torch.equal(weights(model), seen[-1]) and addresses == [p.data_ptr() for p in model.parameters()]
    optimizer.step(closure_of(model))
    with pytest.raises(libsam.ArgumentError, match="no parameter"):
        optimizer.averaged(torch.zeros(2))
    with pytest.raises(libsam.StateError, match="average"):
        libsam.torch.Optimizer(smooth()).averaged_weights().__enter__()
