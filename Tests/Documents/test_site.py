"""The documentation's site builds without a warning or a dead link, needs nothing from elsewhere, and its search finds every name and option."""
import html
import json
import pathlib
import re
import sys

import pytest

from test_programs import ROOT, output

sys.path[:0] = [str(ROOT / "bindings" / "python"), str(ROOT / "scripts" / "site")]
import catalogue  # noqa: E402
import header  # noqa: E402
import libsam  # noqa: E402


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    printed = output(ROOT / "scripts" / "docs", folder)
    assert "WARNING" not in printed
    return folder


@pytest.fixture(scope="module")
def index(site):
    return json.loads((site / "search" / "search_index.json").read_text())["docs"]


def test_search_finds_every_name(index):
    titles = {html.unescape(entry["title"]) for entry in index}
    for entry in catalogue.entries():
        assert entry.name in titles
        assert set(entry.options) <= titles
    assert set(libsam.shared_options()) <= titles


def test_every_option_has_an_anchor_on_its_page(site):
    for entry in catalogue.entries():
        page = (site / re.sub(r"\.md.*", ".html", catalogue.place(entry.section, entry.name))).read_text()
        assert all(f'id="option-{name}"' in page for name in entry.options), entry.name
        assert html.unescape(page).count(entry.summary[:20]) > 0


def test_every_function_and_struct_of_the_header_is_there(site):
    text, page = (ROOT / "include" / "sam.h").read_text(), (site / "reference" / "c.html").read_text()
    names = set(re.findall(r"^SAM_API [^;]*?(sam_\w+)\(", text, re.M)) | set(re.findall(r"^typedef struct (\w+) \{", text, re.M))
    assert len(names) > 40 and names <= set(re.findall(r'<h3 id="(\w+)"', page))
    markdown = header.page()
    for name in header.functions():
        body = markdown.split(f"\n### {name}\n")[1].split("```")[0].strip()
        assert len(body) > 10, f"{name} has no text"


def test_nothing_comes_from_elsewhere(site):
    fetched = re.compile(r"""<(?:script|img|link|iframe|source)\b[^>]*?\b(?:src|href)=["']?((?:https?:)?//[^"'\s>]*)|@import\s*(?:url\()?["']?https?:|url\(["']?https?:""")
    for path in [*site.rglob("*.html"), *site.rglob("*.css")]:
        assert not fetched.search(path.read_text()), path.name


def test_radii_of_the_guide_are_the_defaults():
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| ([\d.]+(?:, [\d.]+)*)((?:, \w+ [\d.]+)*) \|", (ROOT / "docs" / "guide" / "radius.md").read_text(), re.M)
    assert len(rows) >= 20
    for names, radii, others in rows:
        names = re.findall(r"\w+", names)
        for name, radius in zip(names, re.findall(r"[\d.]+", radii) * len(names)):
            assert libsam.methods()[name].options["rho"].default == float(radius), name
            for option, value in re.findall(r"(\w+) ([\d.]+)", others):
                assert libsam.methods()[name].options[option].default == float(value), (name, option)
