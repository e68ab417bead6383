"""Measures through Python: known answers, every way out, and what a result can do."""
import libsam
import numpy as np
import pytest

SPECTRUM = np.array([4.0, 2.0, 1.0, 0.5, 0.25, -1.0])


class Bowl:
    """1/2 x'Ax + b'x over two parameters and a frozen one, A with a known spectrum."""

    def __init__(self, dtype=np.float64, spectrum=SPECTRUM, slope=0.0):
        q = np.linalg.qr(np.random.default_rng(3).standard_normal((len(spectrum), len(spectrum))))[0]
        self.A, self.b = (q * spectrum) @ q.T, np.full(len(spectrum), slope)
        self.w = {"a": np.full((2, 2), 0.5, dtype), "frozen": np.ones(3, dtype), "b": np.array([0.25, -0.75], dtype)}
        self.g = {"a": np.zeros((2, 2), dtype), "b": np.zeros(2, dtype)}
        self.calls, self.fail_at, self.error = 0, -1, ValueError("no data")

    def point(self, arrays):
        return np.concatenate([arrays["a"].ravel(), arrays["b"]]).astype(float)

    def evaluate(self, query):
        if self.calls == self.fail_at:
            raise self.error
        self.calls += 1
        x = self.point(self.w)
        g = self.A @ x + self.b
        if query.ask & libsam.Ask.LOSS_ONLY:
            g = g * np.nan
        self.g["a"][...], self.g["b"][...] = g[:4].reshape(2, 2), g[4:]
        return 0.5 * x @ self.A @ x + self.b @ x

    def product(self, query, direction):
        v = self.A @ self.point(direction)
        return {"a": v[:4].reshape(2, 2), "b": v[4:]}

    def objective(self, **more):
        return libsam.Objective(self.evaluate, self.g, **more)

    def measure(self, name, products=True, **settings):
        return libsam.measure(self.w, self.objective(hessian_product=self.product if products else None), name, **settings)


def bits(bowl):
    return b"".join(w.tobytes() for w in bowl.w.values())


@pytest.mark.parametrize("products, dtype, close", [(True, np.float64, 1e-12), (False, np.float64, 1e-8), (False, np.float32, 3e-4)])
def test_eigenvalues_and_traces(products, dtype, close):
    bowl = Bowl(dtype)
    before = bits(bowl)
    top = bowl.measure("lambda_max", products)
    assert top.value == pytest.approx(4, rel=close) and float(top) == top.value and top.standard_error is None
    assert top.converged or top.difference_error > 1e-4        # more than the tolerance
    assert bowl.measure("lambda_min", products).value == pytest.approx(-1, abs=4 * close)
    assert bowl.measure("trace", products).value == pytest.approx(SPECTRUM.sum(), rel=10 * close)
    pairs = bowl.measure("eigenpairs", products, count=3)
    np.testing.assert_allclose(pairs.values[:3], [4, 2, 1], rtol=10 * close)
    vectors = pairs.by_parameter("vectors")
    assert vectors["a"].shape == (3, 2, 2) and vectors["b"].shape == (3, 2)
    v = top.eigenvector
    np.testing.assert_allclose(bowl.A @ v, 4 * v, atol=max(close, 1e-6) * 40)
    assert bits(bowl) == before


def test_a_banana():
    """Rosenbrock's function at its minimum: 1001.60 and 0.399."""
    w, g = {"x": np.ones(2)}, {"x": np.zeros(2)}

    def evaluate(query):
        x, y = w["x"]
        g["x"][...] = -400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)
        return 100 * (y - x * x) ** 2 + (1 - x) ** 2
    assert libsam.measure(w, libsam.Objective(evaluate, g), "lambda_max").value == pytest.approx(1001.600639232513, rel=1e-8)
    assert libsam.measure(w, libsam.Objective(evaluate, g), "lambda_min").value == pytest.approx(0.399360767487, abs=1e-5)


def test_perturbations():
    bowl = Bowl()
    g = bowl.A @ bowl.point(bowl.w)
    length = np.linalg.norm(g)
    gap = bowl.measure("sam_gap", rho=0.1)
    assert gap.value == pytest.approx(0.1 * length + 0.005 * g @ bowl.A @ g / length ** 2, rel=1e-12)
    assert bowl.measure("gradient_norm").value == pytest.approx(length, rel=1e-14)
    worst = bowl.measure("worst_case", rho=[0.1, 0.0], keep=True)
    assert worst.value >= gap.value and worst.values.tolist() == [worst.value, 0.0]
    assert np.linalg.norm(worst.perturbation) <= 0.1 * (1 + 1e-12)
    average = bowl.measure("average_case", rho=0.1, samples=400)
    assert abs(average.value - 0.005 * SPECTRUM.sum()) < 5 * average.standard_error and "±" in repr(average)
    assert bowl.measure("average_case", rho=0.1, seed=7).value != bowl.measure("average_case", rho=0.1, seed=8).value


def test_an_optimizer_and_its_gradients():
    bowl = Bowl()
    w, g = {k: bowl.w[k] for k in ("a", "b")}, bowl.g
    with libsam.Optimizer(w, g, method="sam", base="sgd", lr=0.1) as optimizer:
        assert libsam.measure(optimizer, bowl.evaluate, "lambda_max").value == pytest.approx(4, rel=1e-7)
        optimizer.advance()
        with pytest.raises(libsam.StateError, match="step"):
            libsam.measure(optimizer, bowl.evaluate, "lambda_max")


@pytest.mark.parametrize("error", [ValueError("no data"), KeyboardInterrupt()])
def test_exceptions_go_through_and_restore(error):
    last = Bowl()
    last.measure("worst_case", False, steps=4)
    for call in range(last.calls):
        bowl = Bowl()
        before = bits(bowl)
        bowl.fail_at, bowl.error = call, error
        with pytest.raises(type(error)):
            bowl.measure("worst_case", False, steps=4)
        assert bits(bowl) == before


def test_cancel_and_progress():
    bowl, seen = Bowl(), []

    def progress(fraction, stage):
        seen.append(fraction)
        return len(seen) == 5
    before = bits(bowl)
    with pytest.raises(libsam.CancelledError):
        libsam.measure(bowl.w, bowl.objective(progress=progress), "worst_case")
    assert bits(bowl) == before and seen == sorted(seen) and len(seen) == 5


def test_settings():
    bowl = Bowl()
    ones = {"a": np.ones((2, 2)), "b": np.ones(2), "frozen": np.ones(3)}
    custom = bowl.measure("worst_case", rho=0.2, scaling="custom", scaling_values=ones)
    assert custom.value == bowl.measure("worst_case", rho=0.2).value
    assert bowl.measure("spectral_density", edges=[-2, 0, 5]).counts.tolist() == pytest.approx([1, 5])
    for settings, error, match in (({"roh": 1}, libsam.UnknownNameError, "rho"), ({"rho": -1}, libsam.RangeError, "rho"),
                                   ({"norm": "l3"}, libsam.UnknownNameError, "l2"), ({"rho": object()}, libsam.ArgumentError, "rho"),
                                   ({"scaling": "custom", "scaling_values": {"a": np.ones(3)}}, libsam.ArgumentError, "shape"),
                                   ({"scaling_values": {"z": np.ones(3)}}, libsam.ArgumentError, "'z'")):
        with pytest.raises(error, match=match):
            bowl.measure("worst_case", **settings)
    with pytest.raises(libsam.UnknownNameError, match="lambda_max"):
        bowl.measure("lambda_mx")
    with pytest.raises(libsam.UnsupportedError, match="gauss_newton_product"):
        bowl.measure("lambda_max", operator="gauss_newton")
    with pytest.raises(AttributeError, match="residual"):
        bowl.measure("lambda_max").nothing


def test_a_host_with_a_wrong_gradient_is_told():
    bowl = Bowl()
    assert bowl.measure("check").value < 1e-6
    right = bowl.evaluate

    def wrong(query):
        loss = right(query)
        bowl.g["a"] *= 1.05
        return loss
    assert libsam.measure(bowl.w, libsam.Objective(wrong, bowl.g), "check").value > 1e-3
