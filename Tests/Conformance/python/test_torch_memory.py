"""Weights whose data are replaced, between steps and within one: followed to where they are, or refused before anything moves."""
import gc

import libsam
import libsam.torch
import pytest
import torch
from libsam.errors import Error
from libsam.torch.carry import parted
from torch import nn

METHODS = libsam.methods()
START = torch.linspace(-0.9, 1.1, 12).reshape(3, 4)


def made(method, dtype=torch.float32, base="sgd", **options):
    """Two parameters and an optimizer over them."""
    p, q = nn.Parameter(START.to(dtype, copy=True)), nn.Parameter(torch.tensor([0.5, -0.25], dtype=dtype))
    own = METHODS[method].own_update
    return p, q, libsam.torch.Optimizer([{"params": [p, q], "roles": ["weight", "norm"]}], method, None if own else base, **(options or ({} if own else {"lr": 0.05})))


def stepped(p, q, optimizer, edit, steps=3, ask_of=lambda ask: True):
    """Steps whose evaluations call edit(p) before and edit's answer after the backward pass."""
    for _ in range(steps):
        def closure(ask):
            after = edit(p) if ask_of(ask) else None
            loss = ((p.double() - 0.3) ** 2 * torch.arange(1.0, 13).reshape(3, 4)).sum() + (q.double() ** 2).sum() + p.double().sin().sum()
            loss.backward()
            if after is not None:
                after()
            return loss
        optimizer.step(closure)


def bits(*tensors):
    return b"".join(t.detach().contiguous().view(torch.uint8).numpy().tobytes() for t in tensors)


def kept(optimizer):
    """The tensors of state."""
    return [{name: value.tolist() for name, value in slots.items()} for slots in parted(optimizer._library.state()).slots]


def replaced(p):
    p.data = p.data.clone()


def backed_up(p):
    saved = p.data.clone()
    p.data = p.data + 0                                     # what an evaluation may do with weights of its own

    def after():
        p.data = saved
    return after


def put_back(p):
    saved = p.data
    p.data = p.data.clone()

    def after():
        p.data = saved
    return after


def laid_out(p):
    p.data = p.data.t().contiguous().t()


def in_a_pool(p):
    pool = torch.full((64,), 7.0, dtype=p.dtype)
    part = pool[5:17].view(3, 4)
    part.copy_(p.data)
    p.data = part


EDITS = [replaced, backed_up, put_back, laid_out, in_a_pool]


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("method", METHODS)
def test_data_of_the_same_values_have_the_same_bits(method, edit):
    """Replaced within every evaluation, at perturbed weights too, by data with the same values."""
    plain, moved = made(method), made(method)
    try:
        stepped(*plain, lambda p: None)
    except Error as error:                                  # a method that this objective does not suit
        with pytest.raises(type(error)):
            stepped(*moved, edit)
    else:
        stepped(*moved, edit)
    assert bits(*plain[:2]) == bits(*moved[:2])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("edit", EDITS)
def test_every_dtype_follows(edit, dtype):
    plain, moved = made("sam", dtype), made("sam", dtype)
    stepped(*plain, lambda p: None)
    stepped(*moved, edit)
    assert bits(*plain[:2]) == bits(*moved[:2])


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("size", [3, 1 << 20])
@pytest.mark.parametrize("edit", [lambda p: p.clamp(-0.2, 0.2), lambda p: p.sign(), lambda p: p * 2])
def test_at_the_iterate_what_is_there_is_stepped(edit, size, keep):
    """As torch's SGD does with the same closure, whether or not somebody keeps the data that were there."""
    p, r = (nn.Parameter(torch.linspace(-1, 1, size)) for _ in range(2))
    ours_kept = [p.data if keep else None]
    ours, theirs = libsam.torch.Optimizer([p], "none", "sgd", lr=0.1), torch.optim.SGD([r], lr=0.1)
    for optimizer, w in ((ours, p), (theirs, r)):
        def closure():
            optimizer.zero_grad()
            w.data = edit(w.data)
            loss = (w ** 2).sum()
            loss.backward()
            return loss
        for _ in range(3):
            optimizer.step(closure)
            gc.collect()
    torch.testing.assert_close(p, r)
    assert ours_kept[0] is None or torch.equal(ours_kept[0], torch.linspace(-1, 1, size))


@pytest.mark.parametrize("method", METHODS)
def test_other_values_at_perturbed_weights_are_refused(method):
    p, q, optimizer = made(method, rho=0.1) if "rho" in METHODS[method].options else made(method)
    memory, before, asks = p.data, bits(p, q), []

    def closure(ask):
        asks.append(ask)
        if ask & libsam.Ask.PERTURBED:
            p.data = p.data + 1
        loss = ((p - 0.3) ** 2).sum() + (q ** 2).sum()
        loss.backward()
        return loss
    try:
        optimizer.step(closure)
    except Error as error:
        assert bits(p, q) == before and p.data_ptr() == memory.data_ptr()
        if any(ask & libsam.Ask.PERTURBED for ask in asks):
            assert "parameter '0.0'" in str(error) and "replaced by other values" in str(error)
    else:
        assert not any(ask & libsam.Ask.PERTURBED for ask in asks)
    stepped(p, q, optimizer, lambda p: None, steps=1) if optimizer.metrics.steps else None


OTHERS = {
    "narrowed": lambda p: p[:1], "transposed": lambda p: p.t(), "viewed": lambda p: p.view(2, 6), "flat": lambda p: p.view(12),
    "expanded": lambda p: p[:1].expand(3, 4), "grown": lambda p: torch.zeros(5, 4, dtype=p.dtype), "double": lambda p: p.double(),
    "half": lambda p: p.half(), "brain": lambda p: p.bfloat16(), "overlapping": lambda p: p.as_strided((3, 4), (1, 1)), "empty": lambda p: p[:0]}


@pytest.mark.parametrize("when", ["between", "clean", "perturbed"])
@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("method", ["none", "sam", "gsam"])
def test_other_tensors_are_refused_before_anything_moves(method, kind, when):
    p, q, optimizer = made(method, momentum=0.9)
    stepped(p, q, optimizer, lambda p: None, steps=2)
    memory, before, state = p.data, bits(p, q), kept(optimizer)

    def closure(ask):
        loss = ((p - 0.3) ** 2).sum() + (q ** 2).sum()
        loss.backward()
        if when == ("perturbed" if ask & libsam.Ask.PERTURBED else "clean"):
            p.grad = None
            p.data = OTHERS[kind](p.data)
        return loss
    if when == "perturbed" and method == "none":
        return
    if when == "between":
        p.data = OTHERS[kind](p.data)
        p.grad = None
    with pytest.raises(Error, match="parameter '0.0'"):
        optimizer.step(closure)
    if when == "between":
        p.data = memory
    assert bits(p, q) == before and p.data_ptr() == memory.data_ptr() and kept(optimizer) == state
    stepped(p, q, optimizer, lambda p: None, steps=1)


@pytest.mark.parametrize("call", ["averaged", "averaged_weights", "state_dict", "evaluations", "deepcopy"])
@pytest.mark.parametrize("size", [1, 1 << 20])
@pytest.mark.parametrize("average", ["none", "ema"])
def test_calls_between_steps_see_the_data_that_are_there(call, size, average):
    p = nn.Parameter(torch.zeros(size))
    optimizer = libsam.torch.Optimizer([p], "none", "sgd", lr=0.1, average=average)
    p.data = torch.full((size,), 7.0)
    gc.collect()
    if average == "none" and call.startswith("averaged"):
        with pytest.raises(Error, match="average = none"):
            optimizer.averaged(p)
    elif call == "averaged":
        assert torch.equal(optimizer.averaged(p), p)
    elif call == "averaged_weights":
        with optimizer.averaged_weights():
            assert bool((p == 7).all())
    elif call == "deepcopy":
        import copy
        assert bool((copy.deepcopy(optimizer).param_groups[0]["params"][0] == 7).all())
    else:
        getattr(optimizer, call)() if call == "state_dict" else optimizer.evaluations
    assert bool((p == 7).all())


@pytest.mark.parametrize("when", ["between", "clean", "perturbed"])
@pytest.mark.parametrize("resize", [lambda s: s.resize_(0), lambda s: s.resize_(1 << 20)])
def test_memory_that_a_storage_gave_back_is_not_touched(when, resize):
    p, q, optimizer = made("sam")

    def closure(ask):
        loss = (p ** 2).sum() + (q ** 2).sum()
        loss.backward()
        if when == ("perturbed" if ask & libsam.Ask.PERTURBED else "clean"):
            resize(p.untyped_storage())
        return loss
    if when == "between":
        resize(p.untyped_storage())
        if p.untyped_storage().nbytes():                    # as large as before: followed
            optimizer.step(closure)
            return
    with pytest.raises(Error, match="parameter '0.0'"):
        optimizer.advance() if when == "between" else optimizer.step(closure)
    if when != "between":
        with pytest.raises(Error):
            optimizer.step(closure)
    del optimizer
    gc.collect()


def test_an_exception_after_data_were_replaced_leaves_the_iterate_in_its_memory():
    for method in ("none", "sam"):
        p, q, optimizer = made(method)
        memory, before = p.data, bits(p, q)

        def closure(ask):
            ((p ** 2).sum() + (q ** 2).sum()).backward()
            if method == "none" or ask & libsam.Ask.PERTURBED:
                p.data = p.data.sign()
                raise RuntimeError("stop")
            return 1.0
        with pytest.raises(RuntimeError, match="stop"):
            optimizer.step(closure)
        assert bits(p, q) == before and p.data_ptr() == memory.data_ptr()


def test_parameters_that_exchange_their_data_are_followed():
    p, q = nn.Parameter(torch.ones(4)), nn.Parameter(torch.full((4,), 2.0))
    optimizer = libsam.torch.Optimizer([p, q], "none", "sgd", lr=1.0)
    p.data, q.data = q.data, p.data
    p.grad, q.grad = torch.full((4,), 0.5), torch.full((4,), 0.25)
    optimizer.step()
    assert p.tolist() == [1.5] * 4 and q.tolist() == [0.75] * 4


def test_gradients_of_another_shape_are_refused():
    p = nn.Parameter(torch.zeros(4))
    optimizer = libsam.torch.Optimizer([p], "none", "sgd", lr=1.0)

    def closure():
        p.grad = torch.ones(4)
        p.grad.data = torch.ones(1)
        return 0.0
    with pytest.raises(Error, match=r"gradient of '0.0' has shape \(1,\)"):
        optimizer.step(closure)
    assert p.tolist() == [0.0] * 4


@pytest.mark.parametrize("lazy", [lambda g: torch._neg_view(-g), lambda g: torch.complex(torch.zeros_like(g), -g).conj().imag])
def test_lazy_signs_are_resolved(lazy):
    p, r = nn.Parameter(torch.ones(3)), nn.Parameter(lazy(torch.ones(3)))
    optimizer = libsam.torch.Optimizer([p, r], "none", "sgd", lr=0.5)
    p.grad, r.grad = lazy(torch.tensor([1.0, 2, 3])), torch.tensor([1.0, 2, 3])
    optimizer.step()
    assert p.tolist() == [0.5, 0, -0.5] == r.tolist()


def test_one_tensor_is_in_one_step():
    p = nn.Parameter(torch.ones(3))
    one, two = (libsam.torch.Optimizer([p], "sam", "sgd", lr=0.0) for _ in range(2))
    one.advance()
    with pytest.raises(Error, match="in the middle of a step of another optimizer"):
        two.advance()
    one.cancel()
    two.advance()
    del two
    gc.collect()
    assert one.advance() and p.tolist() == [1.0] * 3
    one.cancel()


@pytest.mark.parametrize("method", ["none", "sam"])
def test_a_flat_buffer_of_gradients_stays_bound(method):
    flat = torch.zeros(6)
    p, q = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(4))
    p.grad, q.grad = flat[:2], flat[2:]
    optimizer = libsam.torch.Optimizer([p, q], method, "sgd", lr=0.1)
    for _ in range(2):
        def closure():
            assert not flat.any()
            loss = (p ** 2).sum() + (q ** 2).sum()
            loss.backward()
            return loss
        optimizer.step(closure)
        assert flat.any() and p.grad.data_ptr() == flat.data_ptr()


def test_tensors_that_have_a_gradient_by_hand_are_stepped_as_by_torch():
    p, r = torch.ones(3), torch.ones(3)
    ours, theirs = libsam.torch.Optimizer([p], "none", "sgd", lr=0.1), torch.optim.SGD([r], lr=0.1)
    for _ in range(2):
        p.grad, r.grad = torch.ones(3), torch.ones(3)
        ours.step(), theirs.step()
    assert torch.equal(p, r)


def test_what_cannot_be_trained_is_said_in_torchs_words():
    with pytest.raises(Error, match="run the model once"):
        libsam.torch.Optimizer(nn.LazyLinear(3), "sam", "sgd")
    layer = nn.Linear(2, 2).requires_grad_(False)
    with pytest.raises(Error, match=r"requires_grad_\(True\)"):
        libsam.torch.Optimizer(layer, "sam", "sgd").step(lambda: torch.tensor(0.0))


def test_without_a_closure_the_loss_is_not_known():
    p = nn.Parameter(torch.ones(3))
    optimizer = libsam.torch.Optimizer([p], "none", "sgd", lr=0.1)
    p.grad = torch.ones(3)
    optimizer.step()
    assert optimizer.metrics.loss != optimizer.metrics.loss and optimizer.metrics.steps == 1
    optimizer.step(lambda: (p.sum().backward(), 2.5)[1])
    assert optimizer.metrics.loss == 2.5
