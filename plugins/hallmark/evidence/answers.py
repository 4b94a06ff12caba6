"""The second pack of a referred case: its reviews, all of them, and the first pack that it answers."""

from hallmark.errors import Tampered
from hallmark.evidence.canonical import digest
from hallmark.evidence.case import SignedStep, open_pack, read_product
from hallmark.evidence.entry import REVIEW, EntryKind, of_review
from hallmark.evidence.places import pack_key
from hallmark.evidence.statement import Certification
from hallmark.evidence.told import named_step
from hallmark.evidence.trail import Trail
from hallmark.policy.role import KeyUse
from hallmark.ports import Store
from hallmark.verdict.finding import Decision
from hallmark.verdict.review import Answer, Review

EVIDENCE = "evidence"
"""The product of a review that holds what the reviewer added."""


def answered(trail: Trail) -> None:
    """Part of step 5: the first pack rests on the same evidence, and every review is signed by the review service."""
    certification, store = trail.certified, trail.question.store
    if (certification.number, certification.first_sha256) == (1, None) and not certification.reviews:
        return
    _same_evidence(certification, _first(trail))
    keys = trail.rulebook.keys(KeyUse.REVIEWER)
    for named in certification.reviews:
        step = named_step(store, certification.case, REVIEW, named, keys)
        trail.reviews.append(review_of(store, step, certification.first_sha256))


def review_of(store: Store, step: SignedStep, first_sha256: str | None) -> Review:
    """The answer in a signed step to the first pack, whose envelope is `first_sha256`.

    Raises `Missing`, or `Tampered` when it answers another pack or names other evidence than it came with.
    """
    review = read_product(store, step, REVIEW, Review)
    if review.pack_sha256 != first_sha256:
        raise Tampered(f"The answer of {review.reviewer} is about the pack {review.pack_sha256}, not about this one.")
    if step.products.get(EVIDENCE) != review.evidence_sha256:
        raise Tampered(f"The answer of {review.reviewer} names other evidence than it came with.")
    return review


def _first(trail: Trail) -> Certification:
    certification, told = trail.certified, trail.certified.opening
    data = trail.question.store.get(pack_key(told.model, told.version, told.case, 1))
    if certification.number != 2 or digest(data) != certification.first_sha256:
        raise Tampered(f"Pack {certification.number} does not answer the first pack of its case.")
    return open_pack(data, trail.rulebook.keys(KeyUse.CERTIFIER))


def _same_evidence(second: Certification, first: Certification) -> None:
    """People decide over what was measured: nothing is added to it and nothing is left out."""
    ours, theirs = (_measured(one) for one in (second, first))
    if ours != theirs:
        raise Tampered("The second pack rests on other steps than the first, or tells of them otherwise.")
    if first.verdict.decision is not Decision.REFERRED:
        raise Tampered(f"The first pack is {first.verdict.decision}, which nobody is asked about.")


def _measured(told: Certification) -> tuple[object, ...]:
    """What was known before anybody was asked; the last note says who took part in the decision."""
    return told.opening, told.steps, told.rulebook_sha256, told.earlier, told.hallmark, told.notes[:-1]


def check_answers(trail: Trail, place: int) -> None:
    """Part of step 6: the pack at `place` names the answers as the ledger holds them, and leaves out no refusal."""
    certification = trail.certified
    if certification.number == 1:
        return
    before = [entry for entry in trail.ledger.entries[:place] if entry.case == certification.case]
    packs = [(entry.number, entry.sha256) for entry in before if entry.kind is EntryKind.PACK]
    if packs != [(1, certification.first_sha256)]:
        raise Tampered("The first pack of this case does not stand in the ledger before the second.")
    pairs = zip(certification.reviews, trail.reviews, strict=True)
    named = [of_review(certification.opening, review, step.sha256) for step, review in pairs]
    entered = [entry for entry in before if entry.kind is EntryKind.REVIEW]
    # one that came in while the pack was being written may be missing; what it says must not have mattered
    left_out = {entry.decision for entry in entered[len(named) :]}
    usable = certification.verdict.decision is Decision.CONDITIONAL
    if entered[: len(named)] != named or (usable and Answer.REFUSE in left_out):
        count = f"The pack names {len(named)} answers and the ledger holds {len(entered)} before it"
        raise Tampered(f"{count}; they must be the first of the ledger, in their order, and leave out no refusal.")
