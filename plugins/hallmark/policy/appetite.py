"""The risk appetite: what a finding of each severity and status leads to, and how long a certificate lasts."""

from dataclasses import dataclass
from enum import StrEnum

from hallmark.policy.control import Severity, Tier

LONGEST = 36_500
"""The most days that anything in an appetite may last: a hundred years."""


class Status(StrEnum):
    """What is known about one expected finding."""

    SATISFIED = "satisfied"
    INSUFFICIENT = "insufficient"
    INCONCLUSIVE = "inconclusive"
    NOT_SATISFIED = "not-satisfied"
    NOT_EVALUATED = "not-evaluated"


class Effect(StrEnum):
    """What a finding does to the verdict, mildest first.

    `condition-or-refer` is a condition, and refers when nothing about that attribute could be established.
    """

    PASS = "pass"
    CONDITION = "condition"
    CONDITION_OR_REFER = "condition-or-refer"
    REFER = "refer"
    REFUSE = "refuse"

    @property
    def weight(self) -> int:
        """0 for the mildest."""
        return list(Effect).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The effects of one severity, by status."""

    satisfied: Effect
    insufficient: Effect
    inconclusive: Effect
    not_satisfied: Effect
    not_evaluated: Effect

    def of(self, status: Status) -> Effect:
        """The effect of `status`."""
        effect: Effect = getattr(self, status.replace("-", "_"))
        return effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """A row of effects for each severity."""

    low: Row
    moderate: Row
    high: Row
    critical: Row

    def of(self, severity: Severity, status: Status) -> Effect:
        """The effect of a finding of `severity` with `status`."""
        row: Row = getattr(self, severity.value)
        return row.of(status)


@dataclass(frozen=True, slots=True, kw_only=True)
class TierRule:
    """What a tier demands: days until expiry, number of reviewers, dimensions that must have a control."""

    validity_days: int
    reviewers: int
    mandatory: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """A rule for each tier."""

    high: TierRule
    medium: TierRule
    low: TierRule

    def of(self, tier: Tier) -> TierRule:
        """The rule of `tier`."""
        rule: TierRule = getattr(self, tier.value)
        return rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Appetite:
    """The whole table.

    `condition_days` is the time to fulfil a condition, counted from the opening of the case; `undecided_hours` how long
    an opened case may stay undecided; `answer_days` the time, counted from the opening too, in which people must
    decide a referred case; `grace_days` how long certificates outlive a rulebook that follows theirs; `minimum_cell`
    the fewest rows of a group, outcome and decision that a table of counts tells the number of.
    """

    effects: Effects
    tiers: Tiers
    condition_days: int
    undecided_hours: int
    answer_days: int
    grace_days: int
    minimum_cell: int = 5
