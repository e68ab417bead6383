"""Tensors and gradients as torch has them: tied, frozen, sparse, missing, moved, not contiguous, scaled, accumulated, clipped."""
import contextlib

import libsam
import libsam.torch
import pytest
import torch
from torch import nn
from torch.nn import functional
from torch_host import batch, closure_of, network, same, smooth, weights


class Tied(nn.Module):
    """An embedding that is the last layer too, and a layer that is never used."""

    def __init__(self, sparse=False):
        super().__init__()
        torch.manual_seed(0)
        self.table, self.middle, self.out, self.unused = nn.Embedding(17, 6, sparse=sparse), nn.Linear(6, 6), nn.Linear(6, 17, bias=False), nn.Linear(2, 2)
        self.out.weight = self.table.weight

    def forward(self, x):
        return self.out(torch.tanh(self.middle(self.table((x[:, :5] * 16).long()).mean(1))))


def test_a_tied_tensor_is_registered_once_and_unused_ones_are_left_out():
    model, other = Tied(), Tied()
    optimizer = libsam.torch.Optimizer(model, "none", "adamw", lr=0.1, weight_decay=0.5)
    theirs = torch.optim.AdamW(other.parameters(), lr=0.1, weight_decay=0.5, foreach=False)
    for place in range(4):
        optimizer.step(closure_of(model, place))
        theirs.zero_grad(), closure_of(other, place)(), theirs.step()
    torch.testing.assert_close(weights(model), weights(other), rtol=1e-5, atol=1e-6)
    assert torch.equal(model.unused.weight, other.unused.weight) and model.out.weight is model.table.weight
    assert len(optimizer.param_groups[0]["params"]) == 5
    twice = libsam.torch.Optimizer([model.table.weight, model.out.weight, model.middle.weight], "sam", lr=0.1)
    assert len(twice.param_groups[0]["params"]) == 2
    twice.step(closure_of(model))
    shared = nn.Parameter(model.table.weight.data[3:])
    with pytest.raises(libsam.ArgumentError, match="overlap"):
        libsam.torch.Optimizer([model.table.weight, shared])


def test_sparse_gradients_are_refused_with_what_to_do():
    model = Tied(sparse=True)
    model.out = nn.Linear(6, 17, bias=False)
    optimizer, before = libsam.torch.Optimizer(model, "sam", lr=0.1), weights(model)
    with pytest.raises(libsam.ArgumentError, match="the gradient of 'table.weight' is sparse.*sparse=False"):
        optimizer.step(closure_of(model))
    assert torch.equal(weights(model), before) and optimizer.metrics.steps == 0
    model.table.sparse = False
    optimizer.step(closure_of(model))
    assert not torch.equal(weights(model), before)


def test_frozen_tensors_are_not_touched_and_take_no_memory():
    model, whole = smooth(), smooth()
    model[0].requires_grad_(False)
    optimizer, other = libsam.torch.Optimizer(model, "sam", "adamw", lr=0.1, weight_decay=0.5), libsam.torch.Optimizer(whole, "sam", "adamw")
    start = model[0].weight.detach().clone()
    for place in range(3):
        optimizer.step(closure_of(model, place))
        other.step(closure_of(whole, place))
    assert torch.equal(model[0].weight, start) and optimizer.memory < other.memory / 2 and not same(model, smooth())


def test_a_gradient_missing_at_the_second_evaluation_counts_as_zero():
    model = nn.ModuleList([nn.Linear(3, 1), nn.Linear(3, 1)]).double()
    optimizer, before = libsam.torch.Optimizer(model, "sam", lr=0.1, rho=0.1), [p.detach().clone() for p in model.parameters()]
    x = torch.ones(2, 3, dtype=torch.float64)

    def closure(ask):
        loss = model[0](x).sum() if ask & libsam.Ask.PERTURBED else model[0](x).sum() + model[1](x).sum()
        loss.backward()
        return loss
    optimizer.step(closure)
    now = list(model.parameters())
    assert not torch.equal(now[0], before[0]) and torch.equal(now[2], before[2]) and torch.equal(now[3], before[3])


def test_weights_that_moved_and_gradients_that_are_replaced():
    model, other = smooth(), smooth()
    one, two = libsam.torch.Optimizer(model, "sam", "adam"), libsam.torch.Optimizer(other, "sam", "adam")
    for place in range(3):
        for p in model.parameters():
            p.data = p.data.clone()                         # elsewhere in memory
        closure = closure_of(model, place)

        def replaced():
            loss = closure()
            for p in model.parameters():
                p.grad = p.grad.T.contiguous().T if p.ndim == 2 else p.grad.clone()      # one is not contiguous
            return loss
        one.step(replaced)
        two.step(closure_of(other, place))
    assert same(model, other)
    addresses = [p.data_ptr() for p in model.parameters()]
    one.step(closure_of(model))
    assert addresses == [p.data_ptr() for p in model.parameters()]
    model.float()
    with pytest.raises(libsam.ArgumentError, match="'0.weight' is torch.float32.*registered as torch.float64"):
        one.step(closure_of(model))


def test_what_cannot_be_moved_in_place_is_refused():
    for tensor, words in ((nn.Parameter(torch.zeros(1, 3).expand(4, 3)), "share memory"), (nn.Parameter(torch.zeros(3, device="meta")), "on meta"),
                          (nn.Parameter(torch.zeros(3, dtype=torch.complex64)), "complex64"), (nn.Parameter(torch.zeros(3).to_sparse()), "sparse")):
        with pytest.raises(libsam.ArgumentError, match=f"parameter '0.0'.*{words}"):
            libsam.torch.Optimizer([tensor])
    with pytest.raises(ValueError, match="non-leaf"):
        libsam.torch.Optimizer([torch.zeros(3, requires_grad=True) * 2])
    with pytest.raises(TypeError):
        libsam.torch.Optimizer(torch.zeros(3))
    with pytest.raises(ValueError, match="empty"):
        libsam.torch.Optimizer([])
    empty = nn.Parameter(torch.zeros(0, 3))
    scalar = nn.Parameter(torch.tensor(2.0))
    optimizer = libsam.torch.Optimizer([empty, scalar], "sam", lr=0.25, rho=0.1)
    optimizer.step(lambda: ((scalar ** 2 + empty.sum()).backward(), scalar.item() ** 2)[1])
    assert scalar.item() == pytest.approx(2 - 0.25 * 2 * 2.1)


# ---- accumulation and clipping


def test_accumulation_both_ways():
    """The library's mean over micro-batches, and the host's: the whole batch's, to rounding."""
    model, other, whole = smooth(), smooth(), smooth()
    options = {"method": "sam", "base": "adamw", "lr": 0.01, "rho": 0.1, "clip_norm": 0.05}
    mine, hosts, plain = libsam.torch.Optimizer(model, accumulate=4, **options), libsam.torch.Optimizer(other, **options), libsam.torch.Optimizer(whole, **options)
    seen = []
    for step in range(5):
        x, y = batch(step, dtype=torch.float64)
        parts = list(zip(x.split(16), y.split(16)))
        start = mine.batch

        def micro():
            seen.append(mine.batch - start)
            part = parts[mine.batch - start]
            loss = functional.cross_entropy(model(part[0]), part[1])
            loss.backward()
            return loss

        def summed():
            total = 0.0
            for a, b in parts:
                loss = functional.cross_entropy(other(a), b) / len(parts)
                loss.backward()
                total += loss.item()
            return total
        mine.step(micro), hosts.step(summed), plain.step(closure_of(whole, step))
    assert seen == [0, 1, 2, 3, 0, 1, 2, 3] * 5 and mine.metrics.evaluations == 40 and mine.evaluations == 8
    torch.testing.assert_close(weights(model), weights(whole), rtol=1e-9, atol=1e-12)
    torch.testing.assert_close(weights(other), weights(whole), rtol=1e-9, atol=1e-12)
    assert mine.metrics.loss == pytest.approx(plain.metrics.loss, rel=1e-12)


def test_clipping_is_torchs():
    model, other = smooth(), smooth()
    optimizer = libsam.torch.Optimizer(model, "none", "sgd", lr=0.5, clip_norm=0.1)
    theirs = torch.optim.SGD(other.parameters(), lr=0.5)
    for place in range(5):
        optimizer.step(closure_of(model, place))
        theirs.zero_grad(), closure_of(other, place)()
        assert nn.utils.clip_grad_norm_(other.parameters(), 0.1) > 0.1
        theirs.step()
    torch.testing.assert_close(weights(model), weights(other), rtol=1e-5, atol=1e-7)     # torch divides by the norm + 1e-6


# ---- scaled gradients


def scaled(model, scaler, place=0, autocast=False, spoil=()):
    """A closure that scales; its evaluations with a number in `spoil` overflow."""
    x, y = batch(place, dtype=next(model.parameters()).dtype)
    calls = []

    def closure():
        with torch.autocast("cpu", torch.bfloat16) if autocast else contextlib.nullcontext():
            loss = functional.cross_entropy(model(x), y)
        scaler.scale(loss * (float("inf") if len(calls) in spoil else 1.0) if spoil else loss).backward()
        calls.append(1)
        return loss
    return closure


def test_a_scaler_changes_no_step_and_scales_as_it_does_with_torch():
    model, plain, torchs = smooth(torch.float32), smooth(torch.float32), smooth(torch.float32)
    mine = torch.amp.GradScaler("cpu", init_scale=2.0 ** 12, growth_interval=2)
    theirs = torch.amp.GradScaler("cpu", init_scale=2.0 ** 12, growth_interval=2)
    one, two, three = libsam.torch.Optimizer(model, "sam", lr=0.1), libsam.torch.Optimizer(plain, "sam", lr=0.1), torch.optim.SGD(torchs.parameters(), lr=0.1)
    for place in range(6):
        one.step(scaled(model, mine, place), scaler=mine)
        mine.update()
        two.step(closure_of(plain, place))
        three.zero_grad(), scaled(torchs, theirs, place)(), theirs.step(three), theirs.update()
        assert mine.get_scale() == theirs.get_scale()
    assert same(model, plain) and mine.get_scale() == 2.0 ** 15         # powers of two: the same bits
    assert one.param_groups[0]["gradient_scale"] == 1 and one.param_groups[0]["nonfinite"] == "error"
    two.step(closure_of(plain, 6)), one.step(closure_of(model, 6))      # and without it again
    assert same(model, plain)


@pytest.mark.parametrize("spoil", [0, 1])
def test_an_overflow_in_either_evaluation_gives_the_step_up(spoil):
    model = smooth(torch.float32)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    optimizer, before = libsam.torch.Optimizer(model, "sam", "adam", lr=0.1, rho=0.5), weights(model)
    optimizer.step(scaled(model, scaler, spoil=(spoil,)), scaler=scaler)
    scaler.update()
    assert torch.equal(weights(model), before) and scaler.get_scale() == 512
    assert (optimizer.metrics.steps, optimizer.metrics.skipped) == (0, 1)
    optimizer.step(scaled(model, scaler), scaler=scaler)
    scaler.update()
    assert not torch.equal(weights(model), before) and scaler.get_scale() == 512 and optimizer.metrics.steps == 1
    with pytest.raises(libsam.NonfiniteError):              # without the scaler it is an error
        optimizer.step(scaled(model, scaler, spoil=(spoil,)))


def test_a_scaler_that_is_off_and_a_scaler_around_a_step_without_a_closure():
    model, other = smooth(torch.float32), smooth(torch.float32)
    off = torch.amp.GradScaler("cpu", enabled=False)
    one, two = libsam.torch.Optimizer(model, "sam", lr=0.1), libsam.torch.Optimizer(other, "sam", lr=0.1)
    one.step(scaled(model, off), scaler=off)
    off.update()
    loss, closure = None, closure_of(other)
    while two.advance(loss):
        loss = closure()
    assert same(model, other)
    on = torch.amp.GradScaler("cpu", init_scale=4.0)
    single, torchs = libsam.torch.Optimizer(model, "none", lr=0.1), torch.optim.SGD(other.parameters(), lr=0.1)
    for optimizer, run in ((single, model), (torchs, other)):
        optimizer.zero_grad()
        scaled(run, on)()
        on.step(optimizer)
    torch.testing.assert_close(weights(model), weights(other), rtol=1e-6, atol=1e-7)
    with pytest.raises(libsam.StateError, match="scaler=scaler"):
        scaled(model, on)()
        on.update()
        on.step(one)


def test_autocast_trains():
    model, scaler = network(), torch.amp.GradScaler("cpu")
    optimizer = libsam.torch.Optimizer(model, "sam", "adamw", lr=0.01, rho=0.05)
    losses = []
    for _ in range(30):
        losses.append(optimizer.step(scaled(model, scaler, autocast=True), scaler=scaler).item())
        scaler.update()
    assert losses[-1] < losses[0] / 2 and optimizer.metrics.steps == 30
