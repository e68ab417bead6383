"""States and averages through Python: files that other tools read, resuming in another process, averages by their formulas."""
import json
import pathlib
import subprocess
import sys

import libsam
import numpy as np
import pytest
import safetensors
import safetensors.numpy
import xxhash

SHAPES = {"first.weight": (3, 4), "first.bias": (4,), "scale": ()}


class Run:
    """A quadratic bowl around 1 with curvatures 1, 2, ..."""

    def __init__(self, dtype=np.float64, **options):
        self.w = {name: np.full(shape, 0.5, dtype) for name, shape in SHAPES.items()}
        self.g = {name: np.zeros(shape, dtype) for name, shape in SHAPES.items()}
        self.optimizer = libsam.Optimizer(self.w, self.g, **{"method": "sam", "base": "adam", "lr": 0.1, **options})

    def steps(self, count):
        def closure(ask):
            for w, g in zip(self.w.values(), self.g.values()):
                g[...] = (w - 1) * np.arange(1, w.size + 1).reshape(w.shape)
            return 0.0
        for _ in range(count):
            self.optimizer.step(closure)

    def follow(self, other):
        for name, w in other.w.items():
            self.w[name][...] = w


def bits(run):
    return b"".join(w.tobytes() for w in run.w.values()) + run.optimizer.state()


def test_safetensors_reads_it(tmp_path):
    run, d, b = Run(beta1=0.8), tmp_path / "run.safetensors", 0.8
    run.optimizer.method.rho = 0.0
    moments = {name: np.zeros(shape) for name, shape in SHAPES.items()}
    for _ in range(3):
        moments = {name: b * m + (1 - b) * (run.w[name] - 1) * np.arange(1, m.size + 1).reshape(m.shape) for name, m in moments.items()}
        run.steps(1)
    run.optimizer.save(d)
    read = safetensors.numpy.load_file(d)
    for name, m in moments.items():
        np.testing.assert_allclose(read[f"base.m.{name}"], m, rtol=1e-14, atol=1e-300)
        assert read[f"base.m.{name}"].shape == SHAPES[name] and read[f"base.steps.{name}"] == [3]
    with safetensors.safe_open(d, "numpy") as file:
        metadata = file.metadata()
    assert metadata["format"] == "libsam" and metadata["method"] == "sam" and metadata["base"] == "adam"
    assert float(metadata["base.beta1"]) == 0.8 and metadata["shared.nonfinite"] == "error"
    assert metadata["parameter.0"] == "f64 weight of group 0, [3, 4] first.weight"


def test_the_checksum_is_xxh64():
    run = Run()
    run.steps(2)
    state = run.optimizer.state()
    size = int.from_bytes(state[:8], "little")
    digits = json.loads(state[8:8 + size])["__metadata__"]["checksum"].removeprefix("xxh64:")
    assert state.count(digits.encode()) == 1 and size % 64 == 56
    assert digits == xxhash.xxh64(state.replace(digits.encode(), b"0" * 16)).hexdigest()


@pytest.mark.parametrize("method, base", [("sam", "adam"), ("vasso", "sgd"), ("bsam", None), ("friendly_sam", "rmsprop"), ("none", "adahessian")])
def test_another_process_goes_on(tmp_path, method, base):
    """Weights by numpy, the state by save: the other process ends with the same bits."""
    program = f"""
import sys
import numpy as np
sys.path[:0] = {[str(pathlib.Path(__file__).parent), *sys.path]!r}
from test_state import Run
run = Run(method={method!r}, base={base!r})
run.optimizer.load({str(tmp_path / "state")!r})
for name, w in np.load({str(tmp_path / "weights.npz")!r}).items():
    run.w[name][...] = w
run.steps(4)
np.savez({str(tmp_path / "after.npz")!r}, state=np.frombuffer(run.optimizer.state(), np.uint8), **run.w)
"""
    run = Run(method=method, base=base)
    run.optimizer.schedule("lr", "cosine", initial=0.1, final=0.01, steps=9)
    run.steps(3)
    run.optimizer.save(tmp_path / "state")
    np.savez(tmp_path / "weights.npz", **run.w)
    subprocess.run([sys.executable, "-c", program], check=True)
    run.steps(4)
    after = np.load(tmp_path / "after.npz")
    assert after["state"].tobytes() == run.optimizer.state()
    assert all(after[name].tobytes() == w.tobytes() for name, w in run.w.items())


def test_bytes_and_files_are_the_same(tmp_path):
    run, other = Run(), Run(lr=0.7)
    run.steps(2)
    run.optimizer.save(str(tmp_path / "state"))
    state = run.optimizer.state()
    assert (tmp_path / "state").read_bytes() == state
    for restore in (lambda: other.optimizer.restore(state), lambda: other.optimizer.restore(bytearray(b"x" + state)[1:]),
                    lambda: other.optimizer.load(tmp_path / "state")):
        restore()
        assert other.optimizer.state() == state and other.optimizer.lr == 0.1 and other.optimizer.metrics.steps == 2


def test_refusals_leave_the_optimizer_as_it_was(tmp_path):
    run, other = Run(), Run(base="sgd")
    run.steps(2), other.steps(1)
    state, before = run.optimizer.state(), other.optimizer.state()
    with pytest.raises(libsam.MismatchError, match='base is "adam".*"sgd"'):
        other.optimizer.restore(state)
    with pytest.raises(libsam.FormatError, match="checksum"):
        other.optimizer.restore(state[:-1] + bytes([state[-1] ^ 1]))
    with pytest.raises(libsam.FileError, match="No such file"):
        other.optimizer.load(tmp_path / "nothing")
    with pytest.raises(libsam.MismatchError, match="parameter 0"):
        small = libsam.Optimizer({"w": np.zeros(2)}, {"w": np.zeros(2)}, method="sam", base="adam")
        small.restore(state)
    assert other.optimizer.state() == before


@pytest.mark.parametrize("kind, start, period", [("ema", 0, 1), ("swa", 0, 1), ("ema", 2, 3), ("swa", 3, 2)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_averages_by_their_formulas(kind, start, period, dtype):
    run = Run(dtype, average=kind, average_start=start, average_period=period, average_decay=0.6)
    expected, count = None, 0
    assert run.optimizer.averaged("first.bias").tolist() == run.w["first.bias"].tolist()
    for t in range(1, 12):
        run.steps(1)
        if t > start and (t - start) % period == 0:
            count += 1
            w = {name: w.astype(np.float64) for name, w in run.w.items()}
            share = 1 / count if kind == "swa" or count == 1 else 0.4
            expected = w if expected is None else {name: expected[name] + share * (w[name] - expected[name]) for name in w}
        if t == 6:                                          # an average is state as well
            state, again = run.optimizer.state(), Run(dtype)
            again.optimizer.restore(state)
            again.follow(run)
            run = again
        for name in SHAPES if expected else ():
            average = run.optimizer.averaged(name)
            assert average.dtype == dtype and average.shape == SHAPES[name]
            np.testing.assert_allclose(average, expected[name], rtol=1e-14 if dtype == np.float64 else 1e-6)


def test_an_average_that_is_not_kept():
    run = Run()
    with pytest.raises(libsam.StateError, match="average"):
        run.optimizer.averaged("scale")
    with pytest.raises(libsam.ArgumentError, match="nothing"):
        run.optimizer.averaged("nothing")
    frozen = libsam.Optimizer({"a": np.ones(2), "b": np.full(2, 3.0)}, {"a": np.ones(2), "b": None}, average="swa")
    assert frozen.averaged("b").tolist() == [3.0, 3.0]


def test_what_the_options_do_not_use_is_not_kept():
    """Momentum that is switched off is given up: its memory goes, and it begins anew."""
    run = Run(base="sgd", momentum=0.9, rho=0.0)
    run.steps(3)
    held = run.optimizer.memory
    run.optimizer.momentum = 0.0
    assert run.optimizer.memory < held
    run.steps(1)
    assert not any("momentum." in name for name in safetensors.numpy.load(run.optimizer.state()))
    run.optimizer.momentum = 0.9
    assert run.optimizer.memory == held
    w = run.w["first.bias"].copy()
    run.steps(1)
    np.testing.assert_allclose(run.w["first.bias"], w - 0.1 * (w - 1) * np.arange(1, 5), rtol=1e-14)


# ---- states that a host composes


def composed(state, change=lambda metadata: None, keep=lambda name: True):
    """The state without a checksum, with the tensors that are kept."""
    size = int.from_bytes(state[:8], "little")
    header, data, made, place = json.loads(state[8:8 + size]), state[8 + size:], {}, 0
    parts = []
    for name, entry in header.items():
        if name == "__metadata__":
            made[name] = {**entry, "checksum": "none"}
            change(made[name])
        elif keep(name):
            first, last = entry["data_offsets"]
            made[name] = {**entry, "data_offsets": [place, place + last - first]}
            parts.append(data[first:last])
            place += last - first
    text = json.dumps(made, ensure_ascii=False).encode()
    return len(text).to_bytes(8, "little") + text + b"".join(parts)


@pytest.mark.parametrize("options", [{}, {"method": "vasso", "base": "muon"}, {"base": "sgd", "momentum": 0.9}, {"average": "ema"}], ids=str)
def test_a_composed_state_has_any_of_the_tensors(options):
    run, other = Run(**options), Run(**options)
    run.steps(3)
    state = run.optimizer.state()
    other.optimizer.restore(composed(state))
    assert other.optimizer.state() == state
    other.optimizer.restore(composed(state, keep=lambda name: not name.endswith("first.bias")))
    left = safetensors.numpy.load(other.optimizer.state())
    assert {*left} == {name for name in safetensors.numpy.load(state) if not name.endswith("first.bias")}
    other.steps(1)
    assert safetensors.numpy.load(other.optimizer.state())["base.steps.first.bias"] == [1]


@pytest.mark.parametrize(("change", "error"), [
    (lambda metadata: metadata.pop("checksum"), libsam.FormatError), (lambda metadata: metadata.update(checksum="nono"), libsam.FormatError),
    (lambda metadata: metadata.update(checksum=""), libsam.FormatError), (lambda metadata: metadata.update(method="none"), libsam.MismatchError),
    (lambda metadata: metadata.pop("parameter.0"), libsam.MismatchError), (lambda metadata: metadata.update(more="1"), libsam.MismatchError),
    (lambda metadata: metadata.pop("metrics"), libsam.FormatError)])
def test_a_composed_state_is_else_as_strict(change, error):
    run, other = Run(), Run()
    run.steps(2)
    before = other.optimizer.state()
    with pytest.raises(error):
        other.optimizer.restore(composed(run.optimizer.state(), change))
    with pytest.raises(libsam.FormatError, match="cut|bytes"):
        other.optimizer.restore(composed(run.optimizer.state())[:-1])
    assert other.optimizer.state() == before
