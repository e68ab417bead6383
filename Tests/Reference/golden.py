"""Golden files (the format: Tests/Golden/README.md): the folder, reading, and comparison with the texts."""
import importlib
import json
import pathlib

import numpy as np

from .problem import Problem
from .trajectory import trajectory

# What divides differences of losses or gradients by a small step magnifies their last place.
TOLERANCE = {name: 1e-10 for name in ("zo", "zo_sgd", "zo_sam", "zo_ascent_sam", "zo_recursive", "zo_frank_wolfe", "saddle_free_newton")}
FOLDER = pathlib.Path(__file__).parents[1] / "Golden"
OWN = FOLDER / "own"

for texts in sorted(pathlib.Path(__file__).parent.glob("methods_*.py")) + sorted(pathlib.Path(__file__).parent.glob("bases*.py")):
    importlib.import_module(f".{texts.stem}", __package__)      # they register what they hold


def problem_of(path, layout):
    beside = path.parent / "problems" / f"{layout}.json"
    return Problem.read(beside if beside.exists() else path.parent.parent / "problems" / f"{layout}.json")


def tolerance(method):
    return TOLERANCE.get(method, 1e-12)


def cases(path):
    return json.loads(path.read_text())["cases"]


def rerun(path, case):
    return trajectory(problem_of(path, case["layout"]), case["method"], case["base"], case["options"], case["base_options"], len(case["steps"]))


def largest_difference(case, rows):
    """Of losses and weights, relative to the weights' norm; ask bits and batches must be equal."""
    worst = 0.0
    for number, (expected, row) in enumerate(zip(case["steps"], rows, strict=True), 1):
        for exact in ("ask", "batch"):
            assert row[exact] == expected[exact], f"step {number}: {exact} {row[exact]}, not {expected[exact]}"
        worst = max(worst, abs(row["loss"] - expected["loss"]) / max(1.0, abs(expected["loss"])))
        if "w" in expected:
            w = np.array(expected["w"])
            worst = max(worst, float(np.linalg.norm(np.array(row["w"]) - w) / np.linalg.norm(w)))
    return worst


def same_case(old, new):
    """Whether a case is what was recorded before: the same settings, evaluations and recorded steps, and numbers within the tolerance."""
    def exact(case):
        return {**case, "steps": [(step["ask"], step["batch"], len(step.get("w", []))) for step in case["steps"]]}
    return exact(old) == exact(new) and largest_difference(old, new["steps"]) <= tolerance(old["method"])


def same_trajectories(old, new):
    return len(old["cases"]) == len(new["cases"]) and all(same_case(a, b) for a, b in zip(old["cases"], new["cases"], strict=True))


def same_problem(old, new):
    if old.keys() != new.keys() or any(old[name] != new[name] for name in ("tensors", "batches")):
        return False
    pairs = [(np.array(old[name]), np.array(new[name])) for name in old if name not in ("tensors", "batches")]
    return all(a.shape == b.shape and np.allclose(a, b, rtol=0, atol=1e-12) for a, b in pairs)
