"""Metrics against numpy, computed from what the host saw."""
import dataclasses
import math

import libsam
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host import Host, METHODS, own_base

norm = np.linalg.norm
CLEAN, PERTURBED = libsam.Ask.EVALUATE, libsam.Ask.EVALUATE | libsam.Ask.PERTURBED


def recorded(host):
    """One step; [(ask, loss, weights, gradient)] of its evaluations."""
    seen = []

    def closure(ask):
        loss = host.evaluate(ask)
        gradient = np.concatenate([slope.ravel() for slope in host.slopes.values()]).astype(float)
        seen.append((ask, loss, host.weights.astype(float), gradient))
        return loss
    host.optimizer.step(closure)
    return seen


def test_before_the_first_step():
    metrics = Host().optimizer.metrics
    assert (metrics.steps, metrics.evaluations, metrics.skipped) == (0, 0, 0)
    assert all(math.isnan(value) for value in dataclasses.astuple(metrics)[3:])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("method", METHODS)
def test_every_method(method, dtype):
    options = {"base.momentum": 0.9} if own_base(method) else {}
    host, close = Host(method, own_base(method), options, dtype=dtype), {"rel": 1e-5 if dtype == np.float32 else 1e-9}
    evaluations = 0
    for step in range(1, 13):
        before = host.weights.astype(float)
        seen, metrics = recorded(host), host.optimizer.metrics
        evaluations += len(seen)
        assert (metrics.steps, metrics.evaluations, metrics.skipped) == (step, evaluations, 0)
        assert metrics.loss == seen[0][1]
        moved = norm(host.weights.astype(float) - before)
        assert metrics.update_norm == pytest.approx(moved, **close, abs=1e-7 if dtype == np.float32 else 1e-14)
        clean = [row for row in seen if row[0] == CLEAN]
        climbed = [row for row in seen if row[0] & libsam.Ask.PERTURBED]
        if clean:
            assert metrics.gradient_norm == pytest.approx(norm(clean[0][3]), **close)
        if not climbed:
            assert math.isnan(metrics.perturbed_loss) and math.isnan(metrics.perturbed_gradient_norm) and math.isnan(metrics.cosine)
            continue
        _, loss, weights, gradient = climbed[-1]
        assert metrics.perturbed_loss == loss
        assert metrics.effective_radius == pytest.approx(norm(weights - before), **close)
        assert metrics.perturbation_norm == pytest.approx(norm(weights - before), rel=1e-3 if dtype == np.float32 else 1e-9)
        cosine = clean[0][3] @ gradient / norm(clean[0][3]) / norm(gradient) if clean else math.nan
        for value, expected in ((metrics.perturbed_gradient_norm, norm(gradient)), (metrics.cosine, cosine)):
            assert math.isnan(value) or value == pytest.approx(expected, **close)       # not every method knows them


@pytest.mark.parametrize("method", ["sam", "asam", "gsam", "friendly_sam"])
def test_what_two_evaluations_tell_is_known(method):
    """The perturbed gradient's norm and its cosine, for the methods that see both gradients at hand."""
    host = Host(method)
    host.run(3)
    assert 0 < host.optimizer.metrics.perturbed_gradient_norm < math.inf


@given(st.floats(1e-4, 1.0), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=30)
def test_the_radius_is_the_radius(rho, seed):
    random = np.random.default_rng(seed)
    w, g = random.standard_normal(50), random.standard_normal(50)
    with libsam.Optimizer({"w": w}, {"w": g}, method="sam", rho=rho, lr=0.1) as optimizer:
        optimizer.step(lambda ask: 1.0)
        assert optimizer.metrics.perturbation_norm == pytest.approx(rho, rel=1e-9)
        assert optimizer.metrics.effective_radius == pytest.approx(rho, rel=1e-6)
        assert optimizer.metrics.cosine in (pytest.approx(1.0), pytest.approx(math.nan, nan_ok=True))


def test_what_rounding_leaves_of_the_radius():
    """float32 around 1e4 has steps of 1e-3: a perturbation of 1e-4 in each element is gone, one of 1e-2 is rounded."""
    for rho, elements in ((1e-4, 1), (1e-2, 1), (1e-2, 100)):
        w, g = np.full(elements, 1e4, np.float32), np.ones(elements, np.float32)
        optimizer, points = libsam.Optimizer({"w": w}, {"w": g}, method="sam", rho=rho), []
        optimizer.step(lambda ask: points.append(w.astype(float)) or 1.0)
        assert optimizer.metrics.perturbation_norm == pytest.approx(rho, rel=1e-6)
        assert optimizer.metrics.effective_radius == pytest.approx(norm(points[1] - points[0]), rel=1e-12, abs=0)
        assert optimizer.metrics.effective_radius != pytest.approx(rho, rel=1e-3)


def test_the_loss_is_the_mean_over_the_micro_batches():
    host = Host(options={"accumulate": 3})
    losses = [row[1] for row in recorded(host)]
    assert host.optimizer.metrics.loss == pytest.approx(np.mean(losses[:3]), rel=1e-14)
    assert host.optimizer.metrics.perturbed_loss == pytest.approx(np.mean(losses[3:]), rel=1e-14)


def test_a_step_that_is_given_up_leaves_them():
    host = Host()
    host.run(2)
    before = host.optimizer.metrics
    with pytest.raises(ZeroDivisionError):
        host.optimizer.step(lambda ask: 1 / 0)
    np.testing.assert_equal(dataclasses.asdict(host.optimizer.metrics), dataclasses.asdict(before) | {"evaluations": 4})
