"""The gate as final judge: whatever happened before it, the pack says so and nothing becomes usable by it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from hallmark.errors import HallmarkError, Missing, Tampered
from hallmark.evidence.canonical import decode, digest, encode
from hallmark.evidence.entry import EntryKind
from hallmark.evidence.envelope import seal
from hallmark.evidence.places import blob_key, step_key
from hallmark.evidence.step import PAYLOAD, StepStatement
from hallmark.evidence.verify import Outcome
from hallmark.policy.appetite import Status
from hallmark.policy.expected import Key
from hallmark.policy.role import KeyUse
from hallmark.steps.gate import gate
from hallmark.steps.packs import packed, read_pack
from hallmark.steps.record import recording, required
from hallmark.verdict.finding import Decision
from hallmark.verdict.observation import Observation

if TYPE_CHECKING:
    from tests.conftest import Place

    from hallmark.evidence.statement import Certification

USABLE = (Decision.CERTIFIED, Decision.CONDITIONAL)
TASKS = ("vet", "score", "data_quality", "drift", "fairness", "performance")


def status_of(certification: Certification, measure: str) -> Status:
    found = {one.status for one in certification.verdict.findings if one.expected.key.measure == measure}
    assert len(found) == 1
    return found.pop()


@pytest.fixture(scope="module")
def measured_world(small_world: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A case whose tasks are all done and whose gate has not run; copied, never written to."""
    place = small_world.copy(tmp_path_factory.mktemp("measured") / "home")
    place.case = place.open()
    place.work(place.case)
    return place


@pytest.fixture
def measured(measured_world: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return measured_world.copy(tmp_path_factory.mktemp("measured") / "home")


def drop(place: Place, task: str) -> None:
    """The task left no signed step: failed, skipped, killed or marked successful."""
    for key in place.store.keys(f"cases/{place.case}/{task}/"):
        (place.folder / key).unlink()


def test_a_case_that_was_never_opened_has_nothing_to_decide(small: Place) -> None:
    before = small.snapshot()
    with pytest.raises(Missing):
        gate(small.context, "0" * 20)
    assert small.snapshot() == before


def test_a_whole_case_is_certified(measured: Place) -> None:
    certification = gate(measured.context, measured.case)
    assert certification.verdict.decision is Decision.CERTIFIED
    assert measured.verify().outcome is Outcome.USABLE
    assert status_of(certification, "process.completed") is Status.SATISFIED


@pytest.mark.parametrize("task", TASKS)
def test_a_task_without_a_step_leaves_its_findings_open(measured: Place, task: str) -> None:
    drop(measured, task)
    certification = gate(measured.context, measured.case)
    verdict = certification.verdict
    assert any("no signed step that counts" in note and task in note for note in certification.notes)
    own = [one for one in verdict.findings if one.expected.key.measure.partition(".")[0] == task]
    assert {one.status for one in own} == ({Status.NOT_EVALUATED} if task != "score" else set())
    assert verdict.decision not in USABLE
    assert measured.verify().outcome is (Outcome.USABLE if verdict.decision in USABLE else Outcome.NOT_USABLE)


def test_a_case_without_its_remedies_is_decided_alike_and_says_so(measured: Place) -> None:
    drop(measured, "remedies")
    certification = gate(measured.context, measured.case)
    assert certification.verdict.decision is Decision.CERTIFIED
    assert "no signed step that counts: remedies" in certification.notes
    assert "no signed step of this case delivered remedies_refits.json" in report_of(measured, certification)


@pytest.mark.parametrize("task", [task for task in TASKS if task != "vet"])
def test_a_task_whose_predecessor_is_missing_does_nothing(small: Place, task: str) -> None:
    case = small.open()
    with pytest.raises(Missing, match="no signed step of vet"):
        small.task(case, task)
    assert not list(small.store.keys(f"cases/{case}/{task}/"))


# Conflicting evidence


def sign_again(place: Place, task: str, **changes: Any) -> None:
    """Put another step of `task` beside the one that is there, with another value for its last observation."""
    step = required(place.context, place.case, task).statement
    statement = replace(step, **changes) if changes else step
    envelope = place.seal(statement, KeyUse.WORKER)
    place.overwrite(step_key(place.case, task, digest(envelope)), envelope)


def other_products(place: Place, task: str) -> dict[str, Any]:
    step = required(place.context, place.case, task).statement
    last = replace(step.subject[-1], digest=replace(step.subject[-1].digest, sha256=digest(b"other")))
    place.overwrite(blob_key(digest(b"other")), b"other")
    return {"subject": (*step.subject[:-1], last)}


@pytest.mark.parametrize("task", TASKS)
def test_a_task_signed_twice_with_different_products_refuses(measured: Place, task: str) -> None:
    sign_again(measured, task, **other_products(measured, task))
    certification = gate(measured.context, measured.case)
    assert certification.verdict.decision is Decision.REFUSED
    assert status_of(certification, "process.steps_agree") is Status.NOT_SATISFIED
    assert any(task in note and "2 times with different products" in note for note in certification.notes)
    assert measured.verify().outcome is Outcome.NOT_USABLE


@pytest.mark.parametrize("task", TASKS)
def test_a_retry_with_equal_products_is_no_conflict(measured: Place, task: str) -> None:
    step = required(measured.context, measured.case, task).statement
    sign_again(measured, task, predicate=replace(step.predicate, cpu_seconds=99.0))
    assert gate(measured.context, measured.case).verdict.decision is Decision.CERTIFIED
    assert measured.verify().outcome is Outcome.USABLE


@pytest.mark.parametrize("use", [KeyUse.CERTIFIER, KeyUse.LOG, KeyUse.PUBLISHER])
def test_a_step_signed_by_a_key_that_is_no_workers_refuses(measured: Place, use: KeyUse) -> None:
    key = next(measured.store.keys(f"cases/{measured.case}/fairness/"))
    statement = required(measured.context, measured.case, "fairness").statement
    (measured.folder / key).unlink()
    envelope = measured.seal(statement, use)
    measured.overwrite(step_key(measured.case, "fairness", digest(envelope)), envelope)
    certification = gate(measured.context, measured.case)
    assert certification.verdict.decision is Decision.REFUSED
    assert status_of(certification, "process.steps_agree") is Status.NOT_SATISFIED


def test_a_step_of_another_case_does_not_count(measured: Place) -> None:
    other = measured.open("two")
    measured.task(other, "vet")
    drop(measured, "vet")
    key = next(measured.store.keys(f"cases/{other}/vet/"))
    measured.overwrite(key.replace(other, measured.case), measured.store.get(key))
    certification = gate(measured.context, measured.case)
    assert certification.verdict.decision is Decision.REFUSED


def test_a_task_that_reports_for_another_does_not_count(measured: Place) -> None:
    """The worker of fairness brings a good word for performance."""
    drop(measured, "fairness")
    good = Observation(
        key=Key(measure="performance.auc"), value=0.99, low=0.98, high=0.995, n=600, method="m", tool="t"
    )
    with recording(measured.context, measured.case, "fairness") as recorder:
        recorder.observe((good,))
    certification = gate(measured.context, measured.case)
    assert certification.verdict.decision is Decision.REFUSED
    assert any("not its own to report" in note for note in certification.notes)


def test_an_unknown_task_changes_nothing(measured: Place) -> None:
    good = Observation(
        key=Key(measure="performance.auc"), value=0.99, low=0.98, high=0.995, n=600, method="m", tool="t"
    )
    with recording(measured.context, measured.case, "extra") as recorder:
        recorder.observe((good,))
    certification = gate(measured.context, measured.case)
    assert "extra" not in {step.task for step in certification.steps}
    assert certification.verdict.decision is Decision.CERTIFIED


@pytest.mark.parametrize("damage", ["junk", "flipped", "empty"])
@pytest.mark.parametrize("task", ["vet", "fairness"])
def test_junk_among_the_steps_leaves_a_refusal_and_no_crash(measured: Place, task: str, damage: str) -> None:
    """Every case that was opened leaves a pack, also when somebody writes into the folder of its steps."""
    envelope = measured.store.get(next(measured.store.keys(f"cases/{measured.case}/vet/")))
    data = {"junk": b"junk", "flipped": envelope[:99] + b"x" + envelope[100:], "empty": b""}[damage]
    measured.overwrite(step_key(measured.case, task, digest(data)), data)
    certification = gate(measured.context, measured.case)
    assert certification.verdict.decision is Decision.REFUSED
    assert measured.verify().outcome is Outcome.NOT_USABLE


@pytest.mark.parametrize("data", [b"", b"junk"])
def test_junk_among_the_steps_of_the_gate_changes_nothing(measured: Place, data: bytes) -> None:
    """The gate rests on the step that it has just signed itself."""
    measured.overwrite(step_key(measured.case, "gate", digest(data)), data)
    assert gate(measured.context, measured.case).verdict.decision is Decision.CERTIFIED
    assert measured.verify().outcome is Outcome.USABLE


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_product_that_is_gone_or_changed_leaves_a_refusal_that_verifies(
    measured: Place, task: str, damage: str
) -> None:
    products = required(measured.context, measured.case, task).products
    for name, sha256 in products.items():
        if name.startswith("workspace:"):
            continue
        place = measured
        path = place.folder / blob_key(sha256)
        path.unlink() if damage == "gone" else place.overwrite(blob_key(sha256), path.read_bytes() + b" ")
    certification = gate(measured.context, measured.case)
    assert certification.verdict.decision is Decision.REFUSED
    assert measured.verify().outcome is Outcome.NOT_USABLE


def test_evidence_beside_the_observations_that_is_gone_is_noticed_by_the_gate(measured: Place) -> None:
    """Counts in the pack are what an outsider recomputes from; a pack that lacks them would never verify."""
    products = dict(required(measured.context, measured.case, "fairness").products)
    products.pop("observations")
    for sha256 in products.values():
        (measured.folder / blob_key(sha256)).unlink()
    assert products
    certification = gate(measured.context, measured.case)
    assert certification.verdict.decision is Decision.REFUSED
    assert measured.verify().outcome is Outcome.NOT_USABLE


# Twice, and killed in between


def test_the_gate_twice_gives_one_pack_and_one_entry(measured: Place) -> None:
    first = gate(measured.context, measured.case)
    before = measured.snapshot()
    measured.clock.forward(days=1)
    assert gate(measured.context, measured.case) == first
    assert measured.snapshot() == before
    assert len(measured.ledger().of_case(measured.case, EntryKind.PACK)) == 1


class Killed(Exception):
    """The process ended here."""


class Dying:
    """A sequencer whose process is killed before it appends."""

    def append(self, entry: bytes) -> int:
        raise Killed

    def entries(self) -> tuple[bytes, ...]:
        raise Killed


def test_a_gate_killed_between_pack_and_ledger_heals(measured: Place) -> None:
    with pytest.raises(Killed):
        gate(measured.again(sequencer=Dying()), measured.case)
    assert packed(measured.context, "small", "1", measured.case)
    assert measured.verify().outcome is Outcome.WRONG  # not in the ledger, so nobody may use it yet
    pack = measured.store.get(measured.pack())
    measured.clock.forward(hours=1)
    gate(measured.context, measured.case)
    assert measured.store.get(measured.pack()) == pack
    assert measured.verify().outcome is Outcome.USABLE


def test_a_gate_killed_between_its_step_and_the_pack_heals(measured: Place) -> None:
    class Full(type(measured.store)):  # type: ignore[misc]
        def put(self, key: str, data: bytes) -> None:
            if key.startswith("packs/"):
                raise Killed
            super().put(key, data)

    with pytest.raises(Killed):
        gate(measured.again(store=Full(measured.folder)), measured.case)
    assert not packed(measured.context, "small", "1", measured.case)
    measured.clock.forward(hours=1)
    assert gate(measured.context, measured.case).verdict.decision is Decision.CERTIFIED
    assert measured.verify().outcome is Outcome.USABLE


def test_a_pack_of_another_case_is_not_taken_for_ones_own(small_decided: Place) -> None:
    """A certified pack is copied to where a hanging case will look for its own."""
    place = small_decided
    hanging = place.open("two")
    place.overwrite(place.pack(hanging), place.store.get(place.pack()))
    with pytest.raises(Tampered):
        gate(place.context, hanging)
    with pytest.raises(Tampered):
        read_pack(place.context, "small", "1", hanging)


@pytest.mark.parametrize("data", [b"", b"junk", b"{}"])
def test_junk_in_the_place_of_the_pack_is_refused(measured: Place, data: bytes) -> None:
    measured.overwrite(measured.pack(), data)
    with pytest.raises(HallmarkError):
        gate(measured.context, measured.case)


def test_a_pack_signed_by_a_worker_in_the_place_of_the_pack_is_refused(small_decided: Place) -> None:
    place = small_decided
    statement = decode(_payload(place.store.get(place.pack())), dict)
    place.overwrite(place.pack(), seal(encode(statement), PAYLOAD, place.context.signer(KeyUse.WORKER)))
    with pytest.raises(Tampered):
        gate(place.context, place.case)


def _payload(envelope: bytes) -> bytes:
    return base64.b64decode(json.loads(envelope)["payload"])


def test_the_pack_lists_the_cases_before_it(small_decided: Place) -> None:
    later = small_decided.certify("two", tasks=())
    assert [one.case for one in later.earlier] == [small_decided.case]


def test_a_gate_that_the_sweeper_calls_refuses(measured: Place) -> None:
    certification = gate(measured.context, measured.case, completed=False)
    assert certification.verdict.decision is Decision.REFUSED
    assert status_of(certification, "process.completed") is Status.NOT_SATISFIED
    assert measured.verify().outcome is Outcome.NOT_USABLE


def test_a_step_that_is_signed_after_the_gate_changes_nothing(measured: Place) -> None:
    drop(measured, "vet")
    first = gate(measured.context, measured.case)
    measured.task(measured.case, "vet")
    assert gate(measured.context, measured.case) == first
    assert measured.verify().outcome is Outcome.NOT_USABLE


def test_the_statement_of_a_step_has_its_own_door() -> None:
    with pytest.raises(Tampered):
        decode(b'{"_type":"x"}', StepStatement)


def test_the_report_shows_the_evidence_of_the_steps_that_count(measured: Place) -> None:
    page = report_of(measured, gate(measured.context, measured.case))
    assert "cannot be read" not in page and "no signed step of this case delivered" not in page
    counts = json.loads(product(measured, "performance"))["cohort"]
    assert f'<td class="number" data-label="Rows with a label">{counts["rows"]:,}</td>' in page


def test_a_chapter_without_its_step_says_so(measured: Place) -> None:
    drop(measured, "drift")
    page = report_of(measured, gate(measured.context, measured.case))
    assert "no signed step of this case delivered drift.json" in page


def report_of(place: Place, certification: Certification) -> str:
    sha256 = next(one.digest.sha256 for one in certification.blobs if one.name == "report.html")
    return place.store.get(blob_key(sha256)).decode()


def product(place: Place, task: str) -> bytes:
    """The evidence of a task that signed one step."""
    (key,) = place.store.keys(f"cases/{place.case}/{task}/")
    statement = decode(base64.b64decode(json.loads(place.store.get(key))["payload"]), StepStatement)
    sha256 = next(one.digest.sha256 for one in statement.subject if one.name == f"{task}.json")
    return place.store.get(blob_key(sha256))
