"""Equal slices of rows in order of their score, none so small that a row could be read from it."""

import numpy as np

from hallmark.assess.arrays import Floats

LEAST = 10
"""Fewer rows are not shown by themselves."""


def slices(score: Floats, most: int) -> list[slice]:
    """Cut ascending scores into up to `most` slices of about equal size, at least ten rows each.

    Equal scores stay together, since the order of their rows says nothing.
    """
    n = len(score)
    count = min(most, n // LEAST)
    if count == 0:
        return []
    cuts = np.searchsorted(score, score[[n * part // count for part in range(1, count)]], side="left")
    ends = [0]
    for cut in cuts:
        if cut - ends[-1] >= LEAST and n - cut >= LEAST:
            ends.append(int(cut))
    return [slice(start, end) for start, end in zip(ends, [*ends[1:], n], strict=True)]
