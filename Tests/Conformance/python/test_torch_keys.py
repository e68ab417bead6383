"""What may be in the groups of the torch optimizer: options, what recipes and torch put there, and what is refused."""
import datetime

import libsam
import libsam.torch
import numpy as np
import pytest
import torch
import torch.distributed
from torch import nn
from torch.distributed.optim import ZeroRedundancyOptimizer

Opt = libsam.torch.Optimizer
CARRIED = {"lr_mult": 0.5, "lr_scale": 0.5, "wd_mult": 0.0, "layer_id": 3, "use_muon": True, "width_mult": 2.0, "tag": "head", "weight_decay_mult": 0.0,
           "is_lora": True, "no_decay": True, "layer_decay": 0.7, "swa_lr": 0.1, "foreach": True, "fused": True, "capturable": False, "differentiable": False,
           "initial_lr": 0.1, "group_name": "body", "algorithm": "muon", "foreach_": None}
MISSPELT = ["rhoo", "lrr", "Lr", "weightdecay", "weight-decay", "Weight_Decay", "weight_decy", "clipnorm", "beta", "betas3", "acumulate", "sed", "beta3"]


def layer(kind=torch.float32):
    torch.manual_seed(0)
    return nn.Linear(3, 2).to(kind)


def closure(model):
    def evaluate():
        loss = (model(torch.ones(1, 3)) ** 2).sum()
        loss.backward()
        return loss
    return evaluate


@pytest.mark.parametrize(("method", "base"), [("sam", "adamw"), ("none", "sgd"), ("bsam", None), ("looksam", "muon")])
@pytest.mark.parametrize("key", CARRIED)
def test_keys_of_others_are_carried_along(key, method, base):
    model, bare = layer(), layer()
    optimizer, mirror = Opt([{"params": model.parameters(), key: CARRIED[key]}], method, base), Opt(bare.parameters(), method, base)
    assert optimizer.param_groups[0][key] == CARRIED[key]
    mirror.param_groups[0][key] = CARRIED[key]
    optimizer.step(closure(model)), mirror.step(closure(bare))
    assert torch.equal(model.weight, bare.weight)
    optimizer.load_state_dict(optimizer.state_dict())
    assert optimizer.param_groups[0][key] == CARRIED[key]


@pytest.mark.parametrize("key", MISSPELT)
def test_what_is_nearly_an_option_is_refused(key):
    model = layer()
    with pytest.raises(libsam.UnknownNameError, match=f"{key!r}, which is no option"):
        Opt([{"params": model.parameters(), key: 0.1}], "sam", "adamw")
    with pytest.raises(libsam.UnknownNameError, match=key):
        Opt(model, "sam", "adamw", **{key: 0.1})
    optimizer, before = Opt(model, "sam", "adamw"), model.weight.detach().clone()
    optimizer.param_groups[0][key] = 0.1
    with pytest.raises(libsam.UnknownNameError, match=key):
        optimizer.step(closure(model))
    assert torch.equal(model.weight, before)


@pytest.mark.parametrize("flag", ["foreach", "fused", "capturable", "differentiable"])
def test_torchs_flags(flag):
    for value in (False, None):
        model = layer()
        Opt(model, "sam", "adamw", **{flag: value}).step(closure(model))
    if flag in ("capturable", "differentiable"):
        with pytest.raises(libsam.ArgumentError, match=f"'{flag}'.*expected False"):
            Opt(layer(), "sam", "adamw", **{flag: True})
    else:
        Opt(model, "sam", "adamw", **{flag: True}).step(closure(model))
    with pytest.raises(libsam.UnknownNameError, match="lr_mult"):
        Opt(layer(), "sam", "adamw", lr_mult=1.0)           # to the optimizer itself, as with torch's


@pytest.mark.parametrize("value", ["0.1", b"0.1", "", None, [1.0], 1j])
@pytest.mark.parametrize("option", ["lr", "rho", "weight_decay", "seed", "amsgrad"])
def test_a_number_is_a_number(option, value):
    with pytest.raises(libsam.ArgumentError, match=option):
        Opt(layer(), "sam", "adamw", **{option: value})
    optimizer = Opt(layer(), "sam", "adamw")
    optimizer.param_groups[0][option] = value
    with pytest.raises(libsam.ArgumentError, match=option):
        optimizer.evaluations
    if isinstance(value, str):
        return
    with pytest.raises(libsam.ArgumentError, match=option):
        libsam.Optimizer([np.ones(2)], [np.zeros(2)], method="sam", base="adamw", **{option: value})


@pytest.mark.parametrize("stacked", [True, 1, {0: 1}, {"weight": True}, {"weight": "1"}, {"weight": 1.0}, {"weight": -1}, {"wight": 1}, ["weight"]], ids=repr)
def test_stacked_says_what_it_takes_in_every_front(stacked):
    w, g = np.ones((2, 3)), np.zeros((2, 3))
    with pytest.raises(libsam.ArgumentError, match="stacked"):
        Opt(nn.ParameterDict({"weight": torch.ones(2, 3)}), "sam", "sgd", stacked=stacked)
    with pytest.raises(libsam.ArgumentError, match="stacked"):
        libsam.Optimizer({"weight": w}, {"weight": g}, method="sam", base="sgd", stacked=stacked)
    with pytest.raises(libsam.ArgumentError, match="stacked"):
        libsam.Optimizer([w], [g], method="sam", base="sgd", stacked=stacked)
    jax = pytest.importorskip("libsam.jax")
    leaves = {"weight": np.ones((2, 3), np.float32)}
    with pytest.raises(libsam.ArgumentError, match="stacked"):
        jax.Optimizer(leaves, "sam", "sgd", stacked=stacked)
    if isinstance(stacked, dict) and "weight" in stacked:
        with pytest.raises(libsam.ArgumentError, match="stacked"):
            jax.Optimizer(leaves, "sam", "sgd", stacked=stacked.get)
        group = {"params": [torch.ones(2, 3, requires_grad=True)], "stacked": [stacked["weight"]]}
        with pytest.raises(libsam.ArgumentError, match="stacked"):
            Opt([group], "sam", "sgd")


# ---- ZeroRedundancyOptimizer


def _process(rank, file, ends):
    torch.distributed.init_process_group("gloo", init_method=f"file://{file}", rank=rank, world_size=2, timeout=datetime.timedelta(seconds=60))
    for method in ("none", "sam"):
        model = nn.parallel.DistributedDataParallel(layer())
        optimizer = ZeroRedundancyOptimizer(model.parameters(), optimizer_class=Opt, method=method, base="adamw", lr=0.1)
        try:
            for _ in range(3):
                optimizer.zero_grad()
                optimizer.step(closure(model))
            ends.put((rank, method, torch.cat([p.detach().flatten() for p in model.parameters()]).tolist()))
        except libsam.Error as error:
            ends.put((rank, method, str(error)))
    torch.distributed.destroy_process_group()


def test_a_part_of_the_tensors_in_each_of_two_processes(tmp_path):
    """ZeRO's first stage: what is stepped from the gradients at the iterate is the same run; what perturbs is refused."""
    context = torch.multiprocessing.get_context("spawn")
    ends = context.SimpleQueue()
    workers = [context.Process(target=_process, args=(rank, tmp_path / "store", ends)) for rank in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    found = [ends.get() for _ in range(4)]
    model = layer()
    optimizer = Opt(model, "none", "adamw", lr=0.1)
    for _ in range(3):
        optimizer.step(closure(model))
    whole = torch.cat([p.detach().flatten() for p in model.parameters()]).tolist()
    for _, method, end in found:
        assert end == pytest.approx(whole, rel=1e-6) if method == "none" else "'sam' perturbs the weights, and each process has a part" in end


def test_arguments_in_groups_are_the_optimizers():
    with pytest.raises(libsam.ArgumentError, match=r"param_groups\[0\]\['base'\] is 'sgd', the optimizer's is 'adamw'"):
        Opt([{"params": layer().parameters(), "base": "sgd"}], "sam", "adamw")
    Opt([{"params": layer().parameters(), "method": "sam", "base": "adamw"}], "sam", "adamw")
