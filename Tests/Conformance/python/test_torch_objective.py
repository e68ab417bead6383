"""libsam.torch.objective: every member against autograd, differences and dense algebra; the model as it was afterwards."""
import json

import libsam
import libsam.torch
import numpy as np
import pytest
import torch
from host import GOLDEN
from torch import nn
from torch.nn import functional
from torch_host import batch, closure_of, digits, network, smooth, weights


@pytest.fixture(scope="module")
def trained():
    """The digits network of Tests/Golden, its data and what is known of its exact Hessian."""
    stored = json.loads((GOLDEN / "digits" / "network.json").read_text())
    model = nn.Sequential(nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 10)).double()
    nn.utils.vector_to_parameters(torch.tensor(stored["weights"], dtype=torch.float64), model.parameters())
    return model, digits(), stored["exact"]


def test_known_answers(trained):
    model, (x, y), exact = trained
    whole = libsam.torch.objective(model, functional.cross_entropy, (x, y))
    found = whole.measure("lambda_max", tolerance=1e-8)
    assert found.value == pytest.approx(exact["lambda_max"], rel=1e-7) and found.hessian_source == 0 and found.loss == pytest.approx(exact["loss"])
    assert set(found.by_parameter("eigenvector")) == {name for name, _ in model.named_parameters()}
    parts = libsam.torch.objective(model, functional.cross_entropy, list(zip(x.split(500), y.split(500))))
    assert parts.batches == 4 and list(parts.batch_examples) == [500, 500, 500, 297]
    assert parts.measure("lambda_max", tolerance=1e-8).value == pytest.approx(exact["lambda_max"], rel=1e-7)
    assert whole.measure("check").fault == 0
    assert libsam.measure(whole.parameters, whole, "gradient_norm", roles=whole.roles).value == pytest.approx(exact["gradient_norm"])


@pytest.fixture
def small():
    model = smooth()
    for place in range(3):
        libsam.torch.Optimizer(model, "none", lr=0.3).step(closure_of(model, place))
    data = [batch(place, 20, torch.float64) for place in range(3)]
    return model, data, libsam.torch.objective(model, functional.cross_entropy, data)


def flat(named):
    return torch.cat([torch.as_tensor(np.array(value)).flatten() for value in named.values()])


def query(batch=-1, label=-1, example=-1, ask=1):
    return libsam.Query(libsam.Ask(ask), batch, label, example)


def function(model, x):
    """The model's outputs as a function of its flat weights."""
    shapes = [(name, p.shape, p.numel()) for name, p in model.named_parameters()]

    def of(w):
        parts = w.split([n for _, _, n in shapes])
        return torch.func.functional_call(model, {name: part.reshape(shape) for (name, shape, _), part in zip(shapes, parts)}, x)
    return of


@pytest.mark.parametrize("which", [query(1), query(2, label=3), query(0, example=7)])
def test_evaluations_and_products(small, which):
    model, data, objective = small
    x, y = data[which.batch]
    if which.class_index >= 0:
        x, y = x[y == which.class_index], y[y == which.class_index]
    if which.example >= 0:
        x, y = x[which.example:which.example + 1], y[which.example:which.example + 1]
    outputs, w = function(model, x), weights(model)
    loss = lambda w: functional.cross_entropy(outputs(w), y)
    assert objective.evaluate(which) == pytest.approx(float(loss(w)), rel=1e-14)
    torch.testing.assert_close(flat(objective.gradients), torch.func.grad(loss)(w), rtol=1e-12, atol=1e-15)
    objective.gradients["0.bias"][:] = 7.0
    only = libsam.Query(libsam.Ask.EVALUATE | libsam.Ask.LOSS_ONLY, which.batch, which.class_index, which.example)
    assert objective.evaluate(only) == pytest.approx(float(loss(w)), rel=1e-14) and objective.gradients["0.bias"][0] == 7
    v = torch.randn(len(w), dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    sizes = [p.numel() for p in model.parameters()]
    direction = {name: part.reshape(p.shape).numpy() for (name, p), part in zip(model.named_parameters(), v.split(sizes))}
    product = torch.autograd.functional.hvp(loss, w, v)[1]
    torch.testing.assert_close(flat(objective.hessian_product(which, direction)), product, rtol=1e-9, atol=1e-12)
    up, down = (torch.func.grad(loss)(w + h * v) for h in (1e-5, -1e-5))
    torch.testing.assert_close(product, (up - down) / 2e-5, rtol=1e-4, atol=1e-6)
    jacobian = torch.func.jacrev(outputs)(w)
    p = outputs(w).softmax(1)
    inner = (torch.diag_embed(p) - p[:, :, None] * p[:, None, :]) / len(x)
    expected = torch.einsum("bkn,bkl,blm,m->n", jacobian, inner, jacobian, v)
    torch.testing.assert_close(flat(objective.gauss_newton_product(which, direction)), expected, rtol=1e-9, atol=1e-12)


def test_examples_and_logits(small):
    model, data, objective = small
    x, y = data[1]
    losses = objective.example_losses(query(1))
    np.testing.assert_allclose(losses, functional.cross_entropy(model(x), y, reduction="none").detach())
    logits, labels = objective.logits(query(1))
    assert np.array_equal(logits, model(x).detach()) and np.array_equal(labels, y) and objective.outputs == objective.classes == 10
    assert np.array_equal(objective.class_examples, [np.bincount(t, minlength=10) for _, t in data])
    slope = np.random.default_rng(0).standard_normal(logits.shape)
    objective.backpropagate_logits(query(1), slope)
    torch.testing.assert_close(flat(objective.gradients), torch.func.vjp(function(model, x), weights(model))[1](torch.tensor(slope))[0], rtol=1e-12, atol=1e-14)
    assert objective.forward_ones() == pytest.approx(float(model(torch.ones(1, 64, dtype=torch.float64)).sum()))


def test_the_model_is_as_it_was():
    """Modes, statistics, gradients, draws and weights, also after an error; dropout is off meanwhile."""
    model = network(torch.float64, drop=0.5)
    closure_of(model)()
    model[6].eval()
    kept = [p.grad.clone() for p in model.parameters()], weights(model), [b.clone() for b in model.buffers()], torch.get_rng_state(), [m.training for m in model.modules()]

    def as_it_was():
        return (all(torch.equal(p.grad, g) for p, g in zip(model.parameters(), kept[0])) and torch.equal(weights(model), kept[1])
                and all(map(torch.equal, model.buffers(), kept[2])) and torch.equal(torch.get_rng_state(), kept[3])
                and [m.training for m in model.modules()] == kept[4])
    data = [batch(place, 64, torch.float64) for place in range(2)]
    objective = libsam.torch.objective(model, functional.cross_entropy, data)
    assert as_it_was()
    for name in ("lambda_max", "sam_gap", "average_case", "noise_scale", "margin", "fisher_trace", "hessian_gauss_newton_gap", "path_norm"):
        found = objective.measure(name)
        assert found.noise_loss == 0 if "noise_loss" in found else True
        assert as_it_was(), name
    failing = libsam.torch.objective(model, lambda out, y: 1 / 0 if torch.is_grad_enabled() else functional.cross_entropy(out, y), data)
    with pytest.raises(ZeroDivisionError):
        failing.measure("lambda_max")
    assert as_it_was()
    before = model[1].running_mean.clone()
    objective.refresh()
    assert not torch.equal(before, model[1].running_mean)


def test_losses_of_another_form_frozen_tensors_and_loaders():
    model = nn.Sequential(nn.Linear(64, 12), nn.Tanh(), nn.Linear(12, 10)).double()      # torch's layer norm is wrong in third derivatives
    points = [batch(place, 30, torch.float64)[0].requires_grad_() for place in range(2)]

    def residual(x):                                        # of a differential equation: derivatives by the inputs are in the loss
        out = model(x).sum()
        slope, = torch.autograd.grad(out, x, create_graph=True)
        return (slope ** 2).mean() + (model(x) ** 2).mean()
    model[0].bias.requires_grad_(False)
    objective = libsam.torch.objective(model, residual, points, pairs=False)
    assert objective.logits is None and "0.bias" not in objective.gradients
    top = objective.measure("lambda_max", tolerance=1e-6)
    assert objective.measure("average_case", samples=4).value != 0
    assert objective.measure("check").fault == 0
    free = [p for p in model.parameters() if p.requires_grad]
    loss = sum(residual(x) for x in points) / 2
    slopes = torch.autograd.grad(loss, free, create_graph=True)
    vector = [torch.from_numpy(top.by_parameter("eigenvector")[name]) for name, p in model.named_parameters() if p.requires_grad]
    along = torch.autograd.grad(sum((s * v).sum() for s, v in zip(slopes, vector)), free)
    assert float(sum((a * v).sum() for a, v in zip(along, vector))) == pytest.approx(top.value, rel=1e-6)
    with pytest.raises(libsam.UnsupportedError, match="logits"):
        objective.measure("margin")
    x, y = digits()
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x[:128], y[:128]), batch_size=50, shuffle=True)
    shuffled = libsam.torch.objective(model, functional.cross_entropy, loader)
    whole = libsam.torch.objective(model, functional.cross_entropy, (x[:128], y[:128]))
    assert shuffled.measure("gradient_norm").value == pytest.approx(whole.measure("gradient_norm").value, rel=1e-12)
    half = smooth(torch.bfloat16)
    with pytest.raises(libsam.ArgumentError, match="0.weight.*bfloat16.*float"):
        libsam.torch.objective(half, functional.cross_entropy, batch())
    with pytest.raises(libsam.ArgumentError, match="no batch"):
        libsam.torch.objective(model, functional.cross_entropy, [])
    with pytest.raises(libsam.ArgumentError, match="pairs"):
        libsam.torch.objective(model, functional.cross_entropy, [x])


def test_it_measures_between_the_steps_of_an_optimizer():
    model, other = smooth(), smooth()
    one, two = libsam.torch.Optimizer(model, "sam", lr=0.1), libsam.torch.Optimizer(other, "sam", lr=0.1)
    objective = libsam.torch.objective(model, functional.cross_entropy, batch(dtype=torch.float64))
    for place in range(3):
        one.step(closure_of(model, place)), two.step(closure_of(other, place))
        assert objective.measure("sam_gap").value > 0
    assert torch.equal(weights(model), weights(other))


def test_it_looks_at_the_weights_that_stand():
    """Moved elsewhere, replaced, frozen and not."""
    model, data = smooth(), batch(dtype=torch.float64)
    objective = libsam.torch.objective(model, functional.cross_entropy, data)
    first = objective.measure("gradient_norm").value
    for p in model.parameters():
        p.data = 2 * p.data
    second = objective.measure("gradient_norm").value
    fresh = libsam.torch.objective(model, functional.cross_entropy, data)
    assert second == fresh.measure("gradient_norm").value != first
    model[0].requires_grad_(False)
    third = objective.measure("gradient_norm").value
    assert third == libsam.torch.objective(model, functional.cross_entropy, data).measure("gradient_norm").value < second
