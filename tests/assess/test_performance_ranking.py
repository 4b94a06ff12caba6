"""Rows of one score together: counts by hand, and what is measured on them as the libraries measure it row by row."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import ks_2samp
from sklearn.metrics import roc_auc_score
from statsmodels.discrete.discrete_model import Logit

from hallmark.assess.arrays import Floats
from hallmark.assess.intervals import area_under_curve, by_step, by_value, kolmogorov_smirnov
from hallmark.assess.performance.calibration import fitted, logits
from hallmark.assess.performance.ranking import auc, separation
from hallmark.assess.performance.sample import Sample

Rows = list[tuple[float, bool]]
ROWS = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), st.booleans()), min_size=1, max_size=60)


def sample(rows: Rows) -> Sample:
    ordered = sorted(rows)
    return Sample(outcome=np.array([came for _, came in ordered]), score=np.array([score for score, _ in ordered]))


def drawn(n: int, digits: int, tilt: float = 1.0, seed: int = 3) -> Sample:
    rng = np.random.default_rng(seed)
    score = np.sort(rng.beta(2, 5, n).round(digits).clip(0.001, 0.999))
    came: NDArray[np.bool_] = rng.random(n) < expit(0.3 + tilt * np.log(score / (1 - score)))
    return Sample(outcome=came, score=score)


@given(ROWS)
def test_each_distinct_score_has_its_rows_of_both_classes(rows: Rows) -> None:
    one = sample(rows)
    positives, negatives = by_value(one.outcome, one.score)
    every = sorted({score for score, _ in rows})
    assert positives.tolist() == [rows.count((score, True)) for score in every]
    assert negatives.tolist() == [rows.count((score, False)) for score in every]


@given(ROWS)
def test_scores_are_counted_apart_wherever_a_positive_is(rows: Rows) -> None:
    one = sample(rows)
    counts: list[tuple[int, int]] = []
    for score in sorted({score for score, _ in rows}):
        hits, misses = rows.count((score, True)), rows.count((score, False))
        if counts and hits == counts[-1][0] == 0:
            counts[-1] = 0, counts[-1][1] + misses
        else:
            counts.append((hits, misses))
    found = by_step(one.outcome, one.score)
    assert list(zip(*(side.tolist() for side in found), strict=True)) == counts


@given(ROWS)
def test_area_and_separation_are_those_of_the_rows(rows: Rows) -> None:
    one = sample(rows)
    if not one.smaller:
        return
    positive, negative = one.score[one.outcome], one.score[~one.outcome]
    area, limits = auc(one), area_under_curve(positive, negative)
    assert area.value == pytest.approx(roc_auc_score(one.outcome, one.score), abs=1e-12)
    assert (area.value, area.low, area.high) == pytest.approx((limits.value, limits.low, limits.high), abs=1e-9)
    distance = separation(one)
    assert distance.value == pytest.approx(ks_2samp(positive, negative).statistic, abs=1e-12)
    assert distance == kolmogorov_smirnov(positive, negative)


@pytest.mark.parametrize(("n", "digits"), [(60, 1), (3000, 2), (20_000, 12)])
def test_the_area_has_the_limits_of_its_rows_whether_scores_repeat_or_not(n: int, digits: int) -> None:
    one = drawn(n, digits)
    limits = area_under_curve(one.score[one.outcome], one.score[~one.outcome])
    area = auc(one)
    assert (area.low, area.high) == pytest.approx((limits.low, limits.high), rel=1e-12)


@pytest.mark.parametrize("tilt", [0.05, 0.4, 1.0, 2.5, -0.7])
@pytest.mark.parametrize("n", [150, 20_000])
def test_the_slope_is_that_of_the_library(n: int, tilt: float) -> None:
    one = drawn(n, 12, tilt)
    x: Floats = logits(one.score)
    theirs = Logit(one.outcome.astype(float), np.column_stack([np.ones_like(x), x])).fit(disp=0, method="newton")
    assert fitted(one) == pytest.approx((*theirs.params, theirs.bse[1]), rel=1e-8, abs=1e-10)
