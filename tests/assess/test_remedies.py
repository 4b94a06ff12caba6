"""The step of remedies as a whole: what it leaves, and that it judges nothing."""

import json
from dataclasses import replace

from tests.assess.conftest import SEX, Assigned, frame_of, label_of, manifest_of

from hallmark.assess import remedies
from hallmark.measures import Task


def test_every_way_out_of_a_classifier_is_evidence_and_no_observation(assigned: Assigned) -> None:
    found = remedies.assess(assigned(frame_of(600), manifest_of(attributes=(SEX,))))
    assert found.observations == ()
    assert set(found.evidence) == {f"remedies_{name}.json" for name in ("cut_offs", "recalibration", "refits")}
    assert set(json.loads(found.evidence["remedies_cut_offs.json"])) == {"sex"}
    assert {"intercepts", "refits"} == set(json.loads(found.evidence["remedies_refits.json"]))


def test_without_scores_no_cut_off_is_tried(assigned: Assigned) -> None:
    found = remedies.assess(assigned(frame_of(600).drop(columns="score")))
    assert "remedies_cut_offs.json" not in found.evidence
    assert json.loads(found.evidence["remedies_recalibration.json"])["reason"]


def test_a_regression_has_no_cut_off_and_may_be_fitted_again(assigned: Assigned) -> None:
    frame = frame_of(600).assign(late=lambda rows: rows["income"] * 2.0)
    found = remedies.assess(
        assigned(
            frame, manifest_of(task=Task.REGRESSION, decision=None, label=replace(label_of("late"), positive=None))
        )
    )
    assert set(found.evidence) == {"remedies_refits.json"}
