"""Arrays go in as they are: what is accepted is never copied, what would have to be converted is refused."""
import gc
import weakref

import hypothesis.extra.numpy as arrays_of
import libsam
import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

DTYPES = st.sampled_from([np.dtype(t) for t in (np.float32, np.float64, np.float16, ml_dtypes.bfloat16)])


def pair(*shape, dtype=float):
    return np.ones(shape, dtype), np.ones(shape, dtype)


@given(data=st.data(), dtype=DTYPES, slope_dtype=DTYPES,
       shape=arrays_of.array_shapes(min_dims=0, max_dims=8, min_side=0, max_side=3))
@settings(deadline=None)
def test_any_shape_is_stepped_in_place(data, dtype, slope_dtype, shape):
    bounded = st.floats(-100, 100, width=32)
    w = data.draw(arrays_of.arrays(np.float64, shape, elements=bounded)).astype(dtype)
    g = data.draw(arrays_of.arrays(np.float64, shape, elements=bounded)).astype(slope_dtype)
    kind = np.float64 if dtype == np.float64 else np.float32
    expected = np.asarray(w.astype(kind) - kind(0.5) * g.astype(kind)).astype(dtype)
    pointer = w.ctypes.data
    with libsam.Optimizer({"w": w}, {"w": g}, method="none", lr=0.5) as optimizer:
        optimizer.step(lambda ask: 1.0)
        assert optimizer.parameters["w"] is w and w.ctypes.data == pointer
    np.testing.assert_array_equal(w, expected)


def test_a_list_is_named_by_place():
    (a, ga), (b, gb) = pair(2), pair(3)
    optimizer = libsam.Optimizer([a, b], [ga, gb], method="none", lr=1.0)
    optimizer.step(lambda ask: 0.0)
    assert list(optimizer.parameters) == ["0", "1"] and not a.any() and not b.any()


READ_ONLY = np.ones(4)
READ_ONLY.flags.writeable = False
REFUSED = {
    "a list": [1.0, 2.0], "a number": 1.0, "a matrix's column": np.ones((4, 4))[:, 1], "every second element": np.ones(8)[::2],
    "reversed": np.ones(4)[::-1], "transposed": np.ones((3, 4)).T, "broadcast": np.broadcast_to(np.ones(1), (4,)),
    "read-only": READ_ONLY, "integers": np.ones(4, int), "complex": np.ones(4, complex),
    "other byte order": np.ones(4, ">f8"), "objects": np.ones(4, object), "long double": np.ones(4, np.longdouble), "None": None,
}


@pytest.mark.parametrize("array", [pytest.param(value, id=name) for name, value in REFUSED.items()])
def test_anything_else_is_refused(array):
    with pytest.raises(libsam.ArgumentError, match="parameter 'w' .*C-contiguous, writable float32, float64, bfloat16 or float16 array is needed"):
        libsam.Optimizer({"w": array}, {"w": np.ones(4)})
    if array is not None:
        with pytest.raises(libsam.ArgumentError, match="gradient 'w' .*C-contiguous, writable float32, float64, bfloat16 or float16 array is needed"):
            libsam.Optimizer({"w": np.ones(4)}, {"w": array})


@given(shape=arrays_of.array_shapes(min_dims=2, max_dims=4, min_side=2, max_side=4), seed=st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_a_view_is_accepted_where_it_is_contiguous_and_nowhere_else(shape, seed):
    random = np.random.default_rng(seed)
    whole = random.standard_normal(shape)
    view = whole.transpose(random.permutation(len(shape)))[tuple(slice(random.integers(0, n), None) for n in whole.shape)[:1]]
    make = lambda: libsam.Optimizer({"w": view}, {"w": np.zeros(view.shape)})
    if view.flags.c_contiguous:
        assert make().parameters["w"] is view
    else:
        with pytest.raises(libsam.ArgumentError, match="is not contiguous"):
            make()


def test_names_and_shapes_must_fit():
    w, g = pair(4)
    with pytest.raises(libsam.ArgumentError, match="'b' is in gradients alone"):
        libsam.Optimizer({"w": w}, {"w": g, "b": g.copy()})
    with pytest.raises(libsam.ArgumentError, match="'b' is in parameters alone"):
        libsam.Optimizer({"w": w, "b": g.copy()}, {"w": g})
    with pytest.raises(libsam.ArgumentError, match=r"gradient 'w' has shape \(3,\), its parameter \(4,\)"):
        libsam.Optimizer({"w": w}, {"w": np.ones(3)})
    with pytest.raises(libsam.ArgumentError, match="must be a dict of arrays or a list"):
        libsam.Optimizer(w, g)
    with pytest.raises(libsam.ArgumentError, match="names of parameters must be str"):
        libsam.Optimizer({1: w}, {1: g})


def test_memory_that_overlaps_is_refused():
    whole, g = pair(6)
    with pytest.raises(libsam.ArgumentError, match="overlap"):
        libsam.Optimizer({"a": whole[:4], "b": whole[3:]}, {"a": g[:4], "b": g[3:]})
    libsam.Optimizer({"a": whole[:3], "b": whole[3:]}, {"a": g[:3], "b": g[3:]}).close()


def test_the_arrays_live_as_long_as_the_optimizer():
    w, g = pair(1000)
    seen = [weakref.ref(w), weakref.ref(g)]
    optimizer = libsam.Optimizer({"w": w}, {"w": g}, lr=0.5)
    del w, g
    gc.collect()
    assert all(reference() is not None for reference in seen)
    optimizer.step(lambda ask: 0.0)
    assert (optimizer.parameters["w"] == 0.5).all()
    del optimizer
    gc.collect()
    assert all(reference() is None for reference in seen)


def test_an_optimizer_that_is_dropped_in_the_middle_of_a_step_restores():
    w, g = pair(3)
    optimizer = libsam.Optimizer({"w": w}, {"w": g}, rho=0.5)
    optimizer.advance()
    optimizer.advance(1.0)
    assert (w != 1).all()
    del optimizer
    gc.collect()
    assert (w == 1).all()


def test_frozen_and_missing():
    (a, ga), (b, gb) = pair(2), pair(2)
    optimizer = libsam.Optimizer({"a": a, "b": b}, {"a": ga, "b": None}, method="none", lr=1.0)
    optimizer.step(lambda ask: 0.0)
    assert not a.any() and (b == 1).all() and optimizer.metrics.gradient_norm == pytest.approx(np.sqrt(2))
    with pytest.raises(libsam.StateError):
        optimizer.bind("b", gb)
    optimizer.bind("a", None)
    optimizer.step(lambda ask: 0.0)
    assert not a.any() and optimizer.gradients["a"] is None


def test_bind():
    w, g = pair(3)
    optimizer = libsam.Optimizer({"w": w}, {"w": g}, method="none", lr=1.0)
    new_w, new_g = np.full(3, 5.0), np.full(3, 2.0)
    optimizer.bind("w", new_g, data=new_w)
    optimizer.step(lambda ask: 0.0)
    assert (w == 1).all() and (new_w == 3).all()
    assert optimizer.parameters["w"] is new_w and optimizer.gradients["w"] is new_g
    for wrong in (np.ones(3, np.float32), np.ones(4), np.ones(6)[::2]):
        with pytest.raises(libsam.ArgumentError):
            optimizer.bind("w", wrong)
        with pytest.raises(libsam.ArgumentError):
            optimizer.bind("w", new_g, data=wrong)
    with pytest.raises(libsam.ArgumentError, match="no parameter is named 'v'; the names are w"):
        optimizer.bind("v", new_g)
    optimizer.advance()
    with pytest.raises(libsam.StateError):
        optimizer.bind("w", new_g, data=w)


def test_roles():
    w, g = pair(2, 2)
    for role in ("norm", "NORM", 2, libsam.Role.NORM):
        libsam.Optimizer({"w": w}, {"w": g}, roles={"w": role}).close()
    with pytest.raises(libsam.UnknownNameError, match="'nrom' is no role; nearest: norm"):
        libsam.Optimizer({"w": w}, {"w": g}, roles={"w": "nrom"})
    with pytest.raises(libsam.ArgumentError, match="9 is no role"):
        libsam.Optimizer({"w": w}, {"w": g}, roles={"w": 9})
    with pytest.raises(libsam.ArgumentError, match="roles name 'v', which is no parameter; the parameters are w"):
        libsam.Optimizer({"w": w}, {"w": g}, roles={"v": "norm"})
