"""The radius of the perturbation: its length, in the norm that the method names, seen inside the closure."""
import numpy as np
import pytest

from identities import Quadratic, ROUND, close, filters, norm, observe, parts

RHO = 0.3
MOMENTUM = {"momentum": 0.9, "lr": 0.1}
LENGTHS = [("sam", {}), ("vasso", {}), ("friendly_sam", {}), ("stable_sam", {}), ("gnp", {}), ("wsam", {"lr": 0.01}), ("gsam", {}),
           ("crsam", {}), ("sam_m", {}), ("gcsam", {}), ("zsharp", {}), ("sam_on", {}), ("sam_on", {"part": "rest"}), ("esam", {}),
           ("looksam", {"k": 1}), ("rst", {"p": 1.0}), ("ae_sam", {"lambda1": -1e30, "lambda2": -1e30}), ("reuse_sam", {}),
           ("async_sam", {}), ("sampa", {}), ("msam", MOMENTUM), ("dp_sat", {}), ("dp_sat", {"ascent": "momentum"}), ("multistep_sam", {}),
           ("multistep_sam", {"random_start": True, "ascent_step": 0.4}), ("multistep_mean_sam", {}), ("adasam", {}), ("sassha", {}),
           ("msassha", {}), ("sam_sps", {}), ("zo_ascent_sam", {})]


@pytest.mark.parametrize("method, options", LENGTHS)
def test_the_last_point_is_rho_away(method, options):
    for seen in observe(method, {"rho": RHO, "lr": 0.05} | options, steps=4)[1:]:
        assert norm(seen.e()) == pytest.approx(RHO, rel=1e-9)


def scaled(before, scaling, eta):
    """T of the catalogue's conventions."""
    T = np.ones_like(before)
    for name, role, _, where in parts():
        if scaling == "square":
            T[where] = abs(before[where])
        elif scaling != "none" and (role in ("weight", "embedding") or "weight" in name):
            T[where] = (abs(before[where]) if scaling == "element" else norm(before[where])) + eta
    return T


@pytest.mark.parametrize("scaling", ["none", "element", "tensor", "square"])
@pytest.mark.parametrize("method", ["asam", "gsam", "wsam", "friendly_sam", "esam", "sam_on"])
def test_the_length_is_rho_in_the_scaled_norm(method, scaling):
    """|e / T| = rho, and e / T along T g."""
    scaling = "element" if (method, scaling) == ("asam", "none") else scaling       # asam always scales
    [seen] = observe(method, {"rho": RHO, "scaling": scaling})
    T = scaled(seen.before, scaling, eta=0.01)
    live = np.concatenate([np.full(w.stop - w.start, method != "sam_on" or role == "norm") for _, role, _, w in parts()])
    assert norm(seen.e() / T) == pytest.approx(RHO, rel=1e-9)
    along = T * seen.gradients[0] * live
    close(seen.e() / T, RHO * along / norm(along), atol=1e-12)


def test_in_the_infinity_norm_every_element_moves_by_rho():
    [seen] = observe("asam", {"rho": RHO, "ascent_norm": "infinity"})
    close(seen.e(), RHO * scaled(seen.before, "element", 0.01) * np.sign(seen.gradients[0]), atol=1e-13)


@pytest.mark.parametrize("options", [{"eta": 0.0}, {"scaling": "square"}, {"scaling": "tensor", "eta": 0.0}])
def test_asam_is_blind_to_the_rescaling_of_a_layer(options):
    """A product u'v does not change under (a u, v / a); neither do the products of the perturbed factors."""
    class Product(Quadratic):
        tensors = [("u.weight", "weight", (3,)), ("v.weight", "weight", (3,))]

        def __init__(self, a):
            self.start = np.array([0.5, -1.0, 0.8, 1.2, 0.4, -0.7]) * np.repeat([a, 1 / a], 3)

        def evaluate(self, x, batch, auxiliary=False):
            product = x[:3] * x[3:]
            slope = (product - 1) * np.array([1.0, 2.0, 3.0])
            return (product - 1) @ slope / 2, np.concatenate([slope * x[3:], slope * x[:3]])

    def product(method, options, a):
        [seen] = observe(method, {"rho": RHO, **options}, Product(a))
        return seen.points[1][:3] * seen.points[1][3:]
    close(product("asam", options, 8.0), product("asam", options, 1.0), rtol=1e-9)
    assert norm(product("sam", {}, 8.0) - product("sam", {}, 1.0)) > 1e-2


@pytest.mark.parametrize("method, relative", [("sam_layerwise", True), ("looklayersam", True), ("sam_layerwise", False)])
def test_layerwise_radii(method, relative):
    [seen] = observe(method, {"rho": RHO, **({} if method == "looklayersam" else {"relative": relative})})
    for *_, where in parts():
        assert norm(seen.e()[where]) == pytest.approx(RHO * (norm(seen.before[where]) if relative else 1.0), rel=1e-9)


def test_filterwise_radii():
    """|e / T| = rho with T = |w of the filter| + eta, and each filter's share is T² times its gradient."""
    [seen] = observe("sam_filterwise", {"rho": RHO, "eta": 0.2})
    T = np.ones_like(seen.before)
    for where in filters():
        T[where] = norm(seen.before[where]) + 0.2
    assert norm(seen.e() / T) == pytest.approx(RHO, rel=1e-9)
    close(seen.e() / norm(seen.e()), T**2 * seen.gradients[0] / norm(T**2 * seen.gradients[0]), atol=1e-12)


@pytest.mark.parametrize("part", ["norm", "rest"])
def test_sam_on_leaves_the_other_tensors_bits(part):
    [seen] = observe("sam_on", {"rho": RHO, "part": part})
    for _, role, _, where in parts():
        same = seen.points[1][where].tobytes() == seen.before[where].tobytes()
        assert same == ((role == "norm") != (part == "norm"))


def test_gcsam_rows_sum_to_0():
    [seen] = observe("gcsam", {"rho": RHO})
    matrices = [where for *_, shape, where in parts() if len(shape) > 1]
    rows = [f for f in filters() if any(w.start <= f.start < w.stop for w in matrices)]
    assert len(rows) == 3 + 5 + 4
    for row in rows:
        assert abs(seen.e()[row].sum()) < 1e-15 and abs(seen.direction[row].sum()) < 1e-14
        assert abs(seen.gradients[1][row].sum()) > 1e-4


@pytest.mark.parametrize("eta", [0.2, 5.0])
def test_fisher_sam_has_length_rho_in_its_metric(eta):
    problem = Quadratic(10 * ROUND.A, ROUND.start)
    [seen] = observe("fisher_sam", {"rho": RHO, "eta": eta}, problem)
    metric = 1 + eta * seen.gradients[0] ** 2
    assert seen.e() @ (metric * seen.e()) == pytest.approx(RHO**2, rel=1e-9)
    close(metric * seen.e() / norm(metric * seen.e()), seen.gradients[0] / norm(seen.gradients[0]), atol=1e-12)


def test_le_sam_raises_the_loss_by_sigma_to_first_order_below_its_cap():
    [seen] = observe("le_sam", {"sigma": 0.02, "rho_max": 10.0})
    assert seen.gradients[0] @ seen.e() == pytest.approx(0.02, rel=1e-9)
    [seen] = observe("le_sam", {"sigma": 0.02, "rho_max": 1e-3})
    assert norm(seen.e()) == pytest.approx(1e-3, rel=1e-9)


@pytest.mark.parametrize("score", ["magnitude", "taylor"])
def test_adasap_radii_fall_with_the_neurons_scores(score):
    [seen], [whole] = observe("adasap", {"rho_min": 0.1, "rho_max": 0.9, "score": score}), observe("asam", {"rho": 1.0})
    radii, rows = seen.e() / whole.e(), []
    for f in filters():
        owner = next(role if len(shape) > 1 else "" for _, role, shape, where in parts() if where.start <= f.start < where.stop)
        if owner == "weight":
            w, g = seen.before[f], seen.gradients[0][f]
            rows.append((norm(w) if score == "magnitude" else abs(w @ g), radii[f]))
        else:
            close(radii[f], 0.1, rtol=1e-9)
    scores = np.array([s for s, _ in rows])
    for s, radius in rows:
        close(radius, 0.1 + 0.8 * (scores.max() - s) / np.ptp(scores), rtol=1e-8)
