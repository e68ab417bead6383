#!/usr/bin/env python3
"""Writes from the built library's catalogue: docs/reference.md, in README.md the tables of methods, bases and measures, and in README.md and the
pages of docs/ every count between <!-- count: methods --> and <!-- count end --> (relatives, bases, measures, schedules).

    python bindings/reference.py            writes them
    python bindings/reference.py --check    status 1 and the difference if they are not what would be written
"""
import argparse
import pathlib
import re
import sys

import numpy as np

from written import settle

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bindings" / "python"))
import libsam  # noqa: E402

REFERENCE, README = ROOT / "docs" / "reference.md", ROOT / "README.md"
EXACT = {2: "bit for bit", 1: "to rounding", 0: "no"}
# what is tried with every method: the column's title, the settings
TRIED = [("scaling, ascent_norm, part", {"method.scaling": "element", "method.ascent_norm": "infinity", "method.part": "rest"}),
         ("accumulate", {"shared.accumulate": 2}), ("micro_batches", {"shared.micro_batches": 2}),
         ("every, start_step", {"shared.every": 2, "shared.start_step": 3}),
         ("clip_norm, clip_value", {"shared.clip_norm": 1.0, "shared.clip_value": 1.0}), ("in_place = 0", {"shared.in_place": 0})]


def cell(text):
    return str(text).replace("|", "\\|")


def row(*cells):
    return "| " + " | ".join(cell(c) for c in cells) + " |"


def table(header, rows):
    return "\n".join([row(*header), "|" + "---|" * len(header), *rows])


def state(entry):
    return "by shape" if entry.state_per_parameter < 0 else entry.state_per_parameter


def options(listed):
    return table(("option", "default", "range", "by group", "meaning"),
                 [row(f"`{o.name}`", "" if o.default is None else o.default if not isinstance(o.default, bool) else int(o.default), o.range, "yes" if o.per_group else "", o.summary)
                  for o in listed]) if listed else "No options."


def section(entry):
    facts = [f"{entry.evaluations} evaluations a step at the most" if entry.section == "method" else "",
             f"{entry.evaluations} evaluations of its own, behind the method's" if entry.section == "base" and entry.evaluations else "",
             f"state per parameter: {state(entry)}" if entry.section in ("method", "base") else "",
             f"uses of the objective: {', '.join(entry.needs)}" if entry.needs else "", "its own optimizer: takes no base" if entry.own_update else "",
             "asks for the auxiliary objective" if entry.needs_auxiliary else "",
             f"the base at radius 0: {EXACT[entry.exactness]}" if entry.section == "method" and not entry.own_update else ""]
    return "\n".join([f"### {entry.name}", "", entry.summary + (f" {entry.reference}." if entry.reference else ""), "",
                      "; ".join(f for f in facts if f) + ".", "", options(entry.options.values()), ""])


def composes(entry, settings):
    """Whether an optimizer of the method takes the settings; why not."""
    w, g = np.zeros((2, 2)), np.zeros((2, 2))
    try:
        libsam.Optimizer({"w": w}, {"w": g}, method=entry.name, base=None if entry.own_update else "sgd", **settings).close()
    except libsam.UnsupportedError:
        return "no"
    except libsam.UnknownNameError:
        return "–"
    return "yes"


def reference(methods, bases, measures):
    shared = libsam.shared_options()
    rows = [row(f"[{m.name}](#{m.name})", *(composes(m, settings) for _, settings in TRIED)) for m in methods]
    return "\n".join([
        "# Reference", "", "Written by `bindings/reference.py` from the library's catalogue. How options are addressed: `include/sam.h`.", "",
        "## Options of every optimizer", "", options(shared.values()), "",
        "## What composes", "",
        "Whether a method takes the shared options. – : the method does not climb in a ball. no: the setting is refused with a sentence that says why.", "",
        table(("method", *(title for title, _ in TRIED)), rows), "",
        "## Methods", "", *map(section, methods), "## Bases", "", *map(section, bases), "## Measures", "", *map(section, measures)]).rstrip() + "\n"


def readme(methods, bases, measures):
    text = README.read_text()
    for kind, entries in (("methods", methods), ("bases", bases)):
        rows = [row(f"`{e.name}`", e.summary, f"{e.evaluations}", state(e), e.reference) for e in entries]
        written = table((kind.removesuffix("s") if kind == "methods" else "base", "what it does", "evaluations", "state", "paper"), rows)
        text = re.sub(rf"(<!-- {kind}: [^\n]*-->\n).*?(<!-- {kind} end -->)", lambda m: m[1] + "\n" + written + "\n\n" + m[2], text, flags=re.S)
    written = table(("measure", "what it tells", "uses of the objective", "paper"), [row(f"`{m.name}`", m.summary, ", ".join(m.needs), m.reference) for m in measures])
    return re.sub(r"(<!-- measures: [^\n]*-->\n).*?(<!-- measures end -->)", lambda m: m[1] + "\n" + written + "\n\n" + m[2], text, flags=re.S)


def counts(**entries):
    """What the catalogue counts, by its word. relatives: the methods beside SAM, without the one that is the base alone."""
    return {kind: len(listed) for kind, listed in entries.items()} | {"relatives": sum(e.name not in ("none", "sam") for e in entries["methods"])}


def counted(text, numbers):
    return re.sub(r"(<!-- count: (\w+) -->)[^<]*(<!-- count end -->)", lambda m: f"{m[1]}{numbers[m[2]]}{m[3]}", text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    methods, bases, measures = (list(kind().values()) for kind in (libsam.methods, libsam.bases, libsam.measures))
    numbers = counts(methods=methods, bases=bases, measures=measures, schedules=list(libsam.schedules().values()))
    pages = {path: counted(path.read_text(), numbers) for path in sorted((ROOT / "docs").rglob("*.md"))}
    settle(pages | {REFERENCE: reference(methods, bases, measures), README: counted(readme(methods, bases, measures), numbers)}, check)


if __name__ == "__main__":
    main()
