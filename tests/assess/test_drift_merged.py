"""What follows from one merger: every statistic against SciPy, on samples with and without ties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from hallmark.assess.arrays import Floats
from hallmark.assess.drift.merged import BLOCK, kolmogorov_smirnov_p, mann_whitney_p, merge
from hallmark.assess.intervals import kolmogorov_smirnov

examples = settings(max_examples=80, deadline=None)
tied = st.integers(-4, 4).map(float)
free = st.floats(-1e6, 1e6)
samples = st.one_of(*(arrays(np.float64, st.integers(1, 40), elements=kind) for kind in (tied, free))).map(np.sort)


@examples
@given(samples, samples)
def test_distance_and_area_are_scipys(first: Floats, second: Floats) -> None:
    merged = merge(first, second)
    assert merged.distance == pytest.approx(stats.ks_2samp(first, second).statistic, abs=1e-12)
    assert merged.distance == kolmogorov_smirnov(first, second).value
    assert merged.earth_moved == pytest.approx(stats.wasserstein_distance(first, second), rel=1e-9, abs=1e-9)


@examples
@given(samples, samples)
def test_p_values_are_scipys(first: Floats, second: Floats) -> None:
    merged = merge(first, second)
    if len(first) * len(second) > 1:
        expected = stats.ks_2samp(first, second, method="asymp").pvalue
        assert kolmogorov_smirnov_p(merged) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    else:
        assert 0 <= kolmogorov_smirnov_p(merged) <= 1
    if len(np.unique(np.concatenate([first, second]))) > 1:
        expected = stats.mannwhitneyu(first, second, method="asymptotic").pvalue
        assert mann_whitney_p(merged) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    else:
        assert mann_whitney_p(merged) == 1.0


@examples
@given(samples, samples)
def test_sides_are_symmetric_and_nothing_differs_from_itself(first: Floats, second: Floats) -> None:
    there, back = merge(first, second), merge(second, first)
    assert (there.distance, there.earth_moved) == pytest.approx((back.distance, back.earth_moved), rel=1e-12)
    alike = merge(first, first)
    assert (alike.distance, alike.earth_moved, mann_whitney_p(alike)) == (0.0, 0.0, 1.0)


@pytest.mark.parametrize("kind", ["free", "tied", "apart", "constant"])
def test_samples_of_many_blocks_are_merged_as_one(kind: str) -> None:
    rng = np.random.default_rng(3)
    n, m = 3 * BLOCK + 5, BLOCK // 2
    first, second = {
        "free": (rng.normal(size=n), rng.normal(0.02, 1.1, m)),
        "tied": (rng.integers(0, 9, n) * 1.0, rng.integers(1, 9, m) * 1.0),
        "apart": (rng.normal(size=n), rng.normal(50.0, 1.0, m)),
        "constant": (np.ones(n), np.append(np.ones(m), 2.0)),
    }[kind]
    merged = merge(np.sort(first), np.sort(second))
    assert merged.distance == pytest.approx(stats.ks_2samp(first, second).statistic, abs=1e-12)
    assert merged.earth_moved == pytest.approx(stats.wasserstein_distance(first, second), rel=1e-9)
    expected = stats.mannwhitneyu(first, second, method="asymptotic")
    assert merged.wins == pytest.approx(expected.statistic, rel=1e-12)
    assert mann_whitney_p(merged) == pytest.approx(expected.pvalue, rel=1e-9, abs=1e-300)
