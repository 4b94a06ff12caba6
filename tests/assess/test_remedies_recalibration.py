"""What a recalibration would do: of a score that is shifted, too bold, calibrated, or the wrong way round."""

from typing import Any

import pandas as pd
import pytest
from scipy.special import expit, logit
from tests.assess.conftest import Assigned, frame_of

from hallmark.assess.performance.sample import sample_of
from hallmark.assess.remedies.recalibration import recalibration


def recalibrated(assigned: Assigned, frame: pd.DataFrame) -> Any:
    sample = sample_of(assigned(frame).data)
    return recalibration(sample, 0.4, seed=1)


def test_recalibration_helps_a_shifted_score(assigned: Assigned) -> None:
    frame = frame_of(4000)
    seen = recalibrated(assigned, frame.assign(score=expit(logit(frame["score"]) - 1)))
    assert seen["fitted_on"] + seen["measured_on"] == 4000
    assert seen["intercept"]["intercept"] == pytest.approx(1.0, abs=0.15)
    assert seen["intercept"]["says"].startswith("It helps: the Brier score changes by -0.0")
    assert seen["as_it_is"]["calibration_in_the_large"]["low"] > 0.1
    after = seen["intercept"]["calibration_in_the_large"]
    assert after["low"] < 0 < after["high"]
    assert seen["intercept"]["auc"] == pytest.approx(seen["as_it_is"]["auc"])


def test_only_a_slope_helps_a_bold_score(assigned: Assigned) -> None:
    frame = frame_of(4000)
    seen = recalibrated(assigned, frame.assign(score=expit(2.5 * (logit(frame["score"]) + 0.75) - 0.75)))
    assert seen["intercept_and_slope"]["slope"] == pytest.approx(0.4, abs=0.06)
    gains = [seen[name]["brier_change"]["value"] for name in ("intercept_and_slope", "intercept")]
    assert gains[0] < gains[1]
    assert seen["intercept_and_slope"]["says"].startswith("It helps")


def test_recalibration_is_not_said_to_help_a_calibrated_score(assigned: Assigned) -> None:
    seen = recalibrated(assigned, frame_of(4000))
    for name in ("intercept", "intercept_and_slope"):
        assert not seen[name]["says"].startswith("It helps")


def test_a_score_the_wrong_way_round_is_turned_by_a_slope(assigned: Assigned) -> None:
    frame = frame_of(2000)
    seen = recalibrated(assigned, frame.assign(score=1 - frame["score"]))
    assert seen["intercept_and_slope"]["slope"] < 0
    assert seen["as_it_is"]["auc"]["value"] < 0.5 < seen["intercept_and_slope"]["auc"]["value"]


@pytest.mark.parametrize("case", ["few", "constant", "one-class"])
def test_what_cannot_be_recalibrated_says_why(assigned: Assigned, case: str) -> None:
    frame = {
        "few": frame_of(60),
        "constant": frame_of().assign(score=0.5),
        "one-class": frame_of().assign(late=0),
    }[case]
    seen = recalibrated(assigned, frame)
    if case == "constant":
        assert "separate the classes" in seen["intercept_and_slope"]["reason"]
        assert "says" in seen["intercept"]
    else:
        assert ("too few" if case == "few" else "one class") in seen["reason"]
