"""The wheel as a user gets it: its tag is true, everything it needs is inside with its licence, and it trains in an
environment that has nothing else. Where build/ has a library the wheel takes that one."""
import base64
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "bindings" / "python"
LIBRARY = ROOT / "build" / "libsam.so"
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
VENDORED = {"libopenblas.so.0", "libgfortran.so.5", "libquadmath.so.0"}


def run(*command, status=0, folder=ROOT, **environment):
    """Its output, after the status was checked, in an environment that names no library and no package."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    done = subprocess.run(list(map(str, command)), cwd=folder, env=kept | environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    assert done.returncode == status, done.stdout
    return done.stdout


def wheel_of(tree, folder):
    run(*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, "-C", f"cmake.define.SAM_LIBRARY={LIBRARY}", tree)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return wheel_of(PACKAGE, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The interpreter of a new environment that sees the other packages of this one."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    others = [path for path in sys.path if path.endswith("site-packages")]
    next(folder.glob("lib/python*/site-packages")).joinpath("others.pth").write_text("\n".join(others))
    return folder / "bin" / "python"


def install(python, *what):
    run(*PIP, "--python", python, "install", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--force-reinstall", *what)


def test_the_tag_is_true(wheel):
    """auditwheel finds nothing that the named glibc does not have."""
    tag = wheel.name.split("-")[-1].removesuffix(".whl")
    assert wheel.name == f"libsharpness-1.0.0-py3-none-{tag}.whl" and tag.startswith("manylinux_2_")
    said = " ".join(run(sys.executable, "-c", "from auditwheel.main import main; main()", "show", wheel).split())
    assert f'is consistent with the following platform tag: "{tag}"' in said
    assert f'This constrains the platform tag to "{tag}"' in said


def test_what_is_inside(wheel):
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    about = "libsharpness-1.0.0.dist-info"
    in_tree = {str(path.relative_to(PACKAGE)) for kind in ("*.py", "*.pyi", "py.typed") for path in (PACKAGE / "libsam").rglob(kind)}
    in_wheel = {name for name in files if not name.startswith(about)}
    assert "libsam/py.typed" in in_tree and in_wheel == in_tree | {f"libsam/{name}" for name in VENDORED | {"libsam.so"}}
    assert f"Tag: {'-'.join(wheel.stem.split('-')[2:])}" in files[f"{about}/WHEEL"].decode()
    told = files[f"{about}/licenses/vendored.txt"].decode()
    assert {line.split(":")[0] for line in told.splitlines() if "licence:" in line} == VENDORED
    for licence in set(re.findall(r"licence: (\S+)", told)) | {"LICENSE", "NOTICES.md", "GPL-3.txt", "LGPL.txt", "Apache-2.0.txt"}:
        assert len(files[f"{about}/licenses/{licence}"]) > 500, licence
    recorded = {line.split(",")[0]: line.split(",")[1:] for line in files[f"{about}/RECORD"].decode().splitlines()}
    assert recorded.keys() == files.keys() and recorded.pop(f"{about}/RECORD") == ["", ""]
    for name, (digest, size) in recorded.items():
        expected = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).decode().rstrip("=")
        assert (digest, int(size)) == (f"sha256={expected}", len(files[name])), name


def test_a_source_distribution_gives_the_same_bytes(wheel, tmp_path):
    """Unpacked in another folder, at another time. It has all that the library is built from."""
    run(sys.executable, "-c", f"import sys; sys.path.insert(0, '.'); import build_backend; build_backend.build_sdist({str(tmp_path)!r})",
        folder=PACKAGE)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as archive:
        archive.extractall(tmp_path, filter="data")
    tree = tmp_path / "libsharpness-1.0.0"
    for folder in ("Sources", "include", "cmake"):
        files = {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert files == {path.relative_to(tree / "engine") for path in (tree / "engine" / folder).rglob("*") if path.is_file()}
    again = wheel_of(tree, tmp_path / "again")
    assert again.name == wheel.name and again.read_bytes() == wheel.read_bytes()


def test_the_library_names_no_folder_of_its_build():
    data = LIBRARY.read_bytes()
    assert str(ROOT).encode() not in data and b"/Sources/" not in data


TRAINING = """
import os, re
import numpy as np
def threads(): return len(os.listdir("/proc/self/task"))
np.ones((300, 300)) @ np.ones((300, 300))
before = threads()
import libsam
assert threads() == before, "loading starts a thread"
assert libsam.build_info()["blas"] == "unused" and "libopenblas.so.0" not in open("/proc/self/maps").read()
w, g = np.eye(48, 32), np.zeros((48, 32))
def closure(ask):
    g[:] = w
    return float((w * w).sum()) / 2
optimizer = libsam.Optimizer({"w": w}, {"w": g}, method="sam", base="muon", lr=0.02, rho=0.05)
losses = [optimizer.step(closure) for _ in range(40)]
assert losses[-1] < losses[0] / 2, losses
assert libsam.build_info()["blas"] == "openblas" and threads() == before
libsam.set_threads(2)
large, gradient = np.ones(3_000_000, np.float32), np.ones(3_000_000, np.float32)
libsam.Optimizer({"w": large}, {"w": gradient}, lr=0.5).step(lambda ask: 1.0)
assert threads() == before + 1 and (large == 0.5).all()
loaded = {line.split()[-1] for line in open("/proc/self/maps") if re.search(r"/lib(sam|openblas|gfortran|quadmath)\\.so", line)}
print(*sorted(loaded), sep="\\n")
"""

SIX_LINES = """
import torch, libsam.torch
x = torch.linspace(-1, 1, 256).reshape(32, 8)
model = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
optimizer = libsam.torch.Optimizer(model, "sam", "muon", lr=0.02, rho=0.05)
def closure():
    loss = (model(x) - x.mean(1, keepdim=True)).square().mean()
    loss.backward()
    return loss
losses = [optimizer.step(closure).item() for _ in range(60)]
assert losses[-1] < losses[0] / 4, losses
print(libsam.build_info()["blas"], libsam._library.locate())
"""


def test_it_trains_with_nothing_else(wheel, python, tmp_path):
    """Only the copies inside are loaded; loading starts no thread, BLAS comes at first use and leaves none, workers when asked."""
    install(python, wheel)
    said = run(python, "-c", "import importlib.metadata, libsam; print(importlib.metadata.version('libsharpness'), libsam.__path__[0])", folder=tmp_path)
    version, inside = said.split()
    assert version == "1.0.0"
    inside = pathlib.Path(inside)
    assert inside.is_relative_to(python.parents[1])
    loaded = run(python, "-c", TRAINING, folder=tmp_path).split()
    assert set(loaded) == {str(inside / name) for name in VENDORED | {"libsam.so"}}
    assert run(python, "-c", SIX_LINES, folder=tmp_path).split() == ["openblas", str(inside / "libsam.so")]


def test_editable(python, tmp_path):
    """pip install --editable: the checkout's own modules over the library in its build/."""
    install(python, "--editable", PACKAGE)
    program = "import importlib.metadata, libsam; print(libsam.__file__, libsam._library.locate(), libsam.version(), importlib.metadata.version('libsharpness'))"
    assert run(python, "-c", program, folder=tmp_path).split() == [str(PACKAGE / "libsam" / "__init__.py"), str(LIBRARY), "1.0.0", "1.0.0"]


def test_a_library_that_is_not_there(tmp_path):
    said = run("cmake", "-S", PACKAGE, "-B", tmp_path, f"-DSAM_LIBRARY={tmp_path}/none.so", status=1)
    assert "none.so: no such file" in " ".join(said.split())
