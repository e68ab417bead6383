#!/usr/bin/env python3
"""Writes from the built library's catalogue what the Python package declares of it, for type checkers, editors and help():

    libsam/typing.py       names of methods, bases, measures, schedules; every option as a keyword argument with its meaning
    libsam/_declared.pyi   options as attributes; libsam.measure with the settings of each measure
    libsam/_documents.py   what help() adds to the classes and to measure

    python bindings/declare.py            writes the files
    python bindings/declare.py --check    status 1 and the difference if they are not what would be written
"""
import argparse
import collections
import pathlib
import sys
import textwrap

from written import settle

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "bindings" / "python"))
import libsam  # noqa: E402

PACKAGE = ROOT / "bindings" / "python" / "libsam"
WIDTH, OWNERS, COMMON = 130, 8, 20
BUFFERS = ["in_place", "zero_gradient"]         # of memory that the host shares with the library
PLAIN = {"real": "float", "integer": "int", "flag": "Flag", "list": "Numbers", "tensors": "arrays.Arrays"}
WRITTEN = "Written by bindings/declare.py: do not edit."


def kind(options):
    """The type of an option that several entries have."""
    words = list(dict.fromkeys(word for o in options for word in o.choices))
    kinds = list(dict.fromkeys(PLAIN[o.kind] for o in options if o.kind != "choice"))
    return " | ".join(kinds + ([f"Literal[{', '.join(map(quoted, words))}]"] if words else []))


def quoted(word):
    return f'"{word}"'


def shown(value):
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def facts(option):
    """Default, range and meaning, as one line."""
    default = "" if option.default is None else f"Default {shown(option.default)}; "
    return f"{option.summary} {default}{option.range}{'; by group' if option.per_group else ''}."


def owners(names):
    return ", ".join(names[:OWNERS]) + (f" and {len(names) - OWNERS} others" if len(names) > OWNERS else "")


def meanings(holders):
    """Lines of what an option means: holders are (entry's name or None, option)."""
    found = collections.defaultdict(list)
    for name, option in holders:
        found[facts(option)].append(name)
    return [text if names == [None] else f"{owners(names)}: {text}" for text, names in found.items()]


def wrapped(text, indent, further=""):
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent + further, break_long_words=False, break_on_hyphens=False)


def docstring(lines, indent="    "):
    body = "\n".join(wrapped(line, indent, "    " if len(lines) > 1 else "") for line in lines).strip()
    return f'{indent}"""{body}"""' if len(lines) == 1 else f'{indent}"""{body}\n{indent}"""'


def literal(name, words, doc):
    return [wrapped(f"{name} = Literal[{', '.join(map(quoted, words))}]", "", "    "), f'"""{doc}"""', ""]


class Catalogue:
    """What the library has; `named`: option name -> its holders, in methods and bases; `held`: the same by section."""

    def __init__(self):
        self.methods, self.bases, self.measures, self.shared = libsam.methods(), libsam.bases(), libsam.measures(), libsam.shared_options()
        self.held = {"method": collections.defaultdict(list), "base": collections.defaultdict(list), "shared": {}}
        for section, entries in (("method", self.methods), ("base", self.bases)):
            for entry in entries.values():
                for option in entry.options.values():
                    self.held[section][option.name].append((entry.name, option))
        self.held["shared"] = {option.name: [(None, option)] for option in self.shared.values()}
        self.named = collections.defaultdict(list)
        for options in self.held.values():
            for name, holders in options.items():
                self.named[name] += [(of or "every optimizer", option) for of, option in holders] if name in self.named else holders
        counts = collections.Counter((name, facts(o)) for m in self.measures.values() for name, o in m.options.items())
        self.common = {name: o for m in self.measures.values() for name, o in m.options.items() if counts[name, facts(o)] == len(self.measures)}
        self.frequent = {(name, facts(o)): o for m in self.measures.values() for name, o in m.options.items() if counts[name, facts(o)] >= COMMON}

    def fields(self, names):
        for name in names:
            holders = self.named[name]
            yield f"    {name}: {kind([option for _, option in holders])}"
            yield docstring(meanings(holders))


def typing(c):
    names = [name for name in sorted(c.named) if name not in BUFFERS]
    full = [f'    "{section}.{name}": {kind([o for _, o in holders])},' for section, options in c.held.items() for name, holders in sorted(options.items())]
    pair = [meanings([(of, o) for of, o in c.named[beta] if of in c.bases]) for beta in ("beta1", "beta2")]
    return "\n".join([
        f'"""Names and options for annotations: what type checkers and editors know of Optimizer and measure. {WRITTEN}"""',
        "from __future__ import annotations", "", "from typing import Literal, TypedDict", "",
        "Flag = bool | Literal[0, 1]", "",
        *literal("Method", c.methods, "What Optimizer takes as `method`: libsam.methods()."),
        *literal("Base", c.bases, "What Optimizer takes as `base`: libsam.bases()."),
        *literal("Measure", c.measures, "What libsam.measure takes as `name`: libsam.measures()."),
        *literal("Schedule", libsam.schedules(), "`kind` of Optimizer.schedule: libsam.schedules()."),
        *literal("RoleName", [role.name.lower() for role in libsam.Role], "Words for libsam.Role."),
        "FullNames = TypedDict(\"FullNames\", {", *full, "}, total=False)",
        '"""Options by their full names, where a method and a base both have one: options: Options = {"base.rho": 0.9}; Optimizer(…, **options)."""',
        "", "", "class Options(FullNames, total=False):",
        '    """Options of all methods and bases, and those of every optimizer. A method or base that has no such option refuses it."""', "",
        *c.fields(names), "", "", "class ArrayOptions(Options, total=False):", '    """Those of libsam.Optimizer."""', "", *c.fields(BUFFERS),
        "", "", "class TorchOptions(Options, total=False):", '    """Those of libsam.torch.Optimizer."""', "",
        *c.fields(["zero_gradient"]), "    betas: tuple[float, float]", docstring(["beta1 and beta2, as in torch.", *[f"{b}: {t}" for b, ts in zip(("beta1", "beta2"), pair) for t in ts]]), ""])


def value(option):
    """An option's default as it stands in a signature."""
    return "..." if option.default is None else quoted(option.default) if option.kind == "choice" else repr(option.default)


def arguments(options, first):
    return ", ".join(["*", *first, *(f"{name}: {kind([o])} = {value(o)}" for name, o in options.items())])


def overload(head, name, options, first, lines, indent):
    text = f"def measure({head}, name: {name}, {arguments(options, first)}) -> Result:"
    return [f"{indent}@overload", wrapped(text, indent, " " * 12), docstring(lines, indent + "    ")]


def overloads(c, head, first, indent, explained):
    """Of measure: one for each name, then one for a name that is not known before the program runs."""
    lines = []
    for entry in c.measures.values():
        own = [f"{name}: {o.summary} {'' if o.kind == 'choice' else o.range}".rstrip() for name, o in entry.options.items() if name not in c.common]
        lines += overload(head, f"Literal[{quoted(entry.name)}]", entry.options, first, [entry.summary, *(["", *own] if explained and own else [])], indent)
    common = [f"{name}: {o.summary}" for name, o in c.common.items()]
    return lines + overload(head, "Measure", c.common, first, ["Any of libsam.measures(), with the settings that all have.", "", *common], indent) + [""]


def declared(c):
    function = "parameters: arrays.Arrays | Optimizer, objective: Objective | Callable[..., float] | None"
    return "\n".join([
        f'"""Declarations alone: there is no such module when a program runs. {WRITTEN}"""',
        "from collections.abc import Callable, Iterator, Mapping, Sequence", "from typing import Literal, overload", "",
        "import numpy as np", "", "from . import arrays", "from .catalog import Entry", "from .objective import Objective", "from .optimizer import Optimizer", "from .result import Result",
        "from .typing import Base, Flag, Measure, Method, RoleName, Schedule", "",
        "Numbers = float | Sequence[float] | Sequence[Sequence[float]] | np.ndarray", "",
        "class Attributes:", '    """Options as attributes of an Optimizer, of its groups and sections."""', "", *c.fields(sorted(c.named)), "",
        *overloads(c, function, ["roles: Mapping[str, arrays.Role | RoleName | int] | None = None", "stacked: Mapping[str, int] | None = None"], "", True),
        "class Measured:", '    """`measure` of an objective that knows its weights."""', "", *overloads(c, "self", [], "    ", False),
        *(line for names, of in (("Methods", "Method"), ("Bases", "Base"), ("Measures", "Measure"), ("Schedules", "Schedule")) for line in (
            f"class {names}(dict[str, Entry]):", f'    """Entries by name; what it goes through are names that serve as `{of.lower()}`."""', "",
            f"    def __iter__(self) -> Iterator[{of}]: ...", ""))])


def listed(options, indent):
    return [wrapped(f"{name}: {facts(o)}", indent, "    ") for name, o in options.items()]


def entries(found):
    lines = []
    for entry in found.values():
        values = ", ".join(name if o.default is None else f"{name}={shown(o.default)}" for name, o in entry.options.items())
        lines += [wrapped(f"{entry.name}: {entry.summary}" + (f" [{values}]" if values else ""), "    ", "    ")]
    return lines


def optimizer(c):
    return ['Options of "sam":', "", *listed(c.methods["sam"].options, "    "), "",
            'Options of "sgd":', "", *listed(c.bases["sgd"].options, "    "), "",
            'Options of "adamw":', "", *listed(c.bases["adamw"].options, "    "), "",
            "Methods, with their options and defaults (libsam.show(\"asam\") has what they mean; help(libsam.typing.Options) has all):", "",
            *entries(c.methods), "", "Bases:", "", *entries(c.bases)]


def documents(c):
    frequent = {name: o for (name, _), o in c.frequent.items() if name not in c.common}
    measures = ["Settings of every measure, with default and range:", "", *listed(c.common, "    "), "",
                "Settings of most, the same wherever a measure has them:", "", *listed(frequent, "    "), "",
                'Measures, with their other settings and defaults (libsam.show("lambda_max") has what they mean):', ""]
    for entry in c.measures.values():
        own = [name if o.default is None else f"{name}={shown(o.default)}" for name, o in entry.options.items() if (name, facts(o)) not in c.frequent]
        measures += [wrapped(f"{entry.name}: {entry.summary}" + (f" [{', '.join(own)}]" if own else ""), "    ", "    ")]
    lines = [f'"""What help() adds. {WRITTEN}"""', ""]
    for name, text in (("_OPTIMIZER", optimizer(c)), ("MEASURES", measures)):
        lines += [f'{name} = """\\', *text, '"""', ""]
    lines += ["_SHARED = {"]
    for name, o in c.shared.items():
        lines += [f'    "{name}": """\\', *listed({name: o}, "    "), '""",']
    lines += ["}", "", "", "def _with(*without: str) -> str:",
              '    return "".join(["Options of every optimizer, with default and range:\\n\\n", *(text for name, text in _SHARED.items() if name not in without), "\\n", _OPTIMIZER])',
              "", ""]
    return "\n".join(lines + [f"{name} = _with({', '.join(map(repr, without))})".replace("'", '"')
                              for name, without in (("ARRAYS", []), ("TENSORS", BUFFERS[:1]), ("TREES", BUFFERS))]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    catalogue = Catalogue()
    settle({PACKAGE / name: write(catalogue) for name, write in (("typing.py", typing), ("_declared.pyi", declared), ("_documents.py", documents))}, check)


if __name__ == "__main__":
    main()
