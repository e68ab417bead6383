"""Names and paths as Python has them: long, odd, with a NUL, of bytes that are no UTF-8. What fails is a libsam.Error with a sentence, always."""
import os
import pathlib

import numpy as np
import pytest

import libsam

ODD = ["ü" * 1200, "€" * 341, "🙂" * 5000, "x" * 1999, "\udcff\udcfe", "\ud800", "a\udc80" * 600, "é\n\t", "ü" * 511 + "x"]


def made(name: str = "w") -> libsam.Optimizer:
    return libsam.Optimizer({name: np.ones(3)}, {name: np.ones(3)}, method="sam", base="adamw", lr=0.1)


def entries(o: libsam.Optimizer, text: str) -> dict[str, object]:
    """Every call that takes a name, with one that means nothing."""
    data = {"w": np.ones(3)}
    course: dict[str, float] = {"initial": 1, "final": 0.1, "steps": 5}
    return {
        "set": lambda: o.set(text, 1),
        "get": lambda: o.get(text),
        "choose": lambda: o.set("scaling", text),
        "schedule": lambda: o.schedule(text, "linear", **course),
        "kind": lambda: o.schedule("lr", text, **course),
        "method": lambda: libsam.Optimizer(data, {"w": np.zeros(3)}, method=text, base="sgd"),
        "base": lambda: libsam.Optimizer(data, {"w": np.zeros(3)}, method="sam", base=text),
        "measure": lambda: libsam.measure(o, None, text),
        "setting": lambda: libsam.measure(o, None, "weight_norms", **{text: 1}),
        "word": lambda: libsam.measure(o, None, "weight_norms", norm=text),
    }


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("entry", entries(None, ""))
def test_a_name_that_means_nothing_is_an_error_of_the_library(entry: str, text: str) -> None:
    with pytest.raises((libsam.Error, TypeError)) as failure:
        entries(made(), text)[entry]()
    assert not isinstance(failure.value, UnicodeError)
    assert len(str(failure.value)) > 10


@pytest.mark.parametrize("entry", entries(None, ""))
def test_a_nul_in_a_name_is_refused_and_not_an_end(entry: str) -> None:
    o = made()
    start = {"choose": "element", "kind": "linear", "method": "sam", "base": "sgd", "measure": "weight_norms", "setting": "seed",
             "word": "l2"}.get(entry, "lr")
    with pytest.raises((libsam.Error, ValueError)) as failure:
        entries(o, start + "\0y")[entry]()
    assert "NUL" in str(failure.value) or "\\x00" in str(failure.value)
    assert o.get("lr") == 0.1


def test_a_nul_in_a_path_is_refused_and_nothing_is_written(tmp_path: pathlib.Path) -> None:
    o = made()
    for call in (o.save, o.load):
        with pytest.raises(libsam.Error, match="NUL"):
            call(f"{tmp_path}/x\0y")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", [b"\xff\xfe", b"caf\xe9.state", "ü€🙂".encode(), b"n" * 255, ("ü" * 127).encode()], ids=range(5))
def test_every_file_name_of_the_system_works(tmp_path: pathlib.Path, name: bytes) -> None:
    o, path = made(), os.path.join(os.fsencode(tmp_path), name)
    o.save(os.fsdecode(path))
    o.load(os.fsdecode(path))
    assert os.listdir(os.fsencode(tmp_path)) == [name]
    with pytest.raises(libsam.Error) as failure:
        o.save(os.path.join(os.fsdecode(path), "below"))
    assert "Not a directory" in str(failure.value)
    with pytest.raises(libsam.Error) as failure:
        o.load(os.fsdecode(path + b"\xff" if len(name) < 255 else path[:-1]))
    assert "No such file" in str(failure.value)


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_odd_parameters_are_told_apart(name: str) -> None:
    o, other = made(name), made(name + "2")
    made(name).restore(o.state())
    with pytest.raises(libsam.Error) as failure:
        other.restore(o.state())
    assert "the state's parameter 0 is" in str(failure.value) and "this set's is" in str(failure.value)


@pytest.mark.parametrize("member", ["steps", "warmup", "period"])
def test_steps_of_a_schedule_are_not_cut(member: str) -> None:
    o = made()
    for wrong in (2 ** 63, 2 ** 64 + 5, -2 ** 63 - 1, -1):
        with pytest.raises(libsam.Error, match=member):
            o.schedule("lr", "linear", **{"initial": 0.1, "final": 0.01, "steps": 5, member: wrong})
    o.schedule("lr", "linear", **{"initial": 0.1, "final": 0.01, "steps": 5, member: 2 ** 63 - 1})
    made().restore(o.state())
