"""A clause of law or of a standard, in our own words, with its scope and dates."""

from dataclasses import dataclass
from datetime import date

from hallmark.policy.control import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause. `confirmed` is False until somebody has read the original; every output says so."""

    framework: str
    clause: str
    meaning: str
    effective_from: date
    effective_until: date | None
    superseded_by: str | None
    source: str
    checked: date
    confirmed: bool
    scope: Scope

    @property
    def name(self) -> str:
        """`framework/clause`, as controls cite it."""
        return f"{self.framework}/{self.clause}"
