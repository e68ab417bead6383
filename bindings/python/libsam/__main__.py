"""The library's catalogue in the terminal: python -m libsam methods, bases, measures, schedules, or show NAME."""
from __future__ import annotations

import argparse
import signal

from . import _text, catalog
from ._library import version
from .errors import UnknownNameError

LISTS = {"methods": catalog.methods, "bases": catalog.bases, "measures": catalog.measures, "schedules": catalog.schedules}


def listed(entries: dict[str, catalog.Entry]) -> str:
    """The names with a sentence each; of methods and bases also what a step costs."""
    rows: list[list[object]] = []
    for entry in entries.values():
        state = "by shape" if entry.state_per_parameter < 0 else entry.state_per_parameter
        cost = {"method": [entry.evaluations, state], "base": [state]}.get(entry.section, [])
        rows.append([entry.name, *cost, entry.summary])
    heads = {"method": ["evaluations", "state"], "base": ["state"]}.get(next(iter(entries.values())).section, [])
    return _text.table([["name", *heads, "what it does"], *rows])


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m libsam", description="What the library has: names, options and their defaults.",
                                     epilog="evaluations: the most of a step; state: numbers kept per parameter between steps.")
    parser.add_argument("--version", action="version", version=version())
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    helps = {"methods": "sharpness-aware methods", "bases": "base optimizers", "measures": "sharpness measures",
             "schedules": "courses of an option over the steps"}
    for name, text in helps.items():
        commands.add_parser(name, help=text, description=f"Lists the {text}.")
    show = commands.add_parser("show", help="one of them with its options", description="Shows one with its options.")
    show.add_argument("name", metavar="NAME", help='a method, base, measure or schedule; "shared": the options of every optimizer')
    return parser


def main() -> None:
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)       # a pipe that is closed early ends the program without a word
    parser = arguments()
    chosen = parser.parse_args()
    if chosen.command != "show":
        print(listed(LISTS[chosen.command]()))
        return
    try:
        catalog.show(chosen.name)
    except UnknownNameError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
