"""The limits of a smooth function of means, without resampling."""

import math
from collections.abc import Callable

import numpy as np
from scipy.stats import norm
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from hallmark.assess.arrays import Floats
from hallmark.assess.intervals import Interval, interval, undefined

STEP = 1e-3
"""The step of the numerical second derivatives, in standard errors of the means."""


def function_of_means(columns: Floats, function: Callable[[Floats], float]) -> Interval:
    """Return `function` of the means of `columns` (shape (rows, k)) with its ABC limits (DiCiccio and Efron 1992).

    ABC is the analytic form of BCa: acceleration, bias and curvature come from derivatives instead of resamples. What
    the function makes of means that no rows have (the root of a negative number) leaves no limits.
    """
    n = len(columns)
    if n < 2:
        return undefined(f"{n} rows have no spread")
    if not np.isfinite(columns).all():
        return undefined("the errors are too large to be squared")
    # One thread: the last digits of a matrix product depend on how many share it.
    with threadpool_limits(1):
        return _limits(columns, function)


def _limits(columns: Floats, function: Callable[[Floats], float]) -> Interval:
    n = len(columns)
    centre = columns.mean(axis=0)
    apart = columns - centre
    value = function(centre)
    # The derivative of the value by the weight of each row, through the means.
    influence = apart @ _gradient(function, centre, apart.std(axis=0) / math.sqrt(n))
    spread = float((influence**2).sum())
    if not spread > 0:
        return undefined("all values are equal, so nothing is known about their spread")
    error = math.sqrt(spread) / n
    direction = (influence @ apart) / (n * n * error)
    acceleration = float((influence**3).sum()) / (6 * spread**1.5)
    bias = _trace(function, centre, apart) / 2
    curvature = (function(centre + STEP * direction) - 2 * value + function(centre - STEP * direction)) / (
        2 * error * STEP**2
    )
    z0 = _bias_correction(acceleration, bias / error - curvature)
    low, high = (function(centre + _reach(z0, acceleration, tail) * direction) for tail in (0.025, 0.975))
    return interval(value, low, high)


def _reach(z0: float, acceleration: float, tail: float) -> float:
    """Return how many standard errors the limit of `tail` lies along the least favourable direction."""
    w = z0 + float(norm.ppf(tail))
    return w / (1 - acceleration * w) ** 2


def _bias_correction(acceleration: float, bias: float) -> float:
    inside = 2 * float(norm.cdf(acceleration)) * float(norm.cdf(-bias))
    return float(norm.ppf(inside)) if 0 < inside < 1 else math.nan


def _gradient(function: Callable[[Floats], float], centre: Floats, scale: Floats) -> Floats:
    steps = np.diag(np.where(scale > 0, scale * STEP, STEP))
    slopes = [(function(centre + step) - function(centre - step)) / (2 * step.sum()) for step in steps]
    return np.array(slopes)


def _trace(function: Callable[[Floats], float], centre: Floats, apart: Floats) -> float:
    """Return the sum of second derivatives along the principal axes of the covariance of the means."""
    n = len(apart)
    values, axes = np.linalg.eigh(apart.T @ apart / (n * n))
    along = [axis * math.sqrt(max(value, 0.0)) * STEP for value, axis in zip(values, axes.T, strict=True)]
    middle = function(centre)
    return sum((function(centre + step) - 2 * middle + function(centre - step)) / STEP**2 for step in along)
