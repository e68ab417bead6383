"""Counts in prose are those of the catalogue: between marks that bindings/reference.py fills, or at least true where a hand wrote them."""
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bindings"))
import reference  # noqa: E402: it puts the package's folder on the path
from reference import libsam  # noqa: E402

NUMBERS = reference.counts(methods=libsam.methods().values(), bases=libsam.bases().values(), measures=libsam.measures().values(),
                           schedules=libsam.schedules().values())
WORDS = {word: number for number, word in enumerate("five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen".split(), 5)}
WORDS |= {f"{tens}{unit and '-' + unit}": ten + one for ten, tens in zip(range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True)
          for one, unit in enumerate(["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])}
NOUNS = {"methods": "methods", "relatives": "relatives", "procedures": "methods", "variants": "methods", "bases": "bases", "base optimizers": "bases",
         "optimizers": "bases", "measures": "measures", "schedules": "schedules", "kinds of schedule": "schedules", "schedule kinds": "schedules"}
NUMBER = rf"\d+|{'|'.join(sorted(WORDS, key=len, reverse=True))}"
# a number, at most three words, and what is counted: "78 methods", "sixty-four sharpness measures", "32 of the base optimizers"
CLAIM = re.compile(rf"(?<![\w.,^*/=-])({NUMBER})\s+(?:[a-z'-]+\s+){{0,3}}?({'|'.join(sorted(NOUNS, key=len, reverse=True))})\b", re.I)
TEXTS = [path for path in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
         if re.search(r"\.(md|h|hpp|toml|cmake|in)$|^bindings/.*\.py$|^scripts/site/.*\.py$", path) and path != "docs/reference.md"
         and not path.startswith(("Tests/", "benchmarks/"))]


def prose(path):
    """A page without its marked counts, and of the changelog what is not released: what was counted then stays."""
    text = (ROOT / path).read_text()
    if path == "CHANGELOG.md":
        text = text.partition("## Unreleased")[2].partition("\n## ")[0]
    return re.sub(r"<!-- count: (\w+) -->[^<]*<!-- count end -->", "", text)


def claims(text):
    """(what is said, its number, the catalogue's) of every number that may be meant as a count of the whole catalogue: above half of it."""
    for found in CLAIM.finditer(text):
        number, true = int(found[1]) if found[1].isdigit() else WORDS[found[1].lower()], NUMBERS[NOUNS[found[2].lower()]]
        if true // 2 < number < 3 * true:
            yield " ".join(found[0].split()), number, true


@pytest.mark.parametrize("path", TEXTS)
def test_counts_by_hand_are_true(path):
    assert [said for said, number, true in claims(prose(path)) if number != true] == []


@pytest.mark.parametrize("said", ["77 relatives", "79 methods and procedures", "any of 31 base optimizers", "sixty-three sharpness measures", "eight kinds of schedule"])
def test_a_wrong_count_is_seen(said):
    assert [number != true for _, number, true in claims(f"It has {said}.")] == [True]


def test_marked_counts_are_filled():
    text = "<!-- count: relatives -->12<!-- count end --> of <!-- count: measures -->?<!-- count end -->"
    assert re.findall(r"-->(\d+)<", reference.counted(text, NUMBERS)) == [str(len(libsam.methods()) - 2), str(len(libsam.measures()))]
    assert "<!-- count: relatives -->" in (ROOT / "README.md").read_text()
