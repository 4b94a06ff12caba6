"""How the scores of each group are spread: rows by bin of one width, few of them joined with their neighbours."""

from collections.abc import Collection, Sequence

from hallmark.assess.fairness.cube import BINS, Cube
from hallmark.assess.fairness.disclosure import Told

Range = list[float | int]
"""From, to, rows."""


def distribution(cube: Cube, table: Told, group: str) -> list[Range]:
    """Return ranges of scores and the rows in each; together they are all of [0, 1].

    Bins are joined until a range holds as many rows as the smallest cell may have, so that nothing is left out and
    nothing follows from what is there; no range where the rows of the group stay out. Where another count does, no
    range ends at a cut-off, since the rows below it would be the count of a decision.
    """
    counts = cube.histogram(cube.members(table.attribute, group))
    if not sum(counts) or "rows" in table.hidden[group]:
        return []
    cuts = {round(cut * BINS) for cut in cube.cut_offs.tolist() if abs(cut * BINS - round(cut * BINS)) < 1e-9}
    ranges = _ranges(counts, cube.smallest, cuts if table.hidden[group] else ())
    return [[start / BINS, end / BINS, sum(counts[start:end])] for start, end in ranges]


def _ranges(counts: Sequence[int], smallest: int, closed: Collection[int]) -> list[tuple[int, int]]:
    """Bins without rows stand by themselves where nothing small is beside them; the last range takes what is left."""
    found: list[tuple[int, int]] = []
    start = held = 0
    for place, count in enumerate(counts, 1):
        held += count
        if place not in closed and (held == 0 or held >= smallest):
            found.append((start, place))
            start, held = place, 0
    end = len(counts)
    while start < end and 0 < held < smallest:
        start, _ = found.pop()
        held = sum(counts[start:])
    return [*found, (start, end)] if start < end else found
