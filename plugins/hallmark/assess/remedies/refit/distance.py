"""How much further scores move from one dataset to another, when they become other scores of the same rows."""

import numpy as np

from hallmark.assess.arrays import Floats
from hallmark.assess.intervals import Interval, interval, undefined

DRAWS = 1_000
"""Draws from the limiting distribution, by which the interval is made."""

_STEPS = np.linspace(0.02, 0.98, 49)
_NO_LESS = 1e-12
"""Added to each variance, so that the triangular root exists, and is the same on every machine, where two shares agree
in all rows; the chance of a share of 4,000 rows is a million times as large."""


def distance_change(then: tuple[Floats, Floats], now: tuple[Floats, Floats], seed: int) -> Interval:
    """Return how much further scores move from one dataset (`then`) to another (`now`), each before and after.

    The largest distance of the distribution functions at fifty quantiles of both. Percentile limits from draws of the
    normal distribution that the shares below those quantiles have with many rows (Van der Vaart 1998, section 19.1);
    their covariance keeps the pairing of before and after.
    """
    if all(np.array_equal(*pair) for pair in (then, now)):
        return undefined("no score would change")
    generator = np.random.default_rng(seed)
    cuts = [np.unique(np.quantile(np.concatenate(both), _STEPS)) for both in zip(then, now, strict=True)]
    below = [_below(pair, cuts) for pair in (then, now)]
    split = len(cuts[0])
    value = float(_further([one.mean(axis=0)[None] for one in below], split)[0])
    low, high = np.quantile(_further([_drawn(one, generator) for one in below], split), [0.025, 0.975])
    return interval(value, min(float(low), value), max(float(high), value))


def _below(pair: tuple[Floats, Floats], cuts: list[Floats]) -> Floats:
    """Whether each score lies at or below each cut, 0 or 1, shape (rows, cuts before and after)."""
    sides = [scores[:, None] <= cut[None] for scores, cut in zip(pair, cuts, strict=True)]
    return np.concatenate(sides, axis=1).astype(np.float64)


def _drawn(below: Floats, generator: np.random.Generator) -> Floats:
    """Shares below each cut as other samples of as many rows would have them, shape (DRAWS, cuts)."""
    rows, cuts = below.shape
    share = below.mean(axis=0)
    covariance = (below.T @ below / rows - np.outer(share, share)) / rows
    root = np.linalg.cholesky(covariance + _NO_LESS * np.eye(cuts))
    return np.asarray(share + generator.standard_normal((DRAWS, cuts)) @ root.T)


def _further(shares: list[Floats], split: int) -> Floats:
    gaps = np.abs(shares[0] - shares[1])
    return np.asarray(gaps[:, split:].max(axis=1) - gaps[:, :split].max(axis=1))
