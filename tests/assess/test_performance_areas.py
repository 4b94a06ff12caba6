"""Areas: average precision and the paired difference by other routes, and where they have no limits."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.metrics import average_precision_score, roc_auc_score

from hallmark.assess.intervals import paired_areas
from hallmark.assess.performance.areas import average_precision
from hallmark.assess.performance.slices import slices


def ranked(n: int, rate: float, apart: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return outcome and score of `n` rows in order of their score; with ties."""
    rng = np.random.default_rng(seed)
    outcome = rng.random(n) < rate
    score = (rng.normal(size=n) + apart * outcome).round(1)
    order = np.lexsort((outcome, score))
    return outcome[order], score[order]


@pytest.mark.parametrize(("n", "rate", "seed"), [(400, 0.3, 1), (60, 0.1, 2), (1000, 0.5, 3)])
def test_average_precision_is_that_of_the_library(n: int, rate: float, seed: int) -> None:
    outcome, score = ranked(n, rate, 1.0, seed)
    assert average_precision(outcome, score).value == pytest.approx(average_precision_score(outcome, score))


def test_its_variance_is_the_jackknife_by_brute_force() -> None:
    outcome, score = ranked(300, 0.3, 1.0, 4)
    seen = average_precision(outcome, score)
    weights, step, derivatives = np.ones(300), 1e-5, []
    for row in range(300):
        up, down = weights.copy(), weights.copy()
        up[row], down[row] = 1 + step, 1 - step
        ends = [average_precision_score(outcome, score, sample_weight=one) for one in (up, down)]
        derivatives.append((ends[0] - ends[1]) / (2 * step))
    assert seen.value is not None
    half = norm.ppf(0.975) * math.sqrt(np.square(derivatives).sum()) / (seen.value * (1 - seen.value))
    limits = [expit(logit(seen.value) - half), expit(logit(seen.value) + half)]
    assert (seen.low, seen.high) == pytest.approx(limits, rel=1e-4)


def test_average_precision_covers_the_truth() -> None:
    x = np.linspace(-8, 10, 20001)
    caught, flagged = norm.sf(x - 1), 0.2 * norm.sf(x - 1) + 0.8 * norm.sf(x)
    truth = np.trapezoid(norm.pdf(x - 1) * 0.2 * caught / np.maximum(flagged, 1e-300), x)
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(400):
        outcome = rng.random(300) < 0.2
        score = rng.normal(size=300) + outcome
        order = np.argsort(score)
        seen = average_precision(outcome[order], score[order])
        assert seen.low is not None and seen.high is not None
        inside += seen.low <= truth <= seen.high
    assert 0.91 <= inside / 400 <= 0.98


def test_perfect_order_has_the_limits_of_wilson() -> None:
    seen = average_precision(np.repeat([False, True], [40, 10]), np.arange(50.0))
    assert (seen.value, seen.high) == (1.0, 1.0)
    assert seen.low == pytest.approx(0.7224672)


def test_paired_difference_is_that_of_two_areas_and_covers_zero() -> None:
    rng, inside = np.random.default_rng(6), 0
    for _ in range(300):
        outcome = rng.random(200) < 0.4
        known = rng.normal(size=200) + outcome
        first, second = known + rng.normal(size=200), known + rng.normal(size=200)
        seen = paired_areas(outcome, first, second)
        assert seen.value == pytest.approx(roc_auc_score(outcome, first) - roc_auc_score(outcome, second))
        assert seen.low is not None and seen.high is not None
        inside += seen.low <= 0 <= seen.high
    assert 0.91 <= inside / 300 <= 0.98


def test_paired_variance_is_the_jackknife_of_pairs() -> None:
    """Another route: leave out one positive, then one negative, at a time."""
    rng = np.random.default_rng(7)
    outcome = np.repeat([False, True], [80, 60])
    first, second = rng.normal(size=140) + outcome, rng.normal(size=140) + 0.7 * outcome
    left_out = np.array(
        [[roc_auc_score(np.delete(outcome, row), np.delete(one, row)) for one in (first, second)] for row in range(140)]
    )
    change = left_out[:, 0] - left_out[:, 1]
    variance = sum((len(part) - 1) / len(part) * np.square(part - part.mean()).sum() for part in np.split(change, [80]))
    seen = paired_areas(outcome, first, second)
    assert seen.low is not None and seen.high is not None
    assert (seen.high - seen.low) / 2 == pytest.approx(norm.ppf(0.975) * math.sqrt(variance), rel=1e-9)


def test_few_positives_say_nothing_about_two_rankings() -> None:
    """The paired limits of 20 positives hold the truth of 0.97 against 0.99 in 80 of 100 samples."""
    outcome, score = np.arange(500) < 49, np.random.default_rng(9).normal(size=500)
    seen = paired_areas(outcome, score + outcome, score + 2 * outcome)
    assert seen.value is None and "49 rows" in seen.reason
    assert paired_areas(np.arange(500) < 50, score, -score).value is not None


def test_a_challenger_that_ranks_alike_says_nothing() -> None:
    outcome, score = ranked(200, 0.4, 1.0, 8)
    seen = paired_areas(outcome, score, score * 3)
    assert seen.value is None
    assert "rank these rows alike" in seen.reason


@given(st.lists(st.integers(0, 30), min_size=10, max_size=300), st.integers(1, 50))
def test_slices_cover_every_row_once_and_keep_ties_together(scores: list[int], most: int) -> None:
    score = np.sort(np.array(scores, dtype=np.float64))
    parts = slices(score, most)
    assert 1 <= len(parts) <= most
    assert [part.start for part in parts] == [0, *(part.stop for part in parts[:-1])]
    assert parts[-1].stop == len(score)
    assert all(part.stop - part.start >= 10 for part in parts)
    assert all(score[part.stop - 1] < score[part.stop] for part in parts[:-1])


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=4, max_size=80))
def test_average_precision_stays_in_its_limits_and_grows_with_a_better_order(rows: list[tuple[int, bool]]) -> None:
    score, outcome = (np.array(side) for side in zip(*sorted(rows), strict=True))
    if not outcome.any() or outcome.all():
        return
    seen = average_precision(outcome, score.astype(np.float64))
    better = average_precision(outcome[np.argsort(outcome, kind="stable")], np.arange(len(outcome), dtype=np.float64))
    assert seen.value is not None and seen.low is not None and seen.high is not None
    assert outcome.mean() * 0.5 / len(outcome) < seen.value <= (better.value or 0)
    assert 0 <= seen.low <= seen.value <= seen.high <= 1


def test_few_rows_are_not_sliced() -> None:
    assert slices(np.arange(9.0), 10) == []
