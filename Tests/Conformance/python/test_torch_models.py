"""What libsam.torch knows of a model: roles, groups, running statistics, draws of dropout."""
import copy

import libsam
import libsam.torch
import pytest
import torch
from torch import nn
from torch_host import batch, closure_of, network, same, smooth, weights


class Everything(nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.bag = nn.Embedding(4, 8), nn.EmbeddingBag(4, 8)
        self.convolution, self.batch, self.group = nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.GroupNorm(2, 4)
        self.attention, self.layer, self.rms = nn.MultiheadAttention(8, 2), nn.LayerNorm(8), nn.RMSNorm(8)
        self.recurrent, self.own, self.head = nn.LSTM(8, 8), OwnNorm(), nn.Linear(8, 4, bias=False)
        self.head.weight = self.table.weight
        self.scale, self.plane, self.sub = nn.Parameter(torch.ones(3)), nn.LayerNorm((2, 3)), Sub(4)


class Sub(nn.GroupNorm):
    def __init__(self, width):
        super().__init__(2, width)


class OwnNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight, self.projection = nn.Parameter(torch.ones(8)), nn.Parameter(torch.ones(8, 8))


def test_roles():
    found = {name: role.name.lower() for name, role in libsam.torch.roles(Everything()).items()}
    assert found == {
        "scale": "weight", "table.weight": "embedding", "bag.weight": "embedding", "convolution.weight": "weight", "convolution.bias": "bias",
        "batch.weight": "norm", "batch.bias": "norm", "group.weight": "norm", "group.bias": "norm", "attention.in_proj_weight": "weight",
        "attention.in_proj_bias": "bias", "attention.out_proj.weight": "weight", "attention.out_proj.bias": "bias", "layer.weight": "norm",
        "layer.bias": "norm", "rms.weight": "norm", "recurrent.weight_ih_l0": "weight", "recurrent.weight_hh_l0": "weight",
        "recurrent.bias_ih_l0": "bias", "recurrent.bias_hh_l0": "bias", "own.weight": "norm", "own.projection": "weight",
        "plane.weight": "norm", "plane.bias": "norm", "sub.weight": "norm", "sub.bias": "norm"}
    model = Everything()
    optimizer = libsam.torch.Optimizer(model)
    assert dict(zip(optimizer.param_groups[0]["param_names"], optimizer.param_groups[0]["roles"])) == found
    listed = libsam.torch.Optimizer([{"params": model.rms.parameters()}, {"params": [model.table.weight]}], model=model)
    assert [(g["param_names"], g["roles"]) for g in listed.param_groups] == [(["rms.weight"], ["norm"]), (["table.weight"], ["embedding"])]
    assert libsam.torch.Optimizer([("a.bias", model.scale), ("b", model.head.weight)]).param_groups[0]["roles"] == ["bias", "weight"]
    with pytest.raises(libsam.UnknownNameError, match="'nrom' is no role"):
        libsam.torch.Optimizer([{"params": [model.scale], "roles": ["nrom"]}])


def test_groups_without_decay():
    model = network()
    kinds = libsam.torch.roles(model)
    optimizer = libsam.torch.Optimizer(libsam.torch.groups(model, weight_decay=0.5), "none", "adamw", lr=0.1)
    decay, spared = optimizer.param_groups
    assert (decay["name"], decay["weight_decay"], spared["name"], spared["weight_decay"]) == ("decay", 0.5, "no decay", 0.0)
    assert set(decay["param_names"]) == {name for name, role in kinds.items() if role.name == "WEIGHT"} and len(spared["params"]) == 7
    before = weights(model)
    optimizer.step(lambda: (sum(0.0 * p.sum() for p in model.parameters()).backward(), 0.0)[1])
    for (name, role), (old, new) in zip(kinds.items(), zip(before.split([p.numel() for p in model.parameters()]), model.parameters())):
        torch.testing.assert_close(new.flatten(), old * (0.95 if role.name == "WEIGHT" else 1.0))
    assert [g["name"] for g in libsam.torch.groups(model, no_decay=("weight", "bias", "norm"))] == ["no decay"]


def test_sam_on_perturbs_the_normalisation_layers():
    model = network()
    optimizer, before = libsam.torch.Optimizer(model, "sam_on", lr=0.1), {name: p.detach().clone() for name, p in model.named_parameters()}
    moved = []

    def closure(ask):
        if ask & libsam.Ask.PERTURBED:
            moved.extend(name for name, p in model.named_parameters() if not torch.equal(p, before[name]))
        return closure_of(model)()
    optimizer.step(closure)
    assert moved == ["1.weight", "1.bias", "5.weight", "5.bias"]
    with pytest.warns(UserWarning, match="no tensor has the role norm"):
        libsam.torch.Optimizer(model.parameters(), "sam_on")


def test_muon_orthogonalises_matrices_but_no_embedding():
    model = nn.Sequential(nn.Embedding(16, 8), nn.Flatten(), nn.Linear(40, 10))
    optimizer = libsam.torch.Optimizer(model, "none", "muon", lr=0.1, weight_decay=0.0, adamw_lr=0.01, adjust_lr_fn="none")
    before = copy.deepcopy(model)
    x, y = batch()
    optimizer.step(lambda: (loss := nn.functional.cross_entropy(model((x[:, :5] * 15).long()), y)).backward() or loss)
    step = (before[2].weight - model[2].weight).detach() / 0.1
    values = torch.linalg.svdvals(step)[:-1]                # of rank 9: the gradient of a softmax
    assert values.min() > 0.5 and values.max() < 1.5
    moved = (before[0].weight - model[0].weight).detach().abs()
    assert moved.max() <= 0.0101


# ---- running statistics


def statistics(model):
    return {name: buffer.clone() for name, buffer in model.named_buffers()}


def equal(a, b):
    return all(torch.equal(a[name], b[name]) for name in a)


class Kinds(nn.Module):
    """Every layer of torch that has running statistics."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.a, self.b, self.c = nn.BatchNorm2d(3, momentum=None), nn.InstanceNorm2d(3, affine=True, track_running_stats=True), nn.BatchNorm2d(3)

    def forward(self, x):
        return self.c(self.b(self.a(x)))


def test_frozen_statistics():
    model, x = Kinds(), torch.randn(5, 3, 4, 4)
    start, other = statistics(model), copy.deepcopy(model)
    with libsam.torch.frozen_statistics(model):
        frozen = model(x).sum()
    frozen.backward()                                       # behind the context
    assert equal(start, statistics(model)) and all(a is b for a, b in zip(model.buffers(), model.buffers()))
    assert torch.equal(frozen, other(x).sum())              # it normalises by the batch as ever
    assert not equal(start, statistics(other))
    addresses = [b.data_ptr() for b in model.buffers()]
    with pytest.raises(KeyError), libsam.torch.frozen_statistics(model):
        model(x)
        raise KeyError
    assert equal(start, statistics(model)) and addresses == [b.data_ptr() for b in model.buffers()]
    with libsam.torch.frozen_statistics(model, libsam.Ask.EVALUATE & libsam.Ask.PERTURBED):
        model(x)
    assert not equal(start, statistics(model))
    model.eval()
    with libsam.torch.frozen_statistics(model):
        torch.testing.assert_close(model(x), other.eval()(x))


@pytest.mark.parametrize("method, momentum", [("sam", 0.0), ("gam", 0.0), ("looksam", 0.0)])
@pytest.mark.parametrize("loop", [False, True])
def test_statistics_take_the_evaluation_at_the_iterate_alone(method, momentum, loop):
    model, watched = network(), network()
    optimizer = libsam.torch.Optimizer(model, method, lr=0.1, rho=0.5)
    for place in range(4):
        watched.load_state_dict({**model.state_dict(), **dict(watched.named_buffers())})
        with torch.no_grad():
            watched(batch(place)[0])                        # one forward pass at the iterate before the step
        closure, loss = closure_of(model, place), None
        if loop:
            while optimizer.advance(loss):
                loss = closure()
        else:
            optimizer.step(closure)
        assert equal(statistics(watched), statistics(model)) and model[1].num_batches_tracked == place + 1


def test_without_the_model_the_context_and_the_optimizer_do_it():
    model, other = network(), network()
    one, two = libsam.torch.Optimizer(model, "sam", lr=0.1), libsam.torch.Optimizer(other.named_parameters(), "sam", lr=0.1)

    def closure(ask):
        with libsam.torch.frozen_statistics(other, ask & libsam.Ask.PERTURBED):
            return closure_of(other)()
    for _ in range(3):
        one.step(closure_of(model))
        two.step(closure)
    assert same(model, other)
    two.step(closure_of(other))
    assert other[1].num_batches_tracked == 4                # without the context as well


def test_a_method_that_has_no_evaluation_at_the_iterate_says_so():
    model = network()
    optimizer = libsam.torch.Optimizer(model, "msam", lr=0.1, momentum=0.9)
    optimizer.step(closure_of(model))
    start = statistics(model)
    with pytest.warns(UserWarning, match="msam.*refresh_statistics"):
        optimizer.step(closure_of(model))
    assert equal(start, statistics(model))
    batches = [batch(place) for place in range(5)]
    libsam.torch.refresh_statistics(model, batches)
    with torch.no_grad():
        z = [model[0](x) for x, _ in batches]
    torch.testing.assert_close(model[1].running_mean, torch.stack([a.mean(0) for a in z]).mean(0))
    torch.testing.assert_close(model[1].running_var, torch.stack([a.var(0) for a in z]).mean(0))
    assert model.training and model[1].momentum == 0.1 and model[3].training
    instance = Kinds()
    x = torch.randn(6, 3, 4, 4)
    libsam.torch.refresh_statistics(instance.b, [x[:3], x[3:]])
    torch.testing.assert_close(instance.b.running_mean, x.mean((0, 2, 3)), rtol=1e-4, atol=1e-6)


# ---- draws


def test_dropout_is_the_same_at_both_evaluations_and_goes_on_behind_the_step():
    model, masks = network(drop=0.5), []
    model[3].register_forward_hook(lambda module, given, out: masks.append((out == 0) & (given[0] != 0)))
    optimizer = libsam.torch.Optimizer(model, "sam", lr=0.1, rho=0.5)
    torch.manual_seed(7)
    for place in range(3):
        optimizer.step(closure_of(model, place))
    drawn = torch.rand(3)
    kept = [mask.float() for mask in masks]
    same_zero = [(a * b).sum() / torch.maximum(a.sum(), b.sum()) for a, b in zip(kept[::2], kept[1::2])]
    assert min(same_zero) > 0.8                             # relu's zeros differ a little, the draws do not
    torch.manual_seed(7)
    for place in range(3):
        closure_of(model, place)()
    assert torch.equal(drawn, torch.rand(3))                # as after one forward pass a step
    other = network(drop=0.5)
    masks.clear()
    other[3].register_forward_hook(lambda module, given, out: masks.append((out == 0) & (given[0] != 0)))
    libsam.torch.Optimizer(other, "sam", lr=0.1, rho=1e-6, same_draws=False).step(closure_of(other))
    assert not torch.equal(*masks)


def test_each_micro_batch_has_its_own_draws():
    """Clean 0 to 3, then perturbed 0 to 3: each pair draws the same, and what follows the step goes on behind the last."""
    w, drawn = nn.Parameter(torch.ones(3)), []
    optimizer = libsam.torch.Optimizer([w], "sam", lr=0.1, accumulate=4)

    def closure():
        drawn.append((optimizer.batch, torch.rand(1).item()))
        w.grad = w.detach().clone()
        return 0.5
    torch.manual_seed(3)
    optimizer.step(closure)
    then = torch.rand(1).item()
    torch.manual_seed(3)
    expected = torch.rand(5).tolist()
    assert drawn == [(b, expected[b]) for b in (0, 1, 2, 3, 0, 1, 2, 3)] and then == expected[4]
    drawn.clear()
    optimizer = libsam.torch.Optimizer([w], "sam", lr=0.1, micro_batches=2)
    torch.manual_seed(3)
    optimizer.step(closure)
    assert [value for _, value in drawn] == [expected[i] for i in (0, 0, 1, 1)] and torch.rand(1).item() == expected[2]
    torch.manual_seed(3)
    with pytest.raises(ZeroDivisionError):
        optimizer.step(lambda: torch.rand(1).item() / 0)
    assert torch.rand(1).item() == expected[1]


def test_draws_go_on_behind_the_last_batch_whatever_was_seen_again():
    draws = libsam.torch.statistics.Draws()
    torch.manual_seed(3)
    expected = torch.rand(5).tolist()
    torch.manual_seed(3)
    drawn = []
    for place in (0, 1, 0, 0, 2, 1):
        draws.evaluation(place)
        drawn.append(torch.rand(1).item())
    draws.end()
    assert drawn == [expected[i] for i in (0, 1, 0, 0, 2, 1)] and torch.rand(1).item() == expected[3]
    draws.evaluation(0)
    assert torch.rand(1).item() == expected[4]              # another step's batch 0


@pytest.mark.parametrize("wrap", [nn.utils.parametrizations.weight_norm, nn.utils.parametrizations.spectral_norm, nn.utils.weight_norm,
                                  lambda m: nn.utils.parametrize.register_parametrization(m, "bias", nn.Tanh()) if hasattr(m, "bias") else m])
@pytest.mark.parametrize("layer", [lambda: nn.Linear(3, 3), lambda: nn.Conv2d(2, 3, 1), lambda: nn.Embedding(4, 3), lambda: nn.LayerNorm((3, 3)),
                                   lambda: nn.BatchNorm1d(3)])
def test_roles_of_parametrized_modules_are_those_of_the_plain_ones(layer, wrap):
    plain = libsam.torch.roles(layer())
    try:
        wrapped = libsam.torch.roles(nn.Sequential(wrap(layer())))
    except ValueError:                                      # weights of one axis have no spectral norm
        return
    for name, role in wrapped.items():
        parts = name.removeprefix("0.").removeprefix("parametrizations.")
        assert role is plain[parts.partition(".")[0].partition("_")[0]], name
