"""Verification attacked: each step of the eight must refuse what it is there for, in a store and in an export."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hallmark.edges.key_file import KeyFile
from hallmark.errors import Tampered, Undecidable
from hallmark.evidence.archive import Archive
from hallmark.evidence.canonical import decode, digest, encode
from hallmark.evidence.checkpoint import Checkpoint, seal_checkpoint
from hallmark.evidence.entry import EntryKind
from hallmark.evidence.envelope import seal
from hallmark.evidence.merkle import root as merkle_root
from hallmark.evidence.places import blob_key, checkpoint_key, entry_key, rulebook_key, step_key
from hallmark.evidence.statement import Certification, PackStatement
from hallmark.evidence.step import PAYLOAD
from hallmark.evidence.trail import Question
from hallmark.evidence.verify import Outcome, Verification, verify
from hallmark.policy.role import KeyUse
from hallmark.policy.subject import Consent, Manifest
from hallmark.steps.found import root_of
from hallmark.steps.gate import gate
from hallmark.steps.ledger import append
from hallmark.verdict.finding import Decision

if TYPE_CHECKING:
    from tests.conftest import Place

START = datetime(1999, 1, 1, tzinfo=UTC)
HEAVY = ("airflow", "pandas", "great_expectations", "evidently", "fairlearn", "numpy", "sklearn", "duckdb", "boto3")


@pytest.fixture(scope="module")
def certified(small_decided_world: Place) -> Place:
    """A certified case, read only."""
    return small_decided_world


@pytest.fixture(scope="module")
def archive(certified: Place, tmp_path_factory: pytest.TempPathFactory) -> Archive:
    path = tmp_path_factory.mktemp("export") / "case.tar"
    path.write_bytes(certified.export())
    return Archive.read(path)


def wrong(answer: Verification, step: int) -> None:
    """The answer is 2, and it is `step` that says so."""
    assert (answer.outcome, answer.checks[-1].number) == (Outcome.WRONG, step), answer.checks[-1].says
    assert not answer.checks[-1].ok


def ask(archive: Archive, place: Place, **changes: bytes) -> Verification:
    """Verify the export with some members exchanged; names have their slashes as in the store."""
    members = archive.members | changes
    changed = Archive(archive.name, members)
    return verify(Question(store=changed, pack=archive.pack, root=place.context.root, at=place.clock.at))


def flipped(data: bytes, position: int, mask: int = 1) -> bytes:
    return data[:position] + bytes([data[position] ^ mask]) + data[position + 1 :]


# The right answers


def test_a_certified_case_is_usable_from_the_store_and_from_the_export(certified: Place, archive: Archive) -> None:
    for answer in (certified.verify(), ask(archive, certified)):
        assert answer.outcome is Outcome.USABLE
        assert [check.number for check in answer.checks] == list(range(1, 9))
        assert all(check.ok for check in answer.checks)


def test_the_card_example_holds(decided: Place) -> None:
    answer = decided.verify()
    verdict = answer.certification.verdict if answer.certification else None
    assert verdict is not None
    assert len(answer.checks) == 8
    usable = verdict.decision in (Decision.CERTIFIED, Decision.CONDITIONAL)
    assert answer.outcome is (Outcome.USABLE if usable else Outcome.NOT_USABLE)


def test_without_a_root_nothing_is_said(certified: Place) -> None:
    assert certified.verify(root=None).outcome is Outcome.CANNOT_TELL


def test_a_pack_that_is_not_there_cannot_be_told(certified: Place) -> None:
    assert certified.verify(case="0" * 20).outcome is Outcome.CANNOT_TELL


def test_a_root_of_somebody_else_is_wrong(certified: Place, tmp_path: Path) -> None:
    other = root_of("hallmark-test", KeyFile.create(tmp_path / "key"), demo=True)
    wrong(certified.verify(root=other), 1)


def test_a_root_that_calls_itself_no_demo_is_wrong_for_a_demo_pack(certified: Place) -> None:
    publisher = certified.context.signer(KeyUse.PUBLISHER)
    wrong(certified.verify(root=root_of("hallmark-test", publisher, demo=False)), 3)


@pytest.mark.parametrize("data", [b"", b"{}", b"not json", b"\xff" * 40])
def test_a_root_that_is_none_is_no_pass_and_no_traceback(certified: Place, data: bytes) -> None:
    assert certified.verify(root=data).outcome in (Outcome.WRONG, Outcome.CANNOT_TELL)


def test_a_root_with_a_key_that_is_no_hexadecimal_is_no_traceback(certified: Place) -> None:
    root = json.loads(certified.context.root)
    root["publishers"][0]["public"] = "zz"
    assert certified.verify(root=encode(root)).outcome in (Outcome.WRONG, Outcome.CANNOT_TELL)


# Every byte counts


def test_one_bit_in_any_member_is_noticed(certified: Place, archive: Archive) -> None:
    for key, data in archive.members.items():
        for position in sorted({0, len(data) // 3, 2 * len(data) // 3, len(data) - 1}):
            answer = ask(archive, certified, **{key: flipped(data, position)})
            assert answer.outcome is Outcome.WRONG, f"{key} at {position}: {answer.checks[-1].says}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_byte_of_any_member_is_noticed(certified: Place, archive: Archive, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(archive.members)))
    held = archive.members[key]
    position = data.draw(st.integers(0, len(held) - 1))
    mask = data.draw(st.integers(1, 255))
    assert ask(archive, certified, **{key: flipped(held, position, mask)}).outcome is Outcome.WRONG


def test_one_bit_in_the_store_is_noticed(small_decided: Place, archive: Archive) -> None:
    for key in sorted(archive.members):
        held = (small_decided.folder / key).read_bytes()
        small_decided.overwrite(key, flipped(held, len(held) // 2))
        assert small_decided.verify().outcome is Outcome.WRONG, key
        small_decided.overwrite(key, held)
    assert small_decided.verify().outcome is Outcome.USABLE


def test_the_card_example_notices_a_bit_in_every_kind_of_member(decided: Place, tmp_path: Path) -> None:
    path = tmp_path / "card.tar"
    path.write_bytes(decided.export())
    whole = Archive.read(path)
    for kind in (
        "packs/",
        "blobs/",
        f"cases/{decided.case}/fairness/",
        "ledger/entries/",
        "ledger/check",
        "rulebooks/",
    ):
        key = next(whole.keys(kind))
        data = whole.members[key]
        assert ask(whole, decided, **{key: flipped(data, len(data) // 2)}).outcome is Outcome.WRONG, key


def test_every_missing_member_of_an_export_is_noticed(certified: Place, archive: Archive) -> None:
    for key in archive.members:
        rest = Archive(archive.name, {name: data for name, data in archive.members.items() if name != key})
        answer = verify(Question(store=rest, pack=archive.pack, root=certified.context.root, at=certified.clock.at))
        told = Outcome.CANNOT_TELL if key.startswith(("packs/", "ledger/checkpoints/")) else Outcome.WRONG
        assert answer.outcome is told, key


def test_swapped_blobs_are_wrong(certified: Place, archive: Archive) -> None:
    first, second = list(archive.keys("blobs/"))[:2]
    swapped = {first: archive.members[second], second: archive.members[first]}
    wrong(ask(archive, certified, **swapped), 5)


def test_truncated_and_lengthened_members_are_wrong(certified: Place, archive: Archive) -> None:
    for key in archive.members:
        for data in (archive.members[key][:-1], archive.members[key] + b"\n", b""):
            assert ask(archive, certified, **{key: data}).outcome is Outcome.WRONG, key


# Somebody else's evidence


def test_a_step_of_another_case_is_wrong(small_decided: Place) -> None:
    other = small_decided.open("two")
    small_decided.task(other, "vet")
    theirs = next(small_decided.store.keys(f"cases/{other}/vet/"))
    own = next(small_decided.store.keys(f"cases/{small_decided.case}/vet/"))
    small_decided.overwrite(own, small_decided.store.get(theirs))
    wrong(small_decided.verify(), 5)


def test_a_pack_of_another_case_at_this_place_is_wrong(small_decided: Place) -> None:
    other = small_decided.certify("two", tasks=())
    small_decided.overwrite(small_decided.pack(), small_decided.store.get(small_decided.pack(other.case)))
    wrong(small_decided.verify(), 3)


def test_a_pack_that_was_moved_is_wrong(small_decided: Place) -> None:
    data = small_decided.store.get(small_decided.pack())
    moved = small_decided.pack().replace("/1/", "/2/", 1)
    small_decided.overwrite(moved, data)
    wrong(small_decided.verify(pack=moved), 3)
    again = small_decided.pack().replace("1.json", "2.json")
    small_decided.overwrite(again, data)
    wrong(small_decided.verify(pack=again), 3)


# Stolen keys


def forge(place: Place, change: Callable[[Certification], Certification], use: KeyUse = KeyUse.CERTIFIER) -> None:
    """Write a changed pack, signed again, and a ledger that never held another one: certifier and log are stolen."""
    key = place.pack()
    statement = decode(payload(place.store.get(key)), PackStatement)
    forged = place.seal(replace(statement, predicate=change(statement.predicate)), use)
    place.overwrite(key, forged)
    rewrite(place, digest(forged), change(statement.predicate))


def payload(envelope: bytes) -> bytes:
    return base64.b64decode(json.loads(envelope)["payload"])


def rewrite(place: Place, sha256: str, told: Certification) -> None:
    entries = list(place.entries())
    index = next(i for i, entry in enumerate(entries) if entry.kind is EntryKind.PACK and entry.case == told.case)
    verdict = told.verdict
    entries[index] = replace(
        entries[index], sha256=sha256, decision=verdict.decision, at=verdict.at, expires_at=verdict.expires_at
    )
    leaves = tuple(encode(entry) for entry in entries)
    place.overwrite(entry_key(index), leaves[index])
    seal_over(place, leaves)


def seal_over(place: Place, leaves: tuple[bytes, ...]) -> None:
    checkpoint = Checkpoint(origin="hallmark-test", size=len(leaves), root=merkle_root(leaves), at=place.clock.at)
    place.overwrite(checkpoint_key(len(leaves)), seal_checkpoint(checkpoint, place.context.signer(KeyUse.LOG)))


def test_the_forger_of_these_tests_can_forge(small_decided: Place) -> None:
    forge(small_decided, lambda told: replace(told, hallmark="another version"))
    assert small_decided.verify().outcome is Outcome.USABLE


def test_a_worker_cannot_seal_a_pack(small_decided: Place) -> None:
    forge(small_decided, lambda told: told, use=KeyUse.WORKER)
    wrong(small_decided.verify(), 2)


def _refused_as_certified(told: Certification) -> Certification:
    return replace(told, verdict=replace(told.verdict, decision=Decision.CERTIFIED))


def test_a_changed_verdict_does_not_follow(small: Place) -> None:
    small.case = small.certify("one", tasks=()).case
    assert small.verify().outcome is Outcome.NOT_USABLE
    forge(small, _refused_as_certified)
    wrong(small.verify(), 7)


@pytest.mark.parametrize(
    "case",
    [
        "sentence",
        "status",
        "severity",
        "expiry",
        "because",
        "finding-removed",
        "condition",
        "risk",
        "opening",
        "limits",
    ],
)
def test_a_changed_word_of_the_verdict_does_not_follow(small_decided: Place, case: str) -> None:
    def change(told: Certification) -> Certification:
        verdict = told.verdict
        first, rest = verdict.findings[0], verdict.findings[1:]
        later = timedelta(days=3650)
        return {
            "sentence": lambda: replace(told, verdict=replace(verdict, findings=(replace(first, sentence="x"), *rest))),
            "status": lambda: replace(told, verdict=replace(verdict, findings=(replace(first, margin=9.0), *rest))),
            "severity": lambda: replace(
                told,
                verdict=replace(
                    verdict, findings=(replace(first, expected=replace(first.expected, title="milder")), *rest)
                ),
            ),
            "expiry": lambda: replace(told, verdict=replace(verdict, expires_at=verdict.at + later)),
            "because": lambda: replace(told, verdict=replace(verdict, because="All is well.")),
            "finding-removed": lambda: replace(told, verdict=replace(verdict, findings=rest)),
            "condition": lambda: replace(told, verdict=replace(verdict, expires_because="never")),
            "risk": lambda: replace(told, verdict=replace(verdict, risk=replace(verdict.risk, score=-1.0))),
            "opening": lambda: replace(told, opening=replace(told.opening, asked_by="somebody else")),
            "limits": lambda: replace(told, limits=()),
        }[case]()

    forge(small_decided, change)
    wrong(small_decided.verify(), 7)


@pytest.mark.parametrize(
    ("step", "change"),
    [
        (7, {"notes": ()}),
        (7, {"notes": ("all is well",)}),
        (7, {"cpu_seconds": 0.0}),
        (7, {"reviewer_minutes": 9999.0}),
    ],
    ids=["no notes", "other notes", "no effort", "people that were not asked"],
)
def test_what_a_pack_tells_beside_its_verdict_follows(
    small_decided: Place, step: int, change: dict[str, object]
) -> None:
    forge(small_decided, lambda told: replace(told, **change))  # type: ignore[arg-type]
    wrong(small_decided.verify(), step)


@pytest.mark.parametrize("place", range(4))
def test_no_note_can_be_added_taken_away_or_changed(small_decided: Place, place: int) -> None:
    """Only the words in which the store speaks of itself are taken as they were signed."""

    def notes(told: Certification) -> tuple[str, ...]:
        return (*told.notes[:place], "fit for every purpose", *told.notes[place:])

    forge(small_decided, lambda told: replace(told, notes=notes(told)))
    wrong(small_decided.verify(), 7)


def test_a_task_that_left_no_step_stays_in_the_notes(small: Place) -> None:
    small.case = small.certify(tasks=("vet", "score", "drift", "performance", "remedies")).case
    assert small.verify().outcome is Outcome.NOT_USABLE
    for missing in ("no signed step that counts: data_quality", "no signed step that counts: drift, fairness"):
        with small_copy(small) as other:
            forge(other, lambda told, note=missing: replace(told, notes=(note, *told.notes[1:])))  # type: ignore[misc]
            wrong(other.verify(), 7)
    forge(small, lambda told: replace(told, notes=told.notes[1:]))
    wrong(small.verify(), 7)


@contextlib.contextmanager
def small_copy(place: Place) -> Iterator[Place]:
    with tempfile.TemporaryDirectory() as folder:
        yield place.copy(Path(folder) / "home")


def test_a_conflict_that_the_gate_signed_stays_in_the_notes(small: Place) -> None:
    small.case = small.open()
    small.work(small.case)
    (small.folder / next(small.store.keys(f"cases/{small.case}/drift/"))).write_bytes(b"junk")
    told = gate(small.context, small.case)
    assert len(told.notes) == 5 and small.verify().outcome is Outcome.NOT_USABLE
    forge(small, lambda told: replace(told, notes=told.notes[1:]))
    wrong(small.verify(), 7)


@pytest.mark.parametrize("change", [{"started_at": START}, {"cpu_seconds": 0.0}], ids=["times", "cost"])
def test_times_and_cost_of_a_step_are_those_that_were_signed(small_decided: Place, change: dict[str, object]) -> None:
    def changed(told: Certification) -> Certification:
        steps = tuple(replace(step, **change) for step in told.steps)  # type: ignore[arg-type]
        return replace(told, steps=steps, cpu_seconds=round(sum(step.cpu_seconds for step in steps), 3))

    forge(small_decided, changed)
    wrong(small_decided.verify(), 5)


def test_the_earlier_cases_are_those_of_the_ledger(small_decided: Place) -> None:
    small_decided.clock.forward(hours=1)
    small_decided.case = small_decided.certify("two").case
    assert small_decided.verify().outcome is Outcome.USABLE
    for earlier in ("none", "twice", "milder"):
        with small_copy(small_decided) as other:

            def changed(told: Certification, how: str = earlier) -> Certification:
                (one,) = told.earlier
                found = {"none": (), "twice": (one, one), "milder": (replace(one, decision="refused"),)}[how]
                return replace(told, earlier=found)

            forge(other, changed)
            wrong(other.verify(), 7)


def test_an_earlier_case_that_was_decided_while_this_one_was_measured_may_be_missing(small_decided: Place) -> None:
    small_decided.case = small_decided.open("two")
    small_decided.work(small_decided.case)
    small_decided.certify("three", tasks=())
    assert len(gate(small_decided.context, small_decided.case).earlier) == 2
    forge(small_decided, lambda told: replace(told, earlier=told.earlier[:1]))
    assert small_decided.verify().checks[6].ok


@pytest.mark.parametrize("asked", [{"model": "other"}, {"version": "2"}, {"cohort": "may"}], ids=lambda one: str(one))
def test_a_pack_about_something_else_than_was_asked_for_is_wrong(certified: Place, asked: dict[str, Any]) -> None:
    right: dict[str, Any] = {"model": "small", "version": "1", "cohort": "july"}
    question = Question(
        store=certified.store, pack=certified.pack(), root=certified.context.root, at=certified.clock.at, **right
    )
    assert verify(question).outcome is Outcome.USABLE
    answer = verify(replace(question, **asked))
    wrong(answer, 4)
    ((name, wanted),) = asked.items()
    assert answer.checks[-1].says == f"The pack is about {name} {right[name]}, not {name} {wanted}."


def test_a_pack_without_its_bad_step_does_not_become_usable(small: Place) -> None:
    small.register("2", consent=replace(small_consent(small), basis=""))
    small.case = small.certify("one", version="2").case
    key = small.pack(version="2")
    statement = decode(payload(small.store.get(key)), PackStatement)
    assert statement.predicate.verdict.decision is Decision.REFUSED
    steps = tuple(step for step in statement.predicate.steps if step.task != "vet")
    told = replace(statement.predicate, steps=steps)
    forged = small.seal(replace(statement, predicate=told), KeyUse.CERTIFIER)
    small.overwrite(key, forged)
    rewrite(small, digest(forged), told)
    wrong(small.verify(version="2"), 5)


def small_consent(place: Place) -> Consent:
    return decode(place.context.registry.manifest("small", "1"), Manifest).consent


def test_a_loosened_profile_does_not_follow(small: Place) -> None:
    """The worker's key is stolen: the opening asks for less, and everything after it is honest work."""
    small.register("2", consent=replace(small_consent(small), basis=""))
    small.case = small.open(version="2")
    loosen(small, "vet.consent")
    small.work(small.case)
    assert gate(small.context, small.case).verdict.decision is Decision.CERTIFIED
    wrong(small.verify(version="2"), 7)


def loosen(place: Place, measure: str) -> None:
    """Exchange the signed opening for one whose profile does not expect `measure`."""
    original = next(place.store.keys(f"cases/{place.case}/open_case/"))
    statement = json.loads(payload(place.store.get(original)))
    product = next(item for item in statement["subject"] if item["name"] == "profile")
    profile = json.loads(place.store.get(blob_key(product["digest"]["sha256"])))
    profile["expected"] = [one for one in profile["expected"] if one["key"]["measure"] != measure]
    loosened = encode(profile)
    place.overwrite(blob_key(digest(loosened)), loosened)
    product["digest"]["sha256"] = digest(loosened)
    step = place.seal(statement, KeyUse.WORKER)
    (place.folder / original).unlink()
    place.overwrite(step_key(place.case, "open_case", digest(step)), step)
    key = step_key(place.case, "open_case", digest(step))
    leaves = [*place.ledger().leaves[:-1], encode(replace(place.entries()[-1], sha256=digest(step), key=key))]
    place.home.ledger.unlink()  # the sequencer is filled again from what the store tells
    _rewrite_all(place, tuple(leaves))


# The ledger


def test_a_pack_that_the_ledger_does_not_hold_is_wrong(small: Place) -> None:
    case = small.open()
    small.case = case
    gate(small.again(sequencer=small.context.sequencer), case)
    entries = small.entries()[:-1]
    leaves = tuple(encode(entry) for entry in entries)
    for size in range(len(leaves) + 1, len(small.entries()) + 1):
        (small.folder / checkpoint_key(size)).unlink()
    seal_over(small, leaves)
    wrong(small.verify(), 6)


def test_the_same_case_packed_twice_is_wrong(small_decided: Place) -> None:
    entry = small_decided.entries()[-1]
    append(small_decided.context, replace(entry, sha256="0" * 64))
    wrong(small_decided.verify(), 6)


def test_a_case_that_was_opened_twice_is_wrong(small_decided: Place) -> None:
    entry = next(entry for entry in small_decided.entries() if entry.kind is EntryKind.OPENED)
    append(small_decided.context, replace(entry, sha256="0" * 64))
    wrong(small_decided.verify(), 6)


def test_a_ledger_that_tells_another_decision_is_wrong(small_decided: Place) -> None:
    entries = list(small_decided.entries())
    entries[-1] = replace(entries[-1], decision="referred")
    _rewrite_all(small_decided, tuple(encode(entry) for entry in entries))
    wrong(small_decided.verify(), 6)


@pytest.mark.parametrize("change", [{"model": "other"}, {"version": "9"}, {"rulebook": 7}, {"cohort": "may"}])
def test_a_ledger_that_tells_another_subject_is_wrong(small_decided: Place, change: dict[str, object]) -> None:
    entries = list(small_decided.entries())
    entries[-1] = replace(entries[-1], **change)  # type: ignore[arg-type]
    _rewrite_all(small_decided, tuple(encode(entry) for entry in entries))
    wrong(small_decided.verify(), 6)


def _rewrite_all(place: Place, leaves: tuple[bytes, ...]) -> None:
    for index, leaf in enumerate(leaves):
        place.overwrite(entry_key(index), leaf)
    seal_over(place, leaves)


def test_a_forked_ledger_is_wrong_for_whoever_saw_the_other_branch(small_decided: Place) -> None:
    size = len(small_decided.entries())
    seen = small_decided.store.get(checkpoint_key(size))
    assert small_decided.verify(seen=seen).outcome is Outcome.USABLE
    entries = list(small_decided.entries())
    entries[0] = replace(entries[0], at=entries[0].at - timedelta(days=1))
    _rewrite_all(small_decided, tuple(encode(entry) for entry in entries))
    wrong(small_decided.verify(seen=seen), 6)


def test_a_shortened_ledger_is_wrong_for_whoever_saw_more(small_decided: Place) -> None:
    small_decided.certify("two", tasks=())
    size = len(small_decided.entries())
    seen = small_decided.store.get(checkpoint_key(size))
    for gone in (size, size - 1):
        (small_decided.folder / checkpoint_key(gone)).unlink()
    assert small_decided.verify().outcome is Outcome.USABLE  # nobody without the checkpoint can tell
    wrong(small_decided.verify(seen=seen), 6)


@pytest.mark.parametrize("seen", [b"", b"hallmark-test\n3\n", b"\xff"])
def test_a_checkpoint_that_is_none_is_wrong(certified: Place, seen: bytes) -> None:
    wrong(certified.verify(seen=seen), 6)


# The chain of rulebooks


def test_a_rulebook_signed_by_a_key_that_the_one_before_does_not_name_is_wrong(
    small_decided: Place, tmp_path: Path
) -> None:
    place = small_decided
    place.publish_with_grace(5)
    stranger = KeyFile.create(tmp_path / "stranger")
    forged = seal(payload(place.store.get(rulebook_key(2))), "application/vnd.hallmark.rulebook+json", stranger)
    place.overwrite(rulebook_key(2), forged)
    wrong(place.verify(), 1)


def test_a_certificate_lapses_under_a_newer_rulebook_after_grace(small_decided: Place) -> None:
    small_decided.publish_with_grace(20)
    assert small_decided.verify(at=small_decided.clock.at + timedelta(days=20, seconds=-1)).outcome is Outcome.USABLE
    answer = small_decided.verify(at=small_decided.clock.at + timedelta(days=20))
    assert answer.outcome is Outcome.NOT_USABLE
    assert "lapsed" in answer.checks[-1].says


def test_a_later_rulebook_with_less_grace_counts(small_decided: Place) -> None:
    small_decided.publish_with_grace(90)
    small_decided.clock.forward(days=1)
    small_decided.publish_with_grace(0)
    assert small_decided.verify().outcome is Outcome.NOT_USABLE


def test_a_rulebook_that_was_taken_away_is_noticed(small_decided: Place) -> None:
    small_decided.publish_with_grace(0)
    assert small_decided.verify().outcome is Outcome.NOT_USABLE
    (small_decided.folder / rulebook_key(2)).unlink()
    assert small_decided.verify().outcome is Outcome.WRONG


# Standing


def test_an_expired_certificate_is_authentic_and_not_usable(certified: Place) -> None:
    answer = certified.verify(at=certified.clock.at + timedelta(days=180))
    assert answer.outcome is Outcome.NOT_USABLE
    assert "expired" in answer.checks[-1].says
    assert certified.verify(at=certified.clock.at + timedelta(days=180, seconds=-1)).outcome is Outcome.USABLE


def test_before_its_decision_a_certificate_is_not_usable(certified: Place) -> None:
    answer = certified.verify(at=certified.clock.at - timedelta(seconds=1))
    assert answer.outcome is Outcome.NOT_USABLE
    assert "not valid before" in answer.checks[-1].says


def test_a_later_refusal_supersedes(small_decided: Place) -> None:
    later = small_decided.certify("two", tasks=())
    assert later.verdict.decision is Decision.REFUSED
    answer = small_decided.verify()
    assert answer.outcome is Outcome.NOT_USABLE
    assert f"superseded by case {later.case}" in answer.checks[-1].says
    assert small_decided.verify(later.case).outcome is Outcome.NOT_USABLE


def test_a_later_referral_does_not_supersede(small_decided: Place) -> None:
    assert small_decided.certify("two", tasks=("vet",)).verdict.decision is Decision.REFERRED
    assert small_decided.verify().outcome is Outcome.USABLE


def test_a_refusal_followed_by_a_referral_still_supersedes(small_decided: Place) -> None:
    small_decided.certify("two", tasks=())
    small_decided.certify("three", tasks=("vet",))
    assert small_decided.verify().outcome is Outcome.NOT_USABLE


def test_a_case_of_another_version_does_not_supersede(small_decided: Place) -> None:
    small_decided.register("2")
    small_decided.certify("two", tasks=(), version="2")
    assert small_decided.verify().outcome is Outcome.USABLE


# The artifact at hand


def test_the_artifact_at_hand_must_be_the_one(decided: Place) -> None:
    artifact = digest((decided.home.registry / "card_default" / "1" / "model.skops").read_bytes())
    assert decided.verify(artifact_sha256=artifact).outcome == decided.verify().outcome
    wrong(decided.verify(artifact_sha256="0" * 64), 4)


def test_a_pack_about_predictions_alone_is_about_no_artifact(certified: Place) -> None:
    wrong(certified.verify(artifact_sha256="0" * 64), 4)


# Export and command


def test_an_export_is_the_same_bytes_twice_and_needs_no_store(certified: Place, tmp_path: Path) -> None:
    data = certified.export()
    assert data == certified.export()
    path = tmp_path / "case.tar"
    path.write_bytes(data)
    (tmp_path / "root.json").write_bytes(certified.context.root)
    assert command(path, "--root", tmp_path / "root.json", "--at", "2026-11-24T12:00:00Z") == 0
    assert command(path) == 3
    assert command(path, "--root", tmp_path / "nowhere.json") == 3
    assert command(tmp_path / "nothing.tar", "--root", tmp_path / "root.json") == 3
    assert command(path, "--root", tmp_path / "root.json", "--at", "2028-01-01T00:00:00Z") == 1


def command(*words: object) -> int:
    """`hallmark verify` in a process of its own; it must import none of the heavy libraries."""
    program = (
        "import sys\nfrom hallmark.cli.main import main\ncode = main(['verify', *sys.argv[1:]])\n"
        f"assert not [name for name in {HEAVY!r} if name in sys.modules], sorted(sys.modules)\nsys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, words)], capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert "HALLMARK" not in done.stdout
    return done.returncode


def test_the_command_verifies_a_pack_in_a_copied_store(small_decided: Place) -> None:
    pack = small_decided.folder / small_decided.pack()
    root = small_decided.home.root / "root.json"
    assert command(pack, "--root", root, "--at", "2026-11-24T12:00:00Z") == 0
    data = pack.read_bytes()
    small_decided.overwrite(small_decided.pack(), flipped(data, len(data) // 2))
    assert command(pack, "--root", root) == 2


@pytest.mark.parametrize("damage", ["first-header", "later-header", "payload", "cut", "twice", "link"])
def test_a_damaged_export_is_never_usable(certified: Place, tmp_path: Path, damage: str) -> None:
    data = certified.export()
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        later = tar.getmembers()[-1].offset
    path = tmp_path / "case.tar"
    path.write_bytes(
        {
            "first-header": lambda: flipped(data, 3),
            "later-header": lambda: flipped(data, later + 3),
            "payload": lambda: flipped(data, later + 600),
            "cut": lambda: data[: later + 700],
            "twice": lambda: with_member(data, tarfile.TarInfo(rulebook_key(1))),
            "link": lambda: with_member(data, link()),
        }[damage]()
    )
    try:
        whole = Archive.read(path)
    except (Tampered, Undecidable):
        return
    answer = verify(Question(store=whole, pack=certified.pack(), root=certified.context.root, at=certified.clock.at))
    assert answer.outcome is Outcome.WRONG


def link() -> tarfile.TarInfo:
    member = tarfile.TarInfo("rulebooks/2.json")
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return member


def with_member(data: bytes, member: tarfile.TarInfo) -> bytes:
    buffer = io.BytesIO(data)
    with tarfile.open(fileobj=buffer, mode="a") as tar:
        tar.addfile(member, io.BytesIO(b""))
    return buffer.getvalue()


def test_a_later_header_that_is_damaged_hides_no_rulebook(small_decided: Place, tmp_path: Path) -> None:
    """Reading a tar ends quietly at a header that does not hold; what lies behind it must be missed."""
    small_decided.publish_with_grace(0)
    data = small_decided.export()
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        offset = tar.getmember(rulebook_key(2)).offset
    path = tmp_path / "case.tar"
    path.write_bytes(flipped(data, offset))
    try:
        whole = Archive.read(path)
    except (Tampered, Undecidable):
        return
    question = Question(store=whole, pack=whole.pack, root=small_decided.context.root, at=small_decided.clock.at)
    assert verify(question).outcome is Outcome.WRONG


def test_step_of_a_pack_is_read_with_the_keys_of_its_rulebook(small_decided: Place) -> None:
    """A step that the certifier signed is no step of a worker."""
    place = small_decided
    key = next(place.store.keys(f"cases/{place.case}/vet/"))
    forged = seal(payload(place.store.get(key)), PAYLOAD, place.context.signer(KeyUse.CERTIFIER))
    place.overwrite(step_key(place.case, "vet", digest(forged)), forged)
    forge(
        place,
        lambda told: replace(
            told,
            steps=tuple(replace(step, sha256=digest(forged)) if step.task == "vet" else step for step in told.steps),
        ),
    )
    wrong(place.verify(), 5)
