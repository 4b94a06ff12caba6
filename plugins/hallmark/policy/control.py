"""One testable requirement on one measure, and the policy that owns it."""

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hallmark.errors import BadInput
from hallmark.measures import MEASURES, Measure

FEATURES = "features"
"""The word that spreads a control over the features of the model."""

SEGMENTS = "segments"
"""The word that spreads a control over the declared segments."""


CLASSES = "classes"
"""The word that spreads a control over the declared classes of the label."""


class Proof(StrEnum):
    """What has to be shown: that the requirement is met, or that it is breached."""

    OF_COMPLIANCE = "of-compliance"
    OF_BREACH = "of-breach"


class Severity(StrEnum):
    """How much harm a breach does."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"


class Phase(StrEnum):
    """Before a model goes live, or while it is."""

    INITIAL = "initial"
    ONGOING = "ongoing"


class Authority(StrEnum):
    """Who speaks in a policy; the first outranks the others."""

    REGULATION = "regulation"
    ENTERPRISE = "enterprise"
    DIVISION = "division"
    TEAM = "team"

    @property
    def rank(self) -> int:
        """0 for the highest authority."""
        return list(Authority).index(self)


class Tier(StrEnum):
    """How much depends on a model."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Where a measure has to lie: exactly one of the four kinds is set."""

    at_least: float | None = None
    at_most: float | None = None
    between: tuple[float, float] | None = None
    is_: bool | None = None

    def __post_init__(self) -> None:
        kinds = [self.at_least, self.at_most, self.between, self.is_]
        if sum(kind is not None for kind in kinds) != 1:
            raise BadInput("a bound is exactly one of at_least, at_most, between, is")
        if not all(math.isfinite(end) for end in (self.floor, self.ceiling) if end is not None):
            raise BadInput("a bound must be a finite number")
        if self.between is not None and self.between[0] >= self.between[1]:
            raise BadInput(f"between {list(self.between)} has its ends in the wrong order")

    @property
    def floor(self) -> float | None:
        """The least value that meets the bound; None when there is none."""
        if self.is_ is not None:
            return float(self.is_)
        return self.between[0] if self.between is not None else self.at_least

    @property
    def ceiling(self) -> float | None:
        """The greatest value that meets the bound; None when there is none."""
        if self.is_ is not None:
            return float(self.is_)
        return self.between[1] if self.between is not None else self.at_most

    @property
    def two_sided(self) -> bool:
        """True when the bound has a floor and a ceiling."""
        return self.floor is not None and self.ceiling is not None

    def met_by(self, value: float) -> bool:
        """True when `value` lies within the bound; NaN never does."""
        above = self.floor is None or value >= self.floor
        below = self.ceiling is None or value <= self.ceiling
        return above and below and not math.isnan(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One requirement.

    `by` spreads it: names of attributes (`sex*age_band` crosses two), or `features`, `segments` or `classes`.
    `satisfies` names clauses as framework/id.
    """

    id: str
    title: str
    measure: str
    require: Bound
    because: str
    remedy: str
    severity: Severity
    by: tuple[str, ...] = ()
    tolerance: float = 0.0
    expect: float | None = None
    proof: Proof = Proof.OF_COMPLIANCE
    phase: tuple[Phase, ...] = (Phase.INITIAL, Phase.ONGOING)
    satisfies: tuple[str, ...] = ()

    @property
    def measured(self) -> Measure:
        """The registered measure. Raises `BadInput` when there is none of that name."""
        if self.measure not in MEASURES:
            raise BadInput(f"control {self.id}: no measure is called {self.measure!r}; see hallmark/measures")
        return MEASURES[self.measure]

    @property
    def expected_value(self) -> float | None:
        """What a good model shows: the control's own word, else the parity of the measure."""
        return self.expect if self.expect is not None else self.measured.expect


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a policy or a clause applies; an empty field restricts nothing."""

    purpose: tuple[str, ...] = ()
    jurisdiction: tuple[str, ...] = ()
    tier: tuple[Tier, ...] = ()
    department: tuple[str, ...] = ()
    model: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """The days on which something is in force, both included; `until` None: without an end."""

    from_: date
    until: date | None = None

    def on(self, day: date) -> bool:
        """True when in force on `day`."""
        return self.from_ <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Removes a control of another policy, named as policy/control, with the reason."""

    control: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Controls of one owner and one authority, with scope and dates."""

    policy: str
    version: int
    title: str
    owner: str
    authority: Authority
    scope: Scope
    effective: Effective
    controls: tuple[Control, ...]
    overrides: tuple[Override, ...] = ()
