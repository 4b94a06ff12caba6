"""What still stands in a draft: guesses that nobody confirmed, gaps that nobody filled, texts that are empty."""

import re
from collections.abc import Iterator
from typing import Any

from hallmark.documents.tree import Path, Tree

# After a comment's # in YAML, or at the beginning of a text in JSON, which has no comments.
_MARK = re.compile(r'(?:#\s*|")(?P<kind>confirm|gap):\s*(?P<said>[^"\n]*)')

MEND = "Correct each guess and fill each gap, then remove its mark (in expectations.json the word confirm: or gap:)."
"""What to do about marks, in one sentence."""


def marks(text: str, where: str) -> list[str]:
    """A line for each mark that stands in the text of a draft, in its order; `where` names the file."""
    return [
        f"{where}:{number}: {found['kind']}: {found['said'].strip()}"
        for number, line in enumerate(text.splitlines(), 1)
        for found in _MARK.finditer(line)
    ]


def empties(text: str, where: str, *, lists: bool) -> list[str]:
    """A line for each empty text of a YAML document without a mark, and with `lists` for each empty list."""
    tree = Tree(text)
    marked = {number for number, line in enumerate(text.splitlines(), 1) if _MARK.search(line)}
    hollow = [path for path, value in _walked(tree.value, ()) if value == "" or (lists and value == [])]
    lines = [(tree.line(path), ".".join(map(str, path))) for path in hollow]
    return [f"{where}:{line}: {name} is empty; fill it in" for line, name in lines if line not in marked]


def _walked(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in pairs:
        yield from _walked(below, (*path, step))
