"""An estimate within its two-sided 95 % limits; nothing that is undefined gets a number."""

import math
from dataclasses import dataclass

from scipy.special import expit, logit
from scipy.stats import norm

Z: float = float(norm.ppf(0.975))
"""The standard normal quantile of two-sided 95 % limits."""


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


def wald(value: float, standard_error: float) -> Interval:
    """Return an estimate with the limits of a normal distribution."""
    return interval(value, value - Z * standard_error, value + Z * standard_error)


def on_logits(value: float, variance: float) -> Interval:
    """Return an estimate strictly between 0 and 1 with the limits of a normal distribution of its logit."""
    half = Z * math.sqrt(variance) / (value * (1 - value))
    return interval(value, float(expit(logit(value) - half)), float(expit(logit(value) + half)))


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
