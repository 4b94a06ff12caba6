"""What is shown and never judged: the extremes over all groups, and the rows that belong to none."""

from collections.abc import Iterator, Mapping, Sequence

from hallmark.assess.fairness.cube import Tally
from hallmark.assess.fairness.disclosure import Told, added
from hallmark.assess.fairness.rates import FAIRLEARN, FALSE_POSITIVE, SELECTION, TRUE_POSITIVE, Rate
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


def _extreme(measure: str, groups: Mapping[str, Tally]) -> tuple[float | None, str]:
    if len(groups) < 2:
        return None, "fewer than two groups have rows"
    if measure == "fairness.equalized_odds_difference":
        if not all(tally.earned and tally.unearned for tally in groups.values()):
            return None, "a group lacks rows that earned the favourable decision, or rows that did not"
        return max(max(rates) - min(rates) for rates in (_of(TRUE_POSITIVE, groups), _of(FALSE_POSITIVE, groups))), ""
    selected = _of(SELECTION, groups)
    if measure == "fairness.selection_rate_minimum":
        return min(selected), ""
    return (min(selected) / max(selected), "") if any(selected) else (None, "no group gets a favourable decision")


def _of(rate: Rate, groups: Mapping[str, Tally]) -> list[float]:
    return [rate.by_library(tally) for tally in groups.values()]


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
