"""optimizer.state of the torch optimizer: what is kept of each parameter, what wrappers put there, and hooks of state dicts."""
import copy

import libsam
import libsam.torch
import pytest
import torch
from torch_host import closure_of, smooth, state_of, through_a_file, weights

Opt = libsam.torch.Optimizer


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
