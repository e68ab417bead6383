"""States of the torch optimizer through state_dict() and torch.distributed.checkpoint, for every method and base."""
import copy
import warnings

import libsam
import libsam.torch
import pytest
import torch
import torch.distributed.checkpoint as checkpoint
from torch import nn
from torch.distributed.checkpoint import state_dict as distributed
from torch.distributed.fsdp import FullyShardedDataParallel, ShardingStrategy
from torch_host import asked, same, small, state_of, through_a_file, weights

warnings.filterwarnings("ignore", module="torch.distributed")

Opt = libsam.torch.Optimizer
PAIRS = [(method, "sgd") for method in libsam.methods()] + [("sam", base) for base in libsam.bases()] + [("bsam", None), ("zo_sgd", None)]


def make(model, method, base, **options):
    if base in ("sgd", "lars"):
        options.setdefault("momentum", 0.9)
    try:
        return Opt(model, method, base, lr=0.01, **options)
    except (libsam.Error, TypeError):
        return Opt(model, method, None)


def run(model, optimizer, steps, start=0):
    for place in range(start, start + steps):
        optimizer.step(asked(model, place))


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


# ---- several processes' tools, in one


@pytest.fixture
def process():
    torch.distributed.init_process_group("gloo", store=torch.distributed.HashStore(), rank=0, world_size=1)
    yield
    torch.distributed.destroy_process_group()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("options", [{}, {"full_state_dict": True}, {"full_state_dict": True, "cpu_offload": True}, {"flatten_optimizer_state_dict": True},
                                     {"full_state_dict": True, "broadcast_from_rank0": True}], ids=str)
def test_distributed_checkpoints_of_a_distributed_model(options, process):
    options = distributed.StateDictOptions(**options)
    model, other = (nn.parallel.DistributedDataParallel(small(seed)) for seed in range(2))
    optimizer, resumed = Opt(model, "sam", "adamw", lr=0.01), Opt(other, "sam", "adamw", lr=0.5)
    run(model, optimizer, 3)
    weights_of, state = distributed.get_state_dict(model, optimizer, options=options)
    distributed.set_state_dict(other, resumed, model_state_dict=weights_of, optim_state_dict=state, options=options)
    assert state_of(optimizer) == state_of(resumed) and optimizer.metrics.steps == 3
    run(model, optimizer, 2, 3), run(other, resumed, 2, 3)
    assert same(model, other)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("strategy", list(ShardingStrategy)[:3], ids=lambda strategy: strategy.name)
@pytest.mark.parametrize("fresh", [False, True])
def test_fsdps_own_tools(strategy, fresh, process):
    def sharded(seed):
        return FullyShardedDataParallel(small(seed), use_orig_params=True, sharding_strategy=strategy, device_id=torch.device("cpu"))

    model, other = sharded(0), sharded(1)
    optimizer, resumed = Opt(model, "sam", "adamw", lr=0.01), Opt(other, "sam", "adamw", lr=0.5)
    run(model, optimizer, 0 if fresh else 2)
    before = state_of(optimizer)
    saved = FullyShardedDataParallel.optim_state_dict(model, optimizer)
    assert state_of(optimizer) == before and {"exp_avg", "exp_avg_sq", "step"} <= saved["state"]["0.weight"].keys()
    resumed.load_state_dict(FullyShardedDataParallel.optim_state_dict_to_load(other, resumed, saved))
    assert state_of(resumed) == before
