"""What is made of the gradients: the direction given to the base, read off a step of plain sgd with rate 1."""
import numpy as np
import pytest

from identities import FIXED, Linear, Quadratic, ROUND, Split, USUAL, close, norm, nothing, observe

RHO = 0.3


def test_gsam_takes_away_what_is_across_the_perturbed_gradient():
    """d = gp - alpha g_perp with <g_perp, gp> = 0, so |d|² = |gp|² + alpha² |g_perp|²."""
    [seen] = observe("gsam", {"rho": RHO, "alpha": 0.7})
    g, gp = seen.gradients
    across = (gp - seen.direction) / 0.7
    assert abs(across @ gp) < 1e-12 * norm(g) * norm(gp) and norm(across) > 1e-3 * norm(g)
    assert abs((g - across) @ gp) == pytest.approx(norm(g - across) * norm(gp), rel=1e-12)
    assert norm(seen.direction) ** 2 == pytest.approx(norm(gp) ** 2 + 0.49 * norm(across) ** 2, rel=1e-12)
    [seen] = observe("gsam", {"rho": RHO, "alpha": 0.7, "form": "clean"})
    added = (seen.direction - g) / 0.7
    assert abs(added @ g) < 1e-12 * norm(g) * norm(gp)
    assert abs((gp - added) @ g) == pytest.approx(norm(gp - added) * norm(g), rel=1e-12)


@pytest.mark.parametrize("direction", ["perturbed", "clean"])
def test_stable_sam_keeps_one_direction_and_the_other_length(direction):
    [seen] = observe("stable_sam", {"rho": RHO, "direction": direction})
    along, across = seen.gradients[::-1] if direction == "perturbed" else seen.gradients
    close(seen.direction / norm(across), along / norm(along), atol=1e-12)
    assert abs(norm(along) - norm(across)) > 1e-3 * norm(across)


@pytest.mark.parametrize("method, options, weights", [
    ("gnp", {"alpha": 0.3}, (0.7, 0.3)), ("wsam", {"gamma": 0.75}, (-2.0, 3.0)), ("wsam", {"gamma": 0.75, "decouple": False}, (-2.0, 3.0)),
    ("crsam", {"gamma": 0.2, "beta": 0.3}, (-0.4, 1.5, -0.1)), ("sagm", {"alpha": 0.1}, (0.5, 0.5)), ("gam", {"alpha": 0.4}, (1.0, 0.0, -0.4, 0.4)),
    ("sampa", {"lam": 0.3}, (0.3, 0.7)), ("multistep_mean_sam", {}, (0, 1 / 3, 1 / 3, 1 / 3)), ("m_arwp", {"lam": 0.3}, (0.7, 0.3)),
    ("sam_m", {}, (0, 0.25) * 4), ("focalsam", {}, (1, 0, 1))])
def test_the_direction_is_linear_in_the_gradients(method, options, weights):
    seen = observe(method, {**options, **({} if method == "m_arwp" else {"rho": RHO})}, steps=2)[1]
    close(seen.direction, np.array(weights) @ np.array(seen.gradients), atol=1e-13)


def test_gnp_of_the_normalized_clean_gradient():
    [seen] = observe("gnp", {"alpha": 0.3, "normalized_clean": True})
    close(seen.direction, 0.7 * seen.gradients[0] / norm(seen.gradients[0]) + 0.3 * seen.gradients[1], atol=1e-12)


def test_sam_and_usam_on_a_quadratic_are_their_closed_forms():
    A, w = ROUND.A, ROUND.start
    close(observe("sam", {"rho": RHO, "lr": 0.1}, ROUND)[0].after, w - 0.1 * A @ (w + RHO * A @ w / norm(A @ w)), atol=1e-12)
    step = np.eye(4) - 0.1 * A @ (np.eye(4) + RHO * A)
    close(observe("usam", {"rho": RHO, "lr": 0.1}, ROUND, 5)[-1].after, np.linalg.matrix_power(step, 5) @ w, atol=1e-13)
    [seen] = observe("sam", {"rho": 0.5, "lr": 0.1}, Quadratic([1.0, 1.0], [3.0, 4.0]))
    close([seen.points[1], seen.after], [[3.3, 4.4], [2.67, 3.56]], atol=1e-12)


def test_sam_with_a_penalty_is_sam_of_the_penalized_loss():
    """l2 reaches both gradients, the second at w + e."""
    penalized = Quadratic(ROUND.A + 0.2 * np.eye(4), ROUND.start)
    ours, theirs = observe("sam", {"l2": 0.2, "rho": RHO, "lr": 0.1}, ROUND, 5), observe("sam", {"rho": RHO, "lr": 0.1}, penalized, 5)
    close(ours[-1].after, theirs[-1].after, atol=1e-13)


@pytest.mark.parametrize("method", ["sam", "asam", "zsharp", "gcsam", "eigen_sam", "usam"])
def test_a_multiple_of_the_loss_has_the_same_perturbation(method):
    """usam's, which is not normalised, is that multiple."""
    [one] = observe(method, {"rho": RHO})
    [ten] = observe(method, {"rho": RHO}, Split(lambda x, batch: tuple(10 * part for part in USUAL.evaluate(x, batch))))
    close(ten.e(), (10 if method == "usam" else 1) * one.e(), atol=1e-11)


def test_crsam_and_gam_on_a_quadratic():
    """gp + gm - 2g is 0 and gp - gm is 2 A e; gam's g3 - g2 is A e2 with |e2| = rho behind |e1| = rho_norm."""
    [seen] = observe("crsam", {"rho": RHO, "gamma": 5.0, "beta": 0.3}, ROUND)
    close(seen.e(2), -seen.e(1), atol=1e-15)
    close(seen.direction, seen.gradients[1] + 0.6 * ROUND.A @ seen.e(1), atol=1e-12)
    [seen] = observe("gam", {"rho": RHO, "rho_norm": 0.4, "alpha": 0.5}, ROUND)
    last = seen.points[3] - seen.points[2]
    assert (norm(seen.e(1)), norm(seen.e(2)), norm(last)) == pytest.approx((RHO, 0.4, RHO), rel=1e-9)
    close(seen.direction, seen.gradients[0] + 0.5 * ROUND.A @ last, atol=1e-12)


def test_ae_sam_follows_its_own_statistics():
    """SAM where |g|² is above its running mean by c_t deviations, c from lambda2 down to lambda1 at total_steps."""
    mean = variance = 0.0
    kept = observe("ae_sam", {"lambda1": -0.5, "lambda2": 0.5, "total_steps": 40, "delta": 0.8, "lr": 0.3}, steps=60)
    for step, seen in enumerate(kept, 1):
        q, x = norm(seen.gradients[0]) ** 2, min(step / 40, 1.0)
        mean = 0.8 * mean + 0.2 * q
        variance = 0.8 * variance + 0.2 * (q - mean) ** 2
        assert len(seen.asked) == 1 + (q >= mean + (0.5 - x) * np.sqrt(variance))
    assert {len(seen.asked) for seen in kept} == {1, 2}


@pytest.mark.parametrize("ema, barrier", [(1.0, False), (0.1, False), (0.1, True)])
def test_bloop_adds_what_is_across_the_running_mean(ema, barrier):
    """<d - g, m> = 0 up to the 1e-7 in its quotient; with the barrier the part along m is bounded by 1 / lam."""
    large = Split(USUAL.evaluate, lambda x, batch: tuple(100 * part for part in USUAL.evaluate(x, 2)))
    mean, bounded = None, 0
    for seen in observe("bloop", {"lam": 0.4, "ema": ema, "barrier": barrier}, large if barrier else USUAL, 4):
        g, a = seen.gradients
        mean = g if mean is None else mean + ema * (g - mean)
        added = seen.direction - g
        along = (a - added / 0.4) @ mean / (mean @ mean)
        if barrier and a @ mean / (mean @ mean) > 2.5:
            assert along == pytest.approx(2.5, rel=1e-9)
            bounded += 1
        else:
            assert abs(added @ mean) < 1e-6 * norm(a) * norm(mean) and norm(added) > 1e-3 * norm(a)
    assert (bounded > 0) == barrier


def test_lookbehind_goes_part_of_the_way_of_its_base_steps():
    for alpha in (0.0, 0.5, 1.0):
        [seen] = observe("lookbehind_sam", {"rho": RHO, "k": 3, "alpha": alpha, "lr": 0.1})
        close(seen.after, seen.before - alpha * 0.1 * np.sum(seen.gradients[1:], axis=0), atol=1e-14)


def test_entropy_sgd_does_not_move_without_a_gradient():
    [still], [moved] = (observe("entropy_sgd", {"noise": 0.0, "gamma": 1.0}, problem) for problem in (Split(nothing), USUAL))
    assert norm(still.direction) == 0 and norm(moved.direction) > 1e-3
    [shaken] = observe("entropy_sgd", {"noise": 0.1, "gamma": 1.0}, Split(nothing))
    assert norm(shaken.direction) > 1e-3


@pytest.mark.parametrize("beta, delta", [(1.0, 0.0), (0.5, 0.0), (1.0, 2.0)])
def test_normalized_gd_step_length(beta, delta):
    for seen in observe("normalized_gd", {"beta": beta, "delta": delta, "lr": 0.2}, steps=4):
        length = norm(seen.gradients[0])
        assert norm(seen.direction) == pytest.approx(0.2 * length / (length**beta + delta), rel=1e-12)
    [first, second] = observe("normalized_gd", {"average": 0.7}, steps=2)
    mean = 0.7 * first.gradients[0] + 0.3 * second.gradients[0]
    close(second.direction, mean / norm(mean), atol=1e-13)


@pytest.mark.parametrize("normalize", [False, True])
def test_spider_on_one_batch_is_the_gradient(normalize):
    for step, seen in enumerate(observe("spider", {"normalize": normalize, "lr": 0.3, "period": 4}, FIXED, 10)):
        g = seen.gradients[0]
        assert len(seen.asked) == 1 + (step % 4 > 0)
        close(seen.direction, 0.3 * g / (norm(g) if normalize else 1.0), atol=1e-10)


def test_a_gradient_of_0_changes_nothing_and_is_no_error():
    for method in ("sam", "asam", "gsam", "stable_sam", "normalized_gd", "sam_layerwise", "fisher_sam", "zsharp", "eigen_sam"):
        [seen] = observe(method, {}, Split(nothing))
        assert seen.after.tobytes() == seen.before.tobytes() and all(norm(seen.e(place)) == 0 for place in range(len(seen.points)))


def test_msam_with_a_negative_radius_perturbs_the_other_way():
    [_, up], [_, down] = (observe("msam", {"rho": sign * RHO, "momentum": 0.9, "lr": 0.1}, Linear(), 2) for sign in (1, -1))
    close(up.e(), -down.e(), atol=1e-15)
    assert norm(up.e()) == pytest.approx(RHO, rel=1e-9)
