"""People decide a referred case: what they are asked, each answer as a signed step, and the second pack."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hallmark.errors import BadInput, Missing
from hallmark.evidence.answers import EVIDENCE, review_of
from hallmark.evidence.canonical import digest, encode
from hallmark.evidence.case import SignedStep, observations_of, read_step, steps_of
from hallmark.evidence.entry import REVIEW, EntryKind, of_review
from hallmark.evidence.ledger import read_ledger
from hallmark.evidence.notes import UNAIDED, UNWAIVED
from hallmark.evidence.places import pack_key
from hallmark.evidence.statement import Certification, without_report
from hallmark.evidence.told import reference, reviewer_minutes
from hallmark.policy.names import checked
from hallmark.policy.role import KeyUse
from hallmark.steps.clock import moment
from hallmark.steps.context import Context
from hallmark.steps.issue import Evidence, entered, issue
from hallmark.steps.ledger import append
from hallmark.steps.opened import Opened, opened
from hallmark.steps.packs import packed, read_pack
from hallmark.steps.record import recording
from hallmark.verdict.decide import decide
from hallmark.verdict.finding import Decision
from hallmark.verdict.review import Heard, Review, hear


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """A case that waits for people: its opening, its first pack, and the digest of that pack's envelope."""

    subject: Opened
    first: Certification
    first_sha256: str


def referred(context: Context, case: str) -> Referred:
    """Read a case that was referred. Raises `BadInput` when nobody is asked about it, `Missing` without a pack."""
    subject = opened(context, checked("case", case))
    told = subject.opening
    first = read_pack(context, told.model, told.version, case)
    if first.verdict.decision is not Decision.REFERRED:
        raise BadInput(f"case {case} is {first.verdict.decision}: the numbers decided, and nobody is asked")
    sha256 = digest(context.store.get(pack_key(told.model, told.version, case, 1)))
    return Referred(subject=subject, first=first, first_sha256=sha256)


def second(context: Context, case: Referred) -> Certification | None:
    """The second pack of a referred case, once it was decided; its place in the ledger is made good where it lacks."""
    told = case.subject.opening
    return entered(context, case.subject, 2) if packed(context, told.model, told.version, told.case, 2) else None


def answer(context: Context, case: Referred, review: Review, evidence: bytes | None) -> Heard:
    """Sign an answer, enter it into the ledger, and say whether it counts; what does not count is kept too.

    Raises `BadInput` when the case was decided meanwhile, and for an answer about another pack.
    """
    opening = case.subject.opening
    if review.pack_sha256 != case.first_sha256:
        raise BadInput(f"the answer is about the pack {review.pack_sha256}; case {opening.case} asks about another")
    if second(context, case) is not None:
        raise BadInput(f"case {opening.case} was decided meanwhile; this answer was not taken")
    with recording(context, opening.case, REVIEW, KeyUse.REVIEWER) as recorder:
        recorder.products[REVIEW] = encode(review)
        recorder.materials["pack"] = case.first_sha256
        if evidence is not None:
            recorder.products[EVIDENCE] = evidence
    append(context, of_review(opening, review, recorder.sha256))
    given = [one for _, one in _answers(context, case)]
    return hear(case.subject.profile, given, context.now())[given.index(review)]


def answers(context: Context, case: Referred) -> tuple[Heard, ...]:
    """Every answer that the ledger holds, with what stands against it."""
    return hear(case.subject.profile, [review for _, review in _answers(context, case)], context.now())


def settle(context: Context, case: str) -> Certification:
    """Write the second pack of a referred case, once people decided or their time is over; twice is once.

    Raises `Missing` while answers are missing and there is time for them.
    """
    waiting = referred(context, case)
    decided = second(context, waiting)
    if decided is not None:
        return decided
    evidence = _measured(context, waiting)
    certification = _certification(context, waiting, evidence)
    if certification.verdict.decision is Decision.REFERRED:
        profile = waiting.subject.profile
        agreed = sum(not one.objection for one in answers(context, waiting))
        raise Missing(
            f"Case {case} waits for people: {agreed} of {profile.needed} answers that count, until "
            f"{profile.answer_by:%Y-%m-%d}; `hallmark show {case}` says who may answer."
        )
    issue(context, waiting.subject, certification, evidence)
    return entered(context, waiting.subject, 2)


def _certification(context: Context, case: Referred, evidence: Evidence) -> Certification:
    given = tuple(_answers(context, case))
    reviews = tuple(review for _, review in given)
    return replace(
        without_report(case.first),
        number=2,
        first_sha256=case.first_sha256,
        reviews=tuple(reference(step) for step, _ in given),
        verdict=decide(case.subject.profile, evidence.observations, reviews, moment(context)),
        reviewer_minutes=reviewer_minutes(reviews),
        notes=evidence.notes,
    )


def _measured(context: Context, case: Referred) -> Evidence:
    """What the first pack rests on: people decide over what was measured, and over nothing else."""
    keys = context.chain().number(case.subject.opening.rulebook).keys(KeyUse.WORKER)
    steps = steps_of(context.store, case.first, keys)
    observations = tuple(item for step in steps for item in observations_of(context.store, step))
    notes = (*(note for note in case.first.notes if note != UNAIDED), UNWAIVED)
    return Evidence(steps=steps, observations=observations, notes=notes)


def _answers(context: Context, case: Referred) -> Iterator[tuple[SignedStep, Review]]:
    """Signed answers in the order of the ledger; what was only put into the store is none."""
    told = case.subject.opening
    keys = context.chain().number(told.rulebook).keys(KeyUse.REVIEWER)
    for entry in read_ledger(context.store, context.chain()).of_case(told.case, EntryKind.REVIEW):
        step = read_step(context.store, told.case, REVIEW, entry.sha256, keys)
        yield step, review_of(context.store, step, case.first_sha256)
