"""States of the torch optimizer moved to tensors of other names, frozen or of another number, and those of torch's own optimizers."""
import copy
import time

import libsam
import libsam.torch
import numpy as np
import pytest
import torch
from torch import nn
from torch_host import asked, closure_of, same, small, smooth, state_of, through_a_file, weights

Opt = libsam.torch.Optimizer



def named(model):
    return [("_orig_mod." + name, p) for name, p in model.named_parameters()]


WAYS = {"model": lambda m: m, "tensors": lambda m: m.parameters(), "compiled": named, "wrapped": lambda m: nn.DataParallel(m),
        "pairs": lambda m: [("x" + name, p) for name, p in m.named_parameters()], "group": lambda m: [{"params": m.parameters()}]}


@pytest.mark.parametrize("load", WAYS)
@pytest.mark.parametrize("save", WAYS)
def test_states_load_by_position_whatever_tensors_are_called(save, load):
    model, other = smooth(), smooth(seed=1)
    roles = {"model": model} if save in ("tensors", "pairs", "group", "compiled") else {}
    again = {"model": other} if load in ("tensors", "pairs", "group", "compiled") else {}
    optimizer, resumed = Opt(WAYS[save](model), "sam", "adamw", lr=0.01, **roles), Opt(WAYS[load](other), "sam", "adamw", **again)
    names = resumed.param_groups[0].get("param_names")
    for place in range(2):
        optimizer.step(closure_of(model, place))
    other.load_state_dict(model.state_dict())
    resumed.load_state_dict(through_a_file(optimizer.state_dict()))
    assert resumed.param_groups[0].get("param_names") == names
    optimizer.step(closure_of(model, 2)), resumed.step(closure_of(other, 2))
    assert same(model, other) and repr(optimizer.metrics) == repr(resumed.metrics)


@pytest.mark.parametrize("later", ["constructor", "load", "step"])
@pytest.mark.parametrize("saved_frozen", [False, True])
def test_states_load_where_other_tensors_are_frozen(saved_frozen, later):
    """Trained, thawed, saved; made anew with the first layer frozen and thawed before the load, after it, or in a later step."""
    model, other = smooth(), smooth()
    optimizer = Opt(model, "sam", "adam", lr=0.01)
    for place in range(3):
        optimizer.step(closure_of(model, place))
    model[0].requires_grad_(not saved_frozen)
    model.zero_grad()
    saved = through_a_file(optimizer.state_dict())
    other.load_state_dict(model.state_dict())
    other[0].requires_grad_(later == "constructor")
    resumed = Opt(other, "sam", "adam", lr=0.5)
    other[0].requires_grad_(later in ("constructor", "load"))
    resumed.load_state_dict(saved)
    if later == "step":
        for place in range(3, 5):
            optimizer.step(lambda: (closure_of(model, place)(), [setattr(p, "grad", None) for p in model[0].parameters()])[0])
            resumed.step(closure_of(other, place))
        assert same(model, other)
        again = through_a_file(resumed.state_dict())
        assert again["state"][0].keys() == saved["state"][0].keys()
        resumed.load_state_dict(again)
    model[0].requires_grad_(True), other[0].requires_grad_(True)
    for place in range(5, 7):
        optimizer.step(closure_of(model, place)), resumed.step(closure_of(other, place))
    assert same(model, other)


def test_by_name_matches_where_tensors_are_other_ones():
    model = smooth()
    optimizer = Opt(libsam.torch.groups(model, weight_decay=0.1), "sam", "adamw", lr=0.01, model=model)
    for place in range(2):
        optimizer.step(closure_of(model, place))
    saved = through_a_file(optimizer.state_dict())
    other = nn.Sequential(*copy.deepcopy(model), nn.Linear(10, 10).double())
    resumed = Opt(nn.DataParallel(other), "sam", "adamw", lr=0.5)
    with pytest.raises(ValueError, match="groups"):
        resumed.load_state_dict(saved)
    resumed.register_load_state_dict_pre_hook(libsam.torch.by_name)
    resumed.load_state_dict(saved)
    assert resumed.metrics.steps == 2 and resumed.param_groups[0]["lr"] == 0.01
    for name, p in model.named_parameters():
        assert torch.equal(optimizer.state[p]["exp_avg"], resumed.state[other.get_parameter(name)]["exp_avg"])
    assert resumed.state[other[4].weight]["libsam"] == 0
    resumed.step(closure_of(other))
    with pytest.raises(libsam.ArgumentError, match="param_names"):
        resumed.load_state_dict(Opt(small().parameters(), "sam", "adamw").state_dict())


@pytest.mark.parametrize("names", ["same", "other"])
@pytest.mark.parametrize("damaged", [False, True])
def test_a_state_of_1_0_loads(names, damaged):
    """One tensor of bytes under "libsam", with frozen tensors described as they are."""
    model, other = smooth(), smooth()
    for network in (model, other):
        network[0].bias.requires_grad_(False)
    optimizer, resumed = Opt(model, "sam", "adam", lr=0.01), Opt(other if names == "same" else other.parameters(), "sam", "adam", model=other)
    slopes = {name: np.zeros(p.shape) if p.requires_grad else None for name, p in model.named_parameters()}
    was = libsam.Optimizer({name: p.detach().numpy() for name, p in model.named_parameters()}, slopes, method="sam", base="adam", lr=0.01,
                           roles={"2.weight": "norm", "2.bias": "norm", "0.bias": "bias", "3.bias": "bias"})
    for place in range(3):
        def evaluate(ask):
            model.zero_grad()
            value = closure_of(model, place)()
            for name, p in model.named_parameters():
                if p.requires_grad:
                    slopes[name][...] = p.grad
            return value.item()
        was.step(evaluate)
    whole = torch.frombuffer(bytearray(was.state()), dtype=torch.uint8)
    groups = optimizer.state_dict()["param_groups"]
    groups[0].pop("libsam"), groups[0].update(lr=0.02)
    saved = {"state": {"libsam": whole}, "param_groups": groups}
    if damaged:
        whole[-1] ^= 1
        with pytest.raises(libsam.FormatError, match="checksum"):
            resumed.load_state_dict(saved)
        return
    other.load_state_dict(model.state_dict())
    resumed.load_state_dict(saved)
    was.lr = 0.02
    was.step(evaluate), resumed.step(closure_of(other, 2))
    assert same(model, other) and resumed.metrics.steps == 4


# ---- torch's own optimizers


MOVED = {"sgd": (torch.optim.SGD, {"momentum": 0.9, "weight_decay": 0.1, "nesterov": True}), "adam": (torch.optim.Adam, {"weight_decay": 0.1}),
         "adamw": (torch.optim.AdamW, {"amsgrad": True}), "rmsprop": (torch.optim.RMSprop, {"momentum": 0.9, "centered": True}),
         "adagrad": (torch.optim.Adagrad, {"lr_decay": 0.1}), "adamax": (torch.optim.Adamax, {}), "radam": (torch.optim.RAdam, {}),
         "adadelta": (torch.optim.Adadelta, {})}


@pytest.mark.parametrize("base", MOVED)
def test_a_run_of_torchs_optimizer_goes_on(base):
    kind, options = MOVED[base]
    model, other = smooth(), smooth()
    torchs, ours = kind(model.parameters(), lr=0.01, **options), Opt(other, "none", base, lr=0.5)
    for place in range(8):
        if place == 3:
            other.load_state_dict(model.state_dict())
            ours.load_state_dict(through_a_file(torchs.state_dict()))
            assert ours.param_groups[0]["lr"] == 0.01
        torchs.zero_grad()
        torchs.step(closure_of(model, place))
        if place >= 3:
            ours.step(closure_of(other, place))
    torch.testing.assert_close(weights(other), weights(model), rtol=1e-10, atol=1e-12)
    again = Opt(smooth(), "none", base)
    again.load_state_dict(ours.state_dict())
    assert state_of(again) == state_of(ours)


@pytest.mark.parametrize("base", [*libsam.bases(), None])
@pytest.mark.parametrize("kind", [torch.optim.SGD, torch.optim.AdamW, torch.optim.NAdam, torch.optim.ASGD])
def test_a_state_of_another_optimizer_is_refused(base, kind):
    if kind is torch.optim.SGD and base == "sgd" or kind is torch.optim.AdamW and base in ("adamw", "adam"):
        return
    model = small()
    torchs = kind(model.parameters())
    torchs.step(lambda: asked(model)(None))
    optimizer = Opt(model, "bsam" if base is None else "none", base)
    before = state_of(optimizer)
    with pytest.raises(libsam.ArgumentError, match="state dict is not of|does not keep|whose weight decay"):
        optimizer.load_state_dict(torchs.state_dict())
    assert state_of(optimizer) == before


# ---- frozen tensors

FROZEN = {"int8": torch.zeros(4, dtype=torch.int8), "bool": torch.zeros(4, dtype=torch.bool), "complex": torch.zeros(4, dtype=torch.complex64),
          "fp8": torch.zeros(4, dtype=torch.float8_e4m3fn), "transposed": torch.zeros(3, 4).t(), "expanded": torch.zeros(1, 3).expand(4, 3),
          "channels last": torch.zeros(2, 3, 4, 5).to(memory_format=torch.channels_last), "meta": torch.zeros(3, device="meta"),
          "sparse": torch.eye(3).to_sparse(), "nine axes": torch.zeros([1] * 9), "empty": torch.zeros(0, dtype=torch.uint8)}


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize("kind", FROZEN)
def test_a_frozen_tensor_may_be_anything(kind, alone):
    model, bare = small(), small()
    model.frozen = nn.Parameter(FROZEN[kind], requires_grad=False)
    model.requires_grad_(False)
    for layer in (model[0], model[2]):
        layer.requires_grad_(not alone)
    optimizer, mirror = Opt(model, "sam", "adamw", lr=0.01, average="ema"), Opt(bare, "sam", "adamw", lr=0.01, average="ema")
    for layer in (model[0], model[2]):
        layer.requires_grad_(True)
    for place in range(2):
        optimizer.step(lambda ask: asked(nn.Sequential(*model[:3]), place)(ask)), mirror.step(asked(bare, place))
    optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    with optimizer.averaged_weights():
        assert optimizer.averaged(model.frozen).dtype == model.frozen.dtype
    optimizer.step(asked(nn.Sequential(*model[:3]), 2)), mirror.step(asked(bare, 2))
    assert all(torch.equal(p, dict(model.named_parameters())[name]) for name, p in bare.named_parameters())
    if kind in ("transposed", "channels last"):
        model.frozen.requires_grad_(True)
        optimizer.step(asked(nn.Sequential(*model[:3])))
    elif model.frozen.is_floating_point() or model.frozen.is_complex():
        before = weights(bare)
        model.frozen.requires_grad_(True)
        with pytest.raises(libsam.ArgumentError, match="frozen"):
            optimizer.step(asked(nn.Sequential(*model[:3])))
        assert torch.equal(weights(nn.Sequential(*model[:3])), before)
        model.frozen.requires_grad_(False)
        optimizer.step(asked(nn.Sequential(*model[:3])))


# ---- what it costs


@pytest.mark.parametrize("how", ["added", "thawed"])
def test_tensors_taken_in_later_cost_a_few_steps(how):
    """A million parameters with two moments: the best of some tries, each in the time of its own steps."""
    costs = []
    for _ in range(5):
        model, late = nn.Linear(1024, 1024), nn.Linear(4, 4)
        late.requires_grad_(how == "added")
        optimizer = Opt(model if how == "added" else nn.ModuleList([model, late]), "sam", "adamw")
        x, times = torch.randn(2, 1024), []

        def evaluate():
            loss = (model(x) ** 2).sum()
            loss.backward()
            return loss
        for _ in range(4):
            start = time.perf_counter()
            optimizer.step(evaluate)
            times.append(time.perf_counter() - start)
        start = time.perf_counter()
        if how == "added":
            optimizer.add_param_group({"params": late.parameters()})
        else:
            late.requires_grad_(True)
            optimizer.step(evaluate)
        costs.append((time.perf_counter() - start) / min(times))
        assert optimizer.state[model.weight]["step"] == 4 + (how == "thawed")
    assert min(costs) < 8
