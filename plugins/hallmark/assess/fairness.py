"""Fairness: Fairlearn on the counts of rows by group, earned outcome and decision, each group against the reference."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version

import fairlearn.metrics as metrics
import numpy as np

from hallmark.assess.assignment import Assessment, Assignment
from hallmark.assess.dataset import Cell, Dataset
from hallmark.assess.intervals import Interval, difference, ratio, undefined
from hallmark.evidence.canonical import encode
from hallmark.policy.profile import Key
from hallmark.policy.subject import POOLED, Attribute
from hallmark.verdict.observation import Observation

TOOL = f"fairlearn {version('fairlearn')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One rate of favourable decisions: among whom (None: everyone), by which metric of Fairlearn, how compared."""

    measure: str
    metric: Callable[..., float]
    earned: bool | None
    limits: Callable[[int, int, int, int], Interval]
    compare: Callable[[float, float], float]
    empty: str
    method: str


_CELLS = "on the counts of rows by group, outcome and decision"
RATES = (
    Rate(
        measure="fairness.selection_rate_ratio",
        metric=metrics.selection_rate,
        earned=None,
        limits=ratio,
        compare=lambda rate, reference: rate / reference,
        empty="rows",
        method=f"ratio of selection_rate {_CELLS}; score limits of Koopman",
    ),
    Rate(
        measure="fairness.true_positive_rate_difference",
        metric=metrics.true_positive_rate,
        earned=True,
        limits=difference,
        compare=lambda rate, reference: rate - reference,
        empty="rows that earned the favourable decision",
        method=f"difference of true_positive_rate {_CELLS}; limits of Newcombe",
    ),
    Rate(
        measure="fairness.false_positive_rate_difference",
        metric=metrics.false_positive_rate,
        earned=False,
        limits=difference,
        compare=lambda rate, reference: rate - reference,
        empty="rows that did not earn the favourable decision",
        method=f"difference of false_positive_rate {_CELLS}; limits of Newcombe",
    ),
)
"""The three rates; equalized odds is the last two, judged one by one."""


def assess(assignment: Assignment) -> Assessment:
    """Compare each declared group, and from two on all of them pooled, with the reference group of its attribute."""
    data = assignment.data
    cells = {one.name: data.cells(one.column) if data.scored else () for one in data.manifest.attributes}
    observations = [
        _observation(rate, attribute, group, cells[attribute.name], data)
        for rate in RATES
        for attribute in data.manifest.attributes
        for group in attribute.compared
    ]
    evidence = {attribute.name: _counts(attribute, cells[attribute.name]) for attribute in data.manifest.attributes}
    return Assessment(observations=tuple(observations), evidence={"fairness.json": encode(evidence)}, tools=(TOOL,))


def _observation(rate: Rate, attribute: Attribute, group: str, cells: Sequence[Cell], data: Dataset) -> Observation:
    members = frozenset(attribute.others if group == POOLED else [group])
    asked, reference = _counted(rate, cells, members), _counted(rate, cells, frozenset([attribute.reference]))
    estimate = _estimate(rate, attribute, group, asked, reference) if data.scored else undefined("there are no scores")
    if estimate.value is not None:
        estimate = replace(estimate, value=_by_fairlearn(rate, attribute, members, cells))
    return Observation(
        key=Key(measure=rate.measure, attribute=attribute.name, group=group),
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        n=asked[1],
        reference=attribute.reference,
        method=rate.method,
        tool=TOOL,
        reason=estimate.reason,
    )


def _counted(rate: Rate, cells: Sequence[Cell], members: frozenset[str]) -> tuple[int, int]:
    """Return how many rows of `members` get the favourable decision, of how many that the rate is about."""
    rows = [cell for cell in cells if cell.group in members and rate.earned in (None, cell.earned)]
    return sum(cell.rows for cell in rows if cell.favourable), sum(cell.rows for cell in rows)


def _estimate(
    rate: Rate, attribute: Attribute, group: str, asked: tuple[int, int], reference: tuple[int, int]
) -> Interval:
    for name, (_, n) in ((group, asked), (attribute.reference, reference)):
        if n == 0:
            return undefined(f"{attribute.name} {name!r} has no {rate.empty}")
    if rate.limits is ratio and reference[0] == 0:
        return undefined(f"no row of the reference {attribute.reference!r} gets the favourable decision")
    return rate.limits(*asked, *reference)


def _by_fairlearn(rate: Rate, attribute: Attribute, members: frozenset[str], cells: Sequence[Cell]) -> float:
    """Return the comparison that Fairlearn makes of the cells, each weighted by its rows."""
    kept = [cell for cell in cells if cell.group in members | {attribute.reference}]
    # Rows without a label have a decision all the same; their outcome is never read where it would count.
    kept = [cell for cell in kept if rate.earned is None or cell.earned is not None]
    frame = metrics.MetricFrame(
        metrics=rate.metric,
        y_true=np.array([int(bool(cell.earned)) for cell in kept]),
        y_pred=np.array([int(cell.favourable) for cell in kept]),
        sensitive_features=np.array([int(cell.group in members) for cell in kept]),
        sample_params={"sample_weight": np.array([cell.rows for cell in kept])},
    )
    return float(rate.compare(float(frame.by_group.loc[1]), float(frame.by_group.loc[0])))


def _counts(attribute: Attribute, cells: Sequence[Cell]) -> Mapping[str, object]:
    """Return the cells of the declared groups, and how many rows are outside them: their names could be anything."""
    return {
        "reference": attribute.reference,
        "cells": [asdict(cell) for cell in cells if cell.group in attribute.groups],
        "rows_of_undeclared_groups": sum(cell.rows for cell in cells if cell.group not in (None, *attribute.groups)),
        "rows_without_group": sum(cell.rows for cell in cells if cell.group is None),
    }
