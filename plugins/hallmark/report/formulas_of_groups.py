"""Measures that compare groups, worked out from the counts of each group."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hallmark.policy.subject import POOLED
from hallmark.report.by_hand import Worked, difference_limits, number, ratio_limits, share_limits
from hallmark.report.counts_of_groups import all_known, cells_of, counts_of, known_of, said, told, total, withheld
from hallmark.verdict.observation import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of a group: which counts are added up for the hits and for the rows that they are of, in words."""

    hits: str
    of: tuple[str, ...]
    says: str


_SHARES = {
    "fairness.selection_rate_ratio": Share(hits="favourable", of=("rows",), says="favourable / rows"),
    "fairness.selection_rate_difference": Share(hits="favourable", of=("rows",), says="favourable / rows"),
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


def _compared(observation: Observation, evidence: Mapping[str, Any]) -> Worked:
    share, group = _SHARES[observation.key.measure], observation.key.group
    names = tuple(dict.fromkeys((share.hits, *share.of)))
    asked, other = (counts_of(observation, evidence, name, names) for name in (group, observation.reference))
    x, n = asked[share.hits], total(*(asked[name] for name in share.of))
    y, m = other[share.hits], total(*(other[name] for name in share.of))
    own, reference = f"{said(x)}/{said(n)}", f"{said(y)}/{said(m)}"
    ratio = observation.key.measure == "fairness.selection_rate_ratio"
    cells = cells_of(group, asked, names), cells_of(observation.reference, other, names)
    formula = f"{share.says}, group {'over' if ratio else 'minus'} reference = " + (
        f"({own}) / ({reference})" if ratio else f"{own} - {reference}"
    )
    counts = known_of(x, n, y, m)
    if counts is None:
        return withheld(observation, evidence, cells, formula)
    return Worked(cells=cells, formula=formula, **_by_hand(observation, counts, ratio=ratio))


def _by_hand(observation: Observation, counts: tuple[float, ...], *, ratio: bool) -> dict[str, Any]:
    x, n, y, m = counts
    if not ratio:
        return {"value": x / n - y / m, "interval": difference_limits(x, n, y, m)}
    low, high = observation.low or 0.0, observation.high or 0.0
    return {"value": (x / n) / (y / m), "interval": ratio_limits(low, high, (x, n, y, m))}


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
    group = observation.key.group
    counts = counts_of(observation, evidence, group, _SUMMED)
    cells = (cells_of(group, counts, _SUMMED),)
    n = said(total(counts["earned"], counts["unearned"]))
    formula = f"(positives - scores) / labelled rows = ({said(counts['positives'])} - {said(counts['scores'])}) / {n}"
    known = all_known(counts)
    if known is None:
        return withheld(observation, evidence, cells, formula)
    return Worked(cells=cells, formula=formula, value=_residual(known)[1], interval=_steps(known))


def _between(observation: Observation, evidence: Mapping[str, Any]) -> Worked:
    groups = observation.key.group, observation.reference
    asked, other = (counts_of(observation, evidence, name, _SUMMED) for name in groups)
    cells = tuple(cells_of(name, counts, _SUMMED) for name, counts in zip(groups, (asked, other), strict=True))
    says = "(positives - scores) / labelled rows, group minus reference"
    known, others = all_known(asked), all_known(other)
    if known is None or others is None:
        return withheld(observation, evidence, cells, says)
    own, reference = _residual(known)[1], _residual(others)[1]
    return Worked(
        cells=cells,
        formula=f"{says} = {own:.6f} - {reference:.6f}",
        value=own - reference,
        interval=(*_steps(known), *_steps(others), "the two half-widths are joined: sqrt of the sum of their squares"),
    )


def _outside(observation: Observation, evidence: Mapping[str, Any]) -> Worked:
    blob, names = evidence["fairness.json"], ("favourable", "rows")
    found = {
        name: {
            one: told(blob["attributes"][observation.key.attribute][name], one, blob["smallest_cell"]) for one in names
        }
        for name in _OUTSIDE
    }
    cells = tuple(cells_of(name.replace("_", " "), counts, names) for name, counts in found.items())
    hits, rows = (total(*(counts[one] for counts in found.values())) for one in names)
    formula = f"favourable / rows = {said(hits)} / {said(rows)}"
    known = known_of(hits, rows)
    if known is None:
        return withheld(observation, evidence, cells, formula)
    return Worked(cells=cells, formula=formula, value=known[0] / known[1], interval=share_limits(*known))


def _members(observation: Observation, evidence: Mapping[str, Any], name: str) -> tuple[float, float]:
    """The rows of the group that is asked for, and another count of it; a crossing with a small cell has none."""
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
