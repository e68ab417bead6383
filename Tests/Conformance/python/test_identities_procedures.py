"""Procedures with closed forms: a bilinear game, proximal, Newton and Polyak steps on quadratics."""
import numpy as np
import pytest

from identities import Game, Quadratic, ROUND, Split, close, norm, observe

A, W = ROUND.A, ROUND.start
TWO = Quadratic([5.0, 5.0, 0.1, 0.1], 1e-4 * W / [5.0, 5.0, 0.1, 0.1])      # two eigenvalues and a small gradient with equal
                                                            # shares: conjugate gradients are exact, in two iterations
SADDLE = Quadratic([2.0, 0.5, -1.0], [1.0, -0.6, 1e-2])


@pytest.mark.parametrize("method, factor", [("extragradient", (1 - 0.01 + 0.0001) ** 0.5), ("none", 1.01**0.5)])
def test_a_step_in_a_bilinear_game_contracts_or_diverges(method, factor):
    """Extragradient by sqrt(1 - c² + c⁴) with c the rate; gradient descent and ascent grow by sqrt(1 + c²)."""
    for seen in observe(method, {"lr": 0.1, **({"gamma1": 0.1} if method == "extragradient" else {})}, Game(), 10):
        assert norm(seen.after) == pytest.approx(factor * norm(seen.before), rel=1e-12)


@pytest.mark.parametrize("method", ["past_extragradient", "optimistic"])
def test_one_gradient_a_step_contracts_in_the_game(method):
    """And the points follow x' = x - lr (2 g - g of the step before)."""
    kept = observe(method, {"lr": 0.1}, Game(), 400)
    assert norm(kept[-1].after) < 0.2 * norm(kept[0].before)
    for one, two, three in zip(kept, kept[1:], kept[2:]):
        close(three.points[0], two.points[0] - 0.1 * (2 * two.gradients[0] - one.gradients[0]), atol=1e-14)
    assert norm(observe("none", {"lr": 0.1}, Game(), 400)[-1].after) > 5 * norm(kept[0].before)


@pytest.mark.parametrize("method", ["proximal_point", "proxy_prox"])
@pytest.mark.parametrize("inner", [1, 4, 400])
def test_proximal_steps_are_their_closed_form_on_a_quadratic(method, inner):
    """The minimum u of L(u) + |u - w|² / 2 eta is (1 + eta A)^-1 w; gradient steps approach it by 1 - lr (A + 1 / eta)."""
    [seen] = observe(method, {"lr": 0.1, "eta": 0.5, "inner": inner}, ROUND)
    best = np.linalg.solve(np.eye(4) + 0.5 * A, W)
    close(seen.after, best + np.linalg.matrix_power(np.eye(4) - 0.1 * (A + 2 * np.eye(4)), inner) @ (W - best), atol=1e-12)
    assert inner < 400 or norm(seen.after - best) < 1e-12


def test_proxy_prox_corrects_the_proxy_at_the_iterate():
    """With another proxy p: grad p(u) - grad p(w) + g + (u - w) / eta = 0."""
    P = np.diag([1.0, 2.0, 0.5, 3.0])
    [seen] = observe("proxy_prox", {"lr": 0.1, "eta": 0.5, "inner": 400}, Split(ROUND.evaluate, lambda x, batch: (x @ P @ x / 2, P @ x), ROUND))
    close(P @ (seen.after - W) + A @ W + (seen.after - W) / 0.5, 0, atol=1e-11)


@pytest.mark.parametrize("rule", ["sqrt", "linear"])
def test_reg_newton_solves_the_shifted_quadratic(rule):
    g = TWO.A @ TWO.start
    shift = np.sqrt(3 * norm(g)) if rule == "sqrt" else 3 * norm(g)
    [seen] = observe("reg_newton", {"hessian_lipschitz": 3.0, "rule": rule, "lr": 0.5}, TWO)
    step = np.linalg.solve(TWO.A + shift * np.eye(4), g)
    close(seen.after, TWO.start - 0.5 * step, atol=1e-9 * norm(step))


def test_reg_newton_with_a_large_shift_is_a_gradient_step():
    [seen] = observe("reg_newton", {"hessian_lipschitz": 1e6, "rule": "linear", "lr": 0.5}, ROUND)
    close(W - seen.after, 0.5 * 1e-6 * A @ W / norm(A @ W), atol=1e-11)


@pytest.mark.parametrize("semi_strong", [0.0, 1.0, 1e4])
def test_damped_newton_shortens_the_newton_step(semi_strong):
    """By (sqrt(1 + 2G) - 1) / G with G = semi_strong sqrt(<g, p>); whole for semi_strong 0, which ends at the minimum."""
    p = TWO.start
    G = semi_strong * np.sqrt(p @ TWO.A @ p)
    [seen] = observe("damped_newton", {"semi_strong": semi_strong}, TWO)
    close(seen.after, p - p * ((np.sqrt(1 + 2 * G) - 1) / G if G else 1.0), atol=1e-9 * norm(p))


def test_saddle_free_newton_of_full_rank_is_its_dense_formula_and_leaves_the_saddle():
    w, g = SADDLE.start, SADDLE.A @ SADDLE.start
    kept = observe("saddle_free_newton", {"rank": 3, "damping": 0.1, "lr": 0.5}, SADDLE, 8)
    close(kept[0].after, w - 0.5 * g / (abs(np.diag(SADDLE.A)) + 0.1), atol=1e-7)
    assert abs(kept[-1].after[2]) > 10 * abs(w[2]) and norm(kept[-1].after[:2]) < 0.05 * norm(w[:2])


def test_saddle_free_newton_of_rank_1_follows_the_gradient():
    [seen] = observe("saddle_free_newton", {"rank": 1, "damping": 0.0}, ROUND)
    g = A @ W
    close(seen.after, W - g * (g @ g) / (g @ A @ g), atol=1e-9)


@pytest.mark.parametrize("lr, l_star, factor", [(1.0, 2.0, 0.5), (0.1, 2.0, 0.9), (1.0, 2.5, None)])
def test_truncated_model_is_a_polyak_step_that_the_rate_bounds(lr, l_star, factor):
    """On |w|² / 2 + 2 it halves w; a bound above the loss's minimum shortens the step."""
    [seen] = observe("truncated_model", {"lr": lr, "l_star": l_star}, Quadratic(np.eye(4), W, lowest=2.0))
    expected = (1 - (0.5 * W @ W - 0.5) / (W @ W)) if factor is None else factor
    close(seen.after, expected * W, atol=1e-15)


@pytest.mark.parametrize("lr", [10.0, 0.05])
def test_sam_sps_step_on_a_quadratic(lr):
    """min(lr, (L(w+e) - l_star - <gp, e>) / |gp|²), never backwards; it ends where |w| = |e| on |w|² / 2."""
    problem = Quadratic(np.eye(4), W, lowest=2.0)
    kept = observe("sam_sps", {"rho": 0.2, "l_star": 2.0, "lr": lr}, problem, 60)
    for seen in kept:
        gp = seen.gradients[1]
        rate = min(max(0.0, seen.losses[1] - 2.0 - gp @ seen.e()) / (gp @ gp), lr)
        close(seen.after, seen.before - rate * gp, atol=1e-13)
    assert norm(kept[-1].after) == pytest.approx(0.2, rel=0.5 if lr < 1 else 0.2)
