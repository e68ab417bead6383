"""The writer of golden files: it keeps what agrees, writes what does not, and a new line in cases.py changes no other name's file."""
import json
import math
import shutil

import pytest

from Tests.Reference import cases, golden, write
from Tests.Reference.step import METHODS


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(golden.OWN, tmp_path / "own")


def contents(folder):
    return {str(path.relative_to(folder).with_suffix("")): path.read_bytes() for path in folder.rglob("*.json")}


def moved(values, move):
    """The same values with every float moved."""
    if isinstance(values, dict):
        return {key: value if key in ("options", "base_options") else moved(value, move) for key, value in values.items()}
    if isinstance(values, list):
        return [moved(value, move) for value in values]
    return move(values) if isinstance(values, float) else values


def rewrite(path, move):
    path.write_text(json.dumps(moved(json.loads(path.read_text()), move)))


def test_files_with_other_last_digits_are_kept(folder):
    for number, path in enumerate(sorted(folder.rglob("*.json"))):
        rewrite(path, lambda x, number=number: math.nextafter(x, math.inf if number % 2 else -math.inf))
    before = contents(folder)
    assert write.write(folder=folder) == [] and contents(folder) == before


@pytest.mark.parametrize("name", ["gsam", "zo", "soap", "shared"])
def test_a_file_with_other_numbers_is_written(name, folder):
    """By a difference ten times the tolerance, by another setting, by a step less, by being cut up, by not being there."""
    path, committed = folder / f"{name}.json", contents(folder)
    record = json.loads(path.read_text())
    others = [moved(record, lambda x: x * (1 + 1e-9)), {"cases": record["cases"][1:]}]
    for change in ({"options": {"lr": 7.0}}, {"steps": record["cases"][0]["steps"][:-1]}):
        others.append({"cases": [{**record["cases"][0], **change}, *record["cases"][1:]]})
    for text in [*map(json.dumps, others), "<<<<<<<", None]:
        path.unlink() if text is None else path.write_text(text)
        assert write.write([name], folder) == [name]
        assert all(map(golden.same_case, json.loads(committed[name])["cases"], golden.cases(path)))
        assert {**contents(folder), name: b""} == {**committed, name: b""}


def test_a_problem_with_other_numbers_is_written(folder):
    for layout in cases.PROBLEMS:
        rewrite(folder / "problems" / f"{layout}.json", lambda x: x + 1e-9)
    assert write.write(["none"], folder) == [f"problems/{layout}" for layout in cases.PROBLEMS]


def test_names_select(folder, monkeypatch, capsys):
    for name in ("sam", "gsam", "lion", "shared"):
        (folder / f"{name}.json").unlink()
    assert write.write(["sam", "lion"], folder) == ["sam", "lion"]
    assert not (folder / "gsam.json").exists() and not (folder / "shared.json").exists()
    monkeypatch.setattr("sys.argv", ["write", "gsma"])
    with pytest.raises(SystemExit):
        write.main()
    assert '"gsma" has no line in cases.py; did you mean "gsam"?' in capsys.readouterr().err


def with_line(table, index, name, line):
    lines = list(table.items())
    return dict([*lines[:index], (name, line), *lines[index:]])


def all_settings():
    return {name: write.method_settings(name) for name in cases.METHODS} | {name: write.base_settings(name) for name in cases.BASES} | \
        {"shared": write.shared_settings()}


@pytest.mark.parametrize("index", [0, 1, 17, len(cases.METHODS)])
@pytest.mark.parametrize("first", [2, None])
def test_a_new_method_changes_no_other(index, first, monkeypatch):
    before = all_settings()
    monkeypatch.setattr(cases, "METHODS", with_line(cases.METHODS, index, "tilted", (first, [{"rho": 0.1}, {"rho": 0.2}])))
    after = all_settings()
    assert len(after.pop("tilted")) == 2 and after == before


@pytest.mark.parametrize("index", [0, 5, len(cases.BASES)])
def test_a_new_base_changes_no_other(index, monkeypatch):
    before = all_settings()
    monkeypatch.setattr(cases, "BASES", with_line(cases.BASES, index, "signs", [{"lr": 0.1}]))
    after = all_settings()
    assert len(after.pop("signs")) == 2 and after == before


def test_a_new_problem_changes_no_other(folder, monkeypatch):
    monkeypatch.setattr(cases, "PROBLEMS", with_line(cases.PROBLEMS, 0, "line", (5, 1, [("w", "weight", (3,))])))
    before = contents(folder)
    assert write.write(["none", "adahessian"], folder) == ["problems/line"]
    assert contents(folder) == before | {"problems/line": (folder / "problems" / "line.json").read_bytes()}


def test_every_method_with_a_base_says_where_its_bases_begin():
    assert {name for name, (first, _) in cases.METHODS.items() if first is None} == {name for name, text in METHODS.items() if text.own_update}
    assert all(0 <= first < len(cases.ROTATION) for first, _ in cases.METHODS.values() if first is not None)
