"""Weights of any layout are stepped in place, with the bits of the contiguous tensor of the same values."""
import libsam
import libsam.torch
import pytest
import torch
from libsam.errors import Error
from torch import nn

METHODS, BASES = libsam.methods(), libsam.bases()
VALUES = {"matrix": torch.linspace(-1, 1.3, 20).reshape(4, 5).sin(),
          "filters": torch.linspace(-2, 1.1, 4 * 3 * 2 * 2).reshape(4, 3, 2, 2).cos(),
          "volume": torch.linspace(-2, 1.1, 3 * 2 * 2 * 2 * 2).reshape(3, 2, 2, 2, 2).cos()}


def transposed(t):
    return t.transpose(0, 1).contiguous().transpose(0, 1)


def reversed_axes(t):
    axes = tuple(reversed(range(t.dim())))
    return t.permute(axes).contiguous().permute(axes)


def last(t):
    return t.contiguous(memory_format={4: torch.channels_last, 5: torch.channels_last_3d}[t.dim()]) if t.dim() > 3 else transposed(t)


def column(t):
    wide = torch.full((*t.shape[:-1], 2 * t.shape[-1]), 9.0, dtype=t.dtype)
    wide[..., ::2] = t
    return wide[..., ::2]


LAYOUTS = [transposed, reversed_axes, last, column]


def run(values, layout, method, base, steps=3):
    """Weights after some steps, their memory checked on the way; the averages where there are some."""
    parameters = [nn.Parameter(layout(t.clone())) for t in values]
    places = [(p.data_ptr(), p.stride()) for p in parameters]
    optimizer = libsam.torch.Optimizer(parameters, method, base)
    for _ in range(steps):
        def closure(ask):
            loss = sum(((p.double() - 0.2) ** 2 * (1 + p.double().detach().cos() ** 2)).sum() for p in parameters)
            loss.backward()
            return loss
        optimizer.step(closure)
        assert places == [(p.data_ptr(), p.stride()) for p in parameters]
    return [p.detach().contiguous().view(torch.uint8) for p in parameters]


def compare(values, layout, method, base):
    try:
        expected = run(values, lambda t: t, method, base)
    except Error as error:
        with pytest.raises(type(error)):
            run(values, layout, method, base)
        return
    assert all(map(torch.equal, expected, run(values, layout, method, base)))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_the_bits_of_contiguous_weights(method, layout):
    compare(VALUES.values(), layout, method, None if METHODS[method].own_update else "sgd")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("base", BASES)
def test_every_base_has_the_bits_of_contiguous_weights(base, layout):
    compare(VALUES.values(), layout, "sam", base)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_every_dtype_has_the_bits_of_contiguous_weights(dtype, layout):
    compare([t.to(dtype) for t in VALUES.values()], layout, "sam", "adamw")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_averages_are_laid_out_as_the_parameter(layout):
    plain, p = nn.Parameter(VALUES["matrix"].clone()), nn.Parameter(layout(VALUES["matrix"].clone()))
    made = [libsam.torch.Optimizer([w], "sam", "sgd", average="ema") for w in (plain, p)]
    for w, optimizer in zip((plain, p), made):
        for _ in range(2):
            optimizer.step(lambda: ((w ** 2).sum().backward(), 1.0)[1])
    assert torch.equal(made[0].averaged(plain), made[1].averaged(p))
    assert made[1].averaged(p).stride() == torch.empty_like(p).stride()
    before = p.detach().clone()
    with made[1].averaged_weights():
        assert torch.equal(p, made[0].averaged(plain)) and not torch.equal(p, before)
    assert torch.equal(p, before)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_cancel_puts_the_iterate_into_weights_of_any_layout(layout):
    p = nn.Parameter(layout(VALUES["filters"].clone()))
    optimizer, before = libsam.torch.Optimizer([p], "sam", "sgd"), p.detach().clone()
    assert optimizer.advance()
    (p ** 2).sum().backward()
    assert optimizer.advance(1.0) & libsam.Ask.PERTURBED and not torch.equal(p, before)
    optimizer.cancel()
    assert torch.equal(p, before)


def test_weights_that_share_memory_are_refused():
    w = VALUES["matrix"].clone()
    for other in (w.t(), w[:, :3], w[1:3, ::2]):
        with pytest.raises(Error, match="shares memory"):
            libsam.torch.Optimizer([nn.Parameter(w), nn.Parameter(other)], "sam", "sgd")
    halves = [nn.Parameter(w[:, :2]), nn.Parameter(w[:, 2:])]               # beside each other in one buffer
    optimizer = libsam.torch.Optimizer(halves, "none", "sgd", lr=1.0)
    for half in halves:
        half.grad = torch.ones_like(half)
    optimizer.step()
    assert torch.equal(w, VALUES["matrix"] - 1)
    with pytest.raises(Error, match="share memory"):
        libsam.torch.Optimizer([nn.Parameter(torch.ones(3).expand(2, 3))], "sam", "sgd")
