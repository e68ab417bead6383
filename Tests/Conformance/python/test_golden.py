"""Every golden trajectory through the package, and a golden file for every name of the catalogue."""
import functools
import json

import libsam
import numpy as np
import pytest

from host import GOLDEN, Host, Problem

FILES = sorted(path for folder in ("methods", "bases", "shared", "own", "torch") for path in (GOLDEN / folder).glob("*.json"))
TOLERANCE = {"float64": 1e-10, "float32": 1e-4}             # relative to the norm of the weights


@functools.cache
def cases(path):
    return json.loads(path.read_text())["cases"]


@functools.cache
def problem(path, layout):
    beside, above = path.parent / "problems" / f"{layout}.json", path.parent.parent / "problems" / f"{layout}.json"
    return Problem(beside if beside.exists() else above)


def options_of(case):
    """All options by their full names. Those of `options` are the method's where it has them, else shared."""
    own = libsam.methods()[case["method"]].options
    full = {f"{'method' if name in own else 'shared'}.{name}": value for name, value in case["options"].items()}
    return full | {f"base.{name}": value for name, value in case["base_options"].items()}


def tolerance(case, dtype):
    """Of a case. A slope is a difference of losses over 2 mu: in float32 rounding the points, eps |w| each, moves it by some
    eps / mu of its size, whatever a library does."""
    slopes = any(ask & libsam.Ask.LOSS_ONLY for step in case["steps"] for ask in step["ask"])
    if dtype == "float64" or not slopes or "mu" not in libsam.methods()[case["method"]].options:
        return TOLERANCE[dtype]
    mu = case["options"].get("mu", libsam.methods()[case["method"]].options["mu"].default)
    return TOLERANCE[dtype] + 4 * float(np.finfo(np.float32).eps) / mu


NAMED = [pytest.param(path, place, id=f"{path.parent.name}/{path.stem}-{place}-{case['method']}-{case['base']}")
         for path in FILES for place, case in enumerate(cases(path))]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("path, place", NAMED)
def test_trajectory(path, place, dtype):
    case = cases(path)[place]
    options = options_of(case)
    scale = options.get("shared.gradient_scale", 1.0)
    host = Host(case["method"], case["base"], options, problem(path, case["layout"]), dtype, scale)
    compared, allowed = 0, tolerance(case, dtype)
    for step, expected in enumerate(case["steps"], 1):
        host.step()
        assert host.asked == expected["ask"], f"step {step}"
        assert host.batches == expected["batch"], f"step {step}"
        assert host.optimizer.metrics.loss == pytest.approx(expected["loss"], rel=allowed), f"step {step}"
        if "w" in expected:
            reference = np.array(expected["w"])
            away = np.linalg.norm(host.weights - reference) / np.linalg.norm(reference)
            assert away <= allowed, f"step {step}: {away:.2e} away"
            compared += 1
    assert compared > 0 and host.optimizer.metrics.steps == len(case["steps"])


def test_every_method_has_a_trajectory():
    assert set(libsam.methods()) <= {case["method"] for path in FILES for case in cases(path)}


def test_every_base_has_a_trajectory():
    assert set(libsam.bases()) <= {case["base"] for path in FILES for case in cases(path)}


def test_every_file_belongs_to_a_name():
    for folder, known in (("methods", libsam.methods()), ("bases", libsam.bases()), ("torch", libsam.bases())):
        assert {path.stem for path in (GOLDEN / folder).glob("*.json")} <= set(known)
