"""Text in columns: wraps words, never cuts a number, and colours only what it has laid out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap

from hallmark.report.plain import printable

_INTERVAL = re.compile(r"\S+ \[[^\]\s]+, [^\]\s]+\]\S*")
_HARD_SPACE = "\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A text in a column of `width` characters; `ansi` is its colour, empty for none."""

    text: str
    width: int
    ansi: str = ""
    right: bool = False


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width`; a value stays with its interval where both fit, only longer words break."""
    held = _INTERVAL.sub(lambda match: _held(match[0], width), printable(text))
    return [line.replace(_HARD_SPACE, " ") for line in wrap(held, width, break_on_hyphens=False)] or [""]


def _held(words: str, width: int) -> str:
    return words.replace(" ", _HARD_SPACE) if len(words) <= width else words


def beside(cells: tuple[Cell, ...], *, indent: int = 2, colour: bool = False) -> Iterator[str]:
    """The cells side by side, two spaces apart, as many lines as the longest needs."""
    columns = [wrapped(cell.text, cell.width) for cell in cells]
    for row in zip_longest(*columns, fillvalue=""):
        parts = [_filled(cell, text, colour) for cell, text in zip(cells, row, strict=True)]
        yield (" " * indent + "  ".join(parts)).rstrip()


def _filled(cell: Cell, text: str, colour: bool) -> str:
    space = " " * (cell.width - len(text))
    shown = f"\x1b[{cell.ansi}m{text}\x1b[0m" if colour and cell.ansi and text else text
    return space + shown if cell.right else shown + space
