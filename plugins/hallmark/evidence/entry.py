"""One entry of the ledger: what happened, to which case and subject, and the digest of the signed file."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hallmark.evidence.places import pack_key, step_key
from hallmark.evidence.statement import Certification, Opening
from hallmark.verdict.review import Review

REVIEW = "review"
"""The task whose signed steps are the answers of people; each answer is one step."""


class EntryKind(StrEnum):
    """What an entry records."""

    RULEBOOK = "rulebook"
    OPENED = "opened"
    PACK = "pack"
    REVIEW = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`sha256` is that of the envelope file at `key` in the store. Fields that do not apply are empty or 0."""

    kind: EntryKind
    key: str
    sha256: str
    at: datetime
    case: str = ""
    model: str = ""
    version: str = ""
    cohort: str = ""
    number: int = 0
    decision: str = ""
    rulebook: int = 0
    expires_at: datetime | None = None


def of_opening(opening: Opening, sha256: str) -> Entry:
    """The entry of an opening whose step is the envelope `sha256`."""
    return Entry(
        kind=EntryKind.OPENED,
        key=step_key(opening.case, "open_case", sha256),
        sha256=sha256,
        at=opening.opened_at,
        case=opening.case,
        model=opening.model,
        version=opening.version,
        cohort=opening.cohort,
        rulebook=opening.rulebook,
    )


def of_review(opening: Opening, review: Review, sha256: str) -> Entry:
    """The entry of a review whose step is the envelope `sha256`."""
    return Entry(
        kind=EntryKind.REVIEW,
        key=step_key(opening.case, REVIEW, sha256),
        sha256=sha256,
        at=review.at,
        case=opening.case,
        model=opening.model,
        version=opening.version,
        cohort=opening.cohort,
        decision=review.answer,
        rulebook=opening.rulebook,
    )


def of_pack(certification: Certification, sha256: str) -> Entry:
    """The entry of a pack whose envelope is `sha256`."""
    told, verdict = certification.opening, certification.verdict
    return Entry(
        kind=EntryKind.PACK,
        key=pack_key(told.model, told.version, told.case, certification.number),
        sha256=sha256,
        at=verdict.at,
        case=told.case,
        model=told.model,
        version=told.version,
        cohort=told.cohort,
        number=certification.number,
        decision=verdict.decision,
        rulebook=told.rulebook,
        expires_at=verdict.expires_at,
    )
