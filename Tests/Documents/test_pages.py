"""What the pages in docs/ show runs: a page's pieces of Python are one program, of C, C++ and Swift each is one, of shell each a script. A line that
prints says in a comment what. Programs with a title are saved under it, for the scripts of the page."""
import contextlib
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import traceback

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = {path.relative_to(ROOT / "docs").as_posix(): path.read_text() for path in sorted((ROOT / "docs").rglob("*.md")) if path.name != "reference.md"}
BLOCK = re.compile(r'^```(\w*)(?: title="([^"\n]+)")?\n(.*?)^```$|^<!-- program of the README: (\w+) -->$', re.M | re.S)


def blocks(page):
    """(language, title, text) of each; the README's have no text, for they are tested there."""
    return [(language or readme, title, text) for language, title, text, readme in BLOCK.findall(PAGES[page])]


def programs(language):
    return {page: "\n".join(text for kind, _, text in blocks(page) if kind == language and text) for page in PAGES if any(b[0] == language and b[2] for b in blocks(page))}


def run_all():
    """In a process of its own, so that torch is loaded once: {page: [error, output]} of the Python programs."""
    answers = {}
    for page, text in programs("python").items():
        out = io.StringIO()
        error = ""
        with contextlib.redirect_stdout(out):
            try:
                exec(compile(text, page, "exec"), {"__name__": "__main__"})
            except BaseException:
                error = traceback.format_exc()
        answers[page] = [error, out.getvalue()]
    print(json.dumps(answers))


if __name__ == "__main__":
    run_all()
    sys.exit()

from test_programs import BUILD, RUNNERS, SNIPPETS, output, said  # noqa: E402


def test_every_piece_is_run_or_quoted():
    """Other pieces are quotations: their lines stand in the sources as they are. The README's programs are of its languages."""
    sources = {line.strip() for path in (ROOT / "Sources").rglob("*.swift") for line in path.read_text().splitlines()}
    for page in PAGES:
        for language, _, text in blocks(page):
            if text:
                assert language in ("c", "cpp", "python", "sh") or language == "text" and {line.strip() for line in text.splitlines()} <= sources, page
            else:
                assert language in dict(SNIPPETS), page


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}/bindings/python", "OMP_NUM_THREADS": "1"}
    printed = output(sys.executable, "-W", "ignore", __file__, cwd=tmp_path_factory.mktemp("pages"), env=environment)
    return json.loads(printed.splitlines()[-1])


@pytest.mark.parametrize("page", programs("python"))
def test_python(page, answers):
    error, printed = answers[page]
    assert not error, error
    assert printed.strip().splitlines() == said(programs("python")[page])


COMPILED = [(page, language, title, text) for page in PAGES for language, title, text in blocks(page) if language in ("c", "cpp") and text]


@pytest.mark.parametrize("page, language, title, text", COMPILED, ids=[f"{page}:{title}" for page, _, title, _ in COMPILED])
def test_compiled(page, language, title, text, tmp_path):
    build, suffix = RUNNERS[language]
    (tmp_path / f"program{suffix}").write_text(text)
    assert output(*build(tmp_path / f"program{suffix}", tmp_path)).strip().splitlines() == said(text)


@pytest.mark.parametrize("page", [page for page in PAGES if any(language == "sh" for language, _, _ in blocks(page))])
def test_shell(page, tmp_path):
    """As on a machine where the library is installed."""
    readme = dict(reversed(SNIPPETS))
    (tmp_path / "sam.pc").write_text(f"Name: sam\nDescription: the build\nVersion: 1\nCflags: -I{ROOT}/include\nLibs: -L{BUILD} -lsam -Wl,-rpath,{BUILD}\n")
    environment = {**os.environ, "PKG_CONFIG_PATH": str(tmp_path), "PYTHONPATH": f"{ROOT}/bindings/python",
                   "PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"}
    for language, title, text in blocks(page):
        if title or not text:
            (tmp_path / (title or f"loop{RUNNERS[language][1]}")).write_text(text or readme[language])
        if language == "sh":
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=tmp_path, env=environment, capture_output=True, text=True)
            assert done.returncode == 0 and done.stdout, done.stdout + done.stderr
