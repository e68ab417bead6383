"""Sets beyond the last cache take other loops: what they write must be what the loops for small sets write, bit for bit, wherever the buffers begin."""
import libsam
import ml_dtypes
import numpy as np
import pytest

N, PIECE = 9_000_023, 500_009                     # N: 16 and a few more than a multiple of 32


def shifted(values, dtype, by):
    """The values as an array that begins `by` elements behind a multiple of 64 bytes."""
    memory = np.zeros(values.size + 128, dtype)
    first = -memory.ctypes.data // memory.itemsize % (64 // memory.itemsize) + by
    memory[first:first + values.size] = values
    return memory[first:first + values.size]


def steps(w, g, method, **options):
    optimizer = libsam.Optimizer([w], [g], method=method, base="adamw", lr=1e-2, **options)
    for _ in range(2):
        optimizer.step(lambda ask: 1.0)
    return optimizer


@pytest.mark.parametrize("by", [0, 1])
@pytest.mark.parametrize("dtype, master", [(np.float32, False), (np.float64, False), *((t, on) for t in (np.float16, ml_dtypes.bfloat16) for on in (False, True))],
                         ids=lambda t: np.dtype(t).name if isinstance(t, type) else f"master{int(t)}")
@pytest.mark.parametrize("method", ["none", "usam"])                # element by element, so that pieces are whole problems
def test_as_in_pieces(method, dtype, master, by):
    compare(method, dtype, by, master=master)


@pytest.mark.parametrize("by", [0, 1])
@pytest.mark.parametrize("method, options", [("usam", {"micro_batches": 2}), ("optimistic", {})],
                         ids=lambda v: v if isinstance(v, str) else "")
def test_vectors_kept(method, options, by):
    """Passes that write vectors wait for the next, and run with it over one part after the other."""
    compare(method, np.float32, by, **options)


def compare(method, dtype, by, **options):
    """Two steps of the whole, and of one piece after the other."""
    random = np.random.default_rng(7)
    values, slopes = random.normal(0, 1, N).astype(np.float32), random.normal(0, 1, N).astype(np.float32)
    whole, slope = shifted(values, dtype, by), shifted(slopes, dtype, by)
    small, start = whole.copy(), 0
    optimizer = steps(whole, slope, method, **options)
    while start < N:
        steps(small[start:start + PIECE], slope[start:start + PIECE].copy(), method, **options)
        start += PIECE
    assert whole.tobytes() == small.tobytes()
    np.testing.assert_allclose(optimizer.metrics.gradient_norm, np.linalg.norm(slope.astype(np.float64)), rtol=1e-13)


@pytest.mark.parametrize("columns", [1001, 1000, 992])              # rows that begin anywhere in a line
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=lambda t: np.dtype(t).name)
def test_rows(dtype, columns):
    """scaling = filter walks by row: e = rho T^2 g / |T g|, T the row's norm + eta."""
    random = np.random.default_rng(8)
    w = random.normal(0, 1, (7001, columns)).astype(dtype)
    g, before = random.normal(0, 1, w.shape).astype(dtype), w.copy()
    optimizer = libsam.Optimizer([w], [g], method="sam", scaling="filter", base="sgd", lr=0.0)
    ask = optimizer.advance()
    optimizer.advance(1.0)
    T = np.linalg.norm(before.astype(float), axis=1, keepdims=True) + 0.01
    e = 0.05 * T * T * g / np.linalg.norm(T * g)
    np.testing.assert_allclose(w - before, e, rtol=1e-4, atol=5e-7 if dtype == np.float32 else 1e-14)
    optimizer.advance(1.0)
    assert ask and w.tobytes() == before.tobytes()
