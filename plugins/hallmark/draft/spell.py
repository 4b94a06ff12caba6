"""How a draft spells values in YAML, and the two marks: a guess to be confirmed, and a gap that only a person fills."""

import json
import re
from collections.abc import Iterable
from decimal import Decimal

_HIDDEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")

CONFIRM = "confirm"
"""Marks a guess."""

GAP = "gap"
"""Marks what nobody can guess."""


def text(value: str) -> str:
    """A quoted scalar, on one line whatever it holds."""
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def texts(values: Iterable[str]) -> str:
    """A list of quoted scalars on one line."""
    return f"[{', '.join(map(text, values))}]"


def number(value: float) -> str:
    """A number without an exponent."""
    return format(Decimal(repr(value)), "f")


def confirm(because: str) -> str:
    """The mark of a guess; none when there is nothing to confirm."""
    return f"  # {CONFIRM}: {_plain(because)}" if because else ""


def gap(what: str) -> str:
    """The mark of a gap."""
    return f"  # {GAP}: {_plain(what)}"


def _plain(words: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in words)
