"""Means of values, and how much one of them is greater than another."""

import math

from scipy.stats import t

from hallmark.assess.arrays import Floats
from hallmark.assess.intervals.estimate import Interval, Z, interval, undefined

_EQUAL = 1e-12
"""A spread of so small a part of the values is what rounding leaves of equal ones."""


def mean(values: Floats, *, low: float, high: float, floor: float = 0.0) -> Interval:
    """Return the mean of `values` with t limits, cut to the range from `low` to `high`.

    The variance is at least `floor`: a model's own p(1 - p) keeps a few equal residuals from looking certain.
    """
    n = len(values)
    if n < 2:
        return undefined(f"{n} rows have no spread")
    return _student(n, float(values.mean()), max(_variance(values), floor), low=low, high=high)


def mean_of_sums(n: int, total: float, squares: float, *, low: float, high: float, floor: float = 0.0) -> Interval:
    """Return what `mean` returns of `n` values that are known by their sum and by the sum of their squares."""
    if n < 2:
        return undefined(f"{n} rows have no spread")
    spread = squares - total * total / n
    variance = spread / (n - 1) if spread > _EQUAL * squares else 0.0
    return _student(n, total / n, max(variance, floor), low=low, high=high)


def relative_rise(values: Floats, reference: Floats) -> Interval:
    """Return how much greater the mean of positive `values` is than that of `reference`, as a share of the latter.

    Wald limits on the logarithm of the ratio, whose variance is by the delta method; independent samples.
    """
    if min(len(values), len(reference)) < 2:
        return undefined("one of the two samples has fewer than two values")
    now, then = float(values.mean()), float(reference.mean())
    if now <= 0 or then <= 0:
        return undefined("the mean of one of the two samples is 0, and nothing has a ratio to it")
    spreads = _variance(values), _variance(reference)
    if not all(spreads):
        return undefined("all values of one sample are equal, so nothing is known about their spread")
    half = Z * math.sqrt(spreads[0] / (len(values) * now**2) + spreads[1] / (len(reference) * then**2))
    return interval(now / then - 1, now / then * math.exp(-half) - 1, now / then * math.exp(half) - 1)


def _student(n: int, centre: float, variance: float, *, low: float, high: float) -> Interval:
    if variance <= 0.0:
        return undefined("all values are equal, so nothing is known about their spread")
    half = float(t.ppf(0.975, n - 1)) * math.sqrt(variance / n)
    return interval(centre, max(centre - half, low), min(centre + half, high))


def _variance(values: Floats) -> float:
    variance = float(values.var(ddof=1))
    return 0.0 if math.sqrt(variance) <= _EQUAL * float(abs(values).max()) else variance
