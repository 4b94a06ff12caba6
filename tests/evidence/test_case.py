"""Reading what tasks signed: the right place, the right key, the right dimension."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hallmark.edges.directory import DirectoryStore
from hallmark.edges.key_file import KeyFile
from hallmark.errors import Missing, Tampered
from hallmark.evidence.canonical import digest, encode
from hallmark.evidence.case import (
    OBSERVATIONS,
    SignedStep,
    agreed,
    observations_of,
    read_blob,
    read_product,
    read_step,
    read_steps,
)
from hallmark.evidence.envelope import seal
from hallmark.evidence.places import blob_key, step_key
from hallmark.evidence.step import PAYLOAD, STATEMENT, STEP, Step, StepStatement, resource
from hallmark.policy.expected import Key
from hallmark.verdict.observation import Observation, Observations

CASE, OTHER = "0" * 20, "1" * 20
AT = datetime(2026, 11, 24, tzinfo=UTC)


class Desk:
    """A store with one worker who signs steps."""

    def __init__(self, folder: Path) -> None:
        self.store = DirectoryStore(folder / "store")
        self.store.ensure_root()
        self.worker = KeyFile.create(folder / "worker")

    @property
    def keys(self) -> Mapping[str, bytes]:
        return {self.worker.key_id: self.worker.public}

    def statement(self, task: str = "vet", case: str = CASE, **products: str) -> StepStatement:
        step = Step(case=case, task=task, materials=(), started_at=AT, ended_at=AT, cpu_seconds=0.0, tools=())
        subject = tuple(resource(name, sha256) for name, sha256 in products.items())
        return StepStatement(_type=STATEMENT, subject=subject, predicateType=STEP, predicate=step)

    def put(self, statement: StepStatement, task: str = "vet", case: str = CASE) -> str:
        envelope = seal(encode(statement), PAYLOAD, self.worker)
        self.store.put(step_key(case, task, digest(envelope)), envelope)
        return digest(envelope)

    def blob(self, data: bytes) -> str:
        self.store.put(blob_key(digest(data)), data)
        return digest(data)

    def step(self, statement: StepStatement) -> SignedStep:
        return SignedStep(statement=statement, sha256="0" * 64)

    def reporting(self, task: str, *measures: str) -> SignedStep:
        items = tuple(
            Observation(key=Key(measure=measure), value=1.0, method="m", tool="t") for measure in sorted(measures)
        )
        report = self.blob(encode(Observations(task=task, items=items)))
        return self.step(self.statement(task, **{OBSERVATIONS: report}))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_step_is_read_back(desk: Desk) -> None:
    statement = desk.statement(a="0" * 64)
    sha256 = desk.put(statement)
    step = read_step(desk.store, CASE, "vet", sha256, desk.keys)
    assert (step.statement, step.sha256, step.products) == (statement, sha256, {"a": "0" * 64})


def test_a_task_without_steps_has_none(desk: Desk) -> None:
    assert read_steps(desk.store, CASE, "vet", desk.keys) == ()
    with pytest.raises(Missing):
        read_step(desk.store, CASE, "vet", "0" * 64, desk.keys)


def test_a_task_whose_name_begins_alike_is_another(desk: Desk) -> None:
    desk.put(desk.statement("vetting"), "vetting")
    assert read_steps(desk.store, CASE, "vet", desk.keys) == ()


@pytest.mark.parametrize("case", ["another-case", "another-task", "another-type", "another-predicate"])
def test_a_step_in_the_wrong_place_or_of_the_wrong_type_is_refused(desk: Desk, case: str) -> None:
    statement = {
        "another-case": desk.statement(case=OTHER),
        "another-task": desk.statement("score"),
        "another-type": replace(desk.statement(), _type="https://in-toto.io/Statement/v0.1"),
        "another-predicate": replace(desk.statement(), predicateType="urn:hallmark:certification:v1"),
    }[case]
    sha256 = desk.put(statement)
    with pytest.raises(Tampered):
        read_step(desk.store, CASE, "vet", sha256, desk.keys)


def test_a_step_by_an_unknown_key_is_refused(desk: Desk, tmp_path: Path) -> None:
    sha256 = desk.put(desk.statement())
    stranger = KeyFile.create(tmp_path / "stranger")
    with pytest.raises(Tampered, match="not trusted"):
        read_step(desk.store, CASE, "vet", sha256, {stranger.key_id: stranger.public})


def test_a_step_under_the_digest_of_another_is_refused(desk: Desk) -> None:
    envelope = seal(encode(desk.statement()), PAYLOAD, desk.worker)
    desk.store.put(step_key(CASE, "vet", "0" * 64), envelope)
    with pytest.raises(Tampered, match="another digest"):
        read_step(desk.store, CASE, "vet", "0" * 64, desk.keys)


def test_equal_products_agree_and_different_ones_do_not(desk: Desk) -> None:
    one = desk.step(desk.statement(a="1" * 64, b="2" * 64))
    turned = desk.step(desk.statement(b="2" * 64, a="1" * 64))
    assert agreed(()) is None
    assert agreed((one,)) is one
    assert agreed((one, turned)) is one
    assert agreed((one, desk.step(desk.statement(a="1" * 64)))) is None
    assert agreed((one, desk.step(desk.statement(a="1" * 64, b="3" * 64)))) is None


def test_a_blob_has_the_digest_of_its_name(desk: Desk) -> None:
    assert read_blob(desk.store, desk.blob(b"data")) == b"data"
    desk.store.put(blob_key("0" * 64), b"other")
    with pytest.raises(Tampered):
        read_blob(desk.store, "0" * 64)
    with pytest.raises(Missing):
        read_blob(desk.store, "1" * 64)


def test_a_product_that_a_step_does_not_have_is_missing(desk: Desk) -> None:
    with pytest.raises(Missing, match="no product 'report'"):
        read_product(desk.store, desk.step(desk.statement()), "report", Observations)


def test_a_step_reports_what_it_observed(desk: Desk) -> None:
    step = desk.reporting("vet", "vet.consent", "vet.retention")
    assert [one.key.measure for one in observations_of(desk.store, step)] == ["vet.consent", "vet.retention"]
    assert observations_of(desk.store, desk.step(desk.statement())) == ()


@pytest.mark.parametrize(
    ("task", "measure"),
    [
        ("fairness", "performance.auc"),
        ("vet", "process.completed"),
        ("gate", "performance.auc"),
        ("gate", "vet.consent"),
        ("process", "vet.consent"),
        ("open_case", "vet.consent"),
        ("score", "performance.auc"),
        ("vet", "vet.unknown"),
        ("vet", ""),
    ],
)
def test_a_task_reports_on_its_own_dimension_alone(desk: Desk, task: str, measure: str) -> None:
    with pytest.raises(Tampered, match="not its own"):
        observations_of(desk.store, desk.reporting(task, measure))


def test_a_report_that_names_another_task_is_refused(desk: Desk) -> None:
    """The report of another step under this one's name: its measures may fit, its author does not."""
    items = (Observation(key=Key(measure="vet.consent"), value=1.0, method="m", tool="t"),)
    report = desk.blob(encode(Observations(task="elsewhere", items=items)))
    with pytest.raises(Tampered):
        observations_of(desk.store, desk.step(desk.statement("vet", **{OBSERVATIONS: report})))


def test_a_task_called_process_is_not_the_gate(desk: Desk) -> None:
    """Only the gate speaks about the process."""
    with pytest.raises(Tampered):
        observations_of(desk.store, desk.reporting("process", "process.completed"))
