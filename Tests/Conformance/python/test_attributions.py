"""The catalogue and the reference texts name the same papers: first author and year, for every method and base."""
import re

import libsam
import pytest

from Tests.Reference import golden  # noqa: F401: it registers the texts
from Tests.Reference.step import BASES, METHODS

NAME = r"[A-Z][\w'-]+(?: [A-Z][\w'-]+)*"
# "Foret, Kleiner, Mobahi, Neyshabur 2021", "Foret et al. 2021", "Kingma and Ba 2015", "Yun 2025"
PAPER = re.compile(rf"({NAME})(?:(?:, {NAME})*(?:,? and {NAME})?|,? et al\.) ((?:19|20)\d\d)\b")
TEXTS = [(name, text, libsam.methods()[name]) for name, text in METHODS.items()] + [(name, text, libsam.bases()[name]) for name, text in BASES.items()]


def papers(words):
    return {(paper[1], paper[2]) for paper in PAPER.finditer(words)}


def said_of(name, words):
    """The text of one name where a text is of several: "asam, sam_filterwise: … sam_on: …"."""
    parts = re.split(r"((?:\b[a-z]\w*, )*\b[a-z]\w*): ", words)
    labelled = [(label.split(", "), part) for label, part in zip(parts[1::2], parts[2::2], strict=True) if set(label.split(", ")) <= {*METHODS, *BASES}]
    return " ".join(part for names, part in labelled if name in names) if labelled else words


@pytest.mark.parametrize("name, text, entry", TEXTS, ids=[name for name, _, _ in TEXTS])
def test_both_texts_name_the_same_papers(name, text, entry):
    words = " ".join((text.function.__doc__ or "").split())
    assert papers(entry.reference) == papers(said_of(name, words))


@pytest.mark.parametrize("words, found", [("Foret, Kleiner, Mobahi, Neyshabur 2021", {("Foret", "2021")}), ("Monzio Compagnoni et al. 2023: x", {("Monzio Compagnoni", "2023")}),
                                          ("SAM by Kingma, Ba 2015; amsgrad: Reddi, Kale, Kumar 2018", {("Kingma", "2015"), ("Reddi", "2018")}),
                                          ("Polyak and Juditsky 1992, as torch", {("Polyak", "1992")}), ("since 2021", set())])
def test_papers_are_found(words, found):
    assert papers(words) == found


def test_nearly_every_entry_names_a_paper():
    """So that a way of writing that PAPER does not know is seen: those without are this library's own or of no known author."""
    without = {name for name, _, entry in TEXTS if not papers(entry.reference)}
    assert without == {"none", "split_sam", "induced_metric", "quantile_clip_sgd"}


def test_no_author_list_is_cut_where_it_is_known():
    """The catalogue gives every author; "et al." is for lists that nobody would read."""
    assert {name for name, _, entry in TEXTS if "et al." in entry.reference} == {"sgd", "lion"}
