"""The standard errors that measures report, against the spread of their estimates over 200 seeds: right within a quarter."""
import libsam
import numpy as np
import pytest
from measure_models import Softmax

CASES = [("average_case", dict(samples=20), 0), ("average_case", dict(samples=20, antithetic=False, shape="sphere"), 0), ("eps_radius", dict(samples=20, tolerance=1e-2), 0),
         ("local_entropy", dict(samples=100, gamma=20), 0), ("surrogate_sensitivity", dict(samples=50, sigma=0.3), 0), ("pacbayes_sigma", dict(samples=10), 0),
         ("trace", dict(method="hutchinson", samples=10), 0), ("trace", dict(method="hutchpp", samples=12), 0), ("trace", dict(method="xtrace", samples=14), 0),
         ("fisher_trace", dict(labels="sampled"), 0), ("batch_sharpness", dict(samples=16), 16), ("gradient_noise_interaction", dict(samples=8), 16),
         ("relative_flatness", dict(tensor=0, samples=10), 0), ("roughness", dict(samples=16, count=9), 0)]


@pytest.mark.parametrize("name, settings, batches", CASES, ids=[f"{name}-{k}" for k, (name, _, _) in enumerate(CASES)])
def test_standard_errors(name, settings, batches):
    model = Softmax(K=10 if name == "relative_flatness" else 3, d=8, m=32, batches=batches)
    found = [model.measure(name, seed=s, **settings) for s in range(200)]
    spread, said = np.std([f.value for f in found], ddof=1), np.sqrt(np.mean([f.standard_error ** 2 for f in found]))
    assert said == pytest.approx(spread, rel=0.25)


def test_the_noise_scale_of_other_data():
    """Its error is that of another sample of the data."""
    rng = np.random.default_rng(1)
    values, errors = [], []
    for k in range(200):
        model = Softmax(K=2, d=3, m=40, batches=0, seed=0, weights=2)
        model.X = rng.standard_normal((40, 3)) + np.array([0.5, 0, 0])
        model.y = (rng.random(40) < 0.5).astype(int)
        found = model.measure("noise_scale")
        values.append(found.trace_covariance / found.gradient_squared), errors.append(found.standard_error)
    assert np.median(errors) == pytest.approx(np.std(values, ddof=1), rel=0.25)


def test_layers_that_share_their_probes():
    model = Softmax(d=8, batches=0)
    found = [model.measure("layerwise", shared_probe=True, samples=10, seed=s) for s in range(200)]
    np.testing.assert_allclose(np.sqrt(np.mean([f.standard_errors ** 2 for f in found], 0)), np.std([f["values"] for f in found], 0, ddof=1), rtol=0.25)


def test_the_density_of_the_negative_part():
    q = np.linalg.qr(np.random.default_rng(3).standard_normal((60, 60)))[0]
    A = (q * np.concatenate([np.linspace(-1, -0.1, 20), np.linspace(0.1, 3, 40)])) @ q.T
    w, g = np.zeros(60), np.zeros(60)

    def evaluate(query):
        g[:] = A @ w
        return 0.5 * w @ g
    objective = libsam.Objective(evaluate, {"w": g}, hessian_product=lambda query, v: {"w": A @ v["w"]})
    found = [libsam.measure({"w": w}, objective, "spectral_density", samples=10, steps=20, count=2, seed=s) for s in range(200)]
    values = [f.value for f in found]
    assert abs(np.mean(values) - 1 / 3) < 5 * np.std(values) / np.sqrt(200) + 0.01
    assert np.sqrt(np.mean([f.standard_error ** 2 for f in found])) == pytest.approx(np.std(values, ddof=1), rel=0.25)
