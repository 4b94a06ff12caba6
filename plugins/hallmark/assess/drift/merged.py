"""Two sorted samples merged block by block: every statistic of ranks and distribution functions from one pass."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from hallmark.assess.arrays import Floats, Integers
from hallmark.assess.drift.survival import kolmogorov

BLOCK = 2**16
"""The most values of a side that are merged at a time, equal ones apart: few enough to stay in a processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Samples of `n` and `m` values, compared.

    `distance` is Kolmogorov-Smirnov D, in [0, 1]; `earth_moved` the first Wasserstein distance, the area between both
    distribution functions, in the unit of the values; `wins` is Mann and Whitney's U of the first sample, and `ties`
    the sum of t^3 - t over the t values of both samples at each place.
    """

    n: int
    m: int
    distance: float
    earth_moved: float
    wins: float
    ties: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """The distinct `places` of both samples in a block, ascending, and how many values of each lie at or below."""

    places: Floats
    first: Integers
    second: Integers


def merge(first: Floats, second: Floats) -> Merged:
    """Merge two samples in ascending order, neither of them empty."""
    n, m = len(first), len(second)
    distance = area = wins = ties = gap = 0.0
    place, below, below_second = min(first[0], second[0]), 0, 0
    for block in _blocks(first, second):
        gaps = np.abs(block.first / n - block.second / m)
        area += gap * float(block.places[0] - place) + float(np.dot(gaps[:-1], np.diff(block.places)))
        distance, gap = max(distance, float(gaps.max())), float(gaps[-1])
        here = np.diff(block.first, prepend=below)
        there = np.diff(block.second, prepend=below_second)
        # A value wins over all that lie below it, and over half of those that are equal to it.
        wins += float((here * (block.second - there / 2)).sum())
        both = (here + there).astype(np.float64)
        ties += float((both**3 - both).sum())
        place, below, below_second = block.places[-1], int(block.first[-1]), int(block.second[-1])
    return Merged(n=n, m=m, distance=distance, earth_moved=area, wins=wins, ties=ties)


def kolmogorov_smirnov_p(merged: Merged) -> float:
    """Return the two-sided p of D by its limiting distribution (Simard and L'Ecuyer 2011), as SciPy does for many."""
    # One value against one leaves nothing after rounding, and then SciPy has no number.
    effective = max(1, round(merged.n * merged.m / (merged.n + merged.m)))
    return float(np.clip(kolmogorov(merged.distance, effective), 0, 1))


def mann_whitney_p(merged: Merged) -> float:
    """Return the two-sided p of the rank sum test (Mann and Whitney 1947), normal, with ties and continuity; else 1."""
    n, m, total, u = merged.n, merged.m, merged.n + merged.m, merged.wins
    spread = n * m / 12 * (total + 1 - merged.ties / (total * (total - 1)))
    if spread <= 0:
        return 1.0
    return float(min(1.0, 2 * norm.sf((max(u, n * m - u) - n * m / 2 - 0.5) / math.sqrt(spread))))


def _blocks(first: Floats, second: Floats) -> Iterator[_Block]:
    """Cut both samples at the same places; equal values stay together."""
    starts = 0, 0
    while starts != (len(first), len(second)):
        ends = _cut(first, second, *starts)
        here = _distinct(first[starts[0] : ends[0]], starts[0])
        there = _distinct(second[starts[1] : ends[1]], starts[1])
        yield _block(here, there, *starts)
        starts = ends


def _cut(first: Floats, second: Floats, start: int, start_second: int) -> tuple[int, int]:
    ends = [side[at + BLOCK - 1] for side, at in ((first, start), (second, start_second)) if at + BLOCK <= len(side)]
    if not ends:
        return len(first), len(second)
    cut = min(ends)
    return int(np.searchsorted(first, cut, side="right")), int(np.searchsorted(second, cut, side="right"))


def _distinct(values: Floats, start: int) -> tuple[Floats, Integers]:
    """Return the distinct values, and how many of the whole sample lie at or below each."""
    last = np.flatnonzero(np.append(values[1:] != values[:-1], len(values) > 0))
    return values[last], last + (start + 1)


def _block(first: tuple[Floats, Integers], second: tuple[Floats, Integers], below: int, below_second: int) -> _Block:
    both = np.concatenate([first[0], second[0]])
    # A stable sort of two runs in order is a merge.
    order = np.argsort(both, kind="stable")
    places = both[order]
    last = np.flatnonzero(np.append(places[1:] != places[:-1], True))
    seen = np.cumsum(order < len(first[0]))[last]
    return _Block(
        places=places[last],
        first=np.append(below, first[1])[seen],
        second=np.append(below_second, second[1])[last + 1 - seen],
    )
