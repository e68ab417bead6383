"""What every measure of the catalogue promises, whatever it measures: the weights' bits on each way out, counts, limits, seeds, both types."""
import libsam
import numpy as np
import pytest
from measure_models import Softmax

FEW = dict(
    lambda_max=dict(max_iterations=4), lambda_min=dict(max_iterations=4), spectral_norm=dict(max_iterations=4), eigenpairs=dict(count=1, max_iterations=1, tolerance=0.5),
    trace=dict(samples=3, method="hutchinson"), frobenius=dict(samples=3, method="hutchinson"), diagonal=dict(samples=3), spectral_density=dict(samples=1, steps=4),
    spectral_functions=dict(samples=1, steps=4), layerwise=dict(samples=2, method="hutchinson"), classwise=dict(measure="gradient_norm", batch=0), worst_case=dict(steps=3),
    average_case=dict(samples=4), m_sharpness=dict(measure="sam_gap", sizes=[1, 4]), first_order_flatness=dict(steps=2), noise_scale=dict(full=True, batch=0),
    stability_ratio=dict(lr=0.1, max_iterations=4), slice_1d=dict(count=3), slice_2d=dict(count=3), barrier=dict(count=4), eps_radius=dict(samples=1, tolerance=0.1),
    keskar_box=dict(steps=2), local_entropy=dict(samples=5), pacbayes_sigma=dict(samples=1, tolerance=0.5), sharpness_gap=dict(measure="sam_gap"),
    gradient_subspace=dict(count=1, batch=0), batch_sharpness=dict(samples=2), roughness=dict(samples=2, count=4), curvature_map=dict(count=2, tolerance=0.9, batch=0),
    plane=dict(count=2), eigen_plane=dict(count=2, batch=0), path_profile=dict(count=3, measure="sam_gap"), bezier=dict(bends=3, steps=2, count=4), convexity=dict(samples=3),
    relative_flatness=dict(tensor=2, batch=0), fisher_trace=dict(labels="sampled", batch=0), igs=dict(batch=0), hessian_coherence=dict(lr=0.1, batch=0),
    gradient_flow_sharpness=dict(steps=2, batch=0), surrogate_sensitivity=dict(samples=3), check=dict(samples=1), effective_model_complexity=dict(restarts=1),
    directional_sharpness=dict(length=0.5), hessian_gauss_newton_gap=dict(samples=2))
NUMBERS = dict(measure_correlation=dict(measure=[1, 2], generalization=[2, 1]), psp_entropy=dict(values=[1, 2]), sharpness_transfer=dict(values=[[1], [2]]))
RANDOM = {"trace", "frobenius", "diagonal", "spectral_density", "layerwise", "average_case", "slice_1d", "slice_2d", "eps_radius", "local_entropy", "pacbayes_sigma",
          "roughness", "fisher_trace", "batch_sharpness", "surrogate_sensitivity", "hessian_gauss_newton_gap"}
NAMES = list(libsam.measures())


def case(name, dtype=np.float64):
    model = Softmax(dtype=dtype)
    if name == "hessian_gauss_newton_gap":                  # of a linear model there is none
        exact = model.product
        model.gauss_newton = lambda q, v: {k: x + 0.1 * x ** 2 for k, x in exact(q, v).items()}
    point = [model.named(model.W() + 0.1 * np.random.default_rng(k).standard_normal((3, 4))) for k in range(3)]
    more = {s: point if many else point[0] for s, many in (("to", False), ("point", True), ("direction", False))}
    known = set(libsam.measures()[name].options)
    settings = {**{k: v for k, v in more.items() if k in known and not (k == "point" and "to" in known) and not (k == "direction" and name.startswith(("slice", "curv")))},
                **FEW.get(name, {}), **NUMBERS.get(name, {})}
    return model, settings


def run(model, name, settings, **more):
    gauss = getattr(model, "gauss_newton", None)
    extra = {"gauss_newton_product": gauss} if gauss else {}
    other = {"other": model.objective()} if name == "sharpness_gap" else {}
    model.calls = model.announced = 0
    return libsam.measure(model.w, model.objective(**extra, **other), name, **{**settings, **more})


@pytest.mark.parametrize("name", NAMES)
def test_every_way_out(name):
    model, settings = case(name)
    before = model.bits()
    found = run(model, name, settings)
    assert {"value", "evaluations", "seed", "seconds", "converged"} <= set(found) and found.measure == name and repr(found).startswith(f"<{name} ")
    assert model.bits() == before and np.isfinite(found.value) | (name in ("noise_scale",))
    assert found.evaluations == model.calls or name in ("path_norm", "effective_model_complexity")
    assert found.evaluations == found.loss_evaluations + found.gradient_evaluations + found.products + found.example_evaluations or name == "effective_model_complexity"
    assert found.evaluations <= 90, "settings with fewer evaluations, so that each can be cut"
    again = run(model, name, settings)
    for key in found:
        if key != "seconds":
            np.testing.assert_array_equal(np.asarray(found[key]), np.asarray(again[key]), err_msg=key)
    announced = model.announced
    for k in range(found.evaluations):
        model.fail_at = k
        if name not in ("path_norm", "effective_model_complexity"):
            with pytest.raises(ZeroDivisionError):
                run(model, name, settings)
            assert model.bits() == before and model.calls == k
        model.fail_at = -1
        limited = run(model, name, settings, max_evaluations=max(k, 1))
        assert model.bits() == before and limited.evaluations <= max(k, 1) and (not limited.converged or max(k, 1) == found.evaluations)
    for k in range(announced):
        model.cancel_at = k
        with pytest.raises(libsam.CancelledError):
            run(model, name, settings)
        assert model.bits() == before
    model.cancel_at = -1


@pytest.mark.parametrize("name", NAMES)
def test_f32_says_about_the_same(name):
    double, settings = case(name)
    single, its = case(name, np.float32)
    for key in ("head", "tail"):
        double.w[key][...] = single.w[key]
    settings = {k: its[k] if isinstance(v, (dict, list)) and not np.isscalar(v) and k in ("to", "point", "direction") else v for k, v in settings.items()}
    doubled = {k: ({n: a.astype(float) for n, a in v.items()} if isinstance(v, dict) else [{n: a.astype(float) for n, a in x.items()} for x in v]) if k in ("to", "point", "direction") else v
               for k, v in settings.items()}
    a, b = run(double, name, doubled), run(single, name, settings)
    if name in ("check", "eigen_residual", "gradient_flow_sharpness"):
        return                                              # errors themselves; a flow amplifies
    assert b.value == pytest.approx(a.value, rel=2e-2, abs=1e-4, nan_ok=True)


@pytest.mark.parametrize("name", sorted(RANDOM))
def test_another_seed_is_another_estimate(name):
    model, settings = case(name)
    a, b = (run(model, name, settings, seed=s) for s in (1, 2))
    assert a.seed == 1 and b.seed == 2
    assert any(not np.array_equal(np.asarray(a[k]), np.asarray(b[k]), equal_nan=True) for k in a if k not in ("seed", "seconds"))


def test_a_gradient_that_is_not_finite_names_its_place():
    model = Softmax()
    for name in NAMES:
        if name in NUMBERS or not {"gradient", "loss"} & set(libsam.measures()[name].needs):
            continue
        _, settings = case(name)
        model.w["tail"][1] = np.nan
        with pytest.raises(libsam.NonfiniteError, match="tail.*element 1"):
            run(model, name, settings)
        model.w["tail"][1] = 0.5
