"""Calibration within groups: against the residuals of the rows, and by simulation from the scores themselves."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from tests.assess.conftest import Assigned, by_key, frame_of

from hallmark.assess import fairness
from hallmark.assess.fairness.calibration import residual
from hallmark.assess.fairness.cube import UNIT, Tally

WITHIN, BETWEEN = "fairness.calibration_within_group", "fairness.calibration_difference"


def tally(came: NDArray[Any], score: NDArray[Any]) -> Tally:
    billionths, squares = np.round(score * UNIT).astype(int), np.round(score**2 * UNIT).astype(int)
    return Tally(
        rows=len(came),
        favourable=0,
        earned=int((came == 0).sum()),
        unearned=int((came == 1).sum()),
        favourable_earned=0,
        favourable_unearned=0,
        positives=int(came.sum()),
        scores=int(billionths.sum()),
        positive_scores=int(billionths[came == 1].sum()),
        squared_scores=int(squares.sum()),
    )


@pytest.mark.parametrize("shift", [0.0, 0.1])
def test_within_a_group_it_is_the_t_interval_of_the_residuals(assigned: Assigned, shift: float) -> None:
    frame = frame_of(900)
    frame["score"] = (frame["score"] + shift).clip(0, 1)
    found = by_key(fairness.assess(assigned(frame)))
    residuals = {sex: (rows["late"] - rows["score"]).to_numpy() for sex, rows in frame.groupby("sex")}
    sizes = {}
    for sex, values in residuals.items():
        floor = float((frame["score"] * (1 - frame["score"]))[frame["sex"] == sex].mean())
        error = math.sqrt(max(values.var(ddof=1), floor) / len(values))
        sizes[sex] = float(stats.t.ppf(0.975, len(values) - 1)) * error
    women, gap = found[WITHIN, "sex", "women", ""], found[BETWEEN, "sex", "women", ""]
    mean = {sex: float(values.mean()) for sex, values in residuals.items()}
    assert women.value == pytest.approx(mean["women"], abs=2e-9)
    assert women.high == pytest.approx(mean["women"] + sizes["women"], abs=1e-7)
    assert gap.value == pytest.approx(mean["women"] - mean["men"], abs=4e-9)
    assert gap.high == pytest.approx(mean["women"] - mean["men"] + math.hypot(*sizes.values()), abs=1e-7)
    assert women.n == gap.n == len(residuals["women"])


def test_one_group_scored_too_low_is_seen_in_it_alone(assigned: Assigned) -> None:
    frame = frame_of(6000)
    harmed = frame["sex"] == "women"
    frame.loc[harmed, "score"] = np.maximum(frame.loc[harmed, "score"] - 0.1, 0.0)
    found = by_key(fairness.assess(assigned(frame)))
    for measure in (WITHIN, BETWEEN):
        low = found[measure, "sex", "women", ""].low
        assert low is not None and low > 0.05


def test_the_limits_cover_the_truth_in_samples_of_fifteen() -> None:
    """Plain t limits cover in half of them: all residuals are equal where nothing happened yet."""
    random = np.random.default_rng(11)
    covered = 0
    for _ in range(1500):
        score = np.full(15, 0.04)
        limits = residual(tally((random.random(15) < score).astype(int), score), "x")
        assert limits.low is not None and limits.high is not None
        covered += limits.low <= 0 <= limits.high
    assert covered / 1500 > 0.94


@pytest.mark.parametrize("rows", [0, 1])
def test_no_rows_and_one_row_have_no_spread(rows: int) -> None:
    limits = residual(tally(np.ones(rows, int), np.full(rows, 0.5)), "sex 'women'")
    assert limits.value is None
    assert limits.reason == f"sex 'women' has {rows} rows with a label, and no spread can be seen in them"


@pytest.mark.parametrize("certain", [0.0, 1.0])
def test_scores_that_are_certain_and_right_have_no_spread(certain: float) -> None:
    limits = residual(tally(np.full(30, int(certain)), np.full(30, certain)), "x")
    assert limits.value is None and limits.reason
