"""The package's type hints and what help() says: mypy's strict mode on the package and on a program that uses it, and on programs
with a mistake in them."""
import inspect
import pathlib
import re
import subprocess
import sys
import typing

import libsam
import libsam.jax
import libsam.torch
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "bindings" / "python"
PROGRAM = """
import jax
import numpy as np
import torch

import libsam
import libsam.jax
import libsam.torch

w, g = np.zeros(2), np.zeros(2)
plain = libsam.Optimizer({"w": w}, {"w": g}, method="gsam", base="adamw", lr=0.1, rho=0.1, form="perturbed", amsgrad=True, in_place=0)
plain.step(lambda ask: float(bool(ask & libsam.Ask.PERTURBED)))
plain.rho, plain.form, plain.amsgrad = 0.2, "clean", False
plain.groups[0].lr = plain.base.lr = 1
names: libsam.typing.ArrayOptions = {"method.rho": 0.1, "base.lr": 0.2}
libsam.Optimizer([w], [g], **names)
model = torch.nn.Linear(3, 2)
optimizer: torch.optim.Optimizer = libsam.torch.Optimizer(libsam.torch.groups(model, weight_decay=0.1), "sam", "adamw", model=model, lr=0.1,
                                                          betas=(0.9, 0.95))


def closure(ask: libsam.Ask) -> torch.Tensor:
    loss: torch.Tensor = model(torch.ones(1, 3)).sum()
    loss.backward()     # type: ignore[no-untyped-call]
    return loss


libsam.torch.Optimizer(model).step(closure)
sharpness = libsam.torch.objective(model, torch.nn.functional.cross_entropy, [(torch.ones(1, 3), torch.zeros(1))])
top: float = sharpness.measure("lambda_max", tolerance=1e-3, method="power").value
libsam.measure(plain, lambda: 0.0, "worst_case", rho=[0.1, 0.2], norm="linf", seed=1)
params = {"w": jax.numpy.ones(3)}
tree = libsam.jax.Optimizer(params, "gsam", "adamw", lr=0.1, roles=lambda name: "weight", groups=lambda name: None)
params, value = tree.step(jax.value_and_grad(lambda p: p["w"].sum()), params)
tree.rho = 0.1
top = libsam.jax.objective(lambda p, x: p["w"].sum(), params, (w,)).measure("trace", samples=3).value
for name in libsam.measures():
    libsam.measure({"w": w}, None, name, seed=1)
for method in libsam.methods():
    libsam.Optimizer([w], [g], method=method, base=None)
"""
WRONG = {       # a line, the mistake that mypy names in it
    'libsam.Optimizer([w], [g], rh0=0.1)': r'Unexpected keyword argument "rh0"',
    'libsam.Optimizer([w], [g], rho="0.1")': r'Argument "rho" .* incompatible type "str"',
    'libsam.Optimizer([w], [g], form="parallel")': r'Argument "form" .* expected "Literal\[\'perturbed\'',
    'libsam.Optimizer([w], [g], nesterov=0.5)': r'Argument "nesterov" .* incompatible type "float"',
    'libsam.Optimizer([w], [g], betas=(0.9, 0.99))': r'Unexpected keyword argument "betas"',
    'libsam.Optimizer([w], [g], method="smm")': r'Argument "method" .* incompatible type "Literal\[\'smm\'\]"',
    'libsam.Optimizer([w], [g], base="sam")': r'Argument "base" .* incompatible type "Literal\[\'sam\'\]"',
    'plain.rh0 = 0.1': r'"Optimizer" has no attribute "rh0"',
    'plain.groups[0].rho = "0.1"': r'incompatible type|Incompatible types',
    'libsam.measure(plain, None, "lamda_max")': r'No overload variant of "measure"',
    'libsam.measure(plain, None, "lambda_max", rho=0.1)': r'No overload variant of "measure"',
    'libsam.measure(plain, None, "lambda_max", tolerance="1")': r'No overload variant of "measure"',
    'sharpness.measure("trace", rho=0.1)': r'No overload variant of "measure"',
    'libsam.torch.Optimizer(model, "sam", "adamw", rh0=0.1)': r'Unexpected keyword argument "rh0"',
    'libsam.torch.Optimizer(model, in_place=False)': r'Unexpected keyword argument "in_place"',
    'libsam.jax.Optimizer(params, rh0=0.1)': r'Unexpected keyword argument "rh0"',
    'libsam.jax.Optimizer(params, zero_gradient=True)': r'Unexpected keyword argument "zero_gradient"',
    'libsam.torch.Optimizer(3)': r'Argument 1 to "Optimizer"',
    'libsam.torch.roles(w)': r'Argument 1 to "roles"',
    'plain.step(3)': r'Argument 1 to "step"',
    'plain.schedule("rho", "cosin")': r'Argument 2 to "schedule"',
}


def mypy(*words, folder):
    return subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(folder / "cache"), *map(str, words)], cwd=PACKAGE,
                          capture_output=True, text=True)


def test_the_package_and_a_program_pass_and_every_mistake_is_found(tmp_path):
    done = mypy("libsam", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    done = mypy(program, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    program.write_text(PROGRAM + "\n".join(WRONG))
    found = dict(re.findall(r"program\.py:(\d+): error: (.*)", mypy(program, folder=tmp_path).stdout))
    first = PROGRAM.count("\n") + 1
    assert found.keys() == {str(line) for line in range(first, first + len(WRONG))}
    for line, pattern in enumerate(WRONG.values(), first):
        assert re.search(pattern, found[str(line)]), found[str(line)]


def test_what_is_declared_is_what_the_library_has(tmp_path):
    check = [sys.executable, ROOT / "bindings" / "declare.py", "--check"]
    assert subprocess.run(check, capture_output=True).returncode == 0
    assert typing.get_args(libsam.typing.Method) == tuple(libsam.methods()) and typing.get_args(libsam.typing.Base) == tuple(libsam.bases())
    assert typing.get_args(libsam.typing.Measure) == tuple(libsam.measures()) and typing.get_args(libsam.typing.Schedule) == tuple(libsam.schedules())
    known = typing.get_type_hints(libsam.typing.ArrayOptions)
    for entry in [*libsam.methods().values(), *libsam.bases().values()]:
        for name, option in entry.options.items():
            kinds = known[f"{entry.section}.{name}"], known[name]
            for kind in kinds:
                plain = {"real": float, "integer": int, "flag": bool}.get(option.kind)
                assert set(option.choices) <= set(re.findall(r"'(\w+)'", str(kind))) and (plain is None or plain is kind or plain in typing.get_args(kind))
    assert all(f"shared.{name}" in known for name in libsam.shared_options())


@pytest.mark.parametrize("thing", [libsam.Optimizer, libsam.torch.Optimizer, libsam.jax.Optimizer, libsam.measure])
def test_help(thing):
    """Names, options, defaults and an example of the loop are in what help() prints, which is laid out as one text."""
    text = inspect.getdoc(thing)
    if thing is libsam.measure:
        assert "libsam.measure(optimizer, evaluate" in text and "\n    seed: Of every random draw" in text
        shown = list(libsam.measures().values())
    else:
        assert "while ask" in text and "optimizer.step(" in text and "\n    clip_norm: " in text and "\n    rho: Radius of the ascent. Default 0.05; [0, inf); by group." in text
        assert ("\n    in_place: " in text) == (thing is libsam.Optimizer)
        shown = [*libsam.methods().values(), *libsam.bases().values()]
    flat = " ".join(text.split())
    for entry in shown:
        own = flat.partition(f" {entry.name}: {entry.summary}")[2].partition("]")[0] if entry.options else ""
        assert f" {entry.name}: {entry.summary}" in flat
        for name, option in entry.options.items():
            assert re.search(rf"\b{name}(=|\b)", own) or f" {name}: {option.summary}" in flat, (entry.name, name)


def test_hints_cost_nothing_before_they_are_looked_at():
    program = "import sys, libsam; assert 'libsam.typing' not in sys.modules; libsam.typing.Method; assert 'libsam.typing' in sys.modules"
    subprocess.run([sys.executable, "-c", program], cwd=PACKAGE, check=True)
    with pytest.raises(AttributeError, match="has no attribute 'typings'"):
        libsam.typings
