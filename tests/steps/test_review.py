"""People decide a referred case: signed answers, the second pack, and everything that must not yield a certificate."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.conftest import TASKS, Place

from hallmark import wiring
from hallmark.edges.index_sql import Filter
from hallmark.errors import BadInput, Missing, Tampered
from hallmark.evidence.archive import Archive, exported
from hallmark.evidence.canonical import decode, digest, encode
from hallmark.evidence.case import read_step
from hallmark.evidence.entry import EntryKind, of_pack
from hallmark.evidence.envelope import open_envelope
from hallmark.evidence.places import pack_key, step_key
from hallmark.evidence.statement import Certification, PackStatement
from hallmark.evidence.step import PAYLOAD
from hallmark.evidence.told import reference
from hallmark.evidence.trail import Question
from hallmark.evidence.verify import Outcome, verify
from hallmark.policy.role import KeyUse
from hallmark.steps import asking
from hallmark.steps.ledger import append
from hallmark.steps.review import Referred, answer, referred, settle
from hallmark.verdict.finding import Condition, Decision
from hallmark.verdict.review import Answer, Fallback, Heard, Review
from hallmark.web.pages.standing import standing_of

REVIEWERS = ("credit-committee", "model-validation")
MEASURED = tuple(task for task in TASKS if task != "drift")
"""Without the drift step nothing is known about a moderate control, and a person is asked."""


@pytest.fixture(scope="module")
def waiting_world(small_world: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A referred case that waits for two people; copied, never written to."""
    place = small_world.copy(tmp_path_factory.mktemp("waiting") / "home")
    certification = place.certify(tasks=MEASURED)
    assert certification.verdict.decision is Decision.REFERRED
    place.case = certification.case
    place.clock.forward(hours=1)
    return place


@pytest.fixture
def waiting(waiting_world: Place, tmp_path: Path) -> Place:
    """An installation of one's own with that case."""
    return waiting_world.copy(tmp_path / "waiting")


def say(
    place: Place,
    reviewer: str,
    decision: Answer = Answer.CONDITIONAL,
    evidence: bytes | None = None,
    seat: int | None = None,
) -> Heard:
    case = referred(place.context, place.case)
    return answer(place.context, case, words(place, case, reviewer, decision, evidence, seat), evidence)


def words(
    place: Place,
    case: Referred,
    reviewer: str,
    decision: Answer = Answer.CONDITIONAL,
    evidence: bytes | None = None,
    seat: int | None = None,
) -> Review:
    at = place.clock.at
    due = Condition(control="small/D-1", owner="the owner", action="Measure drift", due=at + timedelta(days=9))
    return Review(
        case=place.case,
        pack_sha256=case.first_sha256,
        reviewer=reviewer,
        seat=seat or (2 if reviewer == REVIEWERS[1] else 1),
        answer=decision,
        rationale="The data of July are those of June.",
        conditions=(due,) if decision is Answer.CONDITIONAL else (),
        fallback=Fallback.PREVIOUS_VERSION,
        evidence_sha256=None if evidence is None else digest(evidence),
        minutes=15,
        at=at,
    )


def second(place: Place) -> str:
    return pack_key("small", "1", place.case, 2)


def checked(place: Place, pack: str = "") -> tuple[Outcome, str]:
    question = Question(store=place.store, pack=pack or second(place), root=place.context.root, at=place.clock.at)
    answered = verify(question)
    return answered.outcome, answered.checks[-1].says


def decided(place: Place, *answers: Answer) -> Certification:
    for reviewer, decision in zip(REVIEWERS, answers, strict=False):
        say(place, reviewer, decision)
    return settle(place.context, place.case)


def test_two_people_agree_and_the_second_pack_can_be_used(waiting: Place) -> None:
    found = decided(waiting, Answer.CONDITIONAL, Answer.CONDITIONAL)
    assert (found.number, found.verdict.decision, found.reviewer_minutes) == (2, Decision.CONDITIONAL, 30.0)
    assert found.verdict.expires_at == waiting.clock.at + timedelta(days=9)
    assert checked(waiting)[0] is Outcome.USABLE
    assert "referred" in checked(waiting, waiting.pack())[1]
    assert (
        "2 reviews"
        in verify(Question(store=waiting.store, pack=second(waiting), root=waiting.context.root, at=waiting.clock.at))
        .checks[6]
        .says
    )


def test_one_refusal_refuses(waiting: Place) -> None:
    assert decided(waiting, Answer.REFUSE).verdict.decision is Decision.REFUSED
    assert checked(waiting)[0] is Outcome.NOT_USABLE


def test_an_export_of_the_second_pack_is_decided_again_offline(waiting: Place, tmp_path: Path) -> None:
    say(waiting, REVIEWERS[0], evidence=b"a letter of the data office")
    say(waiting, REVIEWERS[1])
    settle(waiting.context, waiting.case)
    (tmp_path / "case.tar").write_bytes(exported(waiting.store, second(waiting), waiting.context.chain()))
    archive = Archive.read(tmp_path / "case.tar")
    assert archive.pack == second(waiting)
    question = Question(store=archive, pack=archive.pack, root=waiting.context.root, at=waiting.clock.at)
    assert verify(question).outcome is Outcome.USABLE
    assert b"a letter of the data office" in archive.members.values()


@pytest.mark.parametrize("given", [(), (Answer.CONDITIONAL,)])
def test_too_few_answers_leave_no_second_pack(waiting: Place, given: tuple[Answer, ...]) -> None:
    with pytest.raises(Missing, match=f"{len(given)} of 2 answers"):
        decided(waiting, *given)
    assert second(waiting) not in set(waiting.store.keys("packs/"))


def test_nobody_in_time_is_a_refusal(waiting: Place) -> None:
    say(waiting, REVIEWERS[0])
    waiting.clock.forward(days=14)
    found = settle(waiting.context, waiting.case)
    assert found.verdict.because.startswith("no-answer: 1 of 2")
    assert checked(waiting)[0] is Outcome.NOT_USABLE


@pytest.mark.parametrize("who", ["the-owner", "data-office", "somebody"])
def test_who_may_not_answer_is_recorded_and_changes_nothing(waiting: Place, who: str) -> None:
    assert say(waiting, who).objection
    say(waiting, REVIEWERS[0])
    with pytest.raises(Missing, match="1 of 2"):
        settle(waiting.context, waiting.case)
    found = decided(waiting, Answer.CONDITIONAL, Answer.CONDITIONAL)
    assert any(sentence.startswith("Not a review: ") and who in sentence for sentence in found.verdict.said)
    assert checked(waiting)[0] is Outcome.USABLE


def test_a_seat_is_taken_by_an_answer_that_counts_and_by_no_other(waiting: Place) -> None:
    def taken() -> tuple[bool, bool]:
        case = referred(waiting.context, waiting.case)
        return asking.taken(waiting.context, case, 1), asking.taken(waiting.context, case, 2)

    say(waiting, "the-owner", seat=1)
    assert taken() == (False, False)
    say(waiting, REVIEWERS[0], seat=2)
    assert taken() == (False, True)
    say(waiting, REVIEWERS[0], seat=1)
    assert taken() == (False, True), "the second answer of one person takes no seat"


def test_an_answer_about_another_pack_is_not_taken(waiting: Place) -> None:
    case = referred(waiting.context, waiting.case)
    other = replace(words(waiting, case, REVIEWERS[0]), pack_sha256="f" * 64)
    with pytest.raises(BadInput, match="about the pack f"):
        answer(waiting.context, case, other, None)
    assert not [one for one in waiting.entries() if one.kind is EntryKind.REVIEW]


def test_an_answer_about_another_pack_decides_nothing(waiting: Place) -> None:
    """Signed with the stolen key of the review service, and entered with that of the log."""
    case = referred(waiting.context, waiting.case)
    other = replace(words(waiting, case, REVIEWERS[0]), pack_sha256="f" * 64)
    answer(waiting.context, replace(case, first_sha256="f" * 64), other, None)
    with pytest.raises(Tampered, match="is about the pack f"):
        settle(waiting.context, waiting.case)
    assert second(waiting) not in set(waiting.store.keys("packs/"))
    (key,) = waiting.store.keys(f"cases/{waiting.case}/review/")
    keys = waiting.context.chain().latest.keys(KeyUse.REVIEWER)
    step = read_step(waiting.store, waiting.case, "review", Path(key).stem, keys)
    first = (case.first, case.first_sha256)
    _seal_second(waiting, replace(first[0], number=2, first_sha256=first[1], reviews=(reference(step),)))
    outcome, says = checked(waiting)
    assert outcome is Outcome.WRONG and "is about the pack f" in says


def test_answering_twice_does_not_make_two(waiting: Place) -> None:
    say(waiting, REVIEWERS[0])
    waiting.clock.forward(minutes=1)
    assert "had answered before" in say(waiting, REVIEWERS[0]).objection
    with pytest.raises(Missing, match="1 of 2"):
        settle(waiting.context, waiting.case)


def test_deciding_twice_is_once_and_a_lost_entry_is_made_good(waiting: Place) -> None:
    first = decided(waiting, Answer.CONDITIONAL, Answer.CONDITIONAL)
    entries = waiting.entries()
    waiting.clock.forward(days=3)
    assert settle(waiting.context, waiting.case) == first
    assert waiting.entries() == entries


def test_after_the_decision_no_answer_is_taken(waiting: Place) -> None:
    decided(waiting, Answer.REFUSE)
    with pytest.raises(BadInput, match="was decided meanwhile"):
        say(waiting, REVIEWERS[1])


def test_nobody_is_asked_about_what_the_numbers_decide(small_decided: Place) -> None:
    with pytest.raises(BadInput, match="the numbers decided"):
        referred(small_decided.context, small_decided.case)


def test_an_answer_that_only_lies_in_the_store_is_none(waiting: Place) -> None:
    """Signed by the stolen key of the service even: it is not in the ledger."""
    say(waiting, REVIEWERS[0])
    (key,) = waiting.store.keys(f"cases/{waiting.case}/review/")
    data = waiting.store.get(key)
    forged = words(waiting, referred(waiting.context, waiting.case), REVIEWERS[1])
    waiting.overwrite(f"blobs/sha256/{digest(encode(forged))[:2]}/{digest(encode(forged))}", encode(forged))
    waiting.overwrite(step_key(waiting.case, "review", digest(data + b" ")), data)
    with pytest.raises(Missing, match="1 of 2"):
        settle(waiting.context, waiting.case)


def _without_refusal(place: Place, found: Certification) -> Certification:
    kept = found.reviews[:1]
    return replace(found, reviews=kept)


def _without_step(place: Place, found: Certification) -> Certification:
    return replace(found, steps=found.steps[:-1])


def _certified(place: Place, found: Certification) -> Certification:
    return replace(found, verdict=replace(found.verdict, decision=Decision.CERTIFIED))


def _other_first(place: Place, found: Certification) -> Certification:
    return replace(found, first_sha256="0" * 64)


def _other_minutes(place: Place, found: Certification) -> Certification:
    return replace(found, reviewer_minutes=600.0)


def _other_notes(place: Place, found: Certification) -> Certification:
    return replace(found, notes=(*found.notes[1:-1], found.notes[-1]))


def _none(place: Place, found: Certification) -> Certification:
    return replace(found, first_sha256=None, reviews=())


@pytest.mark.parametrize(
    "forge", [_without_refusal, _without_step, _certified, _other_first, _none, _other_minutes, _other_notes]
)
def test_a_second_pack_that_tells_it_otherwise_is_wrong(
    waiting: Place, forge: Callable[[Place, Certification], Certification]
) -> None:
    """Whoever holds the key of the certifier cannot leave out an answer, a step or the first pack."""

    say(waiting, REVIEWERS[0])
    say(waiting, REVIEWERS[1], Answer.REFUSE)
    found = _draft(waiting)
    forged = forge(waiting, found)
    _seal_second(waiting, forged)
    assert checked(waiting)[0] in (Outcome.WRONG, Outcome.CANNOT_TELL)


def _seal_second(place: Place, told: Certification) -> None:
    """Sign `told` as the second pack and enter it, with the stolen keys."""
    first, keys = place.store.get(place.pack()), place.context.chain().keys(KeyUse.CERTIFIER)
    statement = decode(open_envelope(first, keys, PAYLOAD).payload, PackStatement)
    envelope = place.seal(replace(statement, predicate=told), KeyUse.CERTIFIER)
    place.overwrite(second(place), envelope)
    append(place.context, of_pack(told, digest(envelope)))


def _draft(place: Place) -> Certification:
    """The second pack as it would be written."""
    copy = place.copy(place.home.root.parent / "draft")
    return settle(copy.context, place.case)


def test_a_signed_answer_whose_evidence_was_exchanged_is_refused(waiting: Place) -> None:
    say(waiting, REVIEWERS[0], evidence=b"a letter")
    sha256 = digest(b"a letter")
    waiting.overwrite(f"blobs/sha256/{sha256[:2]}/{sha256}", b"another letter")
    say(waiting, REVIEWERS[1])
    settle(waiting.context, waiting.case)
    outcome, says = checked(waiting)
    assert outcome is Outcome.WRONG and "another digest" in says


def test_a_review_of_an_older_case_does_not_outdo_a_newer_refusal(waiting: Place, small_frame: object) -> None:
    """The numbers refused the model on later data; what people then say of the older data brings nothing back."""
    frame = small_frame
    frame["late"] = 1 - frame["late"]  # type: ignore[index]
    waiting.register_cohort("august", frame=frame)
    newer = waiting.certify("two", cohort="august")
    assert newer.verdict.decision is Decision.REFUSED
    assert decided(waiting, Answer.CONDITIONAL, Answer.CONDITIONAL).verdict.decision is Decision.CONDITIONAL
    outcome, says = checked(waiting)
    assert outcome is Outcome.NOT_USABLE and f"superseded by case {newer.case} (refused on august)" in says


def test_a_later_refusal_of_an_older_case_ends_the_newer_certificate(waiting: Place) -> None:
    waiting.register_cohort("august")
    newer = waiting.certify("two", cohort="august")
    assert newer.verdict.decision is Decision.CERTIFIED
    decided(waiting, Answer.REFUSE)
    assert waiting.verify(newer.case).outcome is Outcome.NOT_USABLE


def test_a_later_agreement_on_an_older_case_leaves_the_newer_certificate(waiting: Place) -> None:
    waiting.register_cohort("august")
    newer = waiting.certify("two", cohort="august")
    decided(waiting, Answer.CONDITIONAL, Answer.CONDITIONAL)
    assert waiting.verify(newer.case).outcome is Outcome.USABLE
    assert checked(waiting)[0] is Outcome.NOT_USABLE


def test_the_pages_say_of_both_cases_what_verify_says(waiting: Place) -> None:
    """The older case was referred and agreed upon after a newer one had been certified."""
    waiting.register_cohort("august")
    newer = waiting.certify("two", cohort="august")
    decided(waiting, Answer.CONDITIONAL, Answer.CONDITIONAL)
    index = wiring.index(waiting.home)
    assert index.catch_up(waiting.store, waiting.context.chain(), seconds=60) == 0
    rows = {row.case: standing_of(row, waiting.context.chain(), waiting.clock.at) for row in index.cases(Filter())}
    assert rows[newer.case].words == "valid" and waiting.verify(newer.case).outcome is Outcome.USABLE
    assert rows[waiting.case].words == f"superseded by {newer.case}"
    assert checked(waiting)[0] is Outcome.NOT_USABLE


def test_answers_stand_in_the_ledger_in_their_order(waiting: Place) -> None:
    decided(waiting, Answer.CONDITIONAL, Answer.REFUSE)
    kinds = [(entry.kind, entry.decision) for entry in waiting.entries() if entry.case == waiting.case]
    assert kinds == [
        (EntryKind.OPENED, ""),
        (EntryKind.PACK, "referred"),
        (EntryKind.REVIEW, "conditional"),
        (EntryKind.REVIEW, "refuse"),
        (EntryKind.PACK, "refused"),
    ]


def test_a_broken_first_pack_is_never_answered(waiting: Place) -> None:
    waiting.overwrite(waiting.pack(), waiting.store.get(waiting.pack())[:-2])
    with pytest.raises(Tampered):
        referred(waiting.context, waiting.case)
