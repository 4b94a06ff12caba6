"""Which counts of a table stay out: those of a few persons, and those that would give them away."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from hallmark.assess.arrays import Integers, Mask
from hallmark.assess.fairness.cube import Tally

COUNTED = ("rows", "favourable", "earned", "unearned", "favourable_earned", "favourable_unearned")
"""The counts of a group in the tables."""

_MISSED = np.array([4, 3, 2, 2, 1, 1])
"""How much each would be missed: most is worked out from the rows, least from what is decided by outcome."""

# By kind of row: favoured and not, of those who earned it, did not, and have no label.
_COUNTS = np.array(
    [
        [1, 1, 1, 1, 1, 1],
        [1, 0, 1, 0, 1, 0],
        [1, 1, 0, 0, 0, 0],
        [0, 0, 1, 1, 0, 0],
        [1, 0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 0],
    ]
)
_FOLLOWING = np.array(
    [
        [0, 1, 0, 1, 0, 1],
        [0, 0, 0, 0, 1, 1],
        [0, 1, 0, 0, 0, 0],
        [0, 0, 0, 1, 0, 0],
        [0, 0, 0, 0, 1, 0],
        [0, 0, 0, 0, 0, 1],
    ]
)
_EVERY = np.vstack([_COUNTS, _FOLLOWING])
_MOVES = np.array(
    [one for one in product((-1, 0, 1), repeat=6) if any(one) and (sum(one) == 0 or np.abs(one).sum() == 1)]
)
"""Ways in which rows of a group might be of another kind; or one row more or less."""


def hidden(table: Sequence[Tally], smallest: int) -> list[frozenset[str]]:
    """Return for each row of a table which of the `COUNTED` stay out: few are from 1 to `smallest` - 1.

    For every count that is few, or would follow from others and is few, some counts stay out here and in another row
    (complementary suppression), those least missed and of the smallest group: with one person of another kind here,
    and one the other way round there, each count that is told, each total and which of the hidden are below `smallest`
    would be what they are. Where there is no such pair, nothing of the table is told.
    """
    cells = np.array([_cells(tally) for tally in table], dtype=np.int64)
    out = _few(cells @ _COUNTS.T, smallest)
    here, there = _possible(cells, _MOVES, smallest), _possible(cells, -_MOVES, smallest)
    changed = (_MOVES @ _COUNTS.T != 0).astype(np.int64)
    rank = np.argsort(np.argsort(cells.sum(axis=1), kind="stable"))
    for row, count in np.argwhere(_few(cells @ _EVERY.T, smallest)).tolist():
        further = (~out * _MISSED) @ changed.T
        able = here[row] & there & (_MOVES @ _EVERY[count] != 0) & (np.arange(len(cells)) != row)[:, None]
        if not able.any():
            return [frozenset(COUNTED)] * len(table)
        price = (further[row] + further) * len(cells) + rank[:, None]
        other, move = np.unravel_index(np.where(able, price, price.max() + 1).argmin(), able.shape)
        out[[row, int(other)]] |= changed[move] == 1
    return [frozenset(name for name, stays in zip(COUNTED, one, strict=True) if stays) for one in out.tolist()]


def _few(counts: Integers, smallest: int) -> Mask:
    return np.asarray((counts > 0) & (counts < smallest))


def _possible(cells: Integers, moves: Integers, smallest: int) -> Mask:
    """Which moves leave no kind of row below 0 and every count on its side of `smallest`, shape (rows, moves)."""
    after = cells[:, None, :] + moves
    below = (cells @ _COUNTS.T < smallest)[:, None, :] == (after @ _COUNTS.T < smallest)
    return np.asarray((after >= 0).all(axis=2) & below.all(axis=2))


def _cells(tally: Tally) -> tuple[int, ...]:
    """The rows of each kind."""
    given = tally.favourable - tally.favourable_earned - tally.favourable_unearned
    return (
        tally.favourable_earned,
        tally.earned - tally.favourable_earned,
        tally.favourable_unearned,
        tally.unearned - tally.favourable_unearned,
        given,
        tally.rows - tally.labelled - given,
    )
