"""The recipes of examples/jax and examples/numpy as programs, by what they print; a checkpoint in the middle changes nothing."""
import importlib.util
import os
import pathlib
import re
import subprocess
import sys

import jax_host     # noqa: F401
import libsam
import libsam.jax
import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
EXPECTED = r"(?:epoch \d: loss 0\.\d{4}\n){6}test error ([\d.]+) %, lambda_max [\d.]+\n"


@pytest.mark.parametrize("folder", ["jax", "numpy"])
def test_it_runs_and_is_in_the_readme(folder):
    recipes = list((ROOT / "examples" / folder).glob("*.py"))
    assert [path.name for path in recipes] == ["plain.py"] and "`plain.py`" in (ROOT / "examples" / folder / "README.md").read_text()
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "bindings" / "python"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, recipes[0]], env=environment, capture_output=True, text=True)
    found = re.fullmatch(EXPECTED, done.stdout)
    assert found and float(found[1]) < 6, done.stdout + done.stderr


def recipe(folder):
    spec = importlib.util.spec_from_file_location(f"recipe_{folder}", ROOT / "examples" / folder / "plain.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_checkpoint_changes_nothing():
    plain = recipe("numpy")
    (data, _), resumed = plain.digits(), plain.main(epochs=2)[0]
    w = plain.network()
    g = {name: np.zeros_like(array) for name, array in w.items()}
    optimizer = plain.optimizer_for(w, g, "sam", "adamw")
    optimizer.schedule("lr", "cosine", initial=0.01, final=0.0, steps=2 * (len(data[1]) // 64))
    plain.train(optimizer, w, g, data, range(2))
    assert all(np.array_equal(w[name], resumed[name]) for name in w) and optimizer.groups["no decay"].weight_decay == 0


def test_the_derivative_by_hand():
    plain = recipe("numpy")
    w = {name: array.astype(float) for name, array in plain.network().items()}
    g = {name: np.zeros_like(array) for name, array in w.items()}
    x, y = (one[:40] for one in plain.digits()[0])
    assert libsam.measure(w, libsam.Objective(lambda: plain.evaluate(w, g, x, y), g), "check").value < 1e-6


def test_the_packages_readme():
    import jax
    text = (ROOT / "bindings" / "python" / "README.md").read_text().partition("## JAX")[2]
    batches = [jax_host.batch(0), jax_host.batch(1)]
    scope = {"params": jax_host.network(), "batches": batches, "loss": jax_host.loss}
    exec("\n".join(line[4:] for line in text.splitlines() if line.startswith("    ")), scope)
    assert scope["optimizer"].metrics.steps == 2 and scope["top"] > 0 and isinstance(scope["params"]["out"][0], jax.Array)
