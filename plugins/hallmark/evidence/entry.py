"""One entry of the ledger: what happened, to which case and subject, and the digest of the signed file."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EntryKind(StrEnum):
    """What an entry records."""

    RULEBOOK = "rulebook"
    OPENED = "opened"
    PACK = "pack"


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
