"""State dicts of the torch optimizer as others use them: torch's distributed checkpoints, wrappers that keep something of their own in
optimizer.state, hooks, other names, frozen tensors, and runs of torch's own optimizers."""
import copy
import io
import warnings

import libsam
import libsam.torch
import numpy as np
import pytest
import torch
import torch.distributed.checkpoint as checkpoint
from torch import nn
from torch.distributed.checkpoint import state_dict as distributed
from torch_host import closure_of, same, smooth, state_of, weights

warnings.filterwarnings("ignore", module="torch.distributed")
Opt = libsam.torch.Optimizer
PAIRS = [(method, "sgd") for method in libsam.methods()] + [("sam", base) for base in libsam.bases()] + [("bsam", None), ("zo_sgd", None)]
AUXILIARY = {"bloop", "sophia_g"}


def small(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2))


def closure(model, place=0):
    x = torch.linspace(-1, 1, 8).reshape(2, 4) + place / 7

    def evaluate(ask):
        loss = (model(x) ** 2).sum()
        loss.backward()
        return loss
    return evaluate


def make(model, method, base, **options):
    if base in ("sgd", "lars"):
        options.setdefault("momentum", 0.9)
    try:
        return Opt(model, method, base, lr=0.01, **options)
    except (libsam.Error, TypeError):
        return Opt(model, method, None)


def run(model, optimizer, steps, start=0):
    for place in range(start, start + steps):
        optimizer.step(closure(model, place))


def through_a_file(value):
    file = io.BytesIO()
    torch.save(value, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


# ---- torch.distributed.checkpoint


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def test_what_distributed_checkpoints_get_and_set_is_the_whole_state(pair, flat):
    """Whatever the method and base: reading makes no step and changes nothing, also in an optimizer that has made none; a new one
    that loads goes on with the same bits."""
    options = distributed.StateDictOptions(flatten_optimizer_state_dict=flat)
    model, other = small(), small(1)
    optimizer, resumed = make(model, *pair), make(other, *pair)
    untouched = state_of(resumed), weights(other)
    run(model, optimizer, 3)
    optimizer.zero_grad()
    before = state_of(optimizer), weights(model), optimizer.param_groups[0].get("lr")
    saved = distributed.get_optimizer_state_dict(model, optimizer, options=options)
    assert state_of(optimizer) == before[0] and torch.equal(weights(model), before[1]) and optimizer.param_groups[0].get("lr") == before[2]
    assert all(p.grad is None for p in model.parameters()) and optimizer.metrics.steps == 3
    into = distributed.get_optimizer_state_dict(other, resumed, options=options)
    assert state_of(resumed) == untouched[0] and torch.equal(weights(other), untouched[1])
    missing = saved.keys() - into.keys() if flat else {(name, key) for name in saved["state"] for key in saved["state"][name].keys() - into["state"][name].keys()}
    assert not missing
    distributed.set_optimizer_state_dict(other, resumed, copy.deepcopy(saved), options=options)
    other.load_state_dict(model.state_dict())
    assert state_of(resumed) == before[0]
    run(model, optimizer, 2, 3), run(other, resumed, 2, 3)
    assert same(model, other) and state_of(optimizer) == state_of(resumed)


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize(("method", "base", "more"), [("sam", "adamw", {"average": "ema"}), ("vasso", "soap", {}), ("none", "adafactor", {})])
def test_a_distributed_checkpoint_on_disk_resumes(method, base, more, flat, tmp_path):
    options = distributed.StateDictOptions(flatten_optimizer_state_dict=flat)
    model, other = small(), small(1)
    optimizer, resumed = make(model, method, base, **more), make(other, method, base, **more)
    run(model, optimizer, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        checkpoint.save({"optimizer": distributed.get_optimizer_state_dict(model, optimizer, options=options), "model": model.state_dict()}, checkpoint_id=tmp_path)
        into = {"optimizer": distributed.get_optimizer_state_dict(other, resumed, options=options), "model": other.state_dict()}
        checkpoint.load(into, checkpoint_id=tmp_path)
    distributed.set_optimizer_state_dict(other, resumed, into["optimizer"], options=options)
    other.load_state_dict(into["model"])
    assert state_of(optimizer) == state_of(resumed)
    run(model, optimizer, 2, 3), run(other, resumed, 2, 3)
    assert same(model, other)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def test_a_state_dict_loads_its_own(pair):
    model = small()
    optimizer = make(model, *pair)
    for steps in range(3):
        whole, saved = state_of(optimizer), through_a_file(optimizer.state_dict())
        run(model, optimizer, 1, steps)
        after = state_of(optimizer)
        optimizer.load_state_dict(saved)
        assert state_of(optimizer) == whole != after
        run(model, optimizer, 1, steps)


# ---- optimizer.state


def test_state_has_torchs_names_and_is_never_stale():
    model = smooth()
    optimizer = Opt(model, "none", "adamw", lr=0.01, average="ema")
    mirror = smooth()
    torchs = torch.optim.AdamW(mirror.parameters(), lr=0.01)
    for place in range(3):
        optimizer.step(closure_of(model, place))
        torchs.zero_grad()
        closure_of(mirror, place)()
        torchs.step()
        for p, q in zip(model.parameters(), mirror.parameters(), strict=True):
            mine, theirs = optimizer.state[p], torchs.state[q]
            assert mine.keys() == {*theirs.keys(), "shared.average", "libsam"} and mine["step"].item() == theirs["step"].item() == place + 1
            for key in ("exp_avg", "exp_avg_sq"):
                torch.testing.assert_close(mine[key], theirs[key])
    assert len(optimizer.state) == len(torchs.state) and bool(optimizer.state)


@pytest.mark.parametrize("how", ["in place", "entry", "whole", "deleted", "replaced", "cleared"])
def test_what_is_changed_in_state_goes_into_the_next_step(how):
    """As with torch's optimizer, whose state it is."""
    ends = []
    for kind in (lambda m: Opt(m, "none", "sgd", lr=0.1, momentum=0.9), lambda m: torch.optim.SGD(m.parameters(), lr=0.1, momentum=0.9)):
        model = smooth()
        optimizer = kind(model)
        for place in range(3):
            optimizer.zero_grad()
            optimizer.step(closure_of(model, place))
        p = model[0].weight
        if how == "in place":
            optimizer.state[p]["momentum_buffer"].mul_(-2)
        elif how == "entry":
            optimizer.state[p]["momentum_buffer"] = torch.ones_like(p)
        elif how == "whole":
            optimizer.state[p] = {**optimizer.state[p], "momentum_buffer": torch.ones_like(p)}
        elif how == "deleted":
            del optimizer.state[p]
        elif how == "replaced":
            optimizer.state = type(torch.optim.SGD([p]).state)(dict)
        else:
            optimizer.state.clear()
        for place in range(3, 5):
            optimizer.zero_grad()
            optimizer.step(closure_of(model, place))
        ends.append(weights(model))
    torch.testing.assert_close(*ends, rtol=1e-12, atol=1e-14)


def test_looking_changes_no_bit():
    runs = []
    for look in (False, True):
        model = smooth()
        optimizer = Opt(model, "sam", "adam", lr=0.01)
        for place in range(4):
            optimizer.step(closure_of(model, place))
            if look:
                repr(optimizer.state), [value.sum() for entries in optimizer.state.values() for value in entries.values() if isinstance(value, torch.Tensor)]
                optimizer.state_dict()
        runs.append((weights(model), state_of(optimizer)))
    assert torch.equal(runs[0][0], runs[1][0]) and runs[0][1] == runs[1][1]
    optimizer.advance()
    with pytest.raises(libsam.StateError, match="middle of a step"):
        optimizer.state[model[0].weight]
    optimizer.cancel()


@pytest.mark.parametrize("reload", [lambda saved: saved, copy.deepcopy, through_a_file])
def test_what_wrappers_keep_there_stays(reload):
    model = smooth()
    optimizer = Opt(model, "sam", "adamw", lr=0.01)
    for place in range(2):
        optimizer.step(closure_of(model, place))
        for p in model.parameters():
            optimizer.state[p]["slow"] = p.detach().clone()
        optimizer.state["count"] = place
    slow = [optimizer.state[p]["slow"].clone() for p in model.parameters()]
    saved = reload(optimizer.state_dict())
    optimizer.step(closure_of(model))
    assert all(torch.equal(optimizer.state[p]["slow"], s) for p, s in zip(model.parameters(), slow, strict=True))
    other = smooth()
    resumed = Opt(other, "sam", "adamw")
    for one, network in ((optimizer, model), (resumed, other)):
        one.load_state_dict(saved)
        assert all(torch.equal(one.state[p]["slow"], s) for p, s in zip(network.parameters(), slow, strict=True)) and one.state["count"] == 1
        assert one.metrics.steps == 2
    twin, copied = copy.deepcopy((other, resumed))
    assert torch.equal(copied.state[twin[0].weight]["slow"], slow[0])


def test_hooks_of_state_dicts_see_the_whole():
    model = smooth()
    optimizer, bare = Opt(model, "sam", "adamw", lr=0.01), torch.optim.AdamW(model.parameters())
    optimizer.step(closure_of(model))
    for one in (optimizer, bare):
        calls = []
        one.register_state_dict_pre_hook(lambda _: calls.append("before"))
        one.register_state_dict_post_hook(lambda _, made: calls.append(sorted(made)))
        one.register_state_dict_post_hook(lambda _, made: {"inside": made})
        one.register_load_state_dict_pre_hook(lambda _, given: given["inside"])
        one.register_load_state_dict_post_hook(lambda _: calls.append("after"))
        one.load_state_dict(one.state_dict())
        assert calls == ["before", ["param_groups", "state"], "after"]
    seen = []
    optimizer.register_load_state_dict_post_hook(lambda one: seen.append((one.metrics.steps, one.state[model[0].weight]["step"].item())))
    saved = optimizer.state_dict()
    optimizer.step(closure_of(model))
    optimizer.load_state_dict(saved)
    assert seen == [(1, 1.0)]


# ---- other names, other tensors


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
    torchs.step(lambda: closure(model)(None))
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
        optimizer.step(lambda ask: closure(nn.Sequential(*model[:3]), place)(ask)), mirror.step(closure(bare, place))
    optimizer.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    with optimizer.averaged_weights():
        assert optimizer.averaged(model.frozen).dtype == model.frozen.dtype
    optimizer.step(closure(nn.Sequential(*model[:3]), 2)), mirror.step(closure(bare, 2))
    assert all(torch.equal(p, dict(model.named_parameters())[name]) for name, p in bare.named_parameters())
    if model.frozen.is_floating_point() or model.frozen.is_complex():
        before = weights(bare)
        model.frozen.requires_grad_(True)
        with pytest.raises(libsam.ArgumentError, match="frozen"):
            optimizer.step(closure(nn.Sequential(*model[:3])))
        assert torch.equal(weights(nn.Sequential(*model[:3])), before)
        model.frozen.requires_grad_(False)
        optimizer.step(closure(nn.Sequential(*model[:3])))
