"""python -m libsam: the catalogue in the terminal."""
import os
import pathlib
import subprocess
import sys

import libsam
import pytest

PACKAGE = pathlib.Path(libsam.__file__).parents[1]
LISTS = {"methods": libsam.methods(), "bases": libsam.bases(), "measures": libsam.measures(), "schedules": libsam.schedules()}


def run(*words, status=0, **environment):
    """(output, errors) of the command."""
    variables = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | {"PYTHONPATH": str(PACKAGE)} | environment
    done = subprocess.run([sys.executable, "-m", "libsam", *words], env=variables, capture_output=True, text=True)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout, done.stderr


def widest(text):
    return max(map(len, text.splitlines()))


@pytest.mark.parametrize("name", LISTS)
def test_lists(name):
    """Every name with its sentence, in the catalogue's order, and nothing else."""
    text, errors = run(name)
    assert not errors and widest(text) <= 100
    firsts = [line.split()[0] for line in text.splitlines()[1:] if not line.startswith(" ")]
    assert firsts == list(LISTS[name])
    flat = " ".join(text.split())
    for entry in LISTS[name].values():
        assert entry.summary in flat


def test_what_a_step_costs_is_listed():
    def rows(name, columns):
        lines = [line.split() for line in run(name)[0].splitlines() if not line.startswith(" ")]
        return {line[0]: line[1:1 + columns] for line in lines}
    methods, bases = rows("methods", 2), rows("bases", 1)
    assert methods["name"] == ["evaluations", "state"] and methods["sam"] == ["2", "0"] and methods["none"] == ["1", "0"]
    assert bases["name"] == ["state"] and bases["adamw"] == ["2"] and bases["soap"] == ["by"]


@pytest.mark.parametrize("name", ["sam", "adamw", "lambda_max", "cosine", "shared"])
def test_show(name, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")                    # of both: a process has a terminal of its own
    text, errors = run("show", name, COLUMNS="100")
    libsam.show(name)
    assert text == capsys.readouterr().out and not errors and widest(text) <= 100


def test_a_narrow_terminal():
    assert widest(run("measures", COLUMNS="72")[0]) <= 72 < widest(run("measures", COLUMNS="300")[0]) <= 100


@pytest.mark.parametrize("words, texts", [
    (["show", "lambda_mx"], ["'lambda_mx'", "nearest: lambda_max"]), (["show", "adamww"], ["nearest:", "adamw"]), (["show", ""], ["''"]),
    (["show"], ["NAME"]), ([], ["COMMAND"]), (["method"], ["'method'", "'methods'", "'measures'"]), (["methods", "sam"], ["sam"])])
def test_a_bad_name_or_command(words, texts):
    text, errors = run(*words, status=2)
    assert not text and "Traceback" not in errors
    assert all(part in errors for part in texts), errors


def test_a_pipe_that_closes_early():
    """Nothing is said, whatever the reader leaves unread."""
    command = subprocess.Popen([sys.executable, "-u", "-m", "libsam", "methods"], env=os.environ | {"PYTHONPATH": str(PACKAGE)},
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    command.stdout.close()
    command.wait()
    assert command.stderr.read() == b""


def test_version_and_help():
    assert run("--version")[0].strip() == libsam.version()
    text = run("--help")[0]
    assert all(name in text for name in [*LISTS, "show"])
