"""What the README shows runs as it stands, and the examples print the same numbers in every language."""
import json
import os
import pathlib
import re
import shutil
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


def published():
    """The Swift package as people add it: a git repository with a version and a branch, made of the files that stand here."""
    folder, when = BUILD / "swift-programs/libsam", "2026-01-01T00:00:00Z"
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("include", "Sources", "Tests/SAMTests"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "Package.swift", folder)
    git = ["git", "-C", folder, "-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"]
    dated = {**os.environ, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    for command in (["init", "-q", "-b", "main"], ["add", "-A", "-f"], ["commit", "-q", "-m", "1.0.0"], ["tag", "1.0.0"]):
        output(*git, *command, env=dated)
    return f"file://{folder}"


def swift_package(name, requirement, programs):
    """A package of these programs that depends on ours; and swift's arguments for it, with nothing kept outside of build/."""
    package = BUILD / "swift-programs" / name
    shutil.rmtree(package, ignore_errors=True)
    for program, text in programs.items():
        (package / "Sources" / program).mkdir(parents=True)
        (package / "Sources" / program / ("Program.swift" if "@main" in text else "main.swift")).write_text(text)
    targets = "".join(f'.executableTarget(name: "{program}", dependencies: [.product(name: "SAM", package: "libsam")]),\n' for program in programs)
    (package / "Package.swift").write_text(
        "// swift-tools-version: 6.2\nimport PackageDescription\n"
        f'let package = Package(name: "{name}", dependencies: [.package({requirement})], targets: [\n{targets}])\n')
    kept = [word for place in ("cache", "security", "config") for word in (f"--{place}-path", BUILD / "swift-programs" / place)]
    return ["--package-path", package, "--scratch-path", BUILD / f"swift-programs/{name}-build", *kept]


@pytest.fixture(scope="module")
def swift_programs():
    """All programs in Swift, built in one package that depends on the published one; kept in build/, so that a second run is quick."""
    shutil.rmtree(BUILD / "swift-programs/security", ignore_errors=True)        # what a version was once, which here changes
    texts = {**SWIFT, "example": (ROOT / "examples" / EXAMPLES["swift"]).read_text()}
    command = ["swift", "build", *swift_package("programs", f'url: "{published()}", from: "1.0.0"', texts)]
    output(*command)
    return pathlib.Path(output(*command, "--show-bin-path").strip())


RUNNERS = {"c": (c, ".c"), "cpp": (cpp, ".cpp"), "python": (python, ".py")}
SNIPPET = re.compile(r"^```(\w+)\n(.*?)^```", re.M | re.S)
SNIPPETS = SNIPPET.findall((ROOT / "README.md").read_text())
ARTICLES = sorted((ROOT / "Sources/SAM/SAM.docc").glob("*.md"))
EXAMPLES = {"c": "c/example.c", "cpp": "cpp/example.cpp", "python": "python/example.py", "swift": "swift/Sources/example/Example.swift"}
# by name: the README's programs and those of the documentation, which begin with their import
SWIFT = {f"{path.stem}{number}": text for path in (ROOT / "README.md", *ARTICLES)
         for number, (language, text) in enumerate(SNIPPET.findall(path.read_text())) if language == "swift" and text.startswith("import ")}


def said(text):
    """What the comments of a program's printing lines announce: the lines of its output."""
    return re.findall(r"^[^\n]*\bprint\w*\(.*?(?://|#|/\*) *(.*?) *(?:\*/)?$", text, re.M)


def test_readme_shows_every_language():
    assert {language for language, _ in SNIPPETS} == {*RUNNERS, "swift"}


OTHERS = [snippet for snippet in SNIPPETS if snippet[0] != "swift"]


@pytest.mark.parametrize("language, text", OTHERS, ids=[language for language, _ in OTHERS])
def test_readme_program_prints_what_it_says(language, text, tmp_path):
    build, suffix = RUNNERS[language]
    (tmp_path / f"program{suffix}").write_text(text)
    assert output(*build(tmp_path / f"program{suffix}", tmp_path), cwd=tmp_path).strip().splitlines() == said(text) != []


@pytest.mark.parametrize("name", SWIFT)
def test_swift_program_prints_what_it_says(swift_programs, name):
    assert output(swift_programs / name).splitlines()[-1] == said(SWIFT[name])[-1]


def test_every_swift_program_is_run():
    """One for each of the README's, and one at the least in each article of the documentation."""
    assert sum(name.startswith("README") for name in SWIFT) == sum(language == "swift" for language, _ in SNIPPETS)
    assert all(any(name.startswith(path.stem) for name in SWIFT) for path in ARTICLES if not path.read_text().startswith("# ``"))


@pytest.mark.parametrize("requirement", [f'name: "libsam", path: "{ROOT}"', f'url: "file://{BUILD}/swift-programs/libsam", branch: "main"'], ids=["path", "branch"])
@pytest.mark.usefixtures("swift_programs")
def test_the_swift_package_is_found(requirement):
    """By path and by a branch: resolved and loaded, with its product. That it builds say the programs, by a version."""
    package = swift_package("found", requirement, {"program": "import SAM"})
    output("swift", "package", *package, "resolve")
    graph = json.loads(output("swift", "package", *package, "show-dependencies", "--format", "json"))
    assert [dependency["name"] for dependency in graph["dependencies"]] == ["libsam"]


@pytest.fixture(scope="module")
def programs(tmp_path_factory, swift_programs):
    made = {}
    for language, path in EXAMPLES.items():
        made[language] = [swift_programs / "example"] if language == "swift" else RUNNERS[language][0](ROOT / "examples" / path, tmp_path_factory.mktemp(language))
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
