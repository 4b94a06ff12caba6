"""Data that cannot be measured leave a pack with the reason, and never a usable one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from hallmark.errors import BadInput
from hallmark.evidence.canonical import decode, digest, encode
from hallmark.evidence.case import observations_of
from hallmark.evidence.verify import Outcome
from hallmark.policy.appetite import Status
from hallmark.policy.subject import Attribute, Cohort
from hallmark.steps.record import required
from hallmark.steps.register import register
from hallmark.verdict.finding import Decision

if TYPE_CHECKING:
    import pandas as pd
    from tests.conftest import Place

USABLE = (Decision.CERTIFIED, Decision.CONDITIONAL)

DAMAGES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "one-class": (lambda frame: frame.assign(late=0), "performance.auc"),
    "without-label-column": (lambda frame: frame.drop(columns="late"), "performance.auc"),
    "without-score-column": (lambda frame: frame.drop(columns="score"), "performance.auc"),
    "without-attribute-column": (lambda frame: frame.drop(columns="sex"), "fairness.selection_rate_ratio"),
    "without-key-column": (lambda frame: frame.drop(columns="id"), "performance.auc"),
    "empty": (lambda frame: frame.head(0), "performance.auc"),
    "labels-null": (lambda frame: frame.assign(late=None), "performance.auc"),
    "scores-null": (lambda frame: frame.assign(score=None), "performance.auc"),
    "scores-out-of-range": (lambda frame: frame.assign(score=frame["score"] + 2), "performance.auc"),
    "scores-text": (lambda frame: frame.assign(score="high"), "performance.auc"),
    "group-absent": (lambda frame: frame.assign(sex="men"), "fairness.selection_rate_ratio"),
    "group-undeclared": (lambda frame: frame.assign(sex="unknown"), "fairness.selection_rate_ratio"),
    "groups-null": (lambda frame: frame.assign(sex=None), "fairness.selection_rate_ratio"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_data_that_cannot_be_measured_leave_a_reason_and_nothing_usable(
    small: Place, small_frame: pd.DataFrame, damage: str
) -> None:
    change, measure = DAMAGES[damage]
    small.register_cohort("august", frame=change(small_frame))
    certification = small.certify(cohort="august")
    verdict = certification.verdict
    assert verdict.decision not in USABLE
    finding = next(one for one in verdict.findings if one.expected.key.measure == measure)
    assert finding.status in (Status.NOT_EVALUATED, Status.INSUFFICIENT)
    assert finding.observation is not None
    assert finding.observation.reason or finding.status is Status.INSUFFICIENT
    assert len(finding.sentence) > 20
    assert {step.task for step in certification.steps} >= {"data_quality", "drift", "fairness", "performance"}
    assert small.verify(certification.case).outcome is Outcome.NOT_USABLE


def test_a_file_that_is_no_parquet_leaves_a_reason(small: Place) -> None:
    small.register_cohort("august")
    folder = small.home.registry / "small" / "1"
    data, record = b"PAR1 and nothing more", folder / "cohorts" / "august.json"
    (folder / "august.parquet").write_bytes(data)
    cohort = decode(record.read_bytes(), Cohort)
    record.write_bytes(encode(replace(cohort, sha256=digest(data))))
    certification = small.certify(cohort="august")
    assert certification.verdict.decision not in USABLE
    assert small.verify(certification.case).outcome is Outcome.NOT_USABLE


def test_a_declared_group_without_a_row_is_seen(small: Place) -> None:
    three = Attribute(name="sex", column="sex", groups=("men", "women", "others"), reference="men")
    small.register("2", attributes=(three,))
    certification = small.certify(version="2")
    assert certification.verdict.decision not in USABLE
    present = next(
        one for one in certification.verdict.findings if one.expected.key.measure == "data_quality.groups_present"
    )
    assert present.status is Status.NOT_SATISFIED
    absent = next(one for one in certification.verdict.findings if one.expected.key.group == "others")
    assert absent.status in (Status.NOT_EVALUATED, Status.INSUFFICIENT)


def test_an_assessor_reports_on_its_own_dimension_alone(small_decided: Place) -> None:
    for task in ("data_quality", "drift", "fairness", "performance"):
        step = required(small_decided.context, small_decided.case, task)
        found = observations_of(small_decided.store, step)
        assert found
        assert {one.key.measure.partition(".")[0] for one in found} == {task}


def test_measuring_twice_gives_equal_products(small: Place) -> None:
    case = small.open()
    small.work(case)
    first = {task: required(small.context, case, task).products for task in ("drift", "fairness", "performance")}
    small.clock.forward(minutes=5)
    for task in ("data_quality", *first):
        small.task(case, task)
    for task, products in first.items():
        assert required(small.context, case, task).products == products
        assert len(list(small.store.keys(f"cases/{case}/{task}/"))) == 2


def test_a_folder_with_nothing_to_register_is_refused(small: Place, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(BadInput, match=r"no manifest\.yaml"):
        register(small.context.registry, tmp_path_factory.mktemp("empty"))
