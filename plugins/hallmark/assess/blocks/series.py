"""The rows of a dataset in the order of its file: columns, gaps and groups, and the series that a number rests on."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hallmark.assess import sql
from hallmark.assess.arrays import Floats, Mask
from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.relation import ordered
from hallmark.assess.spelling import literal
from hallmark.measures import Task
from hallmark.policy.groups import CROSS
from hallmark.policy.subject import POOLED, Manifest

_COMMON = 5
"""How many of the most frequent categories of a column are looked at, each by itself."""

OUTSIDE = "(no declared group)"
"""Where `masks` has the rows that belong to no declared group, by the name under which fairness reports them."""

Parts = Sequence[tuple[str, Sequence[str]]]
"""Columns with the groups declared in each; several are crossed."""


def in_order(data: Dataset, feature: str = "") -> list[NDArray[Any]]:
    """Return a feature in the order of the file, or outcome and, where there are any, score.

    Numbers and times are floats, NaN for null; of categories each value as text, empty for null.
    """
    if feature:
        return _fetched(data, [sql.value(data, feature)])
    outcome = f"coalesce(cast({sql.outcome(data)} as double), 'nan'::double)"
    return _fetched(data, [outcome, sql.score(data)] if data.scored else [outcome], scored=data.scored)


def of_feature(data: Dataset, feature: str) -> Iterator[Floats]:
    """Yield the values of a column, or whether a row is of each frequent category, and whether it has a gap."""
    if data.missing()[feature]:
        yield gaps(data, (feature,))
    scale = data.scale(feature)
    if scale is Scale.NUMBER:
        yield from in_order(data, feature)
    elif scale is Scale.CATEGORY:
        yield from _indicators(in_order(data, feature)[0])


def of_model(columns: Sequence[NDArray[Any]], manifest: Manifest) -> Iterator[Floats]:
    """Yield outcome and score (`columns`, the score where there is one), their difference and what is lost by it."""
    if manifest.task is Task.MULTICLASS:
        yield from _of_classes(columns)
        return
    yield from columns
    # What is beyond a float leaves its measure without a number, whatever its rows do.
    with np.errstate(over="ignore", invalid="ignore"):
        if len(columns) == 2:
            yield from _lost(columns[0] - columns[1], manifest.quantile)
        if manifest.task is Task.REGRESSION and not np.isnan(columns[0]).all():
            yield np.abs(columns[0] - np.nanmean(columns[0]))


def _lost(error: Floats, quantile: float | None) -> Iterator[Floats]:
    yield error
    yield np.abs(error)
    if quantile is not None:
        yield np.maximum(quantile * error, (quantile - 1) * error)


def gaps(data: Dataset, features: Sequence[str]) -> Floats:
    """Return 1 for each row without a value of some of `features`, else 0."""
    gapped = [f"{sql.column(feature)} is null" for feature in features if data.missing()[feature]]
    rows: Floats = _fetched(data, [f"cast(({' or '.join(gapped)}) as double)"])[0] if gapped else np.zeros(data.rows)
    return rows


def masks(data: Dataset, parts: Parts, reference: str = "") -> Mapping[str, Mask]:
    """Return the rows of each group that the groups of `parts` make, of all but the `reference`, and of no group."""
    columns = [_places(data, column, groups) for column, groups in parts]
    found = {OUTSIDE: np.logical_or.reduce([column < 0 for column in columns])}
    for places in product(*(range(len(groups)) for _, groups in parts)):
        name = CROSS.join(groups[place] for (_, groups), place in zip(parts, places, strict=True))
        found[name] = np.logical_and.reduce([one == place for one, place in zip(columns, places, strict=True)])
    if reference:
        found[POOLED] = ~found[OUTSIDE] & ~found[reference]
    return found


def _places(data: Dataset, column: str, groups: Sequence[str]) -> NDArray[Any]:
    """Return the place of each row's group among `groups`, -1 for any other and for null."""
    cases = " ".join(f"when {literal(group)} then {place}" for place, group in enumerate(groups))
    return _fetched(data, [f"cast(case {sql.text(data, column)} {cases} else -1 end as smallint)"])[0]


def _fetched(data: Dataset, expressions: Sequence[str], *, scored: bool = False) -> list[NDArray[Any]]:
    named = ", ".join(f"{one} as c{place}" for place, one in enumerate(expressions))
    among = ordered(data.path, data.types)
    rows = sql.scored_rows(data, among) if scored else f"{among} as d"
    return list(data.fetch(f"select {named} from {rows} order by d.file_row_number").values())


def _of_classes(columns: Sequence[NDArray[Any]]) -> Iterator[Floats]:
    """One series for each class that is a label or predicted, and one for right answers: places have no distances."""
    for values in columns:
        for place in np.unique(values[~np.isnan(values)]):
            yield np.where(np.isnan(values), np.nan, values == place)
    if len(columns) == 2:
        label, answer = columns
        yield np.where(np.isnan(label), np.nan, label == answer)


def _indicators(values: NDArray[Any]) -> Iterator[Floats]:
    """One series for each frequent category: whether a row is of it."""
    names, counts = np.unique(values.astype(str), return_counts=True)
    for name in names[np.lexsort((names, -counts))][:_COMMON]:
        yield (values.astype(str) == name).astype(np.float64)
