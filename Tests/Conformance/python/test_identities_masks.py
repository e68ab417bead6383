"""Masks of the perturbation: their counts, their supports and what they exchange."""
import numpy as np
import pytest

from identities import FIXED, close, norm, observe, parts

RHO = 0.3
MATRICES = [where for *_, shape, where in parts() if len(shape) > 1]


def live(e):
    return set(np.flatnonzero(e))


def test_esam_expects_the_whole_perturbation():
    for granularity in ("tensor", "element"):
        options = {"rho": RHO, "beta": 0.6, "granularity": granularity, "lr": 0.0}
        draws = np.stack([seen.e() for seen in observe("esam", options, FIXED, 1500)])
        [whole] = observe("sam", {"rho": RHO}, FIXED)
        kept = draws != 0
        close(draws, np.where(kept, whole.e() / 0.6, 0.0), atol=1e-14)
        close(kept.mean(0), 0.6, atol=0.06)
        assert kept[0].any() and not kept[0].all()


@pytest.mark.parametrize("sparsity", [0.2, 0.5, 0.93])
def test_ssam_f_perturbs_the_largest_of_the_fisher_information(sparsity):
    options = {"rho": RHO, "sparsity": sparsity, "samples": 5, "update_every": 3, "lr": 0.1}
    kept = observe("ssam_f", options, steps=6)
    n = kept[0].before.size
    fishers = [np.square(seen.gradients[:5]).sum(0) for seen in (kept[1], kept[4])]
    assert [len(seen.asked) for seen in kept] == [2, 7, 2, 2, 7, 2] and norm(kept[0].e()) == 0
    for place, seen in enumerate(kept[1:], 1):
        largest = np.argsort(-fishers[place > 3], kind="stable")[:int(n * (1 - sparsity))]
        assert live(seen.e()) == set(largest)
        g = seen.gradients[-2]
        close(seen.e()[largest], RHO * g[largest] / norm(g), atol=1e-12)


@pytest.mark.parametrize("drop", ["weight", "gradient", "random"])
@pytest.mark.parametrize("growth", ["weight", "gradient", "random"])
def test_ssam_d_exchanges_a_constant_number(drop, growth):
    """What goes has the lowest score of the live, what comes the highest of the dead."""
    options = {"rho": RHO, "sparsity": 0.4, "update_every": 2, "drop": drop, "growth": growth, "lr": 0.1, "total_steps": 100}
    kept = observe("ssam_d", options, steps=9)
    n = kept[0].before.size
    assert {len(live(seen.e())) for seen in kept} == {n - int(np.ceil(n * 0.4))}
    for step, (seen, after) in enumerate(zip(kept, kept[1:]), 1):
        old, new = live(seen.e()), live(after.e())
        if step % 2 == 0:
            assert old == new
            continue
        gone, come = old - new, new - old
        rate = 0.5 * (1 + np.cos(np.pi * (step - 1) / 100)) / 2
        assert len(gone) == len(come) == int(min(len(old) * rate, n - len(old)))
        score = {"weight": abs(seen.before), "gradient": abs(seen.gradients[0]), "random": np.zeros(n)}
        dead = set(range(n)) - old
        assert max(score[drop][list(gone)]) <= min(score[drop][list(old - gone)])
        assert min(score[growth][list(come)]) >= max(score[growth][list(dead - come)])


@pytest.mark.parametrize("quantile", [0.0, 0.5, 0.8])
@pytest.mark.parametrize("scope", ["global", "tensor"])
def test_zsharp_keeps_the_outliers_of_every_matrix(quantile, scope):
    [seen] = observe("zsharp", {"rho": RHO, "z_quantile": quantile, "norm_scope": scope})
    for *_, shape, where in parts():
        g, e = seen.gradients[0][where], seen.e()[where]
        far = abs(g - g.mean())
        kept = far > np.sort(far)[int(quantile * (g.size - 1))] if len(shape) > 1 else np.ones(g.size, bool)
        assert (abs(e) > 1e-12).tolist() == kept.tolist()
        if len(shape) > 1:
            assert kept.sum() == g.size - 1 - int(quantile * (g.size - 1))
            assert scope == "global" or norm(e) == pytest.approx(RHO, rel=1e-9)


@pytest.mark.parametrize("structure", ["global", "tensor", "n_m"])
def test_cram_compresses_to_its_sparsity(structure):
    """Of n strictly the larger than the ceil(n(1-s))-th survive; 2 of 4 or 4 of 8 along the input axis: half."""
    levels = set()
    options = {"sparsity_low": 0.4, "sparsity_high": 0.8, "structure": structure, "rho": RHO, "lr": 0.01, "plus": False}
    for seen in observe("cram", options, steps=25):
        moved = seen.before + RHO * seen.gradients[0]
        point, zero = seen.points[1], seen.points[1] == 0
        close(point, np.where(zero, 0.0, moved), atol=1e-14)
        assert (seen.direction[zero] == 0).all()
        whole = [w for w in MATRICES if zero[w].any()]
        groups = {"global": [np.concatenate([np.arange(78)[w] for w in MATRICES])], "tensor": [np.arange(78)[whole[0]]] if whole else [],
                  "n_m": [np.arange(78)[w] for w in whole]}[structure]
        assert groups and zero.sum() == sum(zero[where].sum() for where in groups)
        for where in groups:
            if structure == "n_m":
                assert zero[where].sum() == where.size / 2
                continue
            gone = zero[where].sum()
            level = next((s for s in (0.4, 0.6, 0.8) if gone == where.size + 1 - int(np.ceil(where.size * (1 - s)))), None)
            assert level is not None, f"{gone} of {where.size} went"
            assert max(abs(moved[where][zero[where]])) < min(abs(moved[where][~zero[where]]))
            levels.add(level)
    assert structure == "n_m" or levels == {0.4, 0.6, 0.8}
