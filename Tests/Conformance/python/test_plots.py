"""libsam.plot: every picture returns its axes and draws what it got."""
import os
import pathlib
import subprocess
import sys

import libsam
import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

plot = libsam.plot
X = np.linspace(-1, 1, 5)
Y = np.linspace(-2, 2, 7)
PLANE = X[:, None] ** 2 + 0.5 * Y[None, :] + 2           # losses[i, j] at x[i], y[j]


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture
def bowl():
    """(weights, objective) of 1/2 sum of k w_k^2 over two arrays, at ones."""
    w, g = {"a": np.ones((2, 2)), "b": np.ones(2)}, {"a": np.zeros((2, 2)), "b": np.zeros(2)}
    k = {"a": np.array([[1.0, 2], [3, 4]]), "b": np.array([5.0, 6])}

    def evaluate():
        for name in w:
            g[name][...] = k[name] * w[name]
        return 0.5 * sum(float((k[name] * w[name] ** 2).sum()) for name in w)
    return w, libsam.Objective(evaluate, g)


def result(measure="made", shapes=(), **found):
    return libsam.Result(measure, {"converged": True, "evaluations": 0, "value": 0.0} | found, dict(shapes))


def labelled(axes):
    """Both axes say what they show; a legend stands where there are labels."""
    assert axes.get_xlabel() and axes.get_ylabel()
    axes.figure.canvas.draw()
    return axes


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def points(line):
    return np.column_stack(line.get_data())


def test_matplotlib_is_imported_on_use_only():
    program = "import sys, libsam; assert not any(m.startswith('matplotlib') for m in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True,
                   env=os.environ | {"PYTHONPATH": str(pathlib.Path(libsam.__file__).parents[1])})


def test_axes_given_are_used_and_others_made():
    mine = plt.figure().add_subplot()
    assert plot.landscape_1d((X, X ** 2), axes=mine) is mine
    assert plot.landscape_1d((X, X ** 2)).figure is not mine.figure
    before = dict(plt.rcParams)
    plot.per_layer({"a": 1.0})
    assert dict(plt.rcParams) == before


def test_spectrum_density(bowl):
    found = libsam.measure(*bowl, "spectral_density")
    pairs = libsam.measure(*bowl, "eigenpairs", count=3)
    axes = labelled(plot.spectrum(found, eigenvalues=pairs, label="bowl"))
    np.testing.assert_array_equal(points(axes.lines[0]), np.column_stack([found.grid, found.density]))
    np.testing.assert_array_equal(axes.lines[1].get_xdata(), pairs["values"])
    assert axes.get_yscale() == "log" and legend(axes) == ["bowl", "eigenvalues"] and "density" in axes.get_ylabel()
    again = plot.spectrum(found, axes=axes, label="again")
    assert again is axes and axes.lines[2].get_color() != axes.lines[0].get_color()


def test_spectrum_stems(bowl):
    found = libsam.measure(*bowl, "spectral_density")
    axes = labelled(plot.spectrum(found, stem=True))
    np.testing.assert_allclose(points(axes.lines[0]), [[k, 1 / 6] for k in range(1, 7)], rtol=1e-6)
    many = result(density=np.ones(2), grid=np.ones(2), nodes=np.array([[1.0, 2], [3, 4]]), weights=np.array([[0.5, 0.5], [1.0, 0.0]]))
    np.testing.assert_allclose(points(plot.spectrum(many, stem=True).lines[0]), [[1, 0.25], [2, 0.25], [3, 0.5]])


def test_spectrum_of_eigenvalues(bowl):
    pairs = libsam.measure(*bowl, "eigenpairs", count=3)
    axes = labelled(plot.spectrum(pairs))
    np.testing.assert_array_equal(points(axes.lines[0]), np.column_stack([[1, 2, 3], pairs["values"]]))
    stems = axes.collections[0].get_segments()
    np.testing.assert_array_equal(stems, [[[i, 0], [i, v]] for i, v in enumerate(pairs["values"], 1)])
    np.testing.assert_array_equal(plot.spectrum([3.0, -1.0]).lines[0].get_ydata(), [3, -1])


def test_landscape_1d():
    slices = result("slice_1d", coordinates=X, losses=X ** 2)
    axes = labelled(plot.landscape_1d(slices, (X, X ** 4), labels=["sgd", "sam"], unit="lengths of each filter"))
    np.testing.assert_array_equal(points(axes.lines[0]), np.column_stack([X, X ** 2]))
    np.testing.assert_array_equal(points(axes.lines[1]), np.column_stack([X, X ** 4]))
    looks = [(line.get_color(), line.get_linestyle()) for line in axes.lines[:2]]
    assert looks[0][0] != looks[1][0] and looks[0][1] != looks[1][1]
    assert legend(axes) == ["sgd", "sam"] and "lengths of each filter" in axes.get_xlabel()
    with pytest.raises(libsam.ArgumentError, match="2 labels for 1"):
        plot.landscape_1d(slices, labels=["a", "b"])


def test_contours():
    axes = labelled(plot.landscape_2d(result("slice_2d", x=X, y=Y, losses=PLANE), levels=10))
    filled, lines = axes.collections[:2]
    assert (filled.levels[0], filled.levels[-1], len(filled.levels)) == (PLANE.min(), PLANE.max(), 11)
    assert filled.get_cmap().name == "cividis" and axes.figure.axes[1].get_ylabel() == "loss"
    for level, segments in zip(lines.levels[1:-1], lines.allsegs[1:-1]):       # on a line the loss is its level
        for x, y in np.concatenate(segments):
            assert np.interp(x, X, X ** 2) + 0.5 * y + 2 == pytest.approx(level, abs=0.02)
    assert len(plot.landscape_2d((X, Y, PLANE), bar=False).figure.axes) == 1


def test_contours_on_one_scale():
    first = plot.landscape_2d((X, Y, PLANE), limits=(1.5, 3.0))
    second = plot.landscape_2d((X, Y, PLANE + 1), limits=(1.5, 3.0))
    np.testing.assert_array_equal(first.collections[0].levels, second.collections[0].levels)
    assert first.collections[0].extend == "both" and second.collections[0].extend == "max"
    colours = [axes.collections[0].get_cmap()(axes.collections[0].norm(2.0)) for axes in (first, second)]
    assert colours[0] == colours[1]


def test_holes_stay_holes():
    losses = PLANE.copy()
    losses[0, 0] = np.nan
    axes = plot.landscape_2d((X, Y, losses))
    axes.figure.canvas.draw()
    corner = axes.transData.transform((X[0] + 0.02, Y[0] + 0.05)).astype(int)
    pixels = np.asarray(axes.figure.canvas.buffer_rgba())
    grey = pixels[pixels.shape[0] - corner[1], corner[0]]
    assert grey[:3].tolist() == [204, 204, 204]
    missing = plot.landscape_2d((X, Y, losses), surface=True).collections[0]._invalid_vertices
    assert np.sum(missing) == 1                             # a corner of one of the surface's faces
    with pytest.raises(libsam.ArgumentError, match="finite"):
        plot.landscape_2d((X, Y, PLANE * np.nan))
    with pytest.raises(libsam.ArgumentError, match=r"\(7, 5\), x and y need \(5, 7\)"):
        plot.landscape_2d((X, Y, PLANE.T))


def test_a_surface():
    axes = labelled(plot.landscape_2d((X, Y, PLANE), surface=True))
    assert axes.name == "3d" and axes.get_zlim() == (PLANE.min(), PLANE.max())
    x, y, z = axes.collections[0]._faces.reshape(-1, 3).T
    np.testing.assert_allclose(z, x ** 2 + 0.5 * y + 2)
    assert set(x) == set(X) and set(y) == set(Y)
    clipped = plot.landscape_2d((X, Y, PLANE), surface=True, limits=(2, 3)).collections[0]._faces[..., 2]
    assert (clipped.min(), clipped.max()) == (2, 3)
    with pytest.raises(libsam.ArgumentError, match="3d"):
        plot.landscape_2d((X, Y, PLANE), surface=True, axes=plt.figure().add_subplot())
    with pytest.raises(libsam.ArgumentError, match="trajectory"):
        plot.landscape_2d((X, Y, PLANE), surface=True, trajectory=np.zeros((3, 2)))


def test_a_trajectory():
    path = np.array([[2.0, 1], [1, 0.5], [0, 0]])
    pca = result("pca_plane", coordinates=path, explained=np.array([0.75, 0.2]))
    axes = labelled(plot.landscape_2d(pca))
    np.testing.assert_array_equal(points(axes.lines[0]), path)
    np.testing.assert_array_equal([points(line)[0] for line in axes.lines[1:3]], [path[0], path[-1]])
    assert "75 %" in axes.get_xlabel() and "20 %" in axes.get_ylabel() and legend(axes) == ["trajectory", "first", "last"]
    over = labelled(plot.landscape_2d((X, Y, PLANE), trajectory=path))
    assert any(np.array_equal(points(line), path) for line in over.lines if len(line.get_xdata()) == 3) and len(over.collections) >= 2
    with pytest.raises(libsam.ArgumentError, match="points, 2"):
        plot.landscape_2d(trajectory=np.zeros(3))


def test_interpolation():
    t = np.linspace(0, 1, 5)
    hill = np.array([1.0, 2, 3.5, 2, 2])                  # chord 1 to 2: 2 above it in the middle
    axes = labelled(plot.interpolation(result("barrier", coordinates=t, losses=hill), (t, 1 + t), labels=["line", "flat"]))
    np.testing.assert_array_equal(points(axes.lines[0]), np.column_stack([t, hill]))
    np.testing.assert_array_equal(points(axes.lines[1]), [[0, 1], [1, 2]])
    assert [text.get_text() for text in axes.texts if text.get_text()] == ["barrier 2"] and legend(axes) == ["line", "flat"]
    np.testing.assert_array_equal(plot.interpolation(result("bezier", losses=hill)).lines[0].get_xdata(), t)


def test_sharpness_through_training():
    found = [result(value=30.0, standard_error=2.0), result(value=20.0, standard_error=1.0), result(value=10.0)]
    axes = labelled(plot.sharpness_through_training([0, 10, 20], found, lr=[0.1, 0.05, 0.04]))
    line, edge = axes.lines[0], axes.lines[-1]
    np.testing.assert_array_equal(points(line), [[0, 30], [10, 20], [20, 10]])
    np.testing.assert_allclose(points(edge), [[0, 20], [10, 40], [20, 50]])
    bars = [segment[:, 1].tolist() for segment in axes.containers[0].lines[2][0].get_segments()]
    assert bars == [[28, 32], [19, 21], [10, 10]] and sorted(legend(axes)) == ["2 / learning rate", "largest eigenvalue"]
    assert axes.get_yscale() == "linear" and plot.sharpness_through_training([0, 1], [1.0, 50.0]).get_yscale() == "log"
    assert plot.sharpness_through_training([0, 1], [-1.0, 50.0], lr=0.5).get_yscale() == "linear"
    with pytest.raises(libsam.ArgumentError, match="2 steps and 1 results"):
        plot.sharpness_through_training([0, 1], [1.0])


def test_per_layer():
    layers = result("layerwise", {"a": (2, 2), "b": (2,)}, values=np.array([3.0, -1.0]), times_norm=np.array([6.0, 2.0]))
    axes = labelled_bars(plot.per_layer(layers, quantity="trace, loss / weight²"))
    assert bars(axes) == [[3, -1]] and axes.get_xlabel() == "trace, loss / weight²"
    assert axes.get_ylim()[0] > axes.get_ylim()[1]                    # the first at the top
    assert bars(plot.per_layer(layers, key="times_norm")) == [[6, 2]]
    two = labelled_bars(plot.per_layer(layers, {"a": 1.0, "b": 2.0}, labels=["sgd", "sam"]))
    assert bars(two) == [[3, -1], [1, 2]] and legend(two) == ["sgd", "sam"]
    middles = [[bar.get_y() + bar.get_height() / 2 for bar in group] for group in two.containers]
    np.testing.assert_allclose(np.mean(middles, axis=0), [0, 1], atol=1e-12)
    for wrong in ([{"a": 1.0}, {"b": 1.0}], [], [np.ones(2)]):
        with pytest.raises(libsam.ArgumentError, match="per_layer"):
            plot.per_layer(*wrong)


def bars(axes):
    return [[bar.get_width() for bar in group] for group in axes.containers]


def labelled_bars(axes):
    axes.figure.canvas.draw()
    assert [text.get_text() for text in axes.get_yticklabels()] == ["a", "b"] and axes.get_xlabel()
    return axes
