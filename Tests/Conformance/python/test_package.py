"""The package: generated from the header, finding its library; and the demonstration and the example as programs. (The
wheel: Tests/Install.)"""
import ctypes
import os
import pathlib
import re
import shutil
import subprocess
import sys

import libsam
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "bindings" / "python"
LIBRARY = pathlib.Path(libsam._library.locate()).resolve()


def run(*command, status=0, folder=ROOT, **environment):
    """Its output, after the status was checked. Variables of this session that choose a library or package are dropped."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "LIBSAM_LIBRARY", "PYTEST_CURRENT_TEST")}
    done = subprocess.run(list(map(str, command)), cwd=folder, env=kept | environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    assert done.returncode == status, done.stdout
    return done.stdout


@pytest.fixture
def checkout(tmp_path):
    """A copy of the header and the bindings, to break."""
    for folder in ("include", "bindings"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_generated_file_is_up_to_date(checkout):
    run(sys.executable, ROOT / "bindings" / "generate.py", "--check")
    header = checkout / "include" / "sam.h"
    header.write_text(header.read_text().replace("SAM_API int sam_threads(void);", "SAM_API int64_t sam_threads(void);"))
    generate = checkout / "bindings" / "generate.py"
    assert '+    "sam_threads": (c_int64, [])' in run(sys.executable, generate, "--check", status=1)
    run(sys.executable, generate)
    run(sys.executable, generate, "--check")


@pytest.mark.parametrize("declaration", ["SAM_API int sam_new(quux value);", "int sam_forgotten(void);", "typedef int sam_word;",
                                         "typedef struct sam_x { int bits : 3; } sam_x;"])
def test_what_the_generator_does_not_understand_ends_it(checkout, declaration):
    header = checkout / "include" / "sam.h"
    header.write_text(header.read_text().replace("/* ---- Library ---- */", declaration))
    assert "not understood" in run(sys.executable, checkout / "bindings" / "generate.py", status=1)


def test_every_function_of_the_header_is_declared():
    header = re.sub(r"/\*.*?\*/", "", (ROOT / "include" / "sam.h").read_text(), flags=re.S)
    assert set(libsam._abi.FUNCTIONS) == set(re.findall(r"\bSAM_API\b[^;(]*?\b(sam_\w+)\s*\(", header))


def test_structs_have_the_compilers_layout(tmp_path):
    """Sizes and offsets as the C compiler has them."""
    structs = {name: kind for name, kind in vars(libsam._abi).items() if isinstance(kind, type) and hasattr(kind, "_fields_")}
    lines = [f'printf("{n} {f} %zu\\n", offsetof({n}, {f}));' for n, kind in structs.items() for f, _ in kind._fields_]
    lines += [f'printf("{n} - %zu\\n", sizeof({n}));' for n in structs]
    source = tmp_path / "layout.c"
    source.write_text("#include <sam.h>\n#include <stdio.h>\nint main(void) {" + "\n".join(lines) + "return 0; }\n")
    run("cc", f"-I{ROOT / 'include'}", source, "-o", tmp_path / "layout")
    for line in run(tmp_path / "layout").splitlines():
        name, field, number = line.split()
        kind = structs[name]
        assert int(number) == (ctypes.sizeof(kind) if field == "-" else getattr(kind, field).offset), line


def test_finding_the_library(checkout):
    program, path = "import libsam; print(libsam._library.locate())", str(checkout / "bindings" / "python")
    built = checkout / "build" / libsam._library.FILE
    assert f"{libsam._library.FILE} was not found at" in run(sys.executable, "-c", program, status=1, PYTHONPATH=path)
    named = {"PYTHONPATH": path, "LIBSAM_LIBRARY": str(LIBRARY)}
    assert run(sys.executable, "-c", program, **named).strip() == str(LIBRARY)
    built.parent.mkdir()
    shutil.copy(LIBRARY, built)
    assert run(sys.executable, "-c", program, PYTHONPATH=path).strip() == str(built)
    beside = checkout / "bindings" / "python" / "libsam" / libsam._library.FILE
    shutil.copy(LIBRARY, beside)
    assert run(sys.executable, "-c", program, PYTHONPATH=path).strip() == str(beside)
    assert "no such file" in run(sys.executable, "-c", program, status=1, **named | {"LIBSAM_LIBRARY": "/nowhere/libsam.so"})
    beside.write_text("not a library")
    assert "cannot be loaded" in run(sys.executable, "-c", program, status=1, PYTHONPATH=path)


def test_another_abi_is_refused(checkout):
    abi = checkout / "bindings" / "python" / "libsam" / "_abi.py"
    abi.write_text(abi.read_text().replace("SAM_ABI_VERSION = 1", "SAM_ABI_VERSION = 2"))
    text = run(sys.executable, "-c", "import libsam", status=1, PYTHONPATH=str(abi.parents[1]), LIBSAM_LIBRARY=str(LIBRARY))
    assert "has ABI version 1, this package needs 2" in text


def test_the_package_speaks_of_what_it_exports():
    assert set(libsam.__all__) <= set(dir(libsam))
    for name in libsam.__all__:
        assert getattr(libsam, name).__doc__, name


def test_readme():
    """The program of the package's README runs and finds the minimum."""
    text = (PACKAGE / "README.md").read_text().partition("## PyTorch")[0]
    program = "\n".join(line[4:] for line in text.split("import numpy")[1].splitlines() if line.startswith("    "))
    scope = {}
    exec("import numpy" + text.split("import numpy")[1].splitlines()[0] + "\n" + program, scope)
    assert scope["w"] == pytest.approx([1, -2], abs=0.1) and scope["optimizer"].rho == 0.1


def test_example():
    example = [sys.executable, ROOT / "examples" / "python" / "example.py"]
    lines = run(*example, PYTHONPATH=str(PACKAGE)).splitlines()
    assert [line.split()[1] for line in lines[:-1]] == ["1", "10", "20", "30", "40", "50"] and lines[0] == "step 1 loss 0.693147"
    assert re.fullmatch(r"weight -?\d\.\d{6} -?\d\.\d{6} bias -?\d\.\d{6}", lines[-1])
    assert "SAM_ERROR_NAME" in run(*example, "smm", status=1, PYTHONPATH=str(PACKAGE))


def test_demonstration(tmp_path):
    """A short run with a method of two and one of changing numbers of evaluations."""
    demo = [sys.executable, ROOT / "examples" / "digits", "--steps", "12", "--seeds", "2", "--output", tmp_path, "--methods"]
    output = run(*demo, "sam", "looksam", PYTHONPATH=str(PACKAGE))
    table = (tmp_path / "table.md").read_text()
    assert table in output
    rows, minima = ([[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("|")]
                    for part in table.split("## Two minima"))
    assert minima[0] == ["measure", "sgd", "sam"] and minima[2][0] == "five largest eigenvalues"
    rows = [[*row[:1], *row[2:4]] for row in rows if row[0] not in ("method",) and not row[0].startswith("-")]
    assert rows == [["sgd", "24", "24"], ["sgd, short", rows[1][1], rows[1][2]], ["sam", "12", "24"], ["looksam", "21", "24"],
                    ["sgd", "12", "12"], ["sam", "12", "24"], ["looksam", "12", "14"]]
    for name in ("curves", "accuracy", "landscape", "minima", "sharpness"):
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG") and (tmp_path / f"{name}.png").stat().st_size > 20000
    assert "'smm' is no method; the methods are none, sam" in run(*demo, "smm", status=2, PYTHONPATH=str(PACKAGE))
    assert "'sgg' is no base; the bases are sgd, " in run(*demo, "sam", "--base", "sgg", status=2, PYTHONPATH=str(PACKAGE))


@pytest.mark.parametrize("base", ["muon", "soap"])
def test_demonstration_with_another_base(tmp_path, base):
    demo = [sys.executable, ROOT / "examples" / "digits", "--steps", "30", "--seeds", "1", "--output", tmp_path]
    run(*demo, "--base", base, "--methods", "sam", PYTHONPATH=str(PACKAGE))
    table = (tmp_path / "table.md").read_text()
    first = [line.split("|")[1:] for line in table.splitlines() if line.startswith(f"| {base} ")][0]
    assert float(first[4].split("±")[0]) > 70 and f"| {base}, short" in table and f"for {base} with the whole budget" in table
