"""Intervals worked out step by step, with the standard library alone: a second route to what the assessors compute."""

import math
from dataclasses import dataclass
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """A number worked out: the counts, the formula with them put in, the value, and the steps to its limits.

    `withheld` says what stays out where counts do: then the value is the reported one, and nobody gets it from them.
    """

    cells: tuple[str, ...]
    formula: str
    value: float
    interval: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


def number(value: float) -> str:
    """A number as it is put into a formula: counts whole, all else in six digits."""
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.6f}"


def wilson(hits: float, n: float) -> tuple[float, float]:
    """The limits of Wilson (1927) of a share."""
    p = hits / n
    centre, half = p + Z**2 / (2 * n), Z * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return max((centre - half) / (1 + Z**2 / n), 0.0), min((centre + half) / (1 + Z**2 / n), 1.0)


def share_limits(hits: float, n: float) -> tuple[str, ...]:
    """The steps of Wilson's limits."""
    low, high = wilson(hits, n)
    return (
        "Wilson 1927: (p + z2/2n +- z sqrt(p (1 - p)/n + z2/4n2)) / (1 + z2/n), z = 1.959964, z2 its square",
        f"p = {number(hits)}/{number(n)} = {hits / n:.6f}, n = {number(n)}: [{low:.6f}, {high:.6f}]",
    )


def difference_limits(hits: float, n: float, other_hits: float, other_n: float) -> tuple[str, ...]:
    """The steps of Newcombe's limits."""
    p, q = hits / n, other_hits / other_n
    (low, high), (other_low, other_high) = wilson(hits, n), wilson(other_hits, other_n)
    down, up = math.hypot(p - low, other_high - q), math.hypot(high - p, q - other_low)
    return (
        f"Newcombe 1998: the limits of Wilson of p = {p:.6f} are l = {low:.6f} and u = {high:.6f},",
        f"those of q = {q:.6f} are l' = {other_low:.6f} and u' = {other_high:.6f}",
        f"low  = p - q - sqrt((p - l)2 + (u' - q)2) = {p - q - down:.6f}",
        f"high = p - q + sqrt((u - p)2 + (q - l')2) = {p - q + up:.6f}",
    )


def ratio_limits(low: float, high: float, counts: tuple[float, float, float, float]) -> tuple[str, ...]:
    """What proves that `low` and `high` are Koopman's limits: his statistic there is the square of z."""
    lines = [
        "Koopman 1984: the limits are the two ratios r at which U(r) = z2 = 3.841459, where",
        "U(r) = (x - n p)2 / (n p (1 - p)) + (y - m p/r)2 / (m p/r (1 - p/r)),",
        "p = 2 r (x + y) / (b + sqrt(b2 - 4 r (n + m) (x + y))), b = r (n + y) + x + m",
        f"with x, n, y, m = {', '.join(map(number, counts))}",
    ]
    if low == 0.0:
        lines.append("low  = 0: nobody of the group was favoured, and every smaller ratio is as good")
    lines += [
        f"{name} = {limit:.6f}: U = {koopman(limit, *counts):.6f}"
        for name, limit in (("low ", low), ("high", high))
        if limit > 0
    ]
    return tuple(lines)


def koopman(r: float, x: float, n: float, y: float, m: float) -> float:
    """The score statistic of Koopman (1984) of the ratio `r` for x of n against y of m."""
    b = r * (n + y) + x + m
    p = 2 * r * (x + y) / (b + math.sqrt(max(b * b - 4 * r * (n + m) * (x + y), 0.0)))
    return _squared(x, n, min(p, 1.0)) + _squared(y, m, min(p / r, 1.0))


def _squared(hits: float, n: float, p: float) -> float:
    spread = n * p * (1 - p)
    return (hits - n * p) ** 2 / spread if spread > 0 else 0.0 if math.isclose(hits, n * p) else math.inf
