"""What a reviewer typed becomes a review; what is missing is said in one sentence."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from hallmark.errors import BadInput
from hallmark.evidence.canonical import digest
from hallmark.steps.review import Referred
from hallmark.verdict.finding import Condition
from hallmark.verdict.review import Answer, Fallback, Review

MAX_EVIDENCE = 64 * 1024
"""The most that a reviewer may attach, in bytes."""

Word = TypeVar("Word", Answer, Fallback)

BY_REVIEW = "review"
"""Where the name of a control stands in a condition that a reviewer set."""


def filled(
    case: Referred, reviewer: str, seat: int, chosen: str, fields: Mapping[str, object], at: datetime
) -> tuple[Review, bytes | None]:
    """Return the review and what was attached. Raises `BadInput` for anything that is missing or cannot be read."""
    evidence = _text(fields, "evidence").encode() or None
    if evidence is not None and len(evidence) > MAX_EVIDENCE:
        raise BadInput(f"evidence: {len(evidence):,} bytes are more than {MAX_EVIDENCE:,}; give a link instead")
    owner = case.subject.profile.entry.owner
    review = Review(
        case=case.subject.opening.case,
        pack_sha256=case.first_sha256,
        reviewer=reviewer,
        seat=seat,
        answer=_one_of(Answer, "decision", chosen),
        rationale=_text(fields, "rationale"),
        conditions=tuple(_condition(line, owner) for line in _text(fields, "conditions").splitlines() if line.strip()),
        fallback=_one_of(Fallback, "fallback", _text(fields, "fallback")),
        evidence_sha256=None if evidence is None else digest(evidence),
        minutes=_minutes(fields.get("minutes")),
        at=at,
    )
    return review, evidence


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise BadInput(f"{name}: is no text; write it in words")
    try:
        (value or "").encode()
    except UnicodeEncodeError as error:
        raise BadInput(f"{name}: holds half a character at {error.start + 1}; type or paste it again") from error
    return (value or "").replace("\r\n", "\n").strip()


def _one_of(kind: type[Word], name: str, word: str) -> Word:
    try:
        return kind(word)
    except ValueError as error:
        raise BadInput(f"{name}: {word[:40]!r} is none of {', '.join(kind)}") from error


def _minutes(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput(f"minutes: {str(value)[:40]!r} is no whole number; say how long you worked on it")
    return value


def _condition(line: str, owner: str) -> Condition:
    """`2026-12-24 what has to be done`; it is due at the end of that day, UTC."""
    day, _, action = line.strip().partition(" ")
    try:
        due = datetime.combine(date.fromisoformat(day), time(), UTC) + timedelta(days=1)
    except ValueError as error:
        raise BadInput(
            f"conditions: {line.strip()[:60]!r} does not begin with a date; a line is `2026-12-24 what has to be done`"
        ) from error
    except OverflowError as error:
        raise BadInput(f"conditions: {day} is the last day that a date can be; give an earlier due date") from error
    return Condition(control=BY_REVIEW, owner=owner, action=action.strip(), due=due)
