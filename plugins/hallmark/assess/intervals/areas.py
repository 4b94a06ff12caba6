"""Areas under the ROC curve: from the scores of both classes, or from counts at each value."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from hallmark.assess.arrays import Counts, Floats, Mask
from hallmark.assess.intervals.estimate import Interval, Z, interval, on_logits, undefined
from hallmark.assess.intervals.shares import share

DELONG_FROM = 50
"""Rows of the smaller class from which the variance of DeLong holds, whatever the area; of fewer it is too small."""


def area_under_curve(positive: Floats, negative: Floats) -> Interval:
    """Return the chance that a positive scores above a negative, ties half, from the scores of both classes.

    Limits on the logit scale from the variance of DeLong (1988); below `DELONG_FROM` rows in the smaller class, or
    without variance, from that of Hanley and McNeil (1982); at 0 and 1 Wilson's with n = the smaller class.
    """
    m, n = len(positive), len(negative)
    if m == 0 or n == 0:
        return undefined("the rows with a label are all of one class")
    above, below = _placements(positive, negative)
    enough = min(m, n) >= DELONG_FROM
    return _area(float(above.mean()), m, n, float(above.var(ddof=1) / m + below.var(ddof=1) / n) if enough else 0.0)


def area_by_value(positive: Counts, negative: Counts) -> Interval:
    """Return what `area_under_curve` returns, from the rows of both classes at each value, in ascending order of value.

    Memory and time go with the number of distinct values.
    """
    m, n = int(positive.sum()), int(negative.sum())
    if m == 0 or n == 0:
        return undefined("the rows with a label are all of one class")
    # Twice the rows of the other class, ties half: whole numbers, so that the area is exact before the last division.
    above, below = 2 * np.cumsum(negative) - negative, 2 * m - 2 * np.cumsum(positive) + positive
    area = int((positive * above).sum()) / (2 * m * n)
    if min(m, n) < DELONG_FROM:
        return _area(area, m, n, 0.0)
    spread = _variance(above / (2 * n), positive, area) / m + _variance(below / (2 * m), negative, area) / n
    return _area(area, m, n, spread)


def by_value(outcome: Mask, score: Floats) -> tuple[Counts, Counts]:
    """Return the positives and the negatives at each distinct score, both ascending; `score` is in ascending order.

    There is one row at least.
    """
    return _counted(outcome, _starts(score))


def by_step(outcome: Mask, score: Floats) -> tuple[Counts, Counts]:
    """Return what `by_value` does, neighbouring scores of which none is of a positive as one.

    Nothing ranks above one of them and not above the next.
    """
    starts = _starts(score)
    there = np.add.reduceat(outcome, starts, dtype=np.int64) > 0
    there[1:] |= there[:-1].copy()
    there[0] = True
    return _counted(outcome, starts[there])


def _placements(positive: Floats, negative: Floats) -> tuple[Floats, Floats]:
    """Return for each positive the share of negatives below it, for each negative that of positives above; ties half.

    The structural components of DeLong (1988), from midranks (Sun and Xu 2014); either mean is the area.
    """
    m, n = len(positive), len(negative)
    # Midranks within the pooled sample less those within a class count the other class below.
    ranks = rankdata(np.concatenate([positive, negative]))
    return (ranks[:m] - rankdata(positive)) / n, 1.0 - (ranks[m:] - rankdata(negative)) / m


def paired_areas(outcome: Mask, score: Floats, challenger: Floats) -> Interval:
    """Return the area under the ROC curve of `score` less that of `challenger`, over the same rows.

    Limits by the paired variance of DeLong (1988), cut to [-1, 1]; of fewer than `DELONG_FROM` rows in the smaller
    class nothing is said, since there they are too narrow.
    """
    smaller = int(min(outcome.sum(), len(outcome) - outcome.sum()))
    if smaller < DELONG_FROM:
        return undefined(f"the smaller class has {smaller} rows, and two rankings are compared from {DELONG_FROM} on")
    pairs = [_placements(one[outcome], one[~outcome]) for one in (score, challenger)]
    (above, below), (other_above, other_below) = pairs
    m, n = len(above), len(below)
    variance = float((above - other_above).var(ddof=1) / m + (below - other_below).var(ddof=1) / n)
    if variance == 0.0:
        return undefined("both scores rank these rows alike, so nothing is known about the spread of the difference")
    difference, half = float((above - other_above).mean()), Z * math.sqrt(variance)
    return interval(difference, max(difference - half, -1.0), min(difference + half, 1.0))


def _area(area: float, m: int, n: int, variance: float) -> Interval:
    if area in (0.0, 1.0):
        smaller = min(m, n)
        return share(int(area) * smaller, smaller)
    return on_logits(area, variance or _hanley_mcneil(area, m, n))


def _starts(score: Floats) -> NDArray[np.intp]:
    """The place of the first row of each distinct score."""
    return np.flatnonzero(np.append(True, score[1:] != score[:-1]))


def _counted(outcome: Mask, starts: NDArray[np.intp]) -> tuple[Counts, Counts]:
    positives = np.add.reduceat(outcome, starts, dtype=np.int64)
    return positives, np.diff(starts, append=len(outcome)) - positives


def _variance(values: Floats, weights: Counts, centre: float) -> float:
    return float((weights * (values - centre) ** 2).sum()) / (int(weights.sum()) - 1)


def _hanley_mcneil(area: float, m: int, n: int) -> float:
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    return (area * (1 - area) + (m - 1) * (q1 - area**2) + (n - 1) * (q2 - area**2)) / (m * n)
