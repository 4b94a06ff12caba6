"""Performance at the cut-off, and what another cut-off or a recalibration would do."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import expit, logit
from tests.assess.conftest import Assigned, by_key, evidence_of, frame_of

from hallmark.assess import performance
from hallmark.assess.assignment import Assessment
from hallmark.verdict.observation import Observation


def number(assessment: Assessment, name: str, segment: str = "", group: str = "") -> Observation:
    """Return the observation of performance called `name`."""
    return by_key(assessment)[f"performance.{name}", segment, group, ""]


@pytest.mark.parametrize(
    ("name", "of"), [("recall", "positives"), ("precision", "flagged"), ("specificity", "negatives")]
)
def test_rates_have_wilson_limits_on_their_own_denominator(assigned: Assigned, name: str, of: str) -> None:
    frame = frame_of()
    sizes = {"positives": (frame["late"] == 1).sum(), "negatives": (frame["late"] == 0).sum()}
    n = int(sizes.get(of, (frame["score"] >= 0.4).sum()))
    seen = number(performance.assess(assigned(frame)), name)
    assert seen.value is not None
    limits = stats.binomtest(round(seen.value * n), n).proportion_ci(method="wilson")
    assert seen.n == n
    assert (seen.low, seen.high) == pytest.approx((limits.low, limits.high))


def test_nobody_at_the_cut_off_has_no_precision(assigned: Assigned) -> None:
    frame = frame_of()
    found = performance.assess(assigned(frame.assign(score=frame["score"] / 10)))
    assert number(found, "precision").reason == "no score is at or above the cut-off"
    assert (number(found, "recall").value, number(found, "specificity").value) == (0.0, 1.0)


def test_the_curves_add_up_and_no_step_is_of_fewer_than_ten_rows(assigned: Assigned) -> None:
    frame = frame_of(437)
    counts = evidence_of(performance.assess(assigned(frame)), "performance.json")
    for name in ("curves", "sweep"):
        rows = [0, *sorted(point["rows"] for point in counts[name]), 437]
        assert all(step == 0 or step >= 10 for step in np.diff(rows)), name
    assert counts["curves"][-1]["true_positive_rate"] == counts["curves"][-1]["false_positive_rate"] == 1.0
    for point in counts["sweep"]:
        flagged = frame["score"] >= point["cut_off"]
        assert point["selection_rate"] == pytest.approx(flagged.mean())
        assert point["true_positive_rate"] == pytest.approx(flagged[frame["late"] == 1].mean())
    assert sum(counts["cut_off"][name] for name in counts["cut_off"] if name != "cut_off") == 437


def what_if(assigned: Assigned, frame: pd.DataFrame) -> Any:
    return evidence_of(performance.assess(assigned(frame)), "performance.json")["what_if"]["recalibration"]


def test_recalibration_helps_a_shifted_score(assigned: Assigned) -> None:
    frame = frame_of(4000)
    seen = what_if(assigned, frame.assign(score=expit(logit(frame["score"]) - 1)))
    assert seen["fitted_on"] + seen["measured_on"] == 4000
    assert seen["intercept"]["intercept"] == pytest.approx(1.0, abs=0.15)
    assert seen["intercept"]["says"].startswith("It helps: the Brier score changes by -0.0")
    assert seen["as_it_is"]["calibration_in_the_large"]["low"] > 0.1
    after = seen["intercept"]["calibration_in_the_large"]
    assert after["low"] < 0 < after["high"]
    assert seen["intercept"]["auc"] == pytest.approx(seen["as_it_is"]["auc"])


def test_only_a_slope_helps_a_bold_score(assigned: Assigned) -> None:
    frame = frame_of(4000)
    seen = what_if(assigned, frame.assign(score=expit(2.5 * (logit(frame["score"]) + 0.75) - 0.75)))
    assert seen["intercept_and_slope"]["slope"] == pytest.approx(0.4, abs=0.06)
    gains = [seen[name]["brier_change"]["value"] for name in ("intercept_and_slope", "intercept")]
    assert gains[0] < gains[1]
    assert seen["intercept_and_slope"]["says"].startswith("It helps")


def test_recalibration_is_not_said_to_help_a_calibrated_score(assigned: Assigned) -> None:
    seen = what_if(assigned, frame_of(4000))
    for name in ("intercept", "intercept_and_slope"):
        assert not seen[name]["says"].startswith("It helps")


def test_a_score_the_wrong_way_round_is_turned_by_a_slope(assigned: Assigned) -> None:
    frame = frame_of(2000)
    seen = what_if(assigned, frame.assign(score=1 - frame["score"]))
    assert seen["intercept_and_slope"]["slope"] < 0
    assert seen["as_it_is"]["auc"]["value"] < 0.5 < seen["intercept_and_slope"]["auc"]["value"]


@pytest.mark.parametrize("case", ["few", "constant", "one-class"])
def test_what_cannot_be_recalibrated_says_why(assigned: Assigned, case: str) -> None:
    frame = {
        "few": frame_of(60),
        "constant": frame_of().assign(score=0.5),
        "one-class": frame_of().assign(late=0),
    }[case]
    seen = what_if(assigned, frame)
    if case == "constant":
        assert "separate the classes" in seen["intercept_and_slope"]["reason"]
        assert "says" in seen["intercept"]
    else:
        assert ("too few" if case == "few" else "one class") in seen["reason"]
