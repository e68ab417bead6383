"""The demonstration's own parts: the network's gradient, its running statistics, the data, the sharpness, the report."""
import numpy as np
import pytest

import data
import libsam
import measure
import network
import report
import train
import tune


def small(seed=0):
    """A float64 network away from its symmetric start, and a batch."""
    random = np.random.default_rng(seed)
    net = network.Network(seed, np.float64, (5, 7, 6, 4))
    for array in net.parameters.values():
        array += 0.2 * random.standard_normal(array.shape)
    return net, random.standard_normal((9, 5)), random.integers(0, 4, 9)


@pytest.mark.parametrize("name", list(small()[0].parameters))
def test_gradient_against_differences(name):
    net, x, y = small()
    net.evaluate(x, y)
    gradient, array, differences = net.gradients[name].copy(), net.parameters[name], np.empty(net.parameters[name].shape)
    for place in np.ndindex(array.shape):
        middle, h = array[place], 1e-5
        array[place] = middle + h
        up = net.evaluate(x, y)
        array[place] = middle - h
        differences[place] = (up - net.evaluate(x, y)) / (2 * h)
        array[place] = middle
    assert abs(differences).max() > 1e-3
    np.testing.assert_allclose(gradient, differences, atol=1e-8, rtol=1e-6)


def test_float32_agrees_with_float64():
    one, other = network.Network(3, np.float32), network.Network(3, np.float64)
    split = data.load(0).train
    loss = other.evaluate(split.images.astype(float), split.labels)
    assert one.evaluate(split.images, split.labels) == pytest.approx(loss, rel=1e-5)
    for name, gradient in one.gradients.items():
        assert gradient.dtype == np.float32
        np.testing.assert_allclose(gradient, other.gradients[name], atol=1e-4 * abs(other.gradients[name]).max())


def test_loss_of_known_logits():
    probabilities, loss = network.cross_entropy(np.array([[0.0, np.log(3)], [1e4, 1e4]]), np.array([1, 0]))
    np.testing.assert_allclose(probabilities, [[0.25, 0.75], [0.5, 0.5]])
    assert loss == pytest.approx((np.log(4 / 3) + np.log(2)) / 2)


def test_running_statistics():
    net, x, y = small()
    start = [statistic.copy() for pair in net.running.values() for statistic in pair]
    now = lambda: [statistic for pair in net.running.values() for statistic in pair]
    net.evaluate(x, y)
    assert all((a == b).all() for a, b in zip(start, now()))
    net.evaluate(x, y, update_statistics=True)
    z = x @ net.parameters["linear1.weight"]
    np.testing.assert_allclose(net.running[1][0], 0.1 * z.mean(0))
    np.testing.assert_allclose(net.running[1][1], 0.9 + 0.1 * z.var(0, ddof=1))
    net.take_statistics(x)
    loss = net.evaluate(x, y)                               # the batch's own statistics are now the running ones
    assert network.cross_entropy(net.logits(x), y)[1] == pytest.approx(loss, rel=1e-12)


@pytest.mark.parametrize("method", ["none", "sam", "msam", "gam"])
def test_statistics_take_no_perturbed_weights(method):
    """They follow the evaluations at the iterate, one in each step, and no others."""
    work, taken = train.Run(train.Cell("sgd" if method == "none" else method, "steps", 6, 0, 0.1, 0.0)), []
    evaluate = work.network.evaluate

    def watched(images, labels, update_statistics=False):
        taken.append(bool(update_statistics))
        return evaluate(images, labels, update_statistics)
    work.network.evaluate = watched
    for _ in range(4):
        work.step(0.0)
    assert taken == {"none": [True] * 4, "sam": [True, False] * 4, "gam": [True, False, False, False] * 4,
                     "msam": [True, False, False, False]}[method]
    assert work.statistics_kept == (method != "msam")


def test_data():
    one, other = data.load(1), data.load(2)
    right = data.splits()[0].labels
    assert [len(s.labels) for s in (one.train, one.validation, one.test)] == [1000, 297, 500]
    assert (one.train.labels != right).sum() == (other.train.labels != right).sum() == 400
    assert (one.train.labels != other.train.labels).any() and (data.load(1).train.labels == one.train.labels).all()
    assert one.train.images is other.train.images and 0 <= one.train.images.min() and one.train.images.max() == 1
    rows = np.concatenate([s.images for s in (one.train, one.validation, one.test)])
    assert len(np.unique(rows, axis=0)) == len(rows) == 1797


def test_batches_are_the_epochs_in_an_order_of_their_own():
    split = data.load(0).train
    batches = train.Batches(split, 7)
    first, second = ([batches[e * 10 + i][0] for i in range(10)] for e in range(2))
    for epoch in (first, second):
        assert (np.sort(np.concatenate(epoch), axis=0) == np.sort(split.images, axis=0)).all()
    assert (first[0] != second[0]).any() and (batches[3][0] == first[3]).all()


class Quadratic(measure.Surface):
    """1/2 w'Aw around a centre, in place of a network."""

    def __init__(self, eigenvalues):
        random = np.random.default_rng(0)
        q, _ = np.linalg.qr(random.standard_normal((len(eigenvalues), len(eigenvalues))))
        self.A, self.centre, self.top = (q * eigenvalues) @ q.T, random.standard_normal(len(eigenvalues)), q[:, 0]

    def loss(self, w):
        return 0.5 * w @ self.A @ w

    def gradient(self, w):
        return self.A @ w


@pytest.mark.parametrize("eigenvalues", [[9.0, 5.0, 1.0, 0.0, -2.0], [-9.0, 5.0, 1.0, 0.5, 0.1]])
def test_top_eigenvalue(eigenvalues):
    surface = Quadratic(eigenvalues)
    value, vector = measure.top_eigenvalue(surface)
    assert value == pytest.approx(eigenvalues[0], rel=measure.TOLERANCE)
    assert abs(vector @ surface.top) == pytest.approx(1, abs=1e-2) and np.linalg.norm(vector) == pytest.approx(1)


def test_rises():
    surface = Quadratic([4.0, 2.0, 1.0])
    w, g = surface.centre, surface.gradient(surface.centre)
    for rho, rise in zip(measure.RADII, measure.rises(surface)):
        step = rho * g / np.linalg.norm(g)
        assert rise == pytest.approx(g @ step + 0.5 * step @ surface.A @ step, rel=1e-9)


def test_filter_directions_have_the_length_of_each_unit():
    net = network.Network(0)
    surface = measure.Surface(net.parameters, data.load(0).train)
    parts = dict(zip(net.parameters, np.split(surface.filter_direction(3), surface.bounds)))
    for name, array in net.parameters.items():
        if array.ndim == 2:
            np.testing.assert_allclose(np.linalg.norm(parts[name].reshape(array.shape), axis=0), np.linalg.norm(array, axis=0), rtol=1e-6)
        else:
            assert not parts[name].any()


def results(method, values, **more):
    made = [train.Result(train.Cell(method, "steps", 1, seed, 0.1, 0.0, **more), curve=[(1, 0.5, value)])
            for seed, value in enumerate(values)]
    for result, value in zip(made, values):
        result.validation = value
    return made


def test_differences_are_paired_and_tested():
    table = {"sgd": results("sgd", [0.5, 0.7, 0.6]), "up": results("up", [0.6, 0.8, 0.71]),
             "down": results("down", [0.4, 0.59, 0.5]), "same": results("same", [0.9, 0.5, 0.5])}
    found = report.differences(table, lambda r: r.test)
    assert [found[name][2] for name in ("up", "down", "same")] == [1, -1, 0]
    assert found["up"][:2] == pytest.approx((0.31 / 3, np.std([0.1, 0.1, 0.11], ddof=1) / np.sqrt(3)))
    text = report.verdict(found, 1, 100)
    assert text == "better: up +10.3 ± 0.3; worse: down -10.3 ± 0.3; no difference seen: same +3.3 ± 18.6."
    assert report.verdict(found, -1, 100).startswith("better: down")


def test_the_best_setting_has_the_best_mean():
    settings = {1.0: [0.5, 0.9], 2.0: [0.8, 0.8], 3.0: [0.1, 0.95]}
    runs = [r for rho, values in settings.items() for r in results("sam", values, options={"rho": rho})]
    assert tune.best_radius(runs) == 2.0


def test_radii_are_multiples_of_the_default():
    entry = libsam.methods()["sam"]
    assert tune.radii(entry) == pytest.approx([factor * entry.options["rho"].default for factor in tune.FACTORS])
    assert tune.radii(libsam.methods()["none"]) == []
