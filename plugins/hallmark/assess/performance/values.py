"""Rows of one score together: all that a ranking is measured by, since rows of equal score have no order."""

import numpy as np
from numpy.typing import NDArray

from hallmark.assess.intervals import Counts, Floats


def by_value(outcome: NDArray[np.bool_], score: Floats) -> tuple[Counts, Counts]:
    """Return the positives and the negatives at each distinct score, both ascending; `score` is in ascending order.

    Neighbouring scores of which none is of a positive count as one: nothing ranks above one of them and not above the
    next. There is one row at least.
    """
    starts = np.flatnonzero(np.append(True, score[1:] != score[:-1]))
    there = np.add.reduceat(outcome, starts, dtype=np.int64) > 0
    there[1:] |= there[:-1].copy()
    there[0] = True
    starts = starts[there]
    positives = np.add.reduceat(outcome, starts, dtype=np.int64)
    return positives, np.diff(starts, append=len(score)) - positives
