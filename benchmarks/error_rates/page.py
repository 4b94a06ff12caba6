"""Shares with their simulation error, and tables of them as Markdown."""

import math
from collections.abc import Iterable, Sequence
from textwrap import fill


def share(hits: int, draws: int) -> str:
    """Per cent of `draws`, with the error of the simulation."""
    return f"{100 * hits / draws:.1f} ±{error(hits, draws):.1f}"


def error(hits: int, draws: int) -> float:
    """Two standard errors of the simulation in points (Agresti and Coull 1998, so that a share of 0 has some)."""
    centre = (hits + 2) / (draws + 4)
    return 200 * math.sqrt(centre * (1 - centre) / (draws + 4))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def section(title: str, text: str, *tables: str) -> str:
    """A section: what was drawn and how to read it, then its tables."""
    return "\n\n".join([f"## {title}", wrapped(text), *tables])


def wrapped(text: str) -> str:
    """A paragraph in lines of the width of the code."""
    return fill(text, 120, break_long_words=False, break_on_hyphens=False)
