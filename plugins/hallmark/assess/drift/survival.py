"""How probable a Kolmogorov-Smirnov distance is at least: SciPy's numbers, quick for large samples too."""

import numpy as np
from scipy.stats import kstwo

from hallmark.assess.arrays import Floats

LARGE = 10_000
"""From so many values on SciPy's sum, which has a term for each value, is replaced."""

_BAND = (2.2, 350.0)
"""Between these n D^2 SciPy sums Smirnov's terms; below it has a series, above the probability is hardly a float."""

_NODES = 4_096


def kolmogorov(distance: float, n: int) -> float:
    """Return the probability that the two-sided distance of `n` values is at least `distance`, as SciPy's `kstwo`."""
    if n < LARGE or not _BAND[0] <= n * distance**2 < _BAND[1]:
        return float(kstwo.sf(distance, n))
    return 2 * smirnov(distance, n)


def smirnov(distance: float, n: int) -> float:
    """Return the probability that the one-sided distance of `n` values is at least `distance` (Smirnov 1944).

    The sum of Birnbaum and Tingey (1951) over all n (1 - D) terms, smooth in their number and all but 0 at both ends:
    every k-th of them, k times, is the same sum to rounding (trapezoidal rule). Equal to SciPy's to a relative 1e-12 up
    to a million values, beyond which SciPy has an approximation.
    """
    step = max(1, n // _NODES)
    j = np.arange(step, n * (1 - distance), step, dtype=np.float64)
    p = distance + j / n
    log_terms = (
        np.log(distance / p)
        + _rest(np.array(float(n))) - _rest(j) - _rest(n - j)
        + np.log(n / (j * (n - j) * 2 * np.pi)) / 2
        - _deviance(j, n * distance) - _deviance(n - j, -n * distance)
    )  # fmt: skip
    return float(step * np.exp(log_terms).sum())


def _rest(n: Floats) -> Floats:
    """Return what Stirling's formula lacks of log n! (Loader 2000), for the large numbers that carry the sum."""
    rest: Floats = (1 - (1 - 2 / (7 * n**2)) / (30 * n**2)) / (12 * n)
    return rest


def _deviance(j: Floats, more: float) -> Floats:
    """Return j log(j / (j + more)) + more, which for a small `more` is a difference of large numbers."""
    deviance: Floats = more - j * np.log1p(more / j)
    return deviance
