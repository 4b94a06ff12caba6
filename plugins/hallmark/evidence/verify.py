"""Verification in eight numbered steps, from a store or an export and a root alone."""

from dataclasses import dataclass
from enum import IntEnum

from hallmark.errors import HallmarkError, Unavailable, Undecidable
from hallmark.evidence import checks, follows, standing
from hallmark.evidence.statement import Certification
from hallmark.evidence.trail import Question, Trail


class Outcome(IntEnum):
    """The exit code of `hallmark verify`."""

    USABLE = 0
    NOT_USABLE = 1
    WRONG = 2
    CANNOT_TELL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One of the eight steps: what was found, in a sentence."""

    number: int
    title: str
    says: str
    ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The outcome with the steps that were taken; `certification` is set once its signature and form hold."""

    outcome: Outcome
    checks: tuple[Check, ...]
    certification: Certification | None


STEPS = (
    ("root and chain of rulebooks", checks.root),
    ("signature of a certifier", checks.signature),
    ("canonical form and types", checks.form),
    ("subjects", checks.subjects),
    ("blobs and steps", checks.evidence),
    ("ledger", checks.ledger),
    ("the verdict follows", follows.verdict),
    ("not expired, revoked or superseded", standing.standing),
)
"""Title and function of each step, in order; a function returns what it found in words and raises what is wrong."""


def verify(question: Question) -> Verification:
    """Take the eight steps in order and stop at the first that does not hold."""
    trail = Trail(question=question)
    taken: list[Check] = []
    for number, (title, step) in enumerate(STEPS, start=1):
        try:
            says = step(trail)
        except HallmarkError as error:
            taken.append(Check(number=number, title=title, says=str(error), ok=False))
            return _answer(_outcome_of(error), taken, trail)
        taken.append(Check(number=number, title=title, says=says, ok=number < len(STEPS) or trail.usable))
    return _answer(Outcome.USABLE if trail.usable else Outcome.NOT_USABLE, taken, trail)


def _answer(outcome: Outcome, taken: list[Check], trail: Trail) -> Verification:
    return Verification(outcome=outcome, checks=tuple(taken), certification=trail.certification)


def _outcome_of(error: HallmarkError) -> Outcome:
    return Outcome.CANNOT_TELL if isinstance(error, Undecidable | Unavailable) else Outcome.WRONG
