"""Random draws: means and deviations over many, and what two-point estimates make of them."""
import numpy as np
import pytest

from identities import FIXED, Linear, ROUND, Split, close, filters, norm, nothing, observe, parts

RHO = 0.3
MATRICES = [where for *_, shape, where in parts() if len(shape) > 1]


def test_dp_sat_clips_every_gradient():
    """Without noise no direction is longer than the bound, though every gradient is."""
    for seen in observe("dp_sat", {"max_grad_norm": 0.01, "noise_multiplier": 0.0}, steps=3):
        assert min(map(norm, seen.gradients)) > 0.01 >= norm(seen.direction) > 0.005


def test_dp_sat_noise_has_its_deviation():
    steps = observe("dp_sat", {"max_grad_norm": 0.5, "noise_multiplier": 3.0, "examples": 2, "rho": 0.0}, Linear(True), 500)
    clipped = 0.5 * steps[0].gradients[0] / norm(steps[0].gradients[0])
    noise = np.concatenate([2 * (seen.direction - clipped) for seen in steps])
    assert noise.std() == pytest.approx(1.5, rel=0.06) and abs(noise.mean()) < 0.15


def test_rst_makes_1_plus_p_evaluations_in_the_mean():
    for p in (0.25, 0.7):
        mean = np.mean([len(seen.asked) for seen in observe("rst", {"p": p, "lr": 0.0}, ROUND, 1500)])
        assert mean == pytest.approx(1 + p, abs=0.045)


@pytest.mark.parametrize("method", ["rwp", "arwp", "m_arwp", "rsam", "avg_sam"])
def test_noise_has_the_deviation_sigma_of_every_filter(method):
    """avg_sam: of every element."""
    seen = observe(method, {"sigma": 0.2, "lr": 0.0, **({"eta": 0.0} if "arwp" in method else {})}, FIXED, 200)
    place = 0 if method == "rsam" else -1
    z = np.stack([one.e(place) for one in seen])
    for f in filters():
        deviation = 0.2 * (1.0 if method == "avg_sam" else norm(seen[0].before[f]))
        assert z[:, f].std() == pytest.approx(deviation, rel=4.5 / np.sqrt(2 * z[:, f].size))
        assert abs(z[:, f].mean()) < 4.5 * deviation / np.sqrt(z[:, f].size)


def test_arwp_divides_by_the_root_of_its_fisher_information():
    """F <- beta F + gp²; a row shares its sum, tensors of rank 1 keep theirs element by element."""
    adaptive, plain = (observe(method, {"sigma": 0.2, "lr": 0.0}, steps=4) for method in ("arwp", "rwp"))
    fisher = 0.0
    for ours, theirs in zip(adaptive, plain):
        shared = fisher + np.zeros(78)
        for f in filters():
            if any(w.start <= f.start < w.stop for w in MATRICES):
                shared[f] = shared[f].sum()
        close(ours.e(), theirs.e() / np.sqrt(1 + shared), atol=1e-14)
        fisher = 0.9 * fisher + ours.gradients[0] ** 2


def test_avg_sam_averages_over_its_samples():
    [seen] = observe("avg_sam", {"sigma": 0.2, "samples": 5})
    close(seen.direction, np.mean(seen.gradients, axis=0), atol=1e-13)
    assert len({point.tobytes() for point in seen.points}) == 5


def test_anti_pgd_noise_sums_to_its_last_less_its_first():
    """Where nothing else moves, w_t - w_0 = xi_t - xi_0; without the anticorrelation every step adds a fresh xi_t."""
    still = Split(nothing)
    moves = [np.array([seen.after - seen.before for seen in observe("anti_pgd", {"sigma": 0.1, "anticorrelated": flag}, still, 60)])
             for flag in (False, True)]
    fresh, path = moves[0], np.cumsum(moves[1], axis=0)
    first = fresh - path                                    # xi_t - (w_t - w_0) = xi_0, whatever t
    close(first, np.broadcast_to(first[0], first.shape), atol=1e-13)
    assert fresh.std() == pytest.approx(0.1, rel=0.05) and first[0].std() == pytest.approx(0.1, rel=0.35)
    assert norm(np.cumsum(fresh, axis=0)[-1]) > 3 * norm(path[-1])


@pytest.mark.parametrize("distribution, factor", [("gaussian", 1), ("sphere", 4), ("rademacher", 1), ("coordinate", 4)])
@pytest.mark.parametrize("method", ["zo", "zo_recursive"])
def test_two_point_slopes_are_exact_on_quadratics_and_their_mean_is_the_gradient(method, distribution, factor):
    [seen] = observe(method, {"mu": 0.5, "directions": 1500, "distribution": distribution}, ROUND)
    g = ROUND.evaluate(seen.before, 0)[1]
    z = (np.array(seen.points[::2]) - np.array(seen.points[1::2]))
    close((np.array(seen.losses[::2]) - seen.losses[1::2]), z @ g, atol=1e-12)
    close(seen.direction, factor * (z @ g) @ z / 1500, atol=1e-11)
    close(seen.direction, g, atol=4.5 * norm(g) * np.sqrt(4 / 1500))
    lengths = norm(z, axis=1)
    assert lengths == pytest.approx({"sphere": 1.0, "coordinate": 1.0, "rademacher": 2.0}.get(distribution, lengths))
    assert abs(lengths**2).mean() == pytest.approx(4 / factor, rel=0.1)


def test_zo_noise_is_isotropic_and_as_long_as_said():
    noise = np.array([seen.direction for seen in observe("zo", {"noise": 0.6, "lr": 1.0}, Split(nothing), 60)])
    assert np.sqrt((noise**2).sum(1).mean()) == pytest.approx(0.6, rel=0.05) and norm(noise.mean(0)) < 0.2


def test_zo_ascent_sam_climbs():
    for seen in observe("zo_ascent_sam", {"rho": RHO, "mu": 0.1, "lr": 0.05}, ROUND, 20):
        g, z = ROUND.evaluate(seen.before, 0)[1], seen.points[0] - seen.points[1]
        assert g @ seen.e() > 0 and norm(seen.e()) == pytest.approx(RHO, rel=1e-9)
        assert abs(z @ seen.e()) == pytest.approx(norm(z) * RHO, rel=1e-9)


def test_zo_sam_descends_around_a_point_rho_away():
    [seen] = observe("zo_sam", {"rho": RHO, "mu": 0.1, "directions": 3}, ROUND)
    pairs = np.array(seen.points).reshape(6, 2, -1)
    centers, z = pairs.mean(1), (pairs[:, 0] - pairs[:, 1]) / 0.2
    e = centers[3] - seen.before
    close(centers, seen.before + np.repeat([0 * e, e], 3, axis=0), atol=1e-13)
    ascent, descent = ((z[half] @ ROUND.evaluate(x, 0)[1]) @ z[half] / 3 for half, x in ((slice(3), centers[0]), (slice(3, 6), centers[3])))
    close(e, RHO * ascent / norm(ascent), atol=1e-11)
    close(seen.direction, descent, atol=1e-11)


def test_zo_recursive_adds_nothing_where_the_gradient_does_not_change():
    """Two evaluations where it restarts, four between; on a linear loss the difference of estimates is 0."""
    kept = observe("zo_recursive", {"period": 4, "lr": 0.1}, Linear(fixed=True), 9)
    assert [len(seen.asked) for seen in kept] == [2, 4, 4, 4, 2, 4, 4, 4, 2]
    for place in (1, 2, 3, 5, 6, 7):
        close(kept[place].direction, kept[place - 1].direction, atol=1e-10)
    assert norm(kept[4].direction - kept[3].direction) > 1e-3
