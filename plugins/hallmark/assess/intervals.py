"""Counts and values in, an estimate with its two-sided 95 % limits out; nothing that is undefined gets a number."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import chi2, norm, rankdata, t

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

Z: float = float(norm.ppf(0.975))
"""The standard normal quantile of two-sided 95 % limits."""

KS_95 = 1.358
"""The 95 % quantile of the Kolmogorov distribution."""

_HANLEY_MCNEIL_BELOW = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate within its two-sided 95 % limits, `low < high`; or three None and the reason why there is none."""

    value: float | None
    low: float | None
    high: float | None
    reason: str = ""


def undefined(reason: str) -> Interval:
    """The interval of a number that does not exist."""
    return Interval(value=None, low=None, high=None, reason=reason)


def interval(value: float, low: float, high: float) -> Interval:
    """Return the interval, or none when a number is not finite, the order is wrong or there is no width."""
    if not all(map(math.isfinite, (value, low, high))):
        return undefined("the estimate or one of its limits is not a finite number")
    if not (low <= value <= high and low < high):
        return undefined(f"the limits {low} and {high} are no interval around {value}")
    return Interval(value=float(value), low=float(low), high=float(high))


def share(hits: int, n: int) -> Interval:
    """Return `hits / n` with the score limits of Wilson (1927)."""
    if n == 0:
        return undefined("there are no rows")
    p = hits / n
    low, high = _wilson(p, n)
    return interval(p, low, high)


def difference(hits: int, n: int, reference_hits: int, reference_n: int) -> Interval:
    """Return the difference of two independent shares with the limits of Newcombe (1998, method 10)."""
    if n == 0 or reference_n == 0:
        return undefined("one of the two groups has no rows")
    p, q = hits / n, reference_hits / reference_n
    (low, high), (reference_low, reference_high) = _wilson(p, n), _wilson(q, reference_n)
    down = math.hypot(p - low, reference_high - q)
    up = math.hypot(high - p, q - reference_low)
    return interval(p - q, p - q - down, p - q + up)


def ratio(hits: int, n: int, reference_hits: int, reference_n: int) -> Interval:
    """Return the ratio of two independent shares with the score limits of Koopman (1984), found by root-finding.

    Without hits the lower limit is 0; without hits in the reference there is no ratio.
    """
    if n == 0 or reference_n == 0:
        return undefined("one of the two groups has no rows")
    if reference_hits == 0:
        return undefined("the share in the reference is 0, and nothing has a ratio to it")
    value = (hits / n) / (reference_hits / reference_n)

    def excess(log_ratio: float) -> float:
        return _koopman(math.exp(log_ratio), hits, n, reference_hits, reference_n) - Z**2

    start = math.log(value) if hits else math.log(0.5 / n)
    low = math.exp(_crossing(excess, start, -1.0)) if hits else 0.0
    return interval(value, low, math.exp(_crossing(excess, start, 1.0)))


def area_under_curve(positive: Floats, negative: Floats) -> Interval:
    """Return the chance that a positive scores above a negative, ties half, from the scores of both classes.

    Limits on the logit scale from the variance of DeLong (1988); below 20 rows in the smaller class, or without
    variance, from that of Hanley and McNeil (1982); at 0 and 1 Wilson's with n = the smaller class.
    """
    m, n = len(positive), len(negative)
    if m == 0 or n == 0:
        return undefined("the rows with a label are all of one class")
    above, below = placements(positive, negative)
    enough = min(m, n) >= _HANLEY_MCNEIL_BELOW
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
    if min(m, n) < _HANLEY_MCNEIL_BELOW:
        return _area(area, m, n, 0.0)
    spread = _variance(above / (2 * n), positive, area) / m + _variance(below / (2 * m), negative, area) / n
    return _area(area, m, n, spread)


def placements(positive: Floats, negative: Floats) -> tuple[Floats, Floats]:
    """Return for each positive the share of negatives below it, for each negative that of positives above; ties half.

    The structural components of DeLong (1988), from midranks (Sun and Xu 2014); either mean is the area.
    """
    m, n = len(positive), len(negative)
    # Midranks within the pooled sample less those within a class count the other class below.
    ranks = rankdata(np.concatenate([positive, negative]))
    return (ranks[:m] - rankdata(positive)) / n, 1.0 - (ranks[m:] - rankdata(negative)) / m


def paired_areas(outcome: NDArray[np.bool_], score: Floats, challenger: Floats) -> Interval:
    """Return the area under the ROC curve of `score` less that of `challenger`, over the same rows.

    Limits by the paired variance of DeLong (1988), cut to [-1, 1].
    """
    pairs = [placements(one[outcome], one[~outcome]) for one in (score, challenger)]
    (above, below), (other_above, other_below) = pairs
    m, n = len(above), len(below)
    if min(m, n) < 2:
        return undefined("one of the two classes has fewer than two rows")
    variance = float((above - other_above).var(ddof=1) / m + (below - other_below).var(ddof=1) / n)
    if variance == 0.0:
        return undefined("both scores rank these rows alike, so nothing is known about the spread of the difference")
    difference, half = float((above - other_above).mean()), Z * math.sqrt(variance)
    return interval(difference, max(difference - half, -1.0), min(difference + half, 1.0))


def mean(values: Floats, *, low: float, high: float, floor: float = 0.0) -> Interval:
    """Return the mean of `values` with t limits, cut to the range from `low` to `high`.

    The variance is at least `floor`: a model's own p(1 - p) keeps a few equal residuals from looking certain.
    """
    n = len(values)
    if n < 2:
        return undefined(f"{n} rows have no spread")
    return _student(n, float(values.mean()), max(float(values.var(ddof=1)), floor), low=low, high=high)


def mean_of_sums(n: int, total: float, squares: float, *, low: float, high: float, floor: float = 0.0) -> Interval:
    """Return what `mean` returns of `n` values that are known by their sum and by the sum of their squares."""
    if n < 2:
        return undefined(f"{n} rows have no spread")
    variance = (squares - total * total / n) / (n - 1)
    return _student(n, total / n, max(variance, floor), low=low, high=high)


def _student(n: int, centre: float, variance: float, *, low: float, high: float) -> Interval:
    if variance <= 0.0:
        return undefined("all values are equal, so nothing is known about their spread")
    half = float(t.ppf(0.975, n - 1)) * math.sqrt(variance / n)
    return interval(centre, max(centre - half, low), min(centre + half, high))


def wald(value: float, standard_error: float) -> Interval:
    """Return an estimate with the limits of a normal distribution."""
    return interval(value, value - Z * standard_error, value + Z * standard_error)


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


def two_class_distance(hits: int, n: int, reference_hits: int, reference_n: int) -> Interval:
    """Return the total variation of two classes, |p - q|: the limits of `difference`, folded at 0."""
    signed = difference(hits, n, reference_hits, reference_n)
    if signed.value is None or signed.low is None or signed.high is None:
        return signed
    ends = abs(signed.low), abs(signed.high)
    return interval(abs(signed.value), 0.0 if signed.low <= 0 <= signed.high else min(ends), max(ends))


def gap(first: Interval, second: Interval) -> Interval:
    """Return the first of two independent estimates less the second, the limits by square-and-add.

    Zou and Donner (2008); `difference` is the case of two shares.
    """
    a, b = first, second
    if a.value is None or a.low is None or a.high is None:
        return undefined(a.reason)
    if b.value is None or b.low is None or b.high is None:
        return undefined(b.reason)
    down, up = math.hypot(a.value - a.low, b.high - b.value), math.hypot(a.high - a.value, b.value - b.low)
    return interval(a.value - b.value, a.value - b.value - down, a.value - b.value + up)


def relative_rise(values: Floats, reference: Floats) -> Interval:
    """Return how much greater the mean of positive `values` is than that of `reference`, as a share of the latter.

    Wald limits on the logarithm of the ratio, whose variance is by the delta method; independent samples.
    """
    if min(len(values), len(reference)) < 2:
        return undefined("one of the two samples has fewer than two values")
    now, then = float(values.mean()), float(reference.mean())
    if now <= 0 or then <= 0:
        return undefined("the mean of one of the two samples is 0, and nothing has a ratio to it")
    half = Z * math.sqrt(_relative_variance(values, now) + _relative_variance(reference, then))
    return interval(now / then - 1, now / then * math.exp(-half) - 1, now / then * math.exp(half) - 1)


def total_variation(first: Mapping[str, int], second: Mapping[str, int]) -> Interval:
    """Return half the summed differences of the shares of categories, from their counts.

    Limits +- sqrt(chi2(c - 1, 0.95) (1/n + 1/m)) / 2, conservative, cut to [0, 1]; categories of which fewer than five
    rows are expected in either sample are pooled before.
    """
    n, m = sum(first.values()), sum(second.values())
    if n == 0 or m == 0:
        return undefined("one of the two samples has no values")
    pooled = _pooled(first, second, n, m)
    # Integers until the last division, so that equal shares differ by exactly 0.
    distance = sum(abs(a * m - b * n) for a, b in pooled) / (2 * n * m)
    half = math.sqrt(float(chi2.ppf(0.95, max(len(pooled) - 1, 1))) * (1 / n + 1 / m)) / 2
    return interval(distance, max(distance - half, 0.0), min(distance + half, 1.0))


def _wilson(p: float, n: int) -> tuple[float, float]:
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    # The limits are exactly 0 and 1 there, whatever rounding makes of them.
    return (0.0 if p == 0 else centre - half), (1.0 if p == 1 else centre + half)


def _relative_variance(values: Floats, centre: float) -> float:
    return float(values.var(ddof=1)) / (len(values) * centre**2)


def _koopman(theta: float, x: int, n: int, y: int, m: int) -> float:
    """Return the score statistic of the ratio `theta` for x of n against y of m."""
    b = theta * (n + y) + x + m
    # The root of the likelihood equation in the form that does not cancel.
    p = 2 * theta * (x + y) / (b + math.sqrt(max(b * b - 4 * theta * (n + m) * (x + y), 0.0)))
    return _squared(x, n, min(p, 1.0)) + _squared(y, m, min(p / theta, 1.0))


def _squared(hits: int, n: int, p: float) -> float:
    spread = n * p * (1 - p)
    return (hits - n * p) ** 2 / spread if spread > 0 else 0.0 if math.isclose(hits, n * p) else math.inf


def _crossing(excess: Callable[[float], float], start: float, step: float) -> float:
    """Return where `excess` becomes positive on the way from `start` in the direction of `step`."""
    end = start + step
    while excess(end) <= 0:
        start, end = end, end + step
    return float(brentq(excess, start, end, xtol=1e-13))


def _area(area: float, m: int, n: int, variance: float) -> Interval:
    smaller = min(m, n)
    if area in (0.0, 1.0):
        return interval(area, *_wilson(area, smaller))
    half = Z * math.sqrt(variance or _hanley_mcneil(area, m, n)) / (area * (1 - area))
    return interval(area, float(expit(logit(area) - half)), float(expit(logit(area) + half)))


def _variance(values: Floats, weights: Counts, centre: float) -> float:
    return float((weights * (values - centre) ** 2).sum()) / (int(weights.sum()) - 1)


def _hanley_mcneil(area: float, m: int, n: int) -> float:
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    return (area * (1 - area) + (m - 1) * (q1 - area**2) + (n - 1) * (q2 - area**2)) / (m * n)


def _pooled(first: Mapping[str, int], second: Mapping[str, int], n: int, m: int) -> list[tuple[int, int]]:
    pairs = [(first.get(name, 0), second.get(name, 0)) for name in sorted({*first, *second})]
    rare = [pair for pair in pairs if sum(pair) * min(n, m) < 5 * (n + m)]
    common = [pair for pair in pairs if sum(pair) * min(n, m) >= 5 * (n + m)]
    return [*common, (sum(a for a, _ in rare), sum(b for _, b in rare))] if rare else common
