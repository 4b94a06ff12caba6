"""Attacks on the review of a referred case: who answers, and which answers the second pack tells of."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from attacks.attack import Answer, Attack, tried
from attacks.place import Place

from hallmark.errors import HallmarkError
from hallmark.evidence.canonical import digest
from hallmark.evidence.entry import of_pack
from hallmark.evidence.statement import Certification
from hallmark.policy.role import KeyUse
from hallmark.steps.gate import gate
from hallmark.steps.ledger import append
from hallmark.steps.review import Referred, answer, referred, settle
from hallmark.verdict.finding import Condition
from hallmark.verdict.finding import Decision as Verdict
from hallmark.verdict.review import Answer as Said
from hallmark.verdict.review import Fallback, Heard, Review


def refer(place: Place) -> None:
    """Decide the measured case without what the assessor of drift left: it is referred to people."""
    for key in list(place.context.store.keys(f"cases/{place.case}/drift/")):
        place.path(key).unlink()
    decision = gate(place.context, place.case).verdict.decision
    assert decision is Verdict.REFERRED, f"the case without drift is {decision}"


def _say(place: Place, who: str, said: Said = Said.CONDITIONAL, case: Referred | None = None) -> Heard:
    """The answer of one person, as the review service takes it; about another pack where `case` says so."""
    case, at = case or referred(place.context, place.case), place.context.now()
    due = Condition(control="model-risk/MR-1", owner="card-risk-team", action="Measure drift.", due=at + timedelta(9))
    review = Review(
        case=place.case,
        pack_sha256=case.first_sha256,
        reviewer=who,
        seat=2 if who in case.subject.profile.reviewers[1:] else 1,
        answer=said,
        rationale="The clients of July are those of June.",
        conditions=(due,) if said is Said.CONDITIONAL else (),
        fallback=Fallback.PREVIOUS_VERSION,
        evidence_sha256=None,
        minutes=15,
        at=at,
    )
    return answer(place.context, case, review, None)


def _reviewers(place: Place) -> tuple[str, ...]:
    return referred(place.context, place.case).subject.profile.reviewers


def agreed(place: Place) -> Answer:
    """Everybody who may answer agrees: the path without an attack."""
    for who in _reviewers(place):
        _say(place, who)
    settle(place.context, place.case)
    return place.verify(number=2)


def _settled(place: Place) -> Answer:
    """The second pack if the product writes one; else why it does not."""
    refusal = tried("review", lambda: settle(place.context, place.case))
    return place.verify(number=2) if refusal.usable else refusal


def _owner(place: Place) -> Answer:
    """The owner answers beside one reviewer, where two have to."""
    owner = referred(place.context, place.case).subject.profile.entry.owner
    objection = _say(place, owner).objection
    _say(place, _reviewers(place)[0])
    found = _settled(place)
    return replace(found, says=f"{objection}. {found.says}")


def _forged(place: Place, draft: Place, change: Callable[[Certification], Certification]) -> Answer:
    """The second pack of `draft`, changed, with what it rests on, signed and entered with the stolen keys."""
    for key in draft.context.store.keys(""):
        if key.startswith(("cases/", "blobs/")):
            place.overwrite(key, draft.context.store.get(key))
    statement = draft.statement(number=2)
    told = change(statement.predicate)
    envelope = place.seal(replace(statement, predicate=told), KeyUse.CERTIFIER)
    place.overwrite(place.pack(2), envelope)
    append(place.context, of_pack(told, digest(envelope)))
    return place.verify(number=2)


def _left_out(place: Place) -> Answer:
    """One agreed and one refused; the second pack tells of the one who agreed and says conditional."""
    first, second = _reviewers(place)
    _say(place, first)
    with place.lent() as draft:
        _say(draft, second)
        settle(draft.context, draft.case)
        _say(place, second, Said.REFUSE)
        return _forged(place, draft, lambda told: replace(told, reviews=told.reviews[:1]))


def _added(place: Place) -> Answer:
    """One agreed; the second pack tells of another one who did, signed with the stolen key of the review service."""
    first, second = _reviewers(place)
    _say(place, first)
    with place.lent() as draft:
        _say(draft, second)
        settle(draft.context, draft.case)
        return _forged(place, draft, lambda told: told)


def _other_pack(place: Place) -> Answer:
    """One agreed; the answer of the other, about another pack, is signed and entered with the stolen keys."""
    first, second = _reviewers(place)
    _say(place, first)
    with suppress(HallmarkError):
        _say(place, second, case=replace(referred(place.context, place.case), first_sha256="f" * 64))
    return _settled(place)


PEOPLE = (
    Attack(
        does="let the owner review the model",
        refused_by=r"review: .* owns card_default, and an owner does not review.* waits for people: 1 of 2",
        act=_owner,
    ),
    Attack(
        does="leave a refusal out of the second pack, with the stolen key of the certifier",
        refused_by=r"verify 6: The pack names 1 answers and the ledger holds 2",
        act=_left_out,
    ),
    Attack(
        does="add a review to the second pack, with the stolen keys of certifier and review service",
        refused_by=r"verify 6: The pack names 2 answers and the ledger holds 1",
        act=_added,
    ),
    Attack(
        does="let an answer about another pack count, with the stolen keys of review service and log",
        refused_by=r"review: The answer of .* is about the pack f+, not about this one",
        act=_other_pack,
    ),
)
