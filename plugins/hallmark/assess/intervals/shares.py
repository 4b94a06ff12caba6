"""Shares of rows, and how two of them differ: from counts."""

import math
from collections.abc import Callable

from scipy.optimize import brentq

from hallmark.assess.intervals.estimate import Interval, Z, interval, undefined


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


def two_class_distance(hits: int, n: int, reference_hits: int, reference_n: int) -> Interval:
    """Return the total variation of two classes, |p - q|: the limits of `difference`, folded at 0."""
    signed = difference(hits, n, reference_hits, reference_n)
    if signed.value is None or signed.low is None or signed.high is None:
        return signed
    ends = abs(signed.low), abs(signed.high)
    return interval(abs(signed.value), 0.0 if signed.low <= 0 <= signed.high else min(ends), max(ends))


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


def _wilson(p: float, n: int) -> tuple[float, float]:
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2)) / (1 + Z**2 / n)
    # The limits are exactly 0 and 1 there, whatever rounding makes of them.
    return (0.0 if p == 0 else centre - half), (1.0 if p == 1 else centre + half)


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
    if excess(start) >= 0:
        return start  # among tens of millions of rows nothing but the estimate itself is left
    end = start + step
    while excess(end) <= 0:
        start, end = end, end + step
    return float(brentq(excess, start, end, xtol=1e-13))
