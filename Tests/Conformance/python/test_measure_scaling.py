"""Every measure that takes a scaling against dense algebra of C H C, over scalings, tensors, classes and batches.

The objective is a quadratic of each class and batch, its curvature a dense matrix. The measures come from the catalogue: one that takes a
scaling and is in none of the tables below fails the test."""
import functools

import libsam
import numpy as np
import pytest

SHAPES = {"wide": (6, 20), "bias": (12,), "stack": (2, 5, 8)}
SIZES = [int(np.prod(s)) for s in SHAPES.values()]
N, BATCHES, CLASSES = sum(SIZES), 2, 2
COUNTS = np.array([[3, 5], [6, 2]])                        # examples by batch and class
SCALINGS = ["none", "element", "filter", "tensor", "tensor_rms", "custom"]


class Quadratic:
    """L = (w - m)'A(w - m) / 2 with A of the batch and class asked for; of several the mean by their examples."""

    def __init__(self):
        random = np.random.default_rng(7)
        self.flat = random.uniform(0.3, 2, N) * random.choice([-1, 1], N)
        self.centre = self.flat - 0.05 * random.standard_normal(N)
        self.A = {}
        for b in range(BATCHES):
            for k in range(CLASSES):
                q, _ = np.linalg.qr(random.standard_normal((N, N)))
                self.A[b, k] = (q * np.concatenate([np.linspace(0.5, 2 + k, N - 3), [4, 6 + b, 9]])) @ q.T
        self.values = random.uniform(0, 2, N) * (random.random(N) < 0.8)
        starts = np.cumsum([0, *SIZES])
        self.places = [slice(a, b) for a, b in zip(starts, starts[1:])]
        self.w, self.g = self.named(self.flat), self.named(np.zeros(N))

    def named(self, flat):
        return {name: flat[p].reshape(shape).copy() for (name, shape), p in zip(SHAPES.items(), self.places)}

    def join(self, arrays):
        return np.concatenate([np.ravel(arrays[name]) for name in SHAPES])

    @functools.lru_cache(maxsize=None)
    def curvature(self, batch, class_index):
        chosen = [(b, k) for b in range(BATCHES) for k in range(CLASSES) if batch in (-1, b) and class_index in (-1, k)]
        return sum(COUNTS[c] * self.A[c] for c in chosen) / sum(COUNTS[c] for c in chosen)

    def evaluate(self, query):
        d = self.join(self.w) - self.centre
        slope = self.curvature(query.batch, query.class_index) @ d
        for name, x in self.named(slope).items():
            self.g[name][...] = x
        return 0.5 * d @ slope

    def objective(self):
        product = lambda q, v: self.named(self.curvature(q.batch, q.class_index) @ self.join(v))
        return libsam.Objective(evaluate=self.evaluate, gradients=self.g, hessian_product=product, gauss_newton_product=product,
                                batches=BATCHES, batch_examples=COUNTS.sum(1), class_examples=COUNTS, examples=int(COUNTS.sum()))

    def measure(self, name, **settings):
        if settings.get("scaling") == "custom":
            settings["scaling_values"] = self.named(self.values)
        return libsam.measure(self.w, self.objective(), name, **settings)

    def scale(self, scaling="none", tensor=-1, bias_scaling="scaled", eta=0.0):
        """c of each place: what the settings say, in words of numpy."""
        c = np.ones(N)
        for i, (shape, p) in enumerate(zip(SHAPES.values(), self.places)):
            w = self.flat[p].reshape(shape)
            rows = np.linalg.norm(w.reshape(len(w), -1), axis=1)
            if scaling == "element" or scaling == "filter" and len(shape) == 1:
                x = np.abs(w) + (eta if scaling == "element" else 0)
            elif scaling == "filter":
                x = np.broadcast_to(rows.reshape(-1, *[1] * (len(shape) - 1)), shape)
            elif scaling in ("tensor", "tensor_rms"):
                x = np.full(shape, np.linalg.norm(w) / (np.sqrt(w.size) if scaling == "tensor_rms" else 1))
            else:
                x = self.values[p].reshape(shape) if scaling == "custom" else np.ones(shape)
            if len(shape) == 1 and scaling != "none" and bias_scaling != "scaled":
                x = np.full(shape, float(bias_scaling == "unit"))
            c[p] = np.ravel(x) if tensor in (-1, i) else 0
        return c

    def scaled(self, batch=-1, class_index=-1, **scale):
        """C H C on the places where c is not 0."""
        c = self.scale(**scale)
        inside = c != 0
        return (c[:, None] * self.curvature(batch, class_index) * c)[np.ix_(inside, inside)], c


@pytest.fixture(scope="module")
def model():
    return Quadratic()


def within(found, true, error, times=6.0):
    """An estimate within so many of its own standard errors, and these are no excuse: at most a third of the truth."""
    found, true, error = (np.asarray(x, float) for x in (found, true, error))
    assert (np.abs(found - true) <= times * error + 1e-9 * np.abs(true)).all(), (found, true, error)
    assert np.abs(error).max() <= 0.34 * np.abs(true).max() + 1e-300, (true, error)


def trace(model, B, c, measure):
    for method in ("hutchinson", "hutchpp", "xtrace", "exact", "auto"):
        for distribution in ("rademacher", "normal") if method == "hutchinson" else ("rademacher",):
            found = measure("trace", method=method, distribution=distribution)
            within(found.value, np.trace(B), found.standard_error)
            within(found.per_parameter, np.trace(B) / len(B), found.standard_error / len(B))


def frobenius(model, B, c, measure):
    for method in ("hutchinson", "exact", "auto"):
        found = measure("frobenius", method=method)
        within(found.value, np.linalg.norm(B), found.standard_error)
        within(found.squared, np.linalg.norm(B) ** 2, found.squared_error)


def diagonal(model, B, c, measure):
    for samples in (60, 1000):
        found, full = measure("diagonal", samples=samples), np.zeros(N)
        full[c != 0] = np.diag(B)
        within(found.value, np.trace(B), found.standard_error)
        assert (np.abs(found.diagonal - full) <= 7 * np.sqrt(found.variance) + 1e-9 * full.max()).all()


def spectral_density(model, B, c, measure):
    values = np.linalg.eigvalsh(B)
    middle, top = 0.5 * (values[0] + values[-1]), values[-1] + 1
    for more in ({}, {"distribution": "normal"}, {"steps": 1000}):
        found = measure("spectral_density", edges=[-1, middle, top], **more)
        for k in (1, 2, 3):
            probes = (found["weights"] * found["nodes"] ** k).sum(1)
            within(found.moments[k - 1], (values ** k).mean(), probes.std(ddof=1) / np.sqrt(len(probes)) if len(probes) > 1 else 0, 8)
        np.testing.assert_allclose(found.lambda_max, values[-1], rtol=1e-6)
        assert found.value == 0 and found.counts.sum() == pytest.approx(len(B))
        assert np.abs(found.counts[1] - (values > middle).sum()) <= 8 * found.counts_error[1] + 1e-6


def spectral_functions(model, B, c, measure):
    values = np.linalg.eigvalsh(B)
    shares = values / values.sum()
    z = values.mean()
    for more in ({}, {"steps": 1000}):
        found = measure("spectral_functions", z=z, **more)
        for key, true in dict(effective_dimension=(values / (values + z)).sum(), log_determinant=np.log(values + z).sum(),
                              effective_rank=np.exp(-(shares * np.log(np.maximum(shares, 1e-300))).sum()),
                              stable_rank=(values ** 2).sum() / values[-1] ** 2, participation=values.sum() ** 2 / (values ** 2).sum()).items():
            assert np.abs(found[key] - true) <= 9 * np.max(found[key + "_error"]) + 1e-6 * np.abs(true), (key, found[key], true)
            assert np.max(found[key + "_error"]) <= 0.34 * max(abs(true), 1)


def local_entropy(model, B, c, measure):
    values = np.linalg.eigvalsh(B)
    for more in ({}, {"steps": 1000}):
        found = measure("local_entropy", mode="laplace", **more)
        within(found.value, 0.5 * np.log1p(values).sum(), found.standard_error, 9)


def average_case(model, B, c, measure):
    for shape, factor in (("normal", 1), ("uniform", 1 / 3), ("sphere", 1 / len(B))):
        found = measure("average_case", shape=shape, rho=0.1)
        within(found.value, 0.005 * factor * np.trace(B), found.standard_error)


def eps_radius(model, B, c, measure):
    found = measure("eps_radius", samples=60, eps=1.0)
    d = np.random.default_rng(0).standard_normal((4000, len(B)))
    d /= np.linalg.norm(d, axis=1)[:, None]
    slope = d @ (c * (model.curvature(*measure.part) @ (model.flat - model.centre)))[c != 0]
    bend = np.einsum("ij,ij->i", d @ B, d)
    within(found.value, np.median((-slope + np.sqrt(slope ** 2 + 2 * bend)) / bend), found.standard_error, 8)


def convexity(model, B, c, measure):
    assert measure("convexity", samples=20).value == 1


def ends(model, B, c, measure):
    values = np.linalg.eigvalsh(B)
    for name, true in dict(lambda_max=values[-1], lambda_min=values[0], spectral_norm=values[-1]).items():
        for method in ("lanczos", "lobpcg", "power") if name == "lambda_max" else ("lanczos",):
            found = measure(name, method=method, max_iterations=400, tolerance=1e-6 if method == "lanczos" else 1e-3)
            np.testing.assert_allclose(found.value, true, rtol=1e-4, atol=1e-6 * values[-1], err_msg=f"{name} {method}")
    found = measure("lambda_max", start=model.named(measure("lambda_max").eigenvector))
    assert found.iterations <= 2, "an eigenvector as `start` is one of C H C, as the report gives it"
    np.testing.assert_allclose(measure("eigenpairs", count=3).values, values[::-1][:3], rtol=1e-6)


def slope(model, B, c, measure):
    inside, A = c != 0, model.curvature(*measure.part)
    g = A @ (model.flat - model.centre)
    np.testing.assert_allclose(measure("gradient_norm").value, np.linalg.norm(c * g), rtol=1e-9)
    d = c * c * g * 0.05 / np.linalg.norm(c * g)
    np.testing.assert_allclose(measure("sam_gap", rho=0.05).value, g @ d + 0.5 * d @ A @ d, rtol=1e-7)
    x = np.zeros(N)
    x[inside] = np.random.default_rng(1).standard_normal(len(B))
    y = x[inside]
    rest = B @ y - (y @ B @ y / (y @ y)) * y
    np.testing.assert_allclose(measure("eigen_residual", direction=model.named(x)).value, y @ y * (rest @ rest), rtol=1e-7)


REFERENCE = dict(trace=trace, frobenius=frobenius, diagonal=diagonal, spectral_density=spectral_density, spectral_functions=spectral_functions,
                 local_entropy=local_entropy, average_case=average_case, eps_radius=eps_radius, convexity=convexity, lambda_max=ends, gradient_norm=slope)
TOGETHER = {"lambda_min", "spectral_norm", "eigenpairs", "sam_gap", "eigen_residual"}
# ascents, a flow, planes: what they do with the scale is tried elsewhere, and none draws vectors of the scaled space
OTHERS = {"worst_case", "first_order_flatness", "gradient_subspace", "eigen_plane", "gradient_flow_sharpness"}


def test_every_measure_of_the_catalogue_with_a_scaling_is_tried():
    scaled = {name for name, m in libsam.measures().items() if "scaling" in m.options}
    assert scaled == set(REFERENCE) | TOGETHER | OTHERS
    assert set(SCALINGS) == set(libsam.measures()["trace"].options["scaling"].choices)


def run(model, name, batch=-1, class_index=-1, **scale):
    B, c = model.scaled(batch, class_index, **scale)

    def measure(name, **settings):
        return model.measure(name, batch=batch, class_index=class_index, **scale, **settings)
    measure.part = (batch, class_index)
    REFERENCE[name](model, B, c, measure)


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("name", sorted(REFERENCE))
def test_scaling_by_tensor_class_and_batch(model, name, scaling):
    first = SCALINGS.index(scaling)
    for i in (first, first + 1):                           # over the scalings every tensor meets every part
        batch, class_index = [(-1, -1), (1, -1), (-1, 1), (0, 1)][i % 4]
        run(model, name, batch, class_index, scaling=scaling, tensor=(-1, 0, 2)[i % 3])


@pytest.mark.parametrize("name", sorted(REFERENCE))
def test_vectors_under_a_scaling(model, name):
    for scale in (dict(scaling="filter", bias_scaling="ignore"), dict(scaling="tensor", bias_scaling="unit"), dict(scaling="element", eta=0.5)):
        run(model, name, **scale)


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("repeated", ["trace", "frobenius"])
def test_layers_and_classes(model, repeated, scaling):
    method = dict(method="hutchinson", samples=100)
    found = model.measure("layerwise", measure=repeated, scaling=scaling, **method)
    number = np.trace if repeated == "trace" else np.linalg.norm
    within(found["values"], [number(model.scaled(tensor=i, scaling=scaling)[0]) for i in range(3)], found.standard_errors)
    if repeated == "trace":
        found = model.measure("layerwise", measure=repeated, scaling=scaling, shared_probe=True, **method)
        within(found["values"], [number(model.scaled(tensor=i, scaling=scaling)[0]) for i in range(3)], found.standard_errors)
    found = model.measure("classwise", measure=repeated, scaling=scaling, **method)
    true = np.array([number(model.scaled(class_index=k, scaling=scaling)[0]) for k in range(CLASSES)])
    assert (np.abs(found["values"] - true) <= 0.25 * true).all()


def test_flatness_of_a_layer(model):
    """Of more than 64 weights, by random sign matrices: sum of w_s.w_s' tr H_ss'."""
    for tensor in (0, 2):
        rows = len(model.w[list(SHAPES)[tensor]])
        for batch, class_index in ((-1, -1), (1, 0)):
            H = model.curvature(batch, class_index)[model.places[tensor], model.places[tensor]].reshape(rows, SIZES[tensor] // rows, rows, -1)
            W = model.flat[model.places[tensor]].reshape(rows, -1)
            found = model.measure("relative_flatness", tensor=tensor, batch=batch, class_index=class_index, samples=200)
            within(found.value, np.einsum("sa,ta,sbtb->", W, W, H), found.standard_error)
