"""The published rule: how one number against one control becomes a status (docs/rule.md)."""

import math
from dataclasses import dataclass
from statistics import NormalDist

from hallmark.policy.appetite import Status
from hallmark.policy.control import Bound, Proof

ALPHA = 0.05
"""Chance of certifying wrongly at the tolerance edge, and of refusing wrongly at the bound (over all keys)."""

BETA = 0.2
"""Chance that a good model is called insufficient although the data suffice."""

RULE_VERSION = "1"
"""Changes whenever the same observation could get another status."""


def z(probability: float) -> float:
    """The standard normal quantile."""
    return NormalDist().inv_cdf(probability)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A status, the signed distance of the estimate from its bound (negative: outside), and how many more are needed.

    `adverse` tells the two kinds of inconclusive apart: a signal beyond the edge, or a doubt near the bound.
    """

    status: Status
    margin: float | None = None
    needed: int | None = None
    adverse: bool = False


MOST = 1e12
"""Nobody is asked for more rows than that; it also keeps the number exact in JSON."""

NOT_EVALUATED = Judgement(status=Status.NOT_EVALUATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """An estimate with its two-sided 95 % limits, and n."""

    value: float
    low: float
    high: float
    n: int

    def lower(self, alpha: float) -> float:
        """The one-sided lower limit at `alpha`, rescaled from the 95 % limits."""
        return self.value - (self.value - self.low) * z(1 - alpha) / z(0.975)

    def upper(self, alpha: float) -> float:
        """The one-sided upper limit at `alpha`, rescaled from the 95 % limits."""
        return self.value + (self.high - self.value) * z(1 - alpha) / z(0.975)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """A bound, its edges (the bound moved out by the tolerance) and what a good model shows."""

    bound: Bound
    tolerance: float
    expect: float

    @property
    def room(self) -> float:
        """Distance from the expected value to the nearest edge; positive in every control that lint lets through."""
        rooms = []
        if self.bound.floor is not None:
            rooms.append(self.expect - (self.bound.floor - self.tolerance))
        if self.bound.ceiling is not None:
            rooms.append(self.bound.ceiling + self.tolerance - self.expect)
        return min(rooms)

    def margin(self, value: float) -> float:
        """Signed distance of `value` from the bound, negative outside."""
        ends = []
        if self.bound.floor is not None:
            ends.append(value - self.bound.floor)
        if self.bound.ceiling is not None:
            ends.append(self.bound.ceiling - value)
        return min(ends)

    def breached(self, estimate: Estimate, alpha: float) -> bool:
        """The estimate lies beyond an edge and its limit at `alpha` is still on the wrong side of the bound."""
        floor, ceiling = self.bound.floor, self.bound.ceiling
        below = floor is not None and estimate.value < floor - self.tolerance and estimate.upper(alpha) < floor
        above = ceiling is not None and estimate.value > ceiling + self.tolerance and estimate.lower(alpha) > ceiling
        return below or above

    def within_edges(self, estimate: Estimate) -> bool:
        """The one-sided limits at ALPHA lie within the edges."""
        floor, ceiling = self.bound.floor, self.bound.ceiling
        above = floor is None or estimate.lower(ALPHA) >= floor - self.tolerance
        below = ceiling is None or estimate.upper(ALPHA) <= ceiling + self.tolerance
        return above and below

    def half_width(self, estimate: Estimate) -> float:
        """The larger of the half-widths."""
        return max(self.half_widths(estimate))

    def half_widths(self, estimate: Estimate) -> tuple[float, ...]:
        """Distances from the estimate to its limits at ALPHA, one for each side that has a bound."""
        below = estimate.value - estimate.lower(ALPHA) if self.bound.floor is not None else None
        above = estimate.upper(ALPHA) - estimate.value if self.bound.ceiling is not None else None
        return tuple(width for width in (below, above) if width is not None)


def judge_fact(require: Bound, value: float | None) -> Judgement:
    """A fact meets its bound or does not; absence and NaN are not evaluated."""
    if value is None or not math.isfinite(value):
        return NOT_EVALUATED
    status = Status.SATISFIED if require.met_by(value) else Status.NOT_SATISFIED
    margin = Limits(bound=require, tolerance=0.0, expect=value).margin(value)
    return Judgement(status=status, margin=margin)


def judge_sample(limits: Limits, proof: Proof, keys: int, estimate: Estimate | None) -> Judgement:
    """Judge an estimate by the six steps of the rule, in order; `keys` is k, the number of keys of the control."""
    # 1: absence, an interval without width or in the wrong order, and a control without room are never a pass
    if estimate is None or not _sound(estimate) or not limits.room > 0 or keys < 1:
        return NOT_EVALUATED
    margin = limits.margin(estimate.value)
    # 2: the only correction for many keys, and only against the model
    if limits.breached(estimate, ALPHA / keys):
        return Judgement(status=Status.NOT_SATISFIED, margin=margin)
    # 3: every key has to comply, so certifying needs no correction (Berger 1982)
    if _shown(limits, proof, estimate):
        return Judgement(status=Status.SATISFIED, margin=margin)
    # 4: an adverse signal goes to a person, however small n is
    if limits.breached(estimate, 0.5 / keys):
        return Judgement(status=Status.INCONCLUSIVE, margin=margin, adverse=True)
    # 5: too wide for a good model to pass
    needed = _needed(limits, keys, estimate)
    if needed > 0:
        return Judgement(status=Status.INSUFFICIENT, margin=margin, needed=needed)
    # 6: enough data, and still near the bound
    return Judgement(status=Status.INCONCLUSIVE, margin=margin)


def _sound(estimate: Estimate) -> bool:
    finite = all(math.isfinite(number) for number in (estimate.value, estimate.low, estimate.high))
    return (
        finite and estimate.n > 0 and estimate.low <= estimate.value <= estimate.high and estimate.low < estimate.high
    )


def _shown(limits: Limits, proof: Proof, estimate: Estimate) -> bool:
    widths = limits.half_widths(estimate)
    if not limits.bound.met_by(estimate.value) or not min(widths) > 0:
        return False  # a bounded side without width has shown nothing
    if proof is Proof.OF_COMPLIANCE:
        return limits.within_edges(estimate)
    return limits.half_width(estimate) <= limits.room


def _needed(limits: Limits, keys: int, estimate: Estimate) -> int:
    """How many more rows would make the half-width small enough for a good model to pass; 0 when it is already."""
    beta = BETA / keys / (2 if limits.bound.two_sided else 1)
    target = limits.room * z(1 - ALPHA) / (z(1 - ALPHA) + z(1 - beta))
    width = limits.half_width(estimate)
    if width <= target:
        return 0
    wanted = min(estimate.n * (min(width / target, MOST) ** 2), MOST)
    return max(1, math.ceil(wanted) - estimate.n)
