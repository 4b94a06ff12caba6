"""The notes of a pack: what could not be established about the process, and which of it the evidence itself tells.

The sentences are compared when a pack is verified, years later too: none of them is ever reworded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hallmark.errors import Tampered
from hallmark.evidence.case import REPORTER, SignedStep, observations_of, read_product
from hallmark.evidence.trail import Trail
from hallmark.measures import MEASURES
from hallmark.policy.profile import Profile
from hallmark.ports import Store

MISSING = "no signed step that counts: "
"""Begins the note that names the tasks which left no step."""

STORE = "store: "
"""Begins the note in which the store says what it enforces; nothing in a pack can tell whether that is so."""

UNAIDED = "no review and no waiver took part in this decision"
"""Ends the notes of every first pack."""

UNWAIVED = "no waiver took part in this decision"
"""Ends the notes of every second pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """How the scores came about; `refusal` says why there are none, and is empty when there are."""

    isolation: str
    refusal: str


def evident(store: Store, steps: Sequence[SignedStep], profile: Profile) -> Iterator[str]:
    """The notes that follow from the signed steps and from the profile."""
    for step in steps:
        if step.statement.predicate.task == "score":
            scoring = read_product(store, step, "scoring", Scoring)
            yield f"isolation of the model while scoring: {scoring.isolation}"
            if scoring.refusal:
                yield scoring.refusal
    if not any(one.key.measure.startswith("fairness.") for one in profile.expected):
        yield "fairness was not assessed: no control in scope asks for it"


def check_notes(trail: Trail) -> None:
    """Part of step 7: the notes are those of the evidence, in their order; only what the store says is taken as said.

    Raises `Tampered` otherwise.
    """
    told = trail.certified
    follow = (*evident(trail.question.store, trail.steps, trail.profile),)
    end = len(told.notes) - len(follow) - 2
    closing = UNAIDED if told.number == 1 else UNWAIVED
    if end < 0 or (*told.notes[end:-2], told.notes[-1]) != (*follow, closing) or not told.notes[-2].startswith(STORE):
        raise Tampered("The notes of the pack are not those that its steps and its profile give.")
    _check_missing(trail, told.notes[:end])


def _check_missing(trail: Trail, first: tuple[str, ...]) -> None:
    """Before those stand the conflicts, which the gate has signed, and the tasks without a step."""
    named = first[-1].removeprefix(MISSING).split(", ") if first and first[-1].startswith(MISSING) else []
    conflicts = first[:-1] if named else first
    present = {step.statement.predicate.task for step in trail.steps}
    measures = (MEASURES[one.key.measure].dimension for one in trail.profile.expected)
    needed = {"open_case", "vet", "score", *(REPORTER.get(dimension, dimension) for dimension in measures)}
    if present & set(named) or not needed <= present | set(named):
        raise Tampered("The pack tells of other missing steps than those that are missing.")
    if bool(conflicts) == _agree(trail):
        raise Tampered("The pack and the gate disagree about whether steps were in conflict.")


def _agree(trail: Trail) -> bool:
    own = (step for step in trail.steps if step.statement.predicate.task == REPORTER["process"])
    observed = (one for step in own for one in observations_of(trail.question.store, step))
    return any(one.key.measure == "process.steps_agree" and one.value == 1.0 for one in observed)
