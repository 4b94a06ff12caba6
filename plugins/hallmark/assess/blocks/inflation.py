"""How many rows that follow each other count as one independent row, by batch means.

With rows in the order of the file, cut into blocks of sqrt(n) rows, a mean varies from block to block by more than
independent rows allow. The ratio of the two variances is how many rows count as one (Conway 1963; Flegal and Jones 2010
for the length). Ranks instead of values, so that one outlier decides nothing.
"""

from collections.abc import Iterable, Iterator
from math import inf, isqrt

import numpy as np
from scipy.stats import rankdata

from hallmark.assess.arrays import Floats, Mask

FEWEST = 100
"""Below it there are fewer than ten blocks, and nothing can be said of how they vary."""


def inflation(values: Floats) -> float:
    """How many rows of this series, in their order, count as one independent row; at least 1. NaN are left out.

    Infinite for fewer than `FEWEST` values, of which nobody can tell; 1 without any, on which no number rests.
    """
    return _ratio(rankdata(values[~np.isnan(values)]))


def inflations_within(values: Floats, groups: Iterable[Mask]) -> Iterator[float]:
    """Yield for each of `groups` how many of its rows count as one in a mean over it, like `inflation` over all rows.

    A row says of the mean of a group how far it lies from it, and nothing when it is of another.
    """
    there = ~np.isnan(values)
    ranks = rankdata(values[there])
    for group in groups:
        own = group[there]
        yield _ratio(np.where(own, ranks - ranks[own].mean(), 0.0)) if own.any() else 1.0


def _ratio(series: Floats) -> float:
    rows = len(series)
    if rows < FEWEST:
        return inf if rows else 1.0
    length = isqrt(rows)
    blocks = series[: rows // length * length].reshape(-1, length)
    spread = float(np.var(series, ddof=1))
    return max(1.0, length * float(np.var(blocks.mean(axis=1), ddof=1)) / spread) if spread else 1.0
