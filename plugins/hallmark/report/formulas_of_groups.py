"""Measures that compare groups, worked out from the counts of each group."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hallmark.policy.subject import POOLED
from hallmark.report.by_hand import Worked, difference_limits, number, ratio_limits, share_limits
from hallmark.verdict.observation import Observation


class Withheld(Exception):
    """The counts stay out of the evidence; the words say of whom, and what is there instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of a group: which counts are added up for the hits and for the rows that they are of, in words."""

    hits: str
    of: tuple[str, ...]
    says: str


_SHARES = {
    "fairness.selection_rate_ratio": Share(hits="favourable", of=("rows",), says="favourable / rows"),
    "fairness.true_positive_rate_difference": Share(
        hits="favourable_earned", of=("earned",), says="favourable and earned / earned"
    ),
    "fairness.false_positive_rate_difference": Share(
        hits="favourable_unearned", of=("unearned",), says="favourable and unearned / unearned"
    ),
    "fairness.precision_difference": Share(
        hits="favourable_earned",
        of=("favourable_earned", "favourable_unearned"),
        says="favourable and earned / favourable with a label",
    ),
}
_SUMMED = ("earned", "unearned", "positives", "scores", "positive_scores", "squared_scores")
_OUTSIDE = ("rows_without_group", "rows_of_undeclared_groups")


def _counts(observation: Observation, evidence: Mapping[str, Any], group: str) -> Mapping[str, float]:
    """The counts of a group, added up over all others where it is the pooled one. Raises `Withheld`."""
    attribute = evidence["fairness.json"]["attributes"][observation.key.attribute]
    others = [name for name in attribute["groups"] if name != attribute["reference"]]
    found = {name: attribute["groups"][name] for name in (others if group == POOLED else [group])}
    for name, counts in found.items():
        if "sha256" in counts:
            smallest = evidence["fairness.json"]["smallest_cell"]
            raise Withheld(
                f"the counts of {name!r} stay out of the evidence, since one of them is below {smallest}; the SHA-256 "
                f"of the true counts is {counts['sha256']}"
            )
    first = next(iter(found.values()))
    return {name: math.fsum(counts[name] for counts in found.values()) for name in first}


def _cells(group: str, counts: Mapping[str, float], names: Iterable[str]) -> str:
    return f"{group}: " + ", ".join(f"{name.replace('_', ' ')} {number(counts[name])}" for name in names)


def _compared(observation: Observation, evidence: Mapping[str, Any]) -> Worked:
    share, group = _SHARES[observation.key.measure], observation.key.group
    asked, other = (_counts(observation, evidence, name) for name in (group, observation.reference))
    x, n, y, m = (
        *(asked[share.hits], sum(asked[name] for name in share.of)),
        *(other[share.hits], sum(other[name] for name in share.of)),
    )
    own, reference = f"{number(x)}/{number(n)}", f"{number(y)}/{number(m)}"
    ratio = observation.key.measure == "fairness.selection_rate_ratio"
    names = dict.fromkeys((share.hits, *share.of))
    low, high = observation.low or 0.0, observation.high or 0.0
    return Worked(
        cells=(_cells(group, asked, names), _cells(observation.reference, other, names)),
        formula=f"{share.says}, group {'over' if ratio else 'minus'} reference = "
        + (f"({own}) / ({reference})" if ratio else f"{own} - {reference}"),
        value=(x / n) / (y / m) if ratio else x / n - y / m,
        interval=ratio_limits(low, high, (x, n, y, m)) if ratio else difference_limits(x, n, y, m),
    )


def _residual(counts: Mapping[str, float]) -> tuple[float, float, float]:
    """Rows with a label, the mean of outcome less score, and its variance, at least the mean of p(1 - p)."""
    n = counts["earned"] + counts["unearned"]
    mean = (counts["positives"] - counts["scores"]) / n
    squares = counts["positives"] - 2 * counts["positive_scores"] + counts["squared_scores"]
    return n, mean, max((squares - n * mean**2) / (n - 1), (counts["scores"] - counts["squared_scores"]) / n)


def _steps(counts: Mapping[str, float]) -> tuple[str, ...]:
    n, mean, variance = _residual(counts)
    error = math.sqrt(variance / n)
    return (
        "variance: (positives - 2 positive scores + squared scores - n mean2) / (n - 1), "
        "at least (scores - squared scores) / n",
        f"n = {number(n)}, mean = {mean:.6f}, variance = {variance:.6f}, standard error = {error:.6f}; "
        f"limits: mean +- t(0.975, {number(n - 1)}) x {error:.6f}",
    )


def _within(observation: Observation, evidence: Mapping[str, Any]) -> Worked:
    counts = _counts(observation, evidence, observation.key.group)
    n, mean, _ = _residual(counts)
    return Worked(
        cells=(_cells(observation.key.group, counts, _SUMMED),),
        formula=f"(positives - scores) / labelled rows = ({number(counts['positives'])} - {number(counts['scores'])})"
        f" / {number(n)}",
        value=mean,
        interval=_steps(counts),
    )


def _between(observation: Observation, evidence: Mapping[str, Any]) -> Worked:
    asked, other = (_counts(observation, evidence, name) for name in (observation.key.group, observation.reference))
    own, reference = _residual(asked)[1], _residual(other)[1]
    return Worked(
        cells=(_cells(observation.key.group, asked, _SUMMED), _cells(observation.reference, other, _SUMMED)),
        formula=f"(positives - scores) / labelled rows, group minus reference = {own:.6f} - {reference:.6f}",
        value=own - reference,
        interval=(*_steps(asked), *_steps(other), "the two half-widths are joined: sqrt of the sum of their squares"),
    )


def _outside(observation: Observation, evidence: Mapping[str, Any]) -> Worked:
    attribute = evidence["fairness.json"]["attributes"][observation.key.attribute]
    found = {name: attribute[name] for name in _OUTSIDE}
    if any(counts["favourable"] is None for counts in found.values()):
        raise Withheld("the counts of the rows without a declared group stay out of the evidence, since one is small")
    hits, rows = (sum(counts[name] for counts in found.values()) for name in ("favourable", "rows"))
    return Worked(
        cells=tuple(_cells(name.replace("_", " "), counts, ("favourable", "rows")) for name, counts in found.items()),
        formula=f"favourable / rows = {number(hits)} / {number(rows)}",
        value=hits / rows,
        interval=share_limits(hits, rows),
    )


def _members(observation: Observation, evidence: Mapping[str, Any], name: str) -> tuple[float, float]:
    """The rows of the group that is asked for, and another count of it; crossings have none in the evidence."""
    groups = evidence["data_quality.json"]["groups"][observation.key.attribute]
    asked = observation.key.group
    names = [one for one in groups if one != observation.reference] if asked == POOLED else [asked]
    rows, others = (sum(groups[one][count] for one in names) for count in ("rows", name))
    return rows, others


def _gaps(observation: Observation, evidence: Mapping[str, Any]) -> Worked:
    groups = evidence["data_quality.json"]["groups"][observation.key.attribute]
    n, x = _members(observation, evidence, "rows_with_a_gap")
    m, y = (groups[observation.reference][name] for name in ("rows", "rows_with_a_gap"))
    return Worked(
        cells=(
            f"{observation.key.group}: {number(x)} of {number(n)} rows with a gap",
            f"{observation.reference}: {number(y)} of {number(m)} rows with a gap",
        ),
        formula=f"rows with a gap / rows, group minus reference = {number(x)}/{number(n)} - {number(y)}/{number(m)}",
        value=x / n - y / m,
        interval=difference_limits(x, n, y, m),
    )


def _weight(observation: Observation, evidence: Mapping[str, Any]) -> Worked:
    groups = evidence["data_quality.json"]["groups"][observation.key.attribute].values()
    x, y = _members(observation, evidence, "training_rows")
    n, m = (sum(counts[name] for counts in groups) for name in ("rows", "training_rows"))
    return Worked(
        cells=(
            f"{observation.key.group}: {number(x)} of {number(n)} rows, {number(y)} of {number(m)} rows of training",
        ),
        formula=f"share here over share there = ({number(x)}/{number(n)}) / ({number(y)}/{number(m)})",
        value=(x / n) / (y / m),
        interval=ratio_limits(observation.low or 0.0, observation.high or 0.0, (x, n, y, m)),
    )


GROUPED: Mapping[str, Callable[[Observation, Mapping[str, Any]], Worked]] = {
    **dict.fromkeys(_SHARES, _compared),
    "fairness.calibration_within_group": _within,
    "fairness.calibration_difference": _between,
    "fairness.unknown_selection_rate": _outside,
    "data_quality.missingness_difference": _gaps,
    "data_quality.representation_ratio": _weight,
}
"""By name of the measure."""
