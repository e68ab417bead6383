"""Schedules against their formulas, in every step."""
import math

import libsam
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

STEPS = 40


KINDS = ["constant", "linear", "cosine", "cosine_power", "step", "exponential", "polynomial", "inverse_sqrt", "one_cycle"]


def half_cosine(x):
    return (1 + math.cos(math.pi * x)) / 2


def held(value, initial, final):
    return max(value, final) if final <= initial else min(value, final)


def course(kind, t, initial, final, steps, warmup=0, period=0, power=0.0):
    """The value in step t: initial t / t0 up to t0 = max(warmup, 1), behind it along x = (t - t0) / (steps - t0), held at 1."""
    if kind == "one_cycle" and warmup == 0:
        warmup = int((power if 0 < power < 1 else 0.3) * steps)
    t0 = max(warmup, 1)
    past = t - t0
    if kind == "one_cycle" and past < 0:
        low = initial / (power if power >= 1 else 25)
        return initial + (low - initial) * half_cosine((t - 1) / (t0 - 1))
    if past < 0:
        return initial * t / t0
    x = min(past / (steps - t0), 1.0) if steps > t0 else float(past > 0)
    if kind in ("constant", "inverse_sqrt"):
        return initial if kind == "constant" else held(initial * math.sqrt(t0 / t), initial, final)
    if kind == "linear":
        return initial + (final - initial) * x
    if kind == "polynomial":
        return final + (initial - final) * (1 - x) ** (power or 1)
    if kind in ("cosine", "one_cycle"):
        return final + (initial - final) * half_cosine(past % period / period if period and kind == "cosine" else x)
    if kind == "step":
        return held(initial * (power or 0.1) ** (past // max(period, 1)), initial, final)
    if kind == "exponential":
        if power:
            return held(initial * power ** (past / max(period, 1)), initial, final)
        return 0.0 if initial == 0 and x < 1 else final if x == 1 else initial * (final / initial) ** x
    p, whole = power or 10.0, max(steps - t0, 0) + 1           # cosine_power: e of E evaluations behind t0
    if whole == 1:
        return initial if past == 0 else final
    share = [half_cosine(min(e / whole, 1.0)) for e in (past + 1, 1)]
    above = [c if p == 1 else p ** c - 1 for c in share]
    return final + (initial - final) * above[0] / above[1]


def optimizer_of(**options):
    """Over one weight with the gradient 1: a step of sgd moves it by lr."""
    return libsam.Optimizer({"w": np.zeros(1)}, {"w": np.ones(1)}, **{"method": "none", "base": "sgd", **options})


def moved(optimizer, value=0.0):
    """How far one step moves the weight."""
    before = optimizer.parameters["w"][0]
    optimizer.step(lambda ask: value)
    return before - optimizer.parameters["w"][0]


NUMBERS = st.floats(0, 1e3, allow_subnormal=False)


@given(kind=st.sampled_from(KINDS), initial=NUMBERS, final=NUMBERS, warmup=st.integers(0, 12), steps=st.integers(1, 40),
       period=st.integers(0, 9), power=st.one_of(st.just(0.0), st.floats(0.05, 0.95), st.just(1.0), st.floats(1.1, 30)), earlier=st.integers(0, 3))
@settings(deadline=None, max_examples=600)
def test_every_step_has_the_formulas_value(kind, initial, final, warmup, steps, period, power, earlier):
    with optimizer_of() as optimizer:
        for _ in range(earlier):                            # steps are counted from the one at which it was set
            optimizer.step(lambda ask: 0.0)
        optimizer.schedule("lr", kind, initial=initial, final=final, steps=steps, warmup=warmup, period=period, power=power)
        for t in range(1, STEPS + 1):
            expected = course(kind, t, initial, final, steps, warmup, period, power)
            assert optimizer.lr == pytest.approx(expected, rel=1e-11, abs=1e-12 * (initial + final)), f"step {t}"
            optimizer.step(lambda ask: 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_step_uses_the_value(kind):
    optimizer = optimizer_of()
    optimizer.schedule("lr", kind, initial=0.5, final=0.125, steps=12, warmup=3)
    for t in range(1, 20):
        assert moved(optimizer) == pytest.approx(course(kind, t, 0.5, 0.125, 12, 3), rel=1e-9)


def test_known_values():
    """The first step after the warm-up has `initial`, the last `final`, exactly, and it stays; a period begins again."""
    optimizer, seen = optimizer_of(), {}
    for kind in ("linear", "cosine"):
        optimizer.schedule("lr", kind, initial=0.3, final=0.1, steps=9, warmup=4)
        seen[kind] = []
        for _ in range(12):
            seen[kind].append(optimizer.lr)
            optimizer.step(lambda ask: 0.0)
        assert seen[kind][3] == 0.3 and seen[kind][8:] == [0.1] * 4
        np.testing.assert_allclose(seen[kind][:4], [0.075, 0.15, 0.225, 0.3], rtol=1e-15)
    optimizer.schedule("lr", "cosine", initial=1.0, steps=100, period=4)
    restarts = []
    for _ in range(9):
        restarts.append(optimizer.lr)
        optimizer.step(lambda ask: 0.0)
    half = math.cos(math.pi / 4)
    np.testing.assert_allclose(restarts, [1, (1 + half) / 2, 0.5, (1 - half) / 2] * 2 + [1], rtol=1e-12)


@pytest.mark.parametrize("option", ["rho", "weight_decay", "momentum", "method.rho", "base.lr", "clip_norm"])
def test_any_real_option_can_have_one(option):
    optimizer = optimizer_of(method="sam")
    optimizer.schedule(option, "linear", initial=0.25, final=0.5, steps=3)
    values = []
    for _ in range(4):
        values.append(optimizer.get(option))
        optimizer.step(lambda ask: 0.0)
    assert values == [0.25, 0.375, 0.5, 0.5]


def test_of_one_group():
    arrays, slopes = {"a": np.zeros(1), "b": np.zeros(1)}, {"a": np.ones(1), "b": np.ones(1)}
    optimizer = libsam.Optimizer(arrays, slopes, method="none", lr=1.0, groups={"head": ["b"]})
    optimizer.schedule("lr", "linear", initial=0.5, final=0.25, steps=2, group=1)
    for _ in range(2):
        optimizer.step(lambda ask: 0.0)
    assert arrays["a"] == -2 and arrays["b"] == -0.75


def test_removed_by_none_and_by_setting():
    optimizer = optimizer_of()
    for remove, left in ((lambda: optimizer.schedule("lr", None), 0.75), (lambda: setattr(optimizer, "lr", 0.1), 0.1)):
        optimizer.schedule("lr", "linear", initial=1.0, final=0.5, steps=3)
        optimizer.step(lambda ask: 0.0)
        assert optimizer.lr == 0.75
        remove()
        for _ in range(3):
            assert optimizer.lr == left
            optimizer.step(lambda ask: 0.0)


def test_a_step_that_is_given_up_does_not_count():
    optimizer = optimizer_of(nonfinite="skip")
    optimizer.schedule("lr", "linear", initial=1.0, final=0.5, steps=3)
    assert moved(optimizer) == 1.0
    assert moved(optimizer, math.nan) == 0.0 and optimizer.metrics.skipped == 1
    optimizer.advance()
    optimizer.cancel()
    assert optimizer.lr == 0.75 and moved(optimizer) == 0.75


def test_refusals():
    optimizer = optimizer_of(method="sam")
    for arguments, error in (
            ({"option": "maximize", "kind": "constant"}, libsam.ArgumentError),
            ({"option": "scaling", "kind": "constant"}, libsam.ArgumentError),
            ({"option": "accumulate", "kind": "constant", "initial": 1.0}, libsam.ArgumentError),
            ({"kind": "cosin", "initial": 1.0}, libsam.UnknownNameError), ({"kind": "linear", "initial": -1.0}, libsam.RangeError),
            ({"kind": "linear", "final": -1.0}, libsam.RangeError), ({"kind": "linear", "initial": math.nan}, libsam.RangeError),
            ({"kind": "linear", "warmup": -1}, libsam.RangeError), ({"kind": "linear", "steps": 0}, libsam.RangeError),
            ({"kind": "cosine", "period": -1, "steps": 5}, libsam.RangeError)):
        with pytest.raises(error):
            optimizer.schedule(**{"option": "lr", "steps": 9, **arguments})
    assert optimizer.lr == libsam.bases()["sgd"].options["lr"].default


def test_the_catalogue_names_them():
    assert list(libsam.schedules()) == KINDS


def test_what_a_course_ends_with():
    """Values that follow from the names alone: halves, the last step, the top of a cycle."""
    def values(kind, count, **members):
        optimizer = optimizer_of()
        optimizer.schedule("lr", kind, **members)
        seen = []
        for _ in range(count):
            seen.append(optimizer.lr)
            optimizer.step(lambda ask: 0.0)
        return seen
    assert values("step", 7, initial=1.0, power=0.5, period=2, steps=1) == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125]
    assert values("step", 9, initial=1.0, final=0.25, power=0.5, period=1, steps=1)[4:] == [0.25] * 5
    np.testing.assert_allclose(values("exponential", 4, initial=8.0, final=1.0, steps=4), [8, 4, 2, 1], rtol=1e-14)
    np.testing.assert_allclose(values("inverse_sqrt", 16, initial=1.0, warmup=4, steps=1)[15], 0.5, rtol=1e-15)
    np.testing.assert_allclose(values("polynomial", 5, initial=4.0, final=0.0, power=2, steps=5), [4, 2.25, 1, 0.25, 0], rtol=1e-14)
    cycle = values("one_cycle", 12, initial=1.0, final=0.001, steps=10)
    assert cycle[0] == pytest.approx(1 / 25) and cycle[2] == 1.0 and cycle[9:] == [0.001] * 3
    assert max(values("one_cycle", 10, initial=1.0, steps=10, power=0.5)[4:5]) == 1.0
    power = values("cosine_power", 20, initial=1.0, final=0.1, steps=20)
    assert power[0] == 1.0 and power == sorted(power, reverse=True) and power[19] == pytest.approx(0.1, abs=1e-12)


def test_a_course_that_leaves_the_bounds_leaves_the_option():
    """A warm-up begins below initial: an option whose range begins above keeps its value until the course is inside."""
    optimizer = optimizer_of(method="gnp")
    optimizer.schedule("gradient_scale", "constant", initial=1.0, warmup=0, steps=1)
    assert optimizer.gradient_scale == 1.0
