"""The package's type hints: mypy's strict mode on the package and on a program that uses it."""
import pathlib
import subprocess
import sys

PACKAGE = pathlib.Path(__file__).resolve().parents[3] / "bindings" / "python"
PROGRAM = """
import numpy as np
import torch

import libsam
import libsam.torch

w, g = np.zeros(2), np.zeros(2)
plain = libsam.Optimizer({"w": w}, {"w": g}, method="sam", lr=0.1)
plain.step(lambda ask: float(bool(ask & libsam.Ask.PERTURBED)))
model = torch.nn.Linear(3, 2)
optimizer: torch.optim.Optimizer = libsam.torch.Optimizer(libsam.torch.groups(model, weight_decay=0.1), "sam", "adamw", model=model, lr=0.1)


def closure(ask: libsam.Ask) -> torch.Tensor:
    loss: torch.Tensor = model(torch.ones(1, 3)).sum()
    loss.backward()     # type: ignore[no-untyped-call]
    return loss


libsam.torch.Optimizer(model).step(closure)
top: float = libsam.torch.objective(model, torch.nn.functional.cross_entropy, [(torch.ones(1, 3), torch.zeros(1))]).measure("lambda_max").value
"""


def mypy(*words, folder):
    return subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(folder / "cache"), *map(str, words)], cwd=PACKAGE,
                          capture_output=True, text=True)


def test_the_package_and_a_program_pass(tmp_path):
    done = mypy("libsam", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "program.py").write_text(PROGRAM)
    done = mypy(tmp_path / "program.py", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "wrong.py").write_text(PROGRAM + "libsam.torch.Optimizer(3)\nlibsam.torch.roles(w)\nplain.step(3)\n")
    done = mypy(tmp_path / "wrong.py", folder=tmp_path)
    assert done.returncode == 1 and "Found 3 errors" in done.stdout, done.stdout
