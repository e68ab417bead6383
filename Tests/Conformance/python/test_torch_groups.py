"""param_groups[...]["params"] is the table of tensors: what is changed in it acts on the next step."""
import libsam
import libsam.torch
import pytest
import torch
from libsam.errors import Error
from torch import nn


def pair(count=3, **options):
    """The same groups in our optimizer and in torch's."""
    def tensors():
        return [nn.Parameter(torch.full((n + 1,), float(n + 1))) for n in range(count)]
    ours, theirs = tensors(), tensors()

    def groups(ps):
        return [{"params": ps[:2]}, {"params": ps[2:], "lr": 0.01}]
    return (libsam.torch.Optimizer(groups(ours), "none", "sgd", lr=0.1, **options),
            torch.optim.SGD(groups(theirs), lr=0.1, **options))


def step(optimizer, extra=()):
    """Trains what is in the groups, and gives gradients to `extra` as well."""
    inside = [p for group in optimizer.param_groups for p in group["params"]]

    def closure():
        optimizer.zero_grad()
        loss = sum((p ** 2).sum() for p in [*inside, *extra])
        loss.backward()
        return loss
    optimizer.step(closure)


def values(optimizer):
    return [p.tolist() for group in optimizer.param_groups for p in group["params"]]


def replace(o):
    o.param_groups[0]["params"][0] = nn.Parameter(torch.ones(5))


def replace_same_shape(o):
    o.param_groups[0]["params"][1] = nn.Parameter(torch.ones(2))


def remove(o):
    del o.param_groups[0]["params"][0]


def append(o):
    o.param_groups[1]["params"].append(nn.Parameter(torch.ones(2, 2)))


def new_list(o):
    o.param_groups[0]["params"] = [nn.Parameter(torch.ones(3)), o.param_groups[0]["params"][1]]


def delete_group(o):
    del o.param_groups[0]


def append_group(o):
    o.param_groups.append({**o.param_groups[0], "params": [nn.Parameter(torch.ones(4))]})


def exchange(o):
    first, second = o.param_groups
    first["params"][0], second["params"][0] = second["params"][0], first["params"][0]


EDITS = [replace, replace_same_shape, remove, append, new_list, delete_group, append_group, exchange]


@pytest.mark.parametrize("options", [{}, {"momentum": 0.9}])
@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_table_is_torchs(edit, options):
    ours, theirs = pair(**options)
    before = [[p for group in o.param_groups for p in group["params"]] for o in (ours, theirs)]
    for o, old in zip((ours, theirs), before):
        for _ in range(2):
            step(o)
        edit(o)
        for _ in range(2):
            step(o, extra=[p for p in old if all(p is not q for group in o.param_groups for q in group["params"])])
    torch.testing.assert_close(values(ours), values(theirs), rtol=1e-6, atol=0)
    torch.testing.assert_close([p.tolist() for p in before[0]], [p.tolist() for p in before[1]], rtol=1e-6, atol=0)
    saved = ours.state_dict()
    ours.load_state_dict(saved)


@pytest.mark.parametrize("method", libsam.methods())
def test_a_replaced_tensor_is_trained_by_every_method(method):
    own = libsam.methods()[method].own_update
    p, q, new = (nn.Parameter(torch.full((4,), 0.5 + n / 10)) for n in range(3))
    optimizer = libsam.torch.Optimizer([p, q], method, None if own else "sgd")
    changed = False
    for count in range(6):
        def closure(ask):
            loss = sum(((t - 0.1) ** 4).sum() for t in (p, q, new))
            loss.backward()
            return loss
        try:
            optimizer.step(closure)
        except Error as error:
            return pytest.fail(str(error)) if count else None       # the method does not suit this objective
        if count == 0:
            optimizer.param_groups[0]["params"][0] = new
            old, start = p.detach().clone(), new.detach().clone()
        changed |= count > 0 and not torch.equal(new, start)
    assert changed and torch.equal(p, old)


def test_a_state_that_was_grown_goes_with_the_grown_tensor():
    """As programs do that add points in training: moments are cut and joined by hand, under torch's names."""
    ends = []
    for kind in (lambda ps: libsam.torch.Optimizer(ps, "none", "adam", lr=0.1), lambda ps: torch.optim.Adam(ps, lr=0.1)):
        p = nn.Parameter(torch.linspace(1, 2, 4))
        optimizer = kind([p])
        step(optimizer)
        grown = nn.Parameter(torch.cat([p.detach(), torch.ones(2)]))
        stored = optimizer.state[p]
        for key in ("exp_avg", "exp_avg_sq"):
            stored[key] = torch.cat([stored[key], torch.zeros(2)])
        del optimizer.state[p]
        optimizer.param_groups[0]["params"][0] = grown
        optimizer.state[grown] = stored
        for _ in range(2):
            step(optimizer)
        ends.append(grown.detach())
    torch.testing.assert_close(*ends, rtol=1e-6, atol=0)


@pytest.mark.parametrize("edit", EDITS)
def test_in_the_middle_of_a_step_an_edit_ends_it(edit):
    optimizer, _ = pair()
    before, tensors = values(optimizer), [p for group in optimizer.param_groups for p in group["params"]]

    def closure():
        loss = sum((p ** 2).sum() for p in tensors)
        loss.backward()
        edit(optimizer)
        return loss
    with pytest.raises(Error, match="in the middle of a step"):
        optimizer.step(closure)
    assert [p.tolist() for p in tensors] == before


def test_what_cannot_be_a_table_is_refused():
    for bad in (3.0, torch.ones(2, requires_grad=True) * 2, None):
        optimizer, _ = pair()
        optimizer.param_groups[0]["params"][0] = bad
        with pytest.raises(Error, match=r"param_groups\[0\]\['params'\]\[0\]"):
            optimizer.advance()
    optimizer, _ = pair()
    optimizer.param_groups[1]["params"].append(optimizer.param_groups[0]["params"][0])
    with pytest.raises(Error, match="in the groups already"):
        optimizer.advance()
