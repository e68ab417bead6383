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
    z = x @ net.parameters["linear1.weight"].T
    np.testing.assert_allclose(net.running[1][0], 0.1 * z.mean(0))
    np.testing.assert_allclose(net.running[1][1], 0.9 + 0.1 * z.var(0, ddof=1))
    net.take_statistics(x)
    loss = net.evaluate(x, y)                               # the batch's own statistics are now the running ones
    assert network.cross_entropy(net.logits(x), y)[1] == pytest.approx(loss, rel=1e-12)


@pytest.mark.parametrize("method", ["none", "sam", "msam", "gam"])
def test_statistics_take_no_perturbed_weights(method):
    """They follow the evaluations at the iterate, one in each step, and no others."""
    work, taken = train.Run(train.Cell(method, "steps", 6, 0, 0.1, 0.0)), []
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


@pytest.fixture(scope="module")
def minimum():
    """A trained network's, with the loss over all training images."""
    run = train.Run(train.Cell("none", "steps", 20, 0, 0.2, 0.005))
    run.train()
    return run, measure.Minimum(run.network.parameters, run.data.train)


def test_a_minimum_is_a_copy(minimum):
    run, around = minimum
    before = {name: array.copy() for name, array in run.network.parameters.items()}
    result = around.measure("average_case", samples=2)
    x, y = run.data.train.images.astype(float), run.data.train.labels
    assert result.loss == around.network.evaluate(x, y) and around.network.parameters["linear1.weight"].dtype == np.float64
    for name, array in before.items():
        np.testing.assert_array_equal(run.network.parameters[name], array)
        np.testing.assert_array_equal(around.network.parameters[name], array)


def test_rises_and_the_top_eigenvalue(minimum):
    """Along the gradient, and by the definition of an eigenvalue."""
    run, around = minimum
    net, (x, y) = around.network, (run.data.train.images.astype(float), run.data.train.labels)
    loss, g = net.evaluate(x, y), {name: array.copy() for name, array in net.gradients.items()}
    length = np.sqrt(sum((array ** 2).sum() for array in g.values()))
    top = measure.top_eigenvalue(around)
    vector = top.by_parameter("eigenvector")

    def at(direction, step):
        home = {name: array.copy() for name, array in net.parameters.items()}
        for name, array in net.parameters.items():
            array += step * direction[name]
        found = net.evaluate(x, y), {name: array.copy() for name, array in net.gradients.items()}
        for name, array in net.parameters.items():
            array[...] = home[name]
        return found
    for rho, rise in zip(measure.RADII, measure.rises(around)):
        assert rise == pytest.approx(at(g, rho / length)[0] - loss, rel=1e-9)
    above, below = at(vector, 1e-5)[1], at(vector, -1e-5)[1]
    product = {name: (above[name] - below[name]) / 2e-5 for name in vector}
    rest = np.sqrt(sum(((product[name] - top.value * vector[name]) ** 2).sum() for name in vector))
    assert rest <= 2 * measure.TOLERANCE * top.value
    (_, random), (s, steep) = measure.slices(around, top)
    assert random[len(random) // 2] == 0 and (random >= 0).all()
    np.testing.assert_allclose(steep[[0, -1]], [at(vector, s[0])[0] - loss, at(vector, s[-1])[0] - loss], rtol=1e-9)


def test_a_portrait(minimum):
    found = measure.portrait(minimum[1])
    assert list(found) == list(measure.PORTRAIT) and all(one.measure == name for name, one in found.items())
    blocks = found["layerwise"].by_parameter("values")
    assert sum(blocks.values()) == pytest.approx(found["trace"].value, rel=0.3) and len(blocks) == 8
    assert found["worst_case"].value > found["average_case"].value > 0
    assert found["eigenpairs"]["values"][0] == pytest.approx(found["spectral_density"].lambda_max, rel=1e-2)
    assert found["slice_2d"].losses.shape == (21, 21)
    text = report.minima({"sgd": [train.Result(None, portrait=found)], "sam": [train.Result(None, portrait=found)], "asam": [train.Result(None)]})
    head, *rows = (line.split("|")[1:-1] for line in text.splitlines())
    assert [cell.strip() for cell in head] == ["measure", "sgd", "sam"] and len(rows) == 6 and all(row[1] == row[2] for row in rows)


@pytest.mark.parametrize("base, rates", [("sgd", [0.05, 0.2]), ("muon", [0.005, 0.02]), ("adam", [0.001, 0.004])])
def test_learning_rates_of_a_base(base, rates):
    assert tune.rates(base) == rates
    assert {cell.base for cell in tune.base_cells(base, 64)} == {base} and {cell.lr for cell in tune.base_cells(base, 64)} == set(rates)
    assert train.Cell("none", "steps", 1, 0, 0.1, 0.0, base=base).name == base


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
