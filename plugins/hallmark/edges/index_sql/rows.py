"""What the index answers with, and what it can be asked for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

UNDECIDED = "undecided"
"""The decision of a case that has no pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case with its newest pack; `decision` is `undecided` without one.

    `place` is the index of the opening in the ledger, `step` the SHA-256 of its step, `decided` the index of the pack.
    `read` is False while the pack has not been read: then risk, tier and whoever asked are not known yet. `fault` says
    what is wrong with its evidence. `superseded_by` is the case of the same version that took its place, `refused_by`
    the one whose refusal on newer data stands against it; empty without one.
    """

    case: str
    place: int
    model: str
    version: str
    cohort: str
    rulebook: int
    opened_at: datetime
    tier: str
    asked_by: str
    reason: str
    dag_id: str
    run_id: str
    step: str
    decided: int | None
    number: int
    pack: str
    sha256: str
    decision: str
    because: str
    decided_at: datetime | None
    expires_at: datetime | None
    expires_because: str
    risk: float | None
    demo: bool
    read: bool
    fault: str
    superseded_by: str
    refused_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One finding of one case, as the numbers of a chart or of a comparison."""

    case: str
    control: str
    severity: str
    measure: str
    attribute: str
    group: str
    feature: str
    reference: str
    status: str
    effect: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    floor: float | None
    ceiling: float | None
    tolerance: float
    sentence: str

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What makes it the same finding in another case: the control, and where it is spread."""
        return self.control, self.measure, self.attribute, self.group, self.feature


class Sort(StrEnum):
    """What the cases can be ordered by."""

    OPENED = "opened"
    VERDICT = "verdict"
    MODEL = "model"
    COHORT = "cohort"
    TIER = "tier"
    RISK = "risk"
    EXPIRY = "expiry"
    ASKED_BY = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which cases: empty words ask for all. `words` are looked for in every text of a case."""

    words: str = ""
    verdict: str = ""
    model: str = ""
    version: str = ""
    cohort: str = ""
    tier: str = ""
    sort: Sort = Sort.OPENED
    ascending: bool = False
