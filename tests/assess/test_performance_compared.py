"""Performance beside something else: the training data, a challenger, the parts of the population."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics
from tests.assess.conftest import Assigned, by_key, evidence_of, frame_of, manifest_of

from hallmark.assess import performance
from hallmark.assess.assignment import Assessment
from hallmark.measures import MEASURES, Task
from hallmark.policy.subject import Manifest, Segment
from hallmark.verdict.observation import Observation

REGIONS = Segment(name="region", column="region", groups=("north", "south", "west"))


def number(assessment: Assessment, name: str, segment: str = "", group: str = "") -> Observation:
    """Return the observation of performance called `name`."""
    return by_key(assessment)[f"performance.{name}", segment, group, ""]


def test_every_number_lies_in_its_registered_range_and_is_registered(assigned: Assigned) -> None:
    wanted = {name for name, one in MEASURES.items() if one.dimension == "performance" and Task.BINARY in one.tasks}
    manifest = manifest_of(challenger="income", segments=(REGIONS,))
    observations = performance.assess(assigned(frame_of(), manifest)).observations
    assert {seen.key.measure for seen in observations} == wanted
    for seen in observations:
        assert MEASURES[seen.key.measure].admits(seen.value), seen


def test_a_model_that_knows_its_training_rows_drops(assigned: Assigned) -> None:
    frame = frame_of(2000)
    learnt = frame_of(2000, seed=2)
    learnt["score"] = 0.5 * learnt["score"] + 0.5 * learnt["late"]
    found = performance.assess(assigned(frame, training=learnt))
    areas = [metrics.roc_auc_score(one["late"], one["score"]) for one in (learnt, frame)]
    drop = number(found, "auc_drop")
    assert drop.value == pytest.approx(areas[0] - areas[1])
    assert drop.low is not None and drop.low > 0
    assert drop.reference == "training data, 2000 rows with a label"


def test_training_data_of_one_class_have_no_drop(assigned: Assigned) -> None:
    seen = number(performance.assess(assigned(frame_of(), training=frame_of(50).assign(late=0))), "auc_drop")
    assert (seen.value, seen.reason) == (None, "training data: all 50 labels are of one class")


def challenged(frame: pd.DataFrame, other: Any) -> tuple[pd.DataFrame, Manifest]:
    return frame.assign(other=other), manifest_of(challenger="other")


def test_the_gain_over_the_challenger_is_a_difference_of_areas(assigned: Assigned) -> None:
    frame = frame_of(2000)
    noisy = frame["score"] + np.random.default_rng(3).normal(0, 0.2, 2000)
    found = performance.assess(assigned(*challenged(frame, noisy)))
    areas = [metrics.roc_auc_score(frame["late"], one) for one in (frame["score"], noisy)]
    gain = number(found, "auc_gain")
    assert gain.value == pytest.approx(areas[0] - areas[1])
    assert gain.low is not None and gain.low > 0
    assert gain.reference == "challenger other"


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (np.nan, "the 0 rows with a label and the challenger's score are not of both classes"),
        ("high", "The challenger 'other' in data.parquet is VARCHAR: its scores must be numbers."),
        (pd.Timestamp("2005-01-01"), "The challenger 'other' in data.parquet is TIMESTAMP"),
        (0.5, ""),
    ],
    ids=["null", "text", "time", "constant"],
)
def test_a_challenger_without_scores_leaves_a_reason(assigned: Assigned, other: object, reason: str) -> None:
    seen = number(performance.assess(assigned(*challenged(frame_of(), other))), "auc_gain")
    assert (seen.value is None) == bool(reason)
    assert seen.reason.startswith(reason)


def test_each_segment_is_measured_by_itself(assigned: Assigned) -> None:
    frame = frame_of(1000)
    found = performance.assess(assigned(frame, manifest_of(segments=(REGIONS,))))
    for region in REGIONS.groups:
        part = frame[frame["region"] == region]
        area = number(found, "segment_auc", "region", region)
        assert area.value == pytest.approx(metrics.roc_auc_score(part["late"], part["score"]))
        large = number(found, "segment_calibration", "region", region)
        assert (large.value, large.n) == pytest.approx(((part["late"] - part["score"]).mean(), len(part)))


def test_the_counts_of_segments_are_in_the_evidence_unless_they_tell_about_rows(assigned: Assigned) -> None:
    frame = frame_of()
    frame.loc[frame.index[:4], "region"] = "east"
    regions = replace(REGIONS, groups=("west", "east", "nowhere"))
    evidence = evidence_of(performance.assess(assigned(frame, manifest_of(segments=(regions,)))), "performance.json")
    west, east, nowhere = evidence["segments"]
    part = frame[frame["region"] == "west"]
    assert (west["rows"], west["positives"]) == (len(part), part["late"].sum())
    assert west["mean_score"] == pytest.approx(part["score"].mean())
    assert east == {"segment": "region", "group": "east", "rows": 4, "positives": None, "mean_score": None}
    assert nowhere["rows"] == 0
    assert evidence["cohort"] == evidence["training"]


def test_a_segment_without_rows_and_one_of_one_class_leave_a_reason(assigned: Assigned) -> None:
    frame = frame_of()
    frame.loc[frame["region"] == "west", "late"] = 1
    regions = replace(REGIONS, groups=("west", "east"))
    found = performance.assess(assigned(frame, manifest_of(segments=(regions,))))
    rows = int((frame["region"] == "west").sum())
    assert (
        number(found, "segment_auc", "region", "west").reason == f"all {rows} labels of region 'west' are of one class"
    )
    assert number(found, "segment_calibration", "region", "west").value is not None
    for name in ("segment_auc", "segment_calibration"):
        assert number(found, name, "region", "east").reason == "region 'east' has no row with a label"


def test_segments_of_numbers_are_spelt_as_declared(assigned: Assigned) -> None:
    frame = frame_of().assign(terms=lambda one: one["id"] % 2 + 1.0)
    terms = Segment(name="terms", column="terms", groups=("1", "2"))
    found = performance.assess(assigned(frame, manifest_of(segments=(terms,))))
    assert {number(found, "segment_calibration", "terms", group).n for group in ("1", "2")} == {200}


def test_segments_without_scores_leave_a_reason(assigned: Assigned) -> None:
    found = performance.assess(assigned(frame_of().drop(columns="score"), manifest_of(segments=(REGIONS,))))
    assert number(found, "segment_auc", "region", "west").reason == "there are no scores"
