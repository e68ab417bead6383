"""A standard error is that of the value beside it: over every measure of the catalogue that reports one, against the scatter of the value.

What is random is drawn again: the measure's own draws by its seed, or the examples, where the error is that of a mean over them."""
import libsam
import numpy as np
import pytest
from measure_models import Softmax

SEEDS, DATA = 50, 100
BY_SEED = {                                                # settings with which the draws tell; several of one measure where it has several ways
    "trace": [dict(method=m, samples=24) for m in ("hutchinson", "hutchpp", "xtrace")] + [dict(method="hutchinson", distribution="normal", scaling="element")],
    "frobenius": [dict(method="hutchinson", samples=20), dict(method="hutchinson", samples=20, distribution="normal", scaling="filter")],
    "diagonal": [dict(samples=20)], "spectral_density": [dict(samples=12, steps=6)], "spectral_functions": [dict(samples=12, steps=6, z=0.02)],
    "average_case": [dict(shape=s, antithetic=a, samples=40) for s in ("normal", "uniform", "sphere") for a in (False, True)],
    "eps_radius": [dict(samples=30, tolerance=1e-2)], "local_entropy": [dict(samples=60, gamma=50), dict(mode="laplace", steps=6, samples=12)],
    "pacbayes_sigma": [dict(samples=10, tolerance=1e-2)], "convexity": [dict(samples=60, rho=1.0)], "relative_flatness": [dict(tensor=0, samples=40)],
    "roughness": [dict(samples=30, count=8)], "surrogate_sensitivity": [dict(sigma=0.3, samples=60)], "hessian_gauss_newton_gap": [dict(samples=10)],
    "stability_ratio": [dict(lr=0.1, rule="sgd_trace", tolerance=0.5)], "batch_sharpness": [dict(samples=16, tolerance=1e-9)],
    "gradient_noise_interaction": [dict(samples=16)], "layerwise": [dict(measure="trace", method="hutchinson", samples=20), dict(measure="frobenius", method="hutchinson", samples=20)]}
BY_EXAMPLES = {"noise_scale": [dict(), dict(samples=30)], "fisher_trace": [dict(), dict(labels="exact")], "gradient_covariance": [dict(), dict(loss="cross_entropy")],
               "margin": [dict(quantile=q) for q in (0.1, 0.5, 0.9)], "fisher_rao_norm": [dict(), dict(mode="homogeneous")], "trajectory_kl": [dict()]}
OF_BATCHES = ("batch_sharpness", "gradient_noise_interaction")
MORE = {"spectral_functions": ("log_determinant", "effective_rank", "participation"), "frobenius": ("squared",)}    # KEY with KEY_error


class Waves(Softmax):
    """With a curvature of both signs."""

    def __init__(self, name):
        super().__init__(K=4, d=60 if name == "stability_ratio" else 24, m=80, batches=40 if name in OF_BATCHES else 1, weights=0.4)

    def evaluate(self, query):
        loss, W = super().evaluate(query), self.W()
        if not query.ask & libsam.Ask.LOSS_ONLY:
            for g, w in ((self.g["head"], W[:-1]), (self.g["tail"], W[-1])):
                g += 0.2 * np.cos(2 * w)
        return loss + 0.1 * np.sin(2 * W).sum()

    def product(self, query, direction):
        found = super().product(query, direction)
        return {k: x - 0.4 * np.sin(2 * self.w[k]) * direction[k] for k, x in found.items()}

    def gauss_newton(self, query, direction):
        return super().product(query, direction)


def values(name, settings, many):
    """Values and their errors: of each draw of what is random."""
    found = []
    model = Waves(name) if name in BY_SEED else None
    for k in range(many):
        more = {"seed": k} if name in BY_SEED else {}
        if name in BY_EXAMPLES:
            first, model = Softmax(K=3, d=4, m=60, batches=1), Softmax(K=3, d=4, m=60, batches=1, seed=k + 1)
            model.y = np.random.default_rng(k).choice(3, 60, p=[0.9, 0.05, 0.05])
            model.w = first.w                              # the same weights, other examples
            model.X[:, 0] += 2                             # gradients with a mean
            if name == "trajectory_kl":
                more["to"] = model.named(first.W() + 0.5 * np.random.default_rng(0).standard_normal((3, 4)))
        gauss = {"gauss_newton_product": model.gauss_newton} if name in BY_SEED else {}
        found.append(libsam.measure(model.w, model.objective(**gauss), name, **settings, **more))
    return found


CASES = [(name, s) for table in (BY_SEED, BY_EXAMPLES) for name, all in table.items() for s in all]


@pytest.mark.parametrize("name, settings", CASES, ids=[f"{n}-{i}" for i, (n, s) in enumerate(CASES)])
def test_the_error_is_that_of_the_value(name, settings):
    found = values(name, settings, SEEDS if name in BY_SEED else DATA)
    pairs = [(np.stack([r["values"] for r in found]), np.stack([r["standard_errors"] for r in found]), "values")] if name == "layerwise" else \
        [(np.array([r.value for r in found]), np.array([r.standard_error for r in found]), "value")]
    pairs += [(np.array([np.ravel(r[key])[0] for r in found]), np.array([np.ravel(r[key + "_error"])[0] for r in found]), key) for key in MORE.get(name, ())]
    for value, error, key in pairs:
        scatter, said = value.std(0, ddof=1), np.sqrt((error ** 2).mean(0))
        assert (scatter > 0).all()
        assert (0.6 < scatter / said).all() and (scatter / said < 1.6).all(), (key, scatter, said)


def test_every_measure_with_an_error_is_tried():
    """Over the catalogue: one whose report has an error is in a table above."""
    from test_measure_promises import NAMES, case, run
    for name in NAMES:
        model, settings = case(name)
        found = run(model, name, settings)
        if {"standard_error", "standard_errors"} & set(found):
            assert name in BY_SEED or name in BY_EXAMPLES, name
