"""A finding: what was expected, what was observed, and what is known after comparing them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hallmark.policy.appetite import Effect, Status
from hallmark.policy.expected import Expected
from hallmark.verdict.observation import Observation


class Decision(StrEnum):
    """The four verdicts, mildest first."""

    CERTIFIED = "certified"
    CONDITIONAL = "conditional"
    REFERRED = "referred"
    REFUSED = "refused"


USABLE = (Decision.CERTIFIED, Decision.CONDITIONAL)
"""The verdicts by which a model may be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One expected key with its status, its effect on the verdict, and the sentence that every output shows."""

    expected: Expected
    observation: Observation | None
    status: Status
    effect: Effect
    margin: float | None
    needed: int | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskTerm:
    """`count` findings of one severity and status, and the points that they add before the tier."""

    severity: str
    status: Status
    count: int
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """The risk score with its terms; no rule reads it."""

    score: float
    tier_factor: int
    terms: tuple[RiskTerm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What has to be done, by when and by whom, for the certificate to stand."""

    control: str
    owner: str
    action: str
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The decision at `at` with everything that led to it; `expires_at` is None unless it can be used.

    `said` are sentences about the people who took part: what each decided, or why that does not count.
    """

    decision: Decision
    because: str
    at: datetime
    expires_at: datetime | None
    expires_because: str
    findings: tuple[Finding, ...]
    conditions: tuple[Condition, ...]
    risk: Risk
    said: tuple[str, ...] = ()
