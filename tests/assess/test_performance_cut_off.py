"""Performance at the cut-off."""

import numpy as np
import pytest
from scipy import stats
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
