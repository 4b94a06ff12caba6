"""Counts by bin or category on both sides: the stability index, and what of the counts may be shown."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from hallmark.assess.arrays import Floats
from hallmark.assess.intervals import Interval, undefined

SHOWN = 10
"""A count below it stays out of the evidence, 0 apart: few rows could be told apart."""

_CATEGORIES = 100

Pairs = Sequence[tuple[int, int]]
"""The number of rows of the cohort and of the reference data, by bin."""


def by_decile(now: Floats, then: Floats) -> list[tuple[int, int]]:
    """Return the counts between the deciles of the reference, both samples in ascending order; equal deciles merge."""
    places = np.ceil(np.arange(1, 10) / 10 * len(then)).astype(np.int64) - 1
    edges = np.unique(then[places])
    sides = [np.diff(np.searchsorted(side, edges, side="right"), prepend=0, append=len(side)) for side in (now, then)]
    return [(int(a), int(b)) for a, b in zip(*sides, strict=True)]


def by_category(now: Mapping[str, int], then: Mapping[str, int]) -> list[tuple[int, int]]:
    """Return the counts of every category that stands on either side, in the order of their names."""
    return [(now.get(name, 0), then.get(name, 0)) for name in sorted({*now, *then})]


def stability_index(pairs: Pairs) -> Interval:
    """Return the population stability index in nats less what it shows on average where nothing moved: no limits.

    The sum of (p - q) ln(p / q) over B bins, less (B - 1)(1/n + 1/m) (Yurdakul 2018); an empty bin counts half a row.
    """
    filled = [pair for pair in pairs if any(pair)]
    n, m = (sum(side) for side in zip(*filled, strict=True)) if filled else (0, 0)
    if n == 0 or m == 0:
        return undefined("one of the two samples has no values")
    shares = [(max(a, 0.5) / n, max(b, 0.5) / m) for a, b in filled]
    raw = math.fsum((p - q) * math.log(p / q) for p, q in shares)
    return Interval(value=raw - (len(filled) - 1) * (1 / n + 1 / m), low=None, high=None)


def shown_bins(pairs: Pairs) -> list[Mapping[str, float | None]]:
    """Return the share of rows by bin, None for one of fewer than ten rows: no edge, which would be a row's value."""
    n, m = (sum(side) for side in zip(*pairs, strict=True))
    return [{"cohort": _share(a, n), "reference": _share(b, m)} for a, b in pairs]


def shown_categories(now: Mapping[str, int], then: Mapping[str, int]) -> Mapping[str, Mapping[str, int | None]]:
    """Return the counts of the hundred commonest categories with ten rows on a side; None stands for 1 to 9 rows."""
    sizes = {name: now.get(name, 0) + then.get(name, 0) for name in {*now, *then}}
    common = [name for name in sizes if max(now.get(name, 0), then.get(name, 0)) >= SHOWN]
    kept = sorted(sorted(common, key=lambda name: (-sizes[name], name))[:_CATEGORIES])
    return {name: {"cohort": _count(now.get(name, 0)), "reference": _count(then.get(name, 0))} for name in kept}


def _share(count: int, total: int) -> float | None:
    return count / total if count == 0 or count >= SHOWN else None


def _count(count: int) -> int | None:
    return count if count == 0 or count >= SHOWN else None
