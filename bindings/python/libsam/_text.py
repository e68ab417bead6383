"""Tables of text for a terminal."""
from __future__ import annotations

import inspect
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

MOST, LEAST = 100, 60


def width() -> int:
    """Columns to write in: the terminal's, 100 at the most."""
    return max(LEAST, min(MOST, shutil.get_terminal_size((MOST, 24)).columns))


def wrapped(text: str, indent: str = "") -> str:
    """Lines of that width; those behind the first are indented."""
    return textwrap.fill(text, width(), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def table(rows: Iterable[Sequence[object]]) -> str:
    """Columns as wide as they must be; the last one takes what is left, in several lines where it has to."""
    cells = [[str(cell) for cell in row] for row in rows]
    if not cells:
        return ""
    wide = [max(map(len, column)) for column in zip(*cells)][:-1]
    fronts = ["  ".join(cell.ljust(w) for cell, w in zip(row, wide)) for row in cells]
    return "\n".join(wrapped(f"{front}  {row[-1]}".rstrip(), " " * (len(front) + 2)) for front, row in zip(fronts, cells))


def further(thing: Any, text: str) -> None:
    """Adds to the docstring of a class or function, where there is one."""
    if thing.__doc__:
        thing.__doc__ = f"{inspect.cleandoc(thing.__doc__)}\n\n{text}"
