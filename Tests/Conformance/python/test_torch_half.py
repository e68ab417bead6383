"""libsam.torch.Optimizer over bfloat16 and float16: in place, as the library does it, resumed to the bit."""
import copy

import libsam
import libsam.torch
import pytest
import torch
from torch_host import batch, closure_of, same, smooth, weights

HALF = [torch.bfloat16, torch.float16]


@pytest.mark.parametrize("dtype", HALF)
def test_weights_are_moved_in_place_and_restored(dtype):
    model = smooth(dtype)
    optimizer = libsam.torch.Optimizer(model, "sam", "sgd", lr=0.0, rho=0.5)
    before, addresses = weights(model), [p.data_ptr() for p in model.parameters()]
    for place in range(10):
        optimizer.step(closure_of(model, place))
    assert torch.equal(weights(model), before) and addresses == [p.data_ptr() for p in model.parameters()]
    assert 0 < optimizer.metrics.effective_radius < 0.6


@pytest.mark.parametrize("dtype", HALF)
def test_a_step_is_the_float32_step_rounded(dtype):
    model = smooth(dtype)
    single = copy.deepcopy(model).float()
    optimizer, theirs = libsam.torch.Optimizer(model, "none", "sgd", lr=0.1), torch.optim.SGD(single.parameters(), lr=0.1)
    optimizer.step(closure_of(model))
    for p, q in zip(single.parameters(), model.parameters()):
        p.grad = q.grad.float()
    theirs.step()
    torch.testing.assert_close(weights(model), weights(single).to(dtype), rtol=2.0 ** -7 if dtype is torch.bfloat16 else 2.0 ** -10, atol=0)
    assert not torch.equal(weights(model), weights(smooth(dtype)))


@pytest.mark.parametrize("dtype", HALF)
@pytest.mark.parametrize("options", [{"master": True}, {"rounding": "stochastic"}, {"master": True, "rounding": "stochastic", "seed": 3}])
def test_masters_and_rounding_are_options_and_resume(dtype, options):
    model = smooth(dtype)
    optimizer = libsam.torch.Optimizer(model, "sam", "adamw", lr=1e-3, **options)
    for place in range(3):
        optimizer.step(closure_of(model, place))
    other = copy.deepcopy(model)
    resumed = libsam.torch.Optimizer(other, "sam", "adamw")
    resumed.load_state_dict(optimizer.state_dict())
    assert {key: resumed.param_groups[0][key] for key in options} == options
    for place in range(3, 6):
        optimizer.step(closure_of(model, place)), resumed.step(closure_of(other, place))
    assert same(model, other)


def test_scales_of_half_gradients():
    """By the option; torch's scaler is for weights of 32 bits, and bfloat16."""
    model, other = smooth(torch.float16), smooth(torch.float16)
    one, two = libsam.torch.Optimizer(model, "sam", lr=0.1, gradient_scale=64.0, master=True), libsam.torch.Optimizer(other, "sam", lr=0.1, master=True)

    def closure():
        x, y = batch(dtype=torch.float16)
        loss = torch.nn.functional.cross_entropy(model(x), y)
        (64.0 * loss).backward()
        return loss
    for _ in range(3):
        one.step(closure), two.step(closure_of(other))
    torch.testing.assert_close(weights(model), weights(other), rtol=1e-2, atol=1e-3)
    assert not same(model, smooth(torch.float16)) and one.metrics.gradient_norm == pytest.approx(two.metrics.gradient_norm, rel=1e-2)
    scaler = torch.amp.GradScaler("cpu")
    with pytest.raises(libsam.ArgumentError, match="gradient_scale"):
        one.step(closure, scaler=scaler)
    small = smooth(torch.bfloat16)
    three = libsam.torch.Optimizer(small, "sam", lr=0.1)
    x, y = batch(dtype=torch.bfloat16)
    three.step(lambda: (scaler.scale(loss := torch.nn.functional.cross_entropy(small(x), y)).backward(), loss)[1], scaler=scaler)
    scaler.update()
    assert three.metrics.steps == 1


@pytest.mark.parametrize("dtype", HALF)
def test_small_steps_arrive_where_a_master_is_kept(dtype):
    moved = []
    for master in (False, True):
        model = torch.nn.Linear(4, 1, bias=False).to(dtype)
        with torch.no_grad():
            model.weight.fill_(1.0)
        optimizer = libsam.torch.Optimizer(model, "none", "sgd", lr=1e-4, master=master)
        for _ in range(200):
            optimizer.step(lambda: (model.weight.sum().backward(), 0.0)[1])
        moved.append(float((1 - model.weight).max()))
    assert moved[0] == 0 and moved[1] == pytest.approx(0.02, rel=0.1)
