"""The probability of a Kolmogorov-Smirnov distance: SciPy's where SciPy sums, and never far from its series."""

import numpy as np
import pytest
from scipy.special import smirnov as scipys
from scipy.stats import kstwo

from hallmark.assess.drift.survival import LARGE, kolmogorov, smirnov


@pytest.mark.parametrize("n", [LARGE, 54_321, 500_000])
@pytest.mark.parametrize("squared", [2.2, 3.0, 17.0, 120.0, 349.0])
def test_a_share_of_the_terms_sums_to_all_of_them(n: int, squared: float) -> None:
    distance = (squared / n) ** 0.5
    assert smirnov(distance, n) == pytest.approx(scipys(n, distance), rel=1e-12, abs=0)
    assert kolmogorov(distance, n) == pytest.approx(kstwo.sf(distance, n), rel=1e-12, abs=0)


@pytest.mark.parametrize("distance", [0.0, 1e-4, 0.004, 0.0148, 0.0149, 0.187, 0.188, 0.5, 1.0])
def test_outside_the_sum_it_is_scipys_own_number(distance: float) -> None:
    assert kolmogorov(distance, LARGE) == pytest.approx(kstwo.sf(distance, LARGE), rel=1e-12, abs=1e-300)


def test_beyond_a_million_values_it_goes_on_where_scipy_approximates() -> None:
    """By the limit of Kolmogorov with its first correction (Maag and Dicaire 1971)."""
    n, distance = 20_000_000, (5.0 / 20_000_000) ** 0.5
    assert smirnov(distance, n) == pytest.approx(np.exp(-((6 * n * distance + 1) ** 2) / (18 * n)), rel=1e-5)
