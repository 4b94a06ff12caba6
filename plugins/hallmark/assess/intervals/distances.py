"""Distances between two distributions: of numbers by their order, of categories by their shares."""

import math
from collections.abc import Mapping

import numpy as np
from scipy.stats import chi2

from hallmark.assess.arrays import Floats
from hallmark.assess.intervals.estimate import Interval, interval, undefined

_Pairs = list[tuple[int, int]]

KS_95 = 1.358
"""The 95 % quantile of the Kolmogorov distribution."""


def kolmogorov_smirnov(first: Floats, second: Floats) -> Interval:
    """Return the largest distance D of two distribution functions, both samples in ascending order.

    Limits D +- 1.358 sqrt(1/n + 1/m) (Kolmogorov's distribution), cut to [0, 1].
    """
    n, m = len(first), len(second)
    if n == 0 or m == 0:
        return undefined("one of the two samples has no values")
    places = np.concatenate([first, second])
    gaps = np.searchsorted(first, places, side="right") / n - np.searchsorted(second, places, side="right") / m
    distance = float(np.abs(gaps).max())
    return largest_gap(distance, n, m)


def largest_gap(distance: float, n: int, m: int) -> Interval:
    """Return D with its limits +- 1.358 sqrt(1/n + 1/m), cut to [0, 1], where the merger of both samples is known."""
    half = KS_95 * math.sqrt(1 / n + 1 / m)
    return interval(distance, max(distance - half, 0.0), min(distance + half, 1.0))


def total_variation(first: Mapping[str, int], second: Mapping[str, int]) -> Interval:
    """Return half the summed differences of the shares of categories, from their counts.

    Limits +- sqrt(chi2(c - 1, 0.95) (1/n + 1/m)) / 2, conservative, cut to [0, 1]; categories of which fewer than five
    rows are expected in either sample are pooled before, and the upper limit is higher by all that they may hide.
    """
    n, m = sum(first.values()), sum(second.values())
    if n == 0 or m == 0:
        return undefined("one of the two samples has no values")
    common, rare = _by_size(first, second, n, m)
    pool = sum(a for a, _ in rare), sum(b for _, b in rare)
    pooled = [*common, pool] if rare else common
    # Integers until the last division, so that equal shares differ by exactly 0.
    distance = sum(abs(a * m - b * n) for a, b in pooled) / (2 * n * m)
    half = math.sqrt(float(chi2.ppf(0.95, max(len(pooled) - 1, 1))) * (1 / n + 1 / m)) / 2
    # Within a pool of several everything may have moved, of which only the difference of its two shares is seen.
    hidden = min(pool[0] / n, pool[1] / m) if len(rare) > 1 else 0.0
    return interval(distance, max(distance - half, 0.0), min(distance + half + hidden, 1.0))


def _by_size(first: Mapping[str, int], second: Mapping[str, int], n: int, m: int) -> tuple[_Pairs, _Pairs]:
    """The rows of each common category in both samples, and those of each rare one."""
    pairs = [(first.get(name, 0), second.get(name, 0)) for name in sorted({*first, *second})]
    common = [pair for pair in pairs if sum(pair) * min(n, m) >= 5 * (n + m)]
    rare = [pair for pair in pairs if sum(pair) * min(n, m) < 5 * (n + m)]
    return common, rare
