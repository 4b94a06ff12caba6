"""Two sorted samples merged once: every statistic of ranks and distribution functions follows from the counts."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import kstwo, norm

from hallmark.assess.intervals import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Samples of `n` and `m` values: the distinct `places` of both, ascending, how many of each lie at or below,
    and by how much the distribution function of the first exceeds that of the second there.
    """

    n: int
    m: int
    places: Floats
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    gaps: Floats

    @property
    def distance(self) -> float:
        """Kolmogorov-Smirnov D: the largest gap, in [0, 1]."""
        return float(np.abs(self.gaps).max())

    @property
    def earth_moved(self) -> float:
        """The first Wasserstein distance: the area between both distribution functions, in the unit of the values."""
        return float(np.sum(np.abs(self.gaps[:-1]) * np.diff(self.places)))


def merge(first: Floats, second: Floats) -> Merged:
    """Merge two samples in ascending order, neither of them empty."""
    both = np.concatenate([first, second])
    # A stable sort of two runs in order is a merge.
    order = np.argsort(both, kind="stable")
    places = both[order]
    last = np.append(places[1:] != places[:-1], True)
    below = np.cumsum(order < len(first))[last]
    below_second = np.flatnonzero(last) + 1 - below
    return Merged(
        n=len(first),
        m=len(second),
        places=places[last],
        first=below,
        second=below_second,
        gaps=below / len(first) - below_second / len(second),
    )


def kolmogorov_smirnov_p(merged: Merged) -> float:
    """Return the two-sided p of D by its limiting distribution (Simard and L'Ecuyer 2011), as SciPy does for many."""
    # One value against one leaves nothing after rounding, and then SciPy has no number.
    effective = max(1, round(merged.n * merged.m / (merged.n + merged.m)))
    return float(np.clip(kstwo.sf(merged.distance, effective), 0, 1))


def mann_whitney_p(merged: Merged) -> float:
    """Return the two-sided p of the rank sum test (Mann and Whitney 1947), normal, with ties and continuity; else 1."""
    n, m, total = merged.n, merged.m, merged.n + merged.m
    ties = np.diff(merged.first + merged.second, prepend=0).astype(np.float64)
    ranks = (merged.first + merged.second) - (ties - 1) / 2
    u = float(np.sum(np.diff(merged.first, prepend=0) * ranks)) - n * (n + 1) / 2
    spread = n * m / 12 * (total + 1 - float(np.sum(ties**3 - ties)) / (total * (total - 1)))
    if spread <= 0:
        return 1.0
    return float(min(1.0, 2 * norm.sf((max(u, n * m - u) - n * m / 2 - 0.5) / math.sqrt(spread))))
