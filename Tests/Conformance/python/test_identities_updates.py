"""Methods with an update of their own, on quadratics, linear losses and at rate 0."""
import numpy as np
import pytest

from identities import Linear, Quadratic, ROUND, USUAL, close, norm, observe

A, W = ROUND.A, ROUND.start
SADDLE = Quadratic([2.0, 0.5, -1.0], [1.0, -0.6, 1e-2])


def test_bsam_at_rate_0_leaves_the_weights_and_perturbs_the_iterate():
    """Another implementation's noise and ascent stayed in the weights; its ascent began at the noisy point."""
    kept, precision = observe("bsam", {"lr": 0.0, "data_size": 50, "rho": 0.3, "damping": 0.1, "weight_decay": 0.01}, steps=20), 1.0
    for seen in kept:
        assert seen.after.tobytes() == seen.before.tobytes()
        close(seen.e(1), 0.3 * seen.gradients[0] / precision, atol=1e-12)
        precision = 0.999 * precision + 0.001 * (np.sqrt(precision) * abs(seen.gradients[0]) + 0.11)
    noise = np.concatenate([seen.e(0) for seen in kept])
    assert noise.std() == pytest.approx(1 / np.sqrt(50), rel=0.08) and abs(noise.mean()) < 0.02


def test_adasam_on_a_linear_loss():
    """m = (1 - beta1^t) c and v = (1 - beta2^t) c²: every element moves by the same, against c's sign."""
    for t, seen in enumerate(observe("adasam", {"lr": 0.1, "beta1": 0.8, "beta2": 0.9}, Linear(fixed=True), 5), 1):
        move = 0.1 * (1 - 0.8**t) / np.sqrt(1 - 0.9**t)
        close(seen.after, seen.before - move * np.sign(seen.gradients[0]), atol=1e-13)


@pytest.mark.parametrize("accumulator", ["norm", "coordinate"])
def test_lightsam_radius_and_rate_fall_with_the_root_of_the_steps_on_a_linear_loss(accumulator):
    for t, seen in enumerate(observe("lightsam", {"lr": 0.1, "rho": 0.3, "accumulator": accumulator}, Linear(fixed=True), 5), 1):
        c = seen.gradients[0]
        unit = np.sign(c) if accumulator == "coordinate" else c / norm(c)
        close(seen.e(), 0.3 * unit / np.sqrt(t), atol=1e-13)
        close(seen.after, seen.before - 0.1 * unit / np.sqrt(t), atol=1e-13)


@pytest.mark.parametrize("method", ["sassha", "msassha"])
@pytest.mark.parametrize("power", [0.5, 1.0])
def test_sassha_divides_by_the_power_of_a_diagonal_hessian(method, power):
    """Signs give the diagonal of a diagonal Hessian exactly: the first step is gp / |D|^power, also downhill of a saddle."""
    [seen] = observe(method, {"lr": 0.1, "hessian_power": power, "eps": 0.01, "rho": 0.2, "weight_decay": 0.5}, SADDLE)
    gp, diagonal = seen.gradients[1 if method == "sassha" else 0], abs(np.diag(SADDLE.A))
    close(seen.after, 0.95 * seen.before - 0.1 * gp / (diagonal**power + 0.01), atol=1e-9)


def test_zo_sgd_moves_along_one_probe_by_its_exact_slope_and_decays():
    [seen] = observe("zo_sgd", {"lr": 0.1, "mu": 0.5, "weight_decay": 0.2}, ROUND)
    z = seen.points[0] - seen.points[1]
    close(seen.after, W - 0.1 * ((z @ A @ W) * z + 0.2 * W), atol=1e-12)


def test_o2nc_never_moves_further_than_its_radius():
    """And evaluates on the way of the move it is about to make."""
    kept = observe("o2nc", {"lr": 0.05, "radius": 0.02}, steps=30)
    lengths = [norm(seen.after - seen.before) for seen in kept]
    assert lengths[0] == 0 and max(lengths) <= 0.02 * (1 + 1e-10) and lengths[-1] > 0.01
    delta, on_the_way = 0.0, []
    for seen in kept:
        close(seen.after - seen.before, delta, atol=1e-14)
        if norm(delta):
            on_the_way.append(seen.e() @ delta / (delta @ delta))
            close(seen.e(), on_the_way[-1] * delta, atol=1e-14)
        delta = delta - 0.05 * seen.gradients[0]
        delta = delta * min(1.0, 0.02 / norm(delta))
    assert 0 < min(on_the_way) < 0.2 and 0.8 < max(on_the_way) < 1
    free = observe("o2nc", {"lr": 0.05, "radius": 1e9}, steps=30)
    assert max(norm(seen.after - seen.before) for seen in free) > 0.02


def test_exp_o2nc_scales_its_moves_by_exponential_numbers():
    options = {"lr": 0.1, "beta": 0.5, "mu": 1.0}
    scaled = observe("exp_o2nc", options, Linear(fixed=True), 400)
    plain = observe("exp_o2nc", options | {"random_scaling": False}, Linear(fixed=True), 400)
    factors = np.array([norm(a.after - a.before) / norm(b.after - b.before) for a, b in zip(scaled, plain)])
    assert factors.mean() == pytest.approx(1, abs=0.2) and (factors > 1).mean() == pytest.approx(np.exp(-1), abs=0.1)
    c = plain[0].gradients[0]
    close(plain[-1].before - plain[-1].after, 0.1 * 0.5 / 1.1 / (1 - 0.5 / 1.1) * c, atol=1e-13)


@pytest.mark.parametrize("ball, power", [("l2", 2), ("l1", 1), ("linf", np.inf)])
def test_zo_frank_wolfe_stays_in_the_hull_of_start_and_ball(ball, power):
    """Steps are convex combinations with points of length `radius`; from within the ball it never leaves."""
    def length(v):
        return np.linalg.norm(v, power)
    start = Quadratic(A, 0.05 * W, center=np.array([2.0, -1.0, 3.0, 0.5]))
    kept = observe("zo_frank_wolfe", {"ball": ball, "radius": 0.5, "mu": 0.1, "directions": 20}, start, 80)
    for t, seen in enumerate(kept, 1):
        corner = seen.before + (seen.after - seen.before) * (t + 8) / 2
        assert length(corner) == pytest.approx(0.5, rel=1e-9) and length(seen.after) <= 0.5 * (1 + 1e-12)
    assert start.evaluate(kept[-1].after, 0)[0] < start.evaluate(start.start, 0)[0]
    outside = observe("zo_frank_wolfe", {"ball": ball, "radius": 0.5}, USUAL, 10)
    assert all(length(seen.after) <= max(length(seen.before), 0.5) * (1 + 1e-12) for seen in outside)
