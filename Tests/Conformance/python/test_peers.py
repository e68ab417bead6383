"""Defects that other implementations of these methods are known for; each test states the one that must not be here."""
import libsam
import numpy as np
import pytest

from host import Host, METHODS, SQUARE, USUAL, own_base, still

norm = np.linalg.norm
PERTURBED = libsam.Ask.PERTURBED
STEPS = 12                              # enough for methods that climb in every tenth step
RADII = [("rho",), ("rho_min", "rho_max"), ("sigma",), ("divergence",), ("gamma1",)]      # names of radii, the first that there is


def stepped(host):
    """One step; the iterate before it, and (gradient, weights) of its evaluations, all float64."""
    before, seen = host.weights.astype(float), []

    def closure(ask):
        loss = host.evaluate(ask)
        seen.append((np.concatenate([s.ravel() for s in host.slopes.values()]).astype(float), host.weights.astype(float)))
        return loss
    host.optimizer.step(closure)
    return before, seen


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("method", METHODS)
def test_steps_at_rate_0_change_no_bit(method, dtype):
    """Restoring by subtraction: up to 3 % of the weights had changed after a thousand steps."""
    host = Host(method, own_base(method), still(method), dtype=dtype)
    before = host.weights.tobytes()
    for _ in range(2000 // host.optimizer.evaluations):     # of sam: a thousand
        if still(method) is not None:
            host.step()
        else:                                               # no rate: the step is given up at its second evaluation
            host.optimizer.advance(host.evaluate(host.optimizer.advance()))
            host.optimizer.cancel()
        assert host.weights.tobytes() == before


@pytest.mark.parametrize("method", METHODS)
def test_the_memory_stays_where_it_is(method):
    """Restoring by exchanging buffers: the data pointer changed in every step."""
    host = Host(method, own_base(method), {"rho": 0.3} if "rho" in libsam.methods()[method].options else {})
    places = {name: array.ctypes.data for name, array in host.arrays.items()}

    def spoil(ask, host):
        assert {name: host.optimizer.point(name).ctypes.data for name in places} == places
    host.spoil = spoil
    host.run(12)
    assert {name: array.ctypes.data for name, array in host.optimizer.parameters.items()} == places


def step_without(host, layer, missing_from):
    """A step whose gradient of the layer is missing from that evaluation on."""
    count = 0

    def closure(ask):
        nonlocal count
        count += 1
        loss = host.evaluate(ask)
        if count >= missing_from:
            host.optimizer.bind(layer, None)
        return loss
    host.optimizer.step(closure)


@pytest.mark.parametrize("method", METHODS)
def test_a_layer_without_gradient_is_left_out_of_the_step(method):
    """Missing at the first evaluation: the layer is neither perturbed nor moved nor decayed."""
    decay = {"base.weight_decay": 0.1} if own_base(method) else {}
    host = Host(method, own_base(method), decay)
    host.run(2)
    layer, rest = host.arrays["fc.weight"].copy(), host.arrays["conv.weight"].copy()
    perturbed, host.asked = [], []
    host.spoil = lambda ask, host: perturbed.append(host.arrays["fc.weight"].tobytes() != layer.tobytes())
    step_without(host, "fc.weight", 1)
    assert not any(perturbed) or host.asked[0] & PERTURBED                  # it was not known to be missing
    assert host.arrays["fc.weight"].tobytes() == layer.tobytes() and host.optimizer.metrics.steps == 3
    assert host.arrays["conv.weight"].tobytes() != rest.tobytes()


@pytest.mark.parametrize("method", [method for method in METHODS if still(method) is not None])
def test_a_gradient_that_is_missing_later_leaves_no_perturbation(method):
    """A layer without gradient in the second pass kept its perturbation. It counts as zero there, and is restored."""
    host = Host(method, own_base(method), still(method))
    host.run(2)
    before = host.weights.tobytes()
    step_without(host, "fc.weight", 2)
    assert host.weights.tobytes() == before and host.optimizer.metrics.steps == 3


def at_radius_0(method):
    """The options that make its radius 0."""
    options = libsam.methods()[method].options
    return next(({name: 0.0 for name in names} for names in RADII if set(names) <= set(options)), {})


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("base", list(libsam.bases()))
@pytest.mark.parametrize("method", [name for name, entry in libsam.methods().items() if entry.exactness and not entry.own_update])
def test_radius_0_is_the_base(method, base, dtype):
    """Bit for bit, or to rounding, as the catalogue's entry declares; rounding grows from step to step, without bound where a base
    divides by curvature, and where soap's bases are free (unfoldings of lower rank)."""
    exact, gentle = libsam.methods()[method].exactness == 2, {"base.alpha": 0.1} if base == "oasis" else {}
    problem = SQUARE if base == "soap" else USUAL
    host = Host(method, base, {f"method.{name}": value for name, value in at_radius_0(method).items()} | gentle, problem, dtype)
    plain = Host("none", base, gentle, problem, dtype)
    for step in range(20 if exact else 8):
        host.step()
        plain.step()
        if exact:
            assert host.weights.tobytes() == plain.weights.tobytes(), f"step {step + 1}"
        else:
            close = 1e-3 if dtype == np.float32 else 1e-6
            np.testing.assert_allclose(host.weights, plain.weights, rtol=close, err_msg=f"step {step + 1}")


def test_looksam_builds_its_direction_and_uses_it_once():
    """One port never built it and so was sgd; another used the gradient twice over in the steps between."""
    k, alpha, lr = 4, 0.7, 0.1
    host, part = Host("looksam", options={"k": k, "alpha": alpha, "rho": 0.2, "lr": lr}), None
    plain = Host("none", options={"lr": lr})
    for step in range(1, 10):
        before, seen = stepped(host)
        plain.step()
        g = seen[0][0]
        if (step - 1) % k == 0:
            assert len(seen) == 2
            direction = seen[1][0]
            part = direction - (direction @ g) / (g @ g) * g
        else:
            assert len(seen) == 1
            direction = g + alpha * norm(g) / (norm(part) + 1e-8) * part
            assert norm(direction - g) == pytest.approx(alpha * norm(g), rel=1e-4)
        np.testing.assert_allclose(host.weights, before - lr * direction, rtol=0, atol=1e-13)
    assert norm(host.weights - plain.weights) > 1e-3


@pytest.mark.parametrize("order", ["subtract_first", "average_first"])
def test_friendly_sam_averages_the_gradient_itself(order):
    """A port averaged the gradient that it had already changed: 10 % away in the second step, 57 % in the twentieth."""
    rho, sigma, lam, lr, mean = 0.2, 0.8, 0.7, 0.1, None
    host = Host("friendly_sam", options={"rho": rho, "sigma": sigma, "lam": lam, "lr": lr, "order": order})
    for step in range(20):
        before, seen = stepped(host)
        g = seen[0][0]
        new = g if mean is None else lam * mean + (1 - lam) * g
        noise = g if mean is None else g - sigma * (mean if order == "subtract_first" else new)
        mean = new
        np.testing.assert_allclose(seen[1][1], before + rho * noise / norm(noise), rtol=0, atol=1e-12, err_msg=f"step {step + 1}")
        np.testing.assert_allclose(host.weights, before - lr * seen[1][0], rtol=0, atol=1e-13)


@pytest.mark.parametrize("method", ["sam", "gsam", "friendly_sam", "gam"])
def test_the_perturbation_is_as_long_as_rho(method):
    """The norm taken of another vector than the one that is scaled: 0.974 of rho."""
    host = Host(method, options={"rho": 0.3, **({"rho_norm": 0.0} if method == "gam" else {})})
    for _ in range(5):
        before, seen = stepped(host)
        assert norm(seen[-1][1] - before) == pytest.approx(0.3, rel=1e-9)
        assert host.optimizer.metrics.perturbation_norm == pytest.approx(0.3, rel=1e-9)


@pytest.mark.parametrize("eta", [0.0, 0.01, 0.5])
def test_asam_scales_weights_and_leaves_biases(eta):
    """A port had no eta and scaled biases and norm shifts as well: that is scaling "square"."""
    rho, host = 0.5, Host("asam", options={"rho": 0.5, "eta": eta})
    kinds = np.concatenate([np.full(array.size, role in ("weight", "embedding") or (role == "norm" and "weight" in name))
                            for (name, role, _), array in zip(host.problem.tensors, host.arrays.values())])
    before, seen = stepped(host)
    shape = np.where(kinds, abs(before) + eta, 1.0)
    g = seen[0][0]
    np.testing.assert_allclose(seen[1][1], before + rho * shape**2 * g / norm(shape * g), rtol=0, atol=1e-12)
    square = Host("asam", options={"rho": rho, "scaling": "square"})
    before, seen = stepped(square)
    np.testing.assert_allclose(seen[1][1], before + rho * before**2 * g / norm(before * g), rtol=0, atol=1e-12)


@pytest.mark.parametrize("way", ["accumulate", "micro_batches"])
def test_micro_batches_are_averaged_not_added(way):
    """The same batch four times over is that batch: a sum would make the step four times as long."""
    one, four = Host("sam", options={"rho": 0.2}), Host("sam", options={"rho": 0.2, way: 4})
    for host in (one, four):
        host.problem = FixedBatch(host.problem)
    for _ in range(5):
        one.step()
        four.step()
        np.testing.assert_allclose(four.weights, one.weights, rtol=1e-12)
    assert len(four.asked) == 8


class FixedBatch:
    """A problem whose every batch is its first."""

    def __init__(self, problem):
        self.problem = problem

    def evaluate(self, x, batch, auxiliary=False):
        return self.problem.evaluate(x, 0, auxiliary)


@pytest.mark.parametrize("method", METHODS)
def test_a_nan_in_a_step_given_up_reaches_nothing(method):
    """Results of both branches blended, cond a + (1 - cond) b: a NaN in the branch that was not taken survived."""
    options = {"nonfinite": "skip", **({"base.momentum": 0.9} if own_base(method) else {})}
    host, plain, first = (Host(method, own_base(method), options) for _ in range(3))
    climbs, spoilt = False, []
    for _ in range(STEPS):
        first.step()
        climbs = climbs or any(ask & PERTURBED for ask in first.asked)

    def spoil(ask, host):
        if host.optimizer.metrics.steps and not spoilt and (ask & PERTURBED or not climbs):
            spoilt.append(ask)
            host.slopes["fc.weight"][1, 2] = np.nan
            return np.nan if ask & libsam.Ask.LOSS_ONLY else None
    host.spoil = spoil
    for _ in range(STEPS):
        skipped = host.optimizer.metrics.skipped
        host.step()
        if host.optimizer.metrics.skipped == skipped:
            plain.step()
        while plain.optimizer.batch < host.optimizer.batch:                 # the step's batches are used up
            plain.optimizer.advance()
            plain.optimizer.cancel()
        assert np.isfinite(host.weights).all() and host.weights.tobytes() == plain.weights.tobytes()
    assert host.optimizer.metrics.skipped == len(spoilt) == 1
