"""What is shown and never judged: the extremes over all groups, and the rows that belong to none."""

from collections.abc import Iterator, Mapping, Sequence

import fairlearn.metrics as metrics
import numpy as np
from numpy.typing import NDArray

from hallmark.assess.fairness.cube import Tally
from hallmark.assess.fairness.disclosure import Told, added
from hallmark.assess.fairness.rates import FAIRLEARN
from hallmark.assess.intervals import Interval, share, undefined
from hallmark.policy.expected import Key
from hallmark.policy.subject import Attribute
from hallmark.verdict.observation import Observation

EXTREMES = (
    "fairness.equalized_odds_difference",
    "fairness.selection_rate_ratio_minimum",
    "fairness.selection_rate_minimum",
)
UNKNOWN = "fairness.unknown_selection_rate"
OUTSIDE = "(no declared group)"
"""The name of the rows whose group is null or not declared."""


def shown(tables: Mapping[str, Told] | None, attributes: Sequence[Attribute]) -> Iterator[Observation]:
    """Report the extremes of every attribute and the rows outside its groups; `tables` is None without scores."""
    for attribute in attributes:
        table = None if tables is None else tables[attribute.name]
        yield from _extremes(table, attribute)
        yield _unknown(table, attribute)


def _extremes(table: Told | None, attribute: Attribute) -> Iterator[Observation]:
    groups = {} if table is None else table.groups
    there = {group: tally for group, tally in groups.items() if tally.rows}
    for measure in EXTREMES:
        value, reason = _extreme(measure, there) if table is not None else (None, "there are no scores")
        worst = min(there, key=lambda group: there[group].favourable / there[group].rows) if there else ""
        yield Observation(
            key=Key(measure=measure, attribute=attribute.name),
            value=value,
            n=sum(tally.rows for tally in there.values()),
            reference=f"all groups of {attribute.name}; the lowest rate of favourable decisions has {worst!r}",
            method=f"{measure.partition('.')[2]} over {len(there)} groups, {_BY[measure]}; no interval would hold",
            tool=FAIRLEARN,
            reason=reason,
        )


_BY = {
    "fairness.equalized_odds_difference": "equalized_odds_difference",
    "fairness.selection_rate_ratio_minimum": "demographic_parity_ratio",
    "fairness.selection_rate_minimum": "group_min of selection_rate",
}


def _extreme(measure: str, groups: dict[str, Tally]) -> tuple[float | None, str]:
    if len(groups) < 2:
        return None, "fewer than two groups have rows"
    if measure == "fairness.equalized_odds_difference":
        if not all(tally.earned and tally.unearned for tally in groups.values()):
            return None, "a group lacks rows that earned the favourable decision, or rows that did not"
        return float(metrics.equalized_odds_difference(**_cells(groups, labelled=True))), ""
    if measure == "fairness.selection_rate_minimum":
        cells = _cells(groups, labelled=False)
        weights = cells.pop("sample_weight")
        frame = metrics.MetricFrame(metrics=metrics.selection_rate, sample_params={"sample_weight": weights}, **cells)
        return float(frame.group_min()), ""
    if not any(tally.favourable for tally in groups.values()):
        return None, "no group gets a favourable decision"
    return float(metrics.demographic_parity_ratio(**_cells(groups, labelled=False))), ""


def _cells(groups: dict[str, Tally], *, labelled: bool) -> dict[str, NDArray[np.int64]]:
    """Return what Fairlearn asks for: outcome, decision and group of each cell, weighted by its rows."""
    rows = []
    for place, tally in enumerate(groups.values()):
        if labelled:
            hit, false = tally.favourable_earned, tally.favourable_unearned
            rows += [(1, 1, place, hit), (1, 0, place, tally.earned - hit)]
            rows += [(0, 1, place, false), (0, 0, place, tally.unearned - false)]
        else:
            rows += [(0, 1, place, tally.favourable), (0, 0, place, tally.rows - tally.favourable)]
    names = ("y_true", "y_pred", "sensitive_features", "sample_weight")
    return dict(zip(names, np.array([row for row in rows if row[-1]]).T, strict=True))


def _unknown(table: Told | None, attribute: Attribute) -> Observation:
    estimate, rows = _rate_outside(table, attribute)
    return Observation(
        key=Key(measure=UNKNOWN, attribute=attribute.name, group=OUTSIDE),
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        n=rows,
        reference=attribute.reference,
        method="favourable decisions among rows whose group is null or not declared; limits of Wilson",
        tool=FAIRLEARN,
        reason=estimate.reason,
    )


def _rate_outside(table: Told | None, attribute: Attribute) -> tuple[Interval, int]:
    if table is None:
        return undefined("there are no scores"), 0
    tally = added(table.outside.values())
    if tally.rows == 0:
        return undefined(f"every row has a declared group of {attribute.name}"), 0
    return share(tally.favourable, tally.rows), tally.rows
