"""The direction of the perturbation: what methods climb along, seen inside the closure."""
import numpy as np
import pytest

from identities import Linear, Quadratic, close, norm, observe

RHO = 0.3


def test_vasso_climbs_along_the_running_mean():
    mean = None
    for seen in observe("vasso", {"rho": RHO, "theta": 0.3, "lr": 0.1}, steps=4):
        mean = seen.gradients[0] if mean is None else 0.7 * mean + 0.3 * seen.gradients[0]
        close(seen.e(), RHO * mean / norm(mean), atol=1e-12)


def test_friendly_sam_does_not_climb_where_there_is_no_noise():
    constant, noisy = (observe("friendly_sam", {"rho": RHO}, Linear(fixed), 2) for fixed in (True, False))
    assert norm(constant[0].e()) > 0 and norm(constant[1].e()) == 0 and norm(noisy[1].e()) > 0


@pytest.mark.parametrize("method, stored", [("reuse_sam", "last"), ("async_sam", "first"), ("msam", "momentum"), ("dp_sat", "private")])
def test_stale_directions(method, stored):
    """The ascent is along the last perturbed gradient, the last clean one, against the momentum, along the private one."""
    options = {"rho": RHO, "lr": 0.1, "momentum": 0.9 if method == "msam" else 0.0}
    kept, old = observe(method, options | ({"noise_multiplier": 0.0} if method == "dp_sat" else {}), steps=4), None
    assert len(kept[0].asked) == (8 if method == "dp_sat" else 1) and norm(kept[0].e()) == 0
    for seen in kept:
        if old is not None:
            close(seen.e(), RHO * old / norm(old), atol=1e-11)
        old = {"last": seen.gradients[-1], "first": seen.gradients[0]}.get(stored, seen.after - seen.before)
        old = -old if stored == "private" else old


def test_sampa_expects_the_step_that_its_base_would_make():
    """Its auxiliary point: w - lr (h + decay w + momentum v); without `predict` w - lr h. h is the gradient there, a step before."""
    for predict in (True, False):
        options = {"predict": predict, "rho": RHO, "lr": 0.1, "momentum": 0.9, "weight_decay": 0.05}
        first, *rest = observe("sampa", options, steps=4)
        h, v = first.gradients[0], first.direction / 0.1
        for seen in rest:
            ahead = h + (0.05 * seen.before + 0.9 * v if predict else 0.0)
            close(seen.points[0], seen.before - 0.1 * ahead, atol=1e-13)
            close(seen.e(), RHO * h / norm(h), atol=1e-11)
            h, v = seen.gradients[0], seen.direction / 0.1


def test_ae_looksam_reuses_the_part_of_its_last_sam_step():
    kept = observe("ae_looksam", {"rho": RHO, "alpha": 0.5, "lr": 0.1, "lambda1": -0.5, "lambda2": 0.5, "total_steps": 40}, steps=40)
    part, reused = None, 0
    for seen in kept:
        g, added = seen.gradients[0], seen.direction / 0.1 - seen.gradients[0]
        if len(seen.asked) == 2:
            part = seen.gradients[1] - (seen.gradients[1] @ g) / (g @ g) * g
            close(seen.direction, 0.1 * seen.gradients[1], atol=1e-13)
        elif part is None:
            close(added, 0.0, atol=1e-13)
        else:
            close(added, 0.5 * norm(g) / (norm(part) + 1e-8) * part, atol=1e-9)
            reused += 1
    assert 0 < reused < 39


def test_looksam_reuses_what_is_across_the_gradient():
    """The part added in the steps between lies across the clean gradient and on the side of the perturbed one."""
    first, second, third = observe("looksam", {"k": 3, "rho": RHO, "alpha": 0.5, "lr": 0.1}, steps=3)
    (g, gp), added = first.gradients, second.direction / 0.1 - second.gradients[0]
    assert [len(s.asked) for s in (first, second, third)] == [2, 1, 1]
    assert abs(added @ g) < 1e-6 * norm(added) * norm(g) and added @ gp > 0
    assert norm(added) == pytest.approx(0.5 * norm(second.gradients[0]), rel=1e-4)


def test_eigen_sam_turns_towards_the_leading_eigenvector():
    problem = Quadratic([10.0, 1.0], [0.05, 0.7])
    seen = observe("eigen_sam", {"rho": RHO, "alpha": 0.4, "period": 1, "power_steps": 12, "lr": 0.0}, problem, 2)[1]
    a, v = seen.gradients[0] / norm(seen.gradients[0]), np.array([1.0, 0.0])
    across = np.sign(a @ v) * (v - (a @ v) * a)
    close(seen.e(), RHO * (a + 0.4 * across), atol=1e-9)
    assert norm(seen.e()) == pytest.approx(RHO * np.hypot(1, 0.4 * norm(across)), rel=1e-9)


def test_lookbehind_climbs_by_rho_from_point_to_point():
    [seen] = observe("lookbehind_sam", {"rho": RHO, "k": 4, "lr": 0.1})
    for here, there, g in zip(seen.points, seen.points[1:], seen.gradients):
        close(there - here, RHO * g / norm(g), atol=1e-12)


def test_multistep_points_stay_in_the_ball():
    [seen] = observe("multistep_sam", {"rho": RHO, "ascents": 6, "ascent_step": 0.4})
    lengths = [norm(seen.e(place)) for place in range(7)]
    assert lengths[1] == pytest.approx(0.4 * RHO) and max(lengths) <= RHO * (1 + 1e-12) and lengths[-1] == pytest.approx(RHO)
    [mean] = observe("multistep_mean_sam", {"rho": RHO, "ascents": 3})
    close(mean.direction, np.mean(mean.gradients[1:], axis=0), atol=1e-13)
