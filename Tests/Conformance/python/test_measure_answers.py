"""Measures against dense algebra: every number of a linear softmax model is known."""
import libsam
import numpy as np
import pytest
from measure_models import Softmax

H = 1e-8     # of differences in f64


@pytest.fixture
def model():
    return Softmax()


def gradient(model, i=None):
    return model.gradients(i).mean(0)


def near(a, b, close=1e-12):
    np.testing.assert_allclose(a, b, rtol=close, atol=close * max(np.abs(np.asarray(b)).max(), 1e-30))


# ---- curvature


@pytest.mark.parametrize("without, close", [((), 1e-12), (("hessian_product",), 3e-8)])
def test_frobenius_diagonal_and_norm(model, without, close):
    A = model.hessian()
    found = model.measure("frobenius", without)
    near(found.value, np.linalg.norm(A), close)
    near(found.squared, np.linalg.norm(A) ** 2, 2 * close)
    assert found.standard_error == 0 and found.samples == model.n
    found = model.measure("diagonal", without)
    near(found.diagonal, np.diag(A), close)
    near(found.value, np.trace(A), close)
    assert not found.variance.any()
    found = model.measure("spectral_norm", without, tolerance=1e-8)
    near(found.value, np.linalg.eigvalsh(A)[-1], close)
    assert abs(found.lambda_min) < 1e-7


def test_estimates_of_frobenius_and_diagonal(model):
    A = model.hessian()
    squares, means, said, diagonals, variances = [], [], [], [], []
    for seed in range(200):
        found = model.measure("frobenius", method="hutchinson", samples=20, seed=seed)
        squares.append(found.squared), said.append(found.squared_error)
        found = model.measure("diagonal", samples=10, seed=seed)
        diagonals.append(found.diagonal), variances.append(found.variance)
    AA = A @ A
    known = np.sqrt(2 * (np.linalg.norm(AA) ** 2 - (np.diag(AA) ** 2).sum()) / 20)
    assert abs(np.mean(squares) - np.linalg.norm(A) ** 2) < 5 * known / np.sqrt(200)
    assert np.std(squares) == pytest.approx(known, rel=0.25) and np.sqrt(np.mean(np.square(said))) == pytest.approx(known, rel=0.25)
    known = ((A ** 2).sum(1) - np.diag(A) ** 2) / 10
    near(np.var(diagonals, 0), known, 0.5)
    near(np.mean(variances, 0), known, 0.25)
    assert (np.abs(np.mean(diagonals, 0) - np.diag(A)) < 5 * np.sqrt(known / 200)).all()
    assert squares[0] != squares[1]


def test_spectral_functions(model):
    l = np.clip(np.linalg.eigvalsh(model.hessian()), 0, None)
    found = model.measure("spectral_functions", z=[0.1, 1.0])
    near(found.effective_dimension, [(l / (l + z)).sum() for z in (0.1, 1)], 1e-10)
    near(found.log_determinant, [np.log(l + z).sum() for z in (0.1, 1)], 1e-10)
    p = l[l > 1e-12] / l.sum()
    near([found.effective_rank, found.stable_rank, found.participation],
         [np.exp(-(p * np.log(p)).sum()), (l ** 2).sum() / l.max() ** 2, l.sum() ** 2 / (l ** 2).sum()], 1e-10)
    assert found.standard_error == 0 and not found.effective_dimension_error.any()
    wide = Softmax(K=5, d=20, m=60)
    l = np.clip(np.linalg.eigvalsh(wide.hessian()), 0, None)
    values, errors = zip(*[(f.value, f.standard_error) for f in (wide.measure("spectral_functions", z=0.05, steps=30, samples=10, seed=s) for s in range(100))])
    assert abs(np.mean(values) - (l / (l + 0.05)).sum()) < 5 * np.std(values) / 10
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(values), rel=0.25)


def test_gradient_subspace(model):
    A, g = model.hessian(), gradient(model)
    l, V = np.linalg.eigh(A)
    found = model.measure("gradient_subspace", count=3)
    shares = (V.T @ g)[::-1][:3] ** 2 / (g @ g)
    near(found.fractions, shares, 1e-8)
    near(found.value, shares.sum(), 1e-8)
    near(found.rayleigh, g @ A @ g / (g @ g))
    near(found.angle, np.arccos(np.sqrt(shares[0])), 1e-8)


def test_directional_sharpness(model):
    A, g = model.hessian(), gradient(model)
    v = np.random.default_rng(1).standard_normal(model.n)
    found = model.measure("directional_sharpness", direction=[model.named(v), model.named(g)], length=1e-3)
    for k, x in enumerate([v, g]):
        u = x / np.linalg.norm(x)
        near(found.values[k], u @ A @ u)
        near(found.first[k], 1e-3 * g @ u)
        near(found.second[k], 0.5e-6 * u @ A @ u)
        assert abs(found.rest[k]) < 1e-9
    near(model.measure("directional_sharpness").value, g @ A @ g / (g @ g))
    with pytest.raises(libsam.ArgumentError):
        model.measure("directional_sharpness", direction=model.named(0 * v))


@pytest.mark.parametrize("rule, threshold", [("gradient_descent", 20), ("momentum", 38), ("nesterov", 13.571428571428571), ("ema_momentum", 380)])
def test_thresholds(model, rule, threshold):
    top = np.linalg.eigvalsh(model.hessian())[-1]
    found = model.measure("stability_ratio", lr=0.1, rule=rule, weight_decay=0.01)
    near([found.threshold, found.lambda_max, found.value], [threshold, top, (top + 0.01) / threshold])


def test_stability_of_sam_adam_and_descent_on_batches(model):
    A, size = model.hessian(), np.linalg.norm(gradient(model))
    found = model.measure("stability_ratio", lr=0.1, rule="sam", rho=0.05 * size / 0.7)
    near(found.threshold, 11.1383571, 1e-8)
    l = model.measure("stability_ratio", lr=0.1, rule="sam_unnormalized", rho=0.3).threshold
    near(l * (1 + 0.3 * l), 20)
    near(model.measure("stability_ratio", lr=0.1, rule="sam", rho=0).threshold, 20)
    found = model.measure("stability_ratio", lr=0.1, rule="sgd_trace")
    near([found.trace, found.value], [np.trace(A), np.trace(A) / 20])
    P = 0.5 + np.random.default_rng(2).random(model.n)
    top = np.linalg.eigvalsh(A / np.sqrt(np.outer(P, P)))[-1]
    near(model.measure("stability_ratio", lr=0.1, rule="adaptive", preconditioner=model.named(P)).value, top / 380)
    v = (P / (1 - 0.9 ** 7) - 1e-8) ** 2 * (1 - 0.999 ** 7)
    near(model.measure("stability_ratio", lr=0.1, rule="adaptive", preconditioner=model.named(v), step=7).value, top / 380, 1e-10)
    near(model.measure("stability_ratio", lr=0.1, count=3)["values"], np.linalg.eigvalsh(A)[:-4:-1], 1e-10)
    for bad in (dict(), dict(lr=0.1, rule="adaptive"), dict(lr=0.1, preconditioner=model.named(P)), dict(lr=0.1, rule="adaptive", preconditioner=model.named(-P))):
        with pytest.raises(libsam.ArgumentError):
            model.measure("stability_ratio", **bad)


def test_relative_flatness(model):
    A, W = model.hessian(), model.W()[:-1]
    n, d = W.size, model.d
    block = A[:n, :n].reshape(2, d, 2, d)
    expected = np.einsum("sa,ta,sbtb->", W, W, block)
    rows = [W[s] @ W[s] * np.linalg.eigvalsh(block[s, :, s])[-1] for s in range(2)]
    found = model.measure("relative_flatness", tensor=0)
    near([found.value, found.maximum], [expected, sum(rows)], 1e-10)
    near(found.rows, rows, 1e-10)
    one = model.measure("relative_flatness", tensor=2)             # one row: its squared norm times the trace
    tail = model.W()[-1]
    near(one.value, tail @ tail * np.trace(A[n:, n:]), 1e-10)
    wide = Softmax(K=5, d=20, m=40)
    A, W = wide.hessian()[:80, :80].reshape(4, 20, 4, 20), wide.W()[:-1]
    expected = np.einsum("sa,ta,sbtb->", W, W, A)
    found = wide.measure("relative_flatness", tensor=0, samples=200)
    assert abs(found.value - expected) < 5 * found.standard_error and 0 < found.standard_error < 0.1 * expected
    near(found.rows, [W[s] @ W[s] * np.linalg.eigvalsh(A[s, :, s])[-1] for s in range(4)], 1e-8)
    for bad in (dict(), dict(tensor=1)):
        with pytest.raises(libsam.ArgumentError):
            model.measure("relative_flatness", **bad)


def test_eigen_residual(model):
    A = model.hessian()
    x = np.random.default_rng(4).standard_normal(model.n)
    near(model.measure("eigen_residual", direction=model.named(x)).value, (x @ x) * (A @ x) @ (A @ x) - (x @ A @ x) ** 2, 1e-11)
    assert model.measure("eigen_residual", direction=model.named(np.linalg.eigh(A)[1][:, -1])).value < 1e-28


# ---- layers, classes, batches


def test_layerwise(model):
    A, n = model.hessian(), 2 * model.d
    blocks = [A[:n, :n], A[n:, n:]]
    found = model.measure("layerwise")
    near(found["values"], [np.trace(b) for b in blocks])
    near(sum(found["values"]), model.measure("trace").value, 1e-10)
    near(found.per_parameter, [np.trace(b) / len(b) for b in blocks])
    W = model.W()
    near(found.times_norm, [np.trace(blocks[0]) * (W[:-1] ** 2).sum(), np.trace(blocks[1]) * (W[-1] ** 2).sum()])
    near(found.sizes, [n, model.d])
    top = model.measure("layerwise", measure="lambda_max")
    near(top["values"], [np.linalg.eigvalsh(b)[-1] for b in blocks])
    assert model.measure("lambda_max").value >= top.value
    each = model.measure("layerwise", measure="worst_case", rho=0.1)
    assert (each["values"] <= model.measure("worst_case", rho=0.1).value + 1e-12).all() and (each["values"] > 0).all()
    shared = model.measure("layerwise", shared_probe=True, samples=2000)
    assert (np.abs(shared["values"] - found["values"]) < 5 * shared.standard_errors).all() and shared.products == 2000 * model.batches
    with pytest.raises(libsam.ArgumentError):
        model.measure("layerwise", measure="lambda_max", shared_probe=True)


def test_classwise(model):
    found = model.measure("classwise")
    for k in range(model.K):
        i = model.rows(class_index=k)
        l = np.linalg.eigvalsh(model.hessian(i))
        near([found.trace[k], found["values"][k], found.lambda_max[k], found.gradient_norm[k]],
             [l.sum(), l.sum(), l[-1], np.linalg.norm(gradient(model, i))], 1e-7)
        assert abs(found.lambda_min[k]) < 1e-6 and found.ratio[k] < 1e-6
    near(found.examples @ found.trace / model.m, np.trace(model.hessian()), 1e-10)
    near(found.value, np.trace(model.hessian()), 1e-10)
    model.y[model.y == 1] = 0
    found = model.measure("classwise", measure="gradient_norm")
    assert np.isnan(found["values"][1]) and np.isfinite(found["values"][[0, 2]]).all() and found.skipped == 1
    near(found["values"][2], found.gradient_norm[2])


def test_class_gradient_alignment(model):
    g = np.array([gradient(model, model.rows(class_index=k)) for k in range(3)])
    g /= np.linalg.norm(g, axis=1)[:, None]
    found = model.measure("class_gradient_alignment")
    near(found.cosines, g @ g.T)
    near(found.value, (g @ g.T)[np.tril_indices(3, -1)].mean())


def test_m_sharpness(model):
    found = model.measure("m_sharpness", measure="sam_gap", rho=1e-6)
    near(found.sizes, [1, 2, 4])
    expected = []
    for size in (1, 2, 4):
        groups = [np.concatenate([model.rows(b) for b in range(k, k + size)]) for k in range(0, 4, size)]
        expected.append(1e-6 * np.mean([np.linalg.norm(gradient(model, i)) for i in groups]))
    near(found["values"], expected, 1e-5)
    near(found.gap, found["values"][0] - found["values"][-1])
    worst = model.measure("m_sharpness", rho=0.3, sizes=[1, 4], steps=50)
    near(worst["values"][0], model.measure("worst_case", rho=0.3, steps=50).value)
    assert worst["values"][0] > worst["values"][1] > 0 and worst.value == worst["values"][0]
    single = Softmax(batches=0)
    single.y = model.y
    near(worst["values"][1], single.measure("worst_case", rho=0.3, steps=50).value, 1e-9)
    with pytest.raises(libsam.RangeError):
        model.measure("m_sharpness", sizes=[5])


def test_sharpness_gap(model):
    assert model.measure("sharpness_gap", other=model, measure="average_case").value == 0
    other = Softmax(seed=5, m=12, batches=2)
    other.w = model.w
    other.g = model.g
    found = model.measure("sharpness_gap", other=other, measure="worst_case", rho=0.2, cross=True)
    near([found.first, found.second], [model.measure("worst_case", rho=0.2).value, other.measure("worst_case", rho=0.2).value], 1e-10)
    near([found.value, found.ratio], [found.second - found.first, found.second / found.first])
    moves = [(model.measure("worst_case", rho=0.2, keep=True, batch=b).perturbation, len(model.rows(b))) for b in range(4)]
    rise = sum(m * (other.losses(np.arange(12), model.W() + p.reshape(model.K, -1)).mean() - other.losses(np.arange(12)).mean()) for p, m in moves) / model.m
    near(found.transferred, rise, 1e-9)
    assert found.transferred < found.second
    with pytest.raises(libsam.ArgumentError):
        model.measure("sharpness_gap", other=other, measure="trace", cross=True)
    with pytest.raises(libsam.UnsupportedError):
        model.measure("sharpness_gap")


def test_batch_sharpness(model):
    found = model.measure("batch_sharpness", momentum=model.named(0.1 * np.ones(model.n)))
    G, A = [gradient(model, model.rows(b)) for b in range(4)], [model.hessian(model.rows(b)) for b in range(4)]
    ratios = [g @ a @ g / (g @ g) for g, a in zip(G, A)]
    near(found.ratios, ratios)
    near([found.value, found.gauss_newton], [np.mean(ratios)] * 2)
    near(found.ratio_of_means, sum(g @ a @ g for g, a in zip(G, A)) / sum(g @ g for g in G))
    s = [g + 0.1 for g in G]
    near(found.momentum, np.mean([x @ a @ x / (x @ g) for x, g, a in zip(s, G, A)]))
    near(found.mini_batch_lambda, np.mean([np.linalg.eigvalsh(a)[-1] for a in A]), 1e-5)
    assert found.mini_batch_lambda >= np.linalg.eigvalsh(model.hessian())[-1] and found.standard_error == 0
    some = [model.measure("batch_sharpness", samples=3, seed=s).value for s in (1, 2)]
    assert some[0] != some[1] and min(ratios) <= min(some) <= max(some) <= max(ratios)


def test_gradient_noise_interaction(model):
    A, g = model.hessian(), gradient(model)
    G = np.array([gradient(model, model.rows(b)) for b in range(4)])
    S = (G - g).T @ (G - g) / 4
    found = model.measure("gradient_noise_interaction")
    near(found.value, (g @ A @ g + np.trace(A @ S)) / (g @ g))
    assert found.standard_error == 0
    near(model.measure("gradient_noise_interaction", ("hessian_product",)).value, found.value, 1e-8)


# ---- examples


def covariance(model):
    G = model.gradients()
    return (G - G.mean(0)).T @ (G - G.mean(0)) / (model.m - 1)


@pytest.mark.parametrize("batches", [0, 4])
@pytest.mark.parametrize("loss", ["host", "cross_entropy"])
def test_examples(batches, loss):
    model = Softmax(batches=batches)
    G, S = model.gradients(), covariance(model)
    g, norms = G.mean(0), (G ** 2).sum(1)
    kind = dict(loss=loss) if loss == "host" else dict(loss=loss, without=("evaluate_example",))
    found = model.measure("gradient_covariance", eigenvalues=3, **kind)
    near(found.value, np.trace(S))
    near(found.diagonal, np.diag(S))
    near(found.eigenvalues, np.linalg.eigvalsh(S)[:-4:-1], 1e-10)
    found = model.measure("coherence", **kind)
    near(found.value, model.m * (g @ g) / norms.mean())
    near(found.per_tensor, [model.m * (g[k] @ g[k]) / (G[:, k] ** 2).sum(1).mean() for k in (slice(0, 8), slice(8, 12))])
    found = model.measure("gsnr", **kind)
    near(found.coordinates, g ** 2 / np.diag(S), 1e-10)
    near(found.value, (g ** 2 / np.diag(S)).mean(), 1e-10)
    U = G / np.sqrt(norms)[:, None]
    pairs, same = U @ U.T, model.y[:, None] == model.y[None]
    off = ~np.eye(model.m, dtype=bool)
    found = model.measure("stiffness", classes=True, **kind)
    near([found.value, found.sign, found.within, found.between],
         [pairs[off].mean(), np.sign(pairs[off]).mean(), pairs[off & same].mean(), pairs[~same].mean()], 1e-11)
    found = model.measure("fisher_trace", **kind)
    near(found.value, norms.mean())
    near(found.value, np.trace(S) * (model.m - 1) / model.m + g @ g)
    near(sum(found.per_tensor), found.value)
    found = model.measure("noise_scale", full=True, **kind)
    A = model.hessian()
    close = 1e-10 if loss == "host" else 1e-7
    near([found.trace_covariance, found.gradient_squared, found.value], [np.trace(S), g @ g, np.trace(S) / (g @ g)], 1e-10)
    near([found.tr_hs, found.ghg, found.full], [np.trace(A @ S), g @ A @ g, np.trace(A @ S) / (g @ A @ g)], close)


def test_orthogonal_and_identical_examples():
    model = Softmax(K=2, d=8, m=8, batches=0)
    model.X = 3 * np.eye(8)
    model.w["head"][...], model.w["tail"][...] = 0, 0
    near(model.measure("coherence").value, 1)
    near(model.measure("hessian_coherence").value, 1)
    assert model.measure("stiffness").value == pytest.approx(0, abs=1e-15)
    model.X[...], model.y = np.arange(8.0), np.zeros(8, int)
    near(model.measure("coherence").value, 8)
    near(model.measure("hessian_coherence").value, 8)
    near(model.measure("stiffness").value, 1)


def test_noise_scale_of_batches(model):
    assert np.isnan(model.measure("noise_scale", ("evaluate_example",)).value)         # an estimate of |g|^2 below 0
    model = Softmax(weights=3)
    without = ("evaluate_example",)
    G = np.array([gradient(model, model.rows(b)) for b in range(4)])
    g = G.mean(0)
    square, mean = g @ g, (G ** 2).sum(1).mean()
    found = model.measure("noise_scale", without, full=True)
    near(found.gradient_squared, (24 * square - 6 * mean) / 18, 1e-11)
    near(found.trace_covariance, (mean - square) / (1 / 6 - 1 / 24), 1e-11)
    near(found.value, found.trace_covariance / found.gradient_squared)
    near(found.tr_hs, 6 * np.trace(model.hessian() @ np.cov(G.T)), 1e-10)
    estimates = [Softmax(m=64, batches=16, seed=s).measure("noise_scale", without).trace_covariance / np.trace(covariance(Softmax(m=64, batches=16, seed=s))) for s in range(30)]
    assert abs(np.mean(estimates) - 1) < 5 * np.std(estimates) / np.sqrt(30)
    few = [model.measure("noise_scale", samples=12, seed=s).trace_covariance for s in (1, 2)]
    assert few[0] != few[1]


def test_true_fisher():
    model = Softmax()
    p = model.probabilities(np.arange(model.m))[1]
    expected = ((model.X ** 2).sum(1) * (1 - (p ** 2).sum(1))).mean()
    near(model.measure("fisher_trace", labels="exact").value, expected)
    near(expected, np.trace(model.hessian()))
    values = [model.measure("fisher_trace", labels="sampled", samples=4, seed=s).value for s in range(60)]
    assert values[0] != values[1] and abs(np.mean(values) - expected) < 5 * np.std(values) / np.sqrt(60)


def test_fisher_rao_norm(model):
    along = model.gradients() @ model.W().ravel()
    expected = (along ** 2).mean()
    for without in ((), ("example_losses",)):
        found = model.measure("fisher_rao_norm", without)
        near([found.squared, found.value], [expected, np.sqrt(expected)], 2e-9)
    near(model.measure("fisher_rao_norm", mode="homogeneous", depth=1).squared, expected)
    near(model.measure("fisher_rao_norm", mode="homogeneous", depth=3).squared, 9 * expected)


def test_igs():
    model = Softmax(m=10, batches=0)
    found = model.measure("igs")
    # the labels that were drawn are those for which the answer is right; the rank and the bound hold for all
    best = np.inf
    g = gradient(model)
    p = model.probabilities(np.arange(10))[1]
    candidates = [np.array(c) for c in np.ndindex(*[3] * 10)]
    F = {k: model.gradients(labels=np.full(10, k)) for k in range(3)}
    for labels in candidates:
        G = np.array([F[k][i] for i, k in enumerate(labels)]) / np.sqrt(10)
        value = np.sqrt(max(g @ np.linalg.pinv(G.T @ G, rcond=1e-10, hermitian=True) @ g, 0))
        best = min(best, abs(value / found.value - 1))
        if best < 1e-9:
            break
    assert best < 1e-9 and 1 <= found["rank"] <= 10 and (p > 0).all()
    damped = model.measure("igs", damping=1e-3).value
    assert 0 < damped < found.value
    assert model.measure("igs", damping=1e-9).value == pytest.approx(found.value, rel=1e-3)


def test_hessian_coherence(model):
    G = model.gradients(np.concatenate([model.rows(b) for b in range(4)]))       # in the order of the batches
    S = np.abs(G @ G.T)
    found = model.measure("hessian_coherence", lr=0.1, batch_size=2)
    near(found.gram, S)
    near(found.value, np.linalg.eigvalsh(S)[-1] / np.diag(S).max())
    top = np.linalg.eigvalsh(model.hessian())[-1]
    limit = found.value / np.sqrt(model.m / 2 - 1)
    assert found.unstable == (top >= min(2 / 0.1, limit / 0.1))
    assert model.measure("hessian_coherence", lr=1.001 * min(2, limit) / top, batch_size=2).unstable
    assert not model.measure("hessian_coherence", lr=0.999 * min(2, limit) / top, batch_size=2).unstable
    A = model.hessians(model.rows(0))
    S = np.sqrt(np.einsum("iab,jba->ij", A, A))
    full = model.measure("hessian_coherence", mode="full", samples=4000, batch=0)
    near(full.gram, S, 0.1)
    near(full.value, np.linalg.eigvalsh(S)[-1] / max(np.linalg.eigvalsh(a)[-1] for a in A), 0.05)


def test_hessian_gauss_newton_gap(model):
    assert model.measure("hessian_gauss_newton_gap").value < 1e-12
    twice = dict(gauss_newton_product=lambda q, v: {k: 3 * x for k, x in model.product(q, v).items()})
    near(libsam.measure(model.w, model.objective(**twice), "hessian_gauss_newton_gap").value, 2)
    with pytest.raises(libsam.UnsupportedError):
        model.measure("hessian_gauss_newton_gap", ("gauss_newton_product",))


# ---- outputs


def test_margin(model):
    f = model.probabilities(np.arange(model.m))[0]
    own = f[np.arange(model.m), model.y].copy()
    rest = f.copy()
    rest[np.arange(model.m), model.y] = -np.inf
    margins = np.sort(own - rest.max(1))
    found = model.measure("margin")
    near([found.value, found.mean, found.negative], [margins[1], margins.mean(), (margins < 0).mean()])
    near(found.quantiles, np.quantile(margins, [0.05, 0.25, 0.5, 0.75, 0.95]))
    near(model.measure("margin", quantile=0).value, margins[0])


def test_trajectory_kl(model):
    other = model.W().ravel() + 0.3
    other[:4] += np.arange(4)
    p, q = (lambda f: np.exp(f) / np.exp(f).sum(1, keepdims=True))(model.X @ model.W().T / 5), None
    f = model.X @ other.reshape(3, 4).T / 5
    q = np.exp(f) / np.exp(f).sum(1, keepdims=True)
    near(model.measure("trajectory_kl", to=model.named(other)).value, (p * np.log(p / q)).sum(1).mean(), 1e-11)
    assert model.measure("trajectory_kl", to=model.named(model.W())).value == 0


def test_surrogate_sensitivity():
    from math import erf
    d, m = 4, 10
    X = np.random.default_rng(0).standard_normal((m, d)) + 0.5
    w, g = {"w": np.ones(d)}, {"w": np.zeros(d)}
    objective = libsam.Objective(gradients=g, logits=lambda q: ((X @ w["w"])[:, None], np.zeros(m, int)), outputs=1, examples=m)
    mean = X.mean(0)
    for mu in (0.0, 0.05):
        found = libsam.measure(w, objective, "surrogate_sensitivity", sigma=0.1, mu=mu, samples=4000)
        z = (0.1 - mean.sum() * mu) / (0.1 * np.linalg.norm(mean))
        p = 0.5 - 0.5 * erf(z / np.sqrt(2))
        assert abs(found.value - p) < 5 * np.sqrt(p * (1 - p) / 4000) and found.low < found.value < found.high
        assert 0 < found.smooth < 1 and found.standard_error == pytest.approx(np.sqrt(found.value * (1 - found.value) / 4000))


def test_first_order_flatness(model):
    from test_measures import SPECTRUM, Bowl
    bowl = Bowl()
    bowl.w["a"][...], bowl.w["b"][...] = 0, 0
    for products in (True, False):
        found = bowl.measure("first_order_flatness", products, rho=0.1, restarts=3)
        assert 0.9 * 0.01 * 4 <= found.value <= 0.01 * 4 * (1 + 1e-7) and found.random_starts >= 1
        near(found.gradient_norm_max, found.value / 0.1)
    flat = Bowl(spectrum=0 * SPECTRUM, slope=2.0)
    near(flat.measure("first_order_flatness", rho=0.3).value, 0.3 * 2 * np.sqrt(6))
    found = model.measure("first_order_flatness", rho=0.2, steps=50)
    assert found.value >= model.measure("sam_gap", rho=0.2).value and found.value > 0.2 * np.linalg.norm(gradient(model))
    one = model.measure("first_order_flatness", rho=0.2, one_step=True)
    assert 0.2 * np.linalg.norm(gradient(model)) < one.value <= found.value * (1 + 1e-9)
    u = model.hessian() @ gradient(model)
    near(one.value, 0.2 * np.linalg.norm(model.gradients(W=model.W() + 0.2 * (u / np.linalg.norm(u)).reshape(3, 4)).mean(0)), 1e-11)
    assert model.measure("first_order_flatness", rho=[0.0, 0.1])["values"][0] == 0


@pytest.mark.parametrize("kind", ["unit", "rms"])
def test_normalised_logits(kind):
    model = Softmax()
    settings = dict(rho=0.3, normalize_logits=kind)
    found = model.measure("worst_case", **settings)
    f = model.probabilities(np.arange(model.m))[0]
    f = f - f.mean(1, keepdims=True)
    f /= np.linalg.norm(f, axis=1, keepdims=True) / (1 if kind == "unit" else np.sqrt(3))
    p = np.exp(f) / np.exp(f).sum(1, keepdims=True)
    near(found.loss, -np.log(p[np.arange(model.m), model.y]).mean())
    assert model.measure("check", normalize_logits=kind).fault == 0         # the gradient through the normalisation
    near(model.measure("worst_case", **settings).value, found.value, 1e-15)
    # a factor of all logits changes nothing, with the perturbation scaled by the weights
    scaled = Softmax()
    scaled.X = model.X
    for k in ("head", "tail"):
        scaled.w[k][...] = 4 * model.w[k]
    near(scaled.measure("worst_case", scaling="element", **settings).value, model.measure("worst_case", scaling="element", **settings).value, 1e-9)
    near(scaled.measure("gradient_norm", scaling="element", normalize_logits=kind).value, model.measure("gradient_norm", scaling="element", normalize_logits=kind).value, 1e-11)
    near(model.measure("lambda_max", loss="cross_entropy").value, model.measure("lambda_max").value, 1e-7)
    with pytest.raises(libsam.UnsupportedError):
        model.measure("worst_case", ("logits",), normalize_logits=kind)


# ---- numbers alone


def test_numbers(model):
    def of(name, **settings):
        return libsam.measure(model.w, None, name, **settings)
    found = of("measure_correlation", measure=[1, 2, 3, 4], generalization=[1, 3, 2, 4], groups=[0, 0, 1, 1])
    near([found.value, found.kendall, found.granulated, found.sign_error], [2 / 3, 2 / 3, 1, 1 / 6])
    near([found.spearman, found.pearson], [0.8, 0.8])
    near(of("measure_correlation", measure=[1, 1, 2], generalization=[1, 2, 3]).value, 0.8164965809277261)
    for bad in (dict(measure=[1, 2]), dict(measure=[1], generalization=[1]), dict(measure=[1, 2], generalization=[1, 2, 3])):
        with pytest.raises(libsam.ArgumentError):
            of("measure_correlation", **bad)
    assert of("psp_entropy", values=[5, 0, 0, 9], classes=2).value == 0
    near(of("psp_entropy", values=[3, 3, 2, 2], classes=2).value, 1)
    found = of("psp_entropy", values=[2, 2, 6, 0], classes=2)
    near([found.value, found.unweighted], [0.4, 0.5])
    found = of("sharpness_transfer", values=[[1, 2, 4], [1, 2, 5.1]])
    near([found.value, found.area], [np.log(1.275), np.log(1.275) / 3])
    assert not found.transfers and of("sharpness_transfer", values=[[1, 2, 4], [9, 2, 4.5]]).transfers
    with pytest.raises(libsam.ArgumentError):
        of("sharpness_transfer", values=[1, 2])


def test_path_norm_and_complexity(model):
    near(model.measure("path_norm").value, (model.W() ** 2).sum())
    near(model.measure("path_norm", root=True).value, np.linalg.norm(model.W()))
    found = model.measure("effective_model_complexity")
    assert found.value == 10 and not found.flag and (found.errors[:, 1] >= 0).all()
    assert model.measure("effective_model_complexity", high=7).value == 7
    jagged = libsam.Objective(gradients=model.g, train=lambda n, seed: 0.0 if n <= 8 or n == 10 else 0.5, examples=50)
    found = libsam.measure(model.w, jagged, "effective_model_complexity")
    assert found.value == 10 and found.flag
    with pytest.raises(libsam.UnsupportedError):
        model.measure("path_norm", ("forward_ones",))
