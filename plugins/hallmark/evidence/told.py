"""What a pack repeats beside its verdict, for readers and for counting: taken from the evidence, held against it."""

from collections.abc import Iterable, Mapping, Sequence

from hallmark.errors import Tampered
from hallmark.evidence.case import SignedStep, read_product, read_products, read_step
from hallmark.evidence.entry import Entry, EntryKind
from hallmark.evidence.notes import check_notes
from hallmark.evidence.statement import EarlierCase, StepReference
from hallmark.evidence.trail import Trail
from hallmark.policy.subject import Manifest
from hallmark.ports import Store
from hallmark.verdict.review import Review


def reference(step: SignedStep) -> StepReference:
    """How a pack names a step."""
    predicate = step.statement.predicate
    return StepReference(
        task=predicate.task,
        sha256=step.sha256,
        cpu_seconds=predicate.cpu_seconds,
        started_at=predicate.started_at,
        ended_at=predicate.ended_at,
    )


def named_step(store: Store, case: str, task: str, named: StepReference, keys: Mapping[str, bytes]) -> SignedStep:
    """The step of a task that a pack names, with its products. Raises `Missing`, or `Tampered` when it is another."""
    step = read_step(store, case, task, named.sha256, keys)
    if reference(step) != named:
        raise Tampered(f"The pack tells other times or another cost of {named.task} than its signed step.")
    read_products(store, step)
    return step


def cpu_seconds(steps: Sequence[StepReference]) -> float:
    """CPU seconds of all steps, to the millisecond."""
    return round(sum(step.cpu_seconds for step in steps), 3)


def reviewer_minutes(reviews: Sequence[Review]) -> float:
    """The stated effort of everybody who answered, in minutes."""
    return float(sum(review.minutes for review in reviews))


def earlier(entries: Iterable[Entry], model: str) -> tuple[EarlierCase, ...]:
    """The packs of `model` among `entries`, in their order."""
    return tuple(
        EarlierCase(case=entry.case, version=entry.version, cohort=entry.cohort, decision=entry.decision, at=entry.at)
        for entry in entries
        if entry.kind is EntryKind.PACK and entry.model == model
    )


def check_told(trail: Trail) -> None:
    """Part of step 7: limits, suite, effort, earlier cases and notes are those of the evidence. Raises `Tampered`."""
    told = trail.certified
    manifest = read_product(trail.question.store, trail.opening, "manifest", Manifest)
    suite = trail.rulebook.rulebook.rules.suite(manifest.suite).sha256
    blobs = {blob.name: blob.digest.sha256 for blob in told.blobs}
    if told.limits != manifest.limits or blobs.get("suite") != suite:
        raise Tampered("The pack tells other limits or another suite than manifest and rulebook.")
    effort = cpu_seconds(told.steps), reviewer_minutes(trail.reviews)
    if (told.cpu_seconds, told.reviewer_minutes) != effort:
        raise Tampered(f"The pack tells another effort than its steps and reviews: {effort[0]} s, {effort[1]:g} min.")
    _check_earlier(trail)
    check_notes(trail)


def _check_earlier(trail: Trail) -> None:
    """All packs of the model before the opening, and none but those before the first pack, in their order."""
    told, entries = trail.certified, trail.ledger.entries
    own = [index for index, entry in enumerate(entries) if entry.case == told.case]
    first = next(index for index in own if entries[index].kind is EntryKind.PACK)
    known, least = (earlier(entries[:end], told.opening.model) for end in (first, own[0]))
    # what came in while the case was measured may be missing: the gate read the ledger before it wrote
    if told.earlier != known[: len(told.earlier)] or len(told.earlier) < len(least):
        count = f"The pack tells of {len(told.earlier)} earlier cases and the ledger of {len(least)} before its opening"
        raise Tampered(f"{count}; they must be those of the ledger, in their order.")
