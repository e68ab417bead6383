"""What the README shows runs as it stands, and the examples print the same numbers in every language."""
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
LINK = [f"-I{ROOT}/include", f"-L{BUILD}", "-lsam", "-lm", f"-Wl,-rpath,{BUILD}"]
STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-O1"]
METHODS = ["none", "sam", "asam", "gsam", "looksam", "friendly_sam", "gam", "msam"]


def output(*command, **more):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=600, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def c(source, folder):
    output("gcc", "-std=c11", *STRICT, source, *LINK, "-o", folder / "c")
    return [folder / "c"]


def cpp(source, folder):
    output("g++", "-std=c++17", *STRICT, f"-I{ROOT}/bindings/cpp", source, *LINK, "-o", folder / "cpp")
    return [folder / "cpp"]


def python(source, folder):
    return ["env", f"PYTHONPATH={ROOT}/bindings/python", sys.executable, source]


def swift(source, folder):
    """A package of one program that depends on ours; built in build/, so that a second run is quick."""
    package = BUILD / "swift-programs" / folder.name
    (package / "Sources/program").mkdir(parents=True, exist_ok=True)
    (package / "Sources/program/Program.swift").write_text(source.read_text())
    (package / "Package.swift").write_text(
        "// swift-tools-version: 6.2\nimport PackageDescription\n"
        f'let package = Package(name: "program", dependencies: [.package(name: "libsam", path: "{ROOT}")],\n'
        '    targets: [.executableTarget(name: "program", dependencies: [.product(name: "SAM", package: "libsam")])])\n')
    command = ["swift", "build", "--package-path", package, "--scratch-path", BUILD / "swift-programs/build"]
    output(*command)
    return [pathlib.Path(output(*command, "--show-bin-path").strip()) / "program"]


def said(text):
    """What the comments of a program's printing lines announce: the lines of its output."""
    return re.findall(r"^[^\n]*\bprint\w*\(.*?(?://|#|/\*) *(.*?) *(?:\*/)?$", text, re.M)


RUNNERS = {"c": (c, ".c"), "cpp": (cpp, ".cpp"), "python": (python, ".py"), "swift": (swift, ".swift")}
SNIPPETS = re.findall(r"^```(\w+)\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)


def test_readme_shows_every_language():
    assert {language for language, _ in SNIPPETS} == set(RUNNERS)


@pytest.mark.parametrize("language, text", SNIPPETS, ids=[language for language, _ in SNIPPETS])
def test_readme_program_prints_what_it_says(language, text, tmp_path):
    build, suffix = RUNNERS[language]
    (tmp_path / f"program{suffix}").write_text(text)
    folder = tmp_path if language != "swift" else tmp_path / "readme"
    assert output(*build(tmp_path / f"program{suffix}", folder), cwd=tmp_path).strip().splitlines() == said(text) != []


EXAMPLES = {"c": "c/example.c", "cpp": "cpp/example.cpp", "python": "python/example.py", "swift": "swift/Sources/example/Example.swift"}


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    made = {}
    for language, path in EXAMPLES.items():
        folder = tmp_path_factory.mktemp(language) if language != "swift" else pathlib.Path("example")
        made[language] = RUNNERS[language][0](ROOT / "examples" / path, folder)
    return made


@pytest.mark.parametrize("method", METHODS)
def test_examples_print_the_same_numbers(programs, method):
    printed = {language: output(*program, method) for language, program in programs.items()}
    assert len(printed["c"].splitlines()) == 7
    assert set(printed.values()) == {printed["c"]}, printed


@pytest.mark.parametrize("language", EXAMPLES)
def test_examples_say_what_is_wrong(programs, language):
    done = subprocess.run([*map(str, programs[language]), "smm"], capture_output=True, text=True, env={**os.environ, "SWIFT_BACKTRACE": "enable=no"})
    assert done.returncode == 1 and '"sam"' in done.stderr
