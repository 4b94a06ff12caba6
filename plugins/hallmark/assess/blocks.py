"""Rows that follow each other in time say less than as many independent ones: how much wider their limits must be.

Batch means: with rows in the order of the file, cut into blocks of sqrt(n) rows, a mean varies from block to block by
more than independent rows allow. The ratio of the two variances is how many rows count as one (Conway 1963; Flegal and
Jones 2010 for the length). Ranks instead of values, so that one outlier decides nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import isqrt, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from hallmark.assess import sql
from hallmark.assess.arrays import Floats
from hallmark.assess.assignment import Assignment
from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.relation import ordered
from hallmark.measures import MEASURES, Task
from hallmark.policy.subject import Order
from hallmark.verdict.observation import Observation

FEWEST = 100
"""Below it there are fewer than ten blocks, and nothing can be said of how they vary."""

_COMMON = 5
"""How many of the most frequent categories of a column are looked at, each by itself."""

_TOO_FEW = f"the manifest says order: time, and with fewer than {FEWEST} rows nobody can tell how far they follow"


def widened(found: Iterable[Observation], assignment: Assignment) -> tuple[Observation, ...]:
    """Return the observations with limits that hold for rows in order of time; as they are where rows have no order.

    A number about a feature is widened by what that feature needs, any other by what score, outcome or their difference
    need, whichever is most, in the cohort, the reference or the training data. Facts have no limits to widen.
    """
    if assignment.manifest.order is not Order.TIME:
        return tuple(found)
    sides = [Serial(data=one) for one in (assignment.data, assignment.reference, assignment.training)]
    return tuple(_widened(one, sides) for one in found)


def inflation(values: Floats) -> float:
    """How many rows of this series, in their order, count as one independent row; at least 1. NaN are left out.

    Raises `ValueError` for fewer than `FEWEST` values.
    """
    ranks = rankdata(values[~np.isnan(values)])
    rows = len(ranks)
    if rows < FEWEST:
        raise ValueError(_TOO_FEW)
    length = isqrt(rows)
    blocks = ranks[: rows // length * length].reshape(-1, length)
    spread = float(np.var(ranks, ddof=1))
    return max(1.0, length * float(np.var(blocks.mean(axis=1), ddof=1)) / spread) if spread else 1.0


def in_order(data: Dataset, feature: str = "") -> list[NDArray[Any]]:
    """Return a feature in the order of the file, or outcome and, where there are any, score.

    Numbers and times are floats, NaN for null; of categories each value as text, empty for null.
    """
    outcome = f"coalesce(cast({sql.outcome(data)} as double), 'nan'::double)"
    values = [sql.value(data, feature)] if feature else [outcome, *([sql.score(data)] if data.scored else [])]
    named = ", ".join(f"{one} as c{place}" for place, one in enumerate(values))
    rows = sql.scored_rows(data, among=ordered(data.path, data.types))
    return list(data.fetch(f"select {named} from {rows} order by d.file_row_number").values())


@dataclass(frozen=True, kw_only=True)
class Serial:
    """One dataset in the order of its file."""

    data: Dataset
    seen: dict[str, float] = field(default_factory=dict)

    def of(self, feature: str) -> float:
        """The inflation of a feature; of outcome, score and their difference where `feature` is empty."""
        if feature not in self.seen:
            self.seen[feature] = max(inflation(one) for one in self._series(feature))
        return self.seen[feature]

    def _series(self, feature: str) -> Iterator[Floats]:
        columns = in_order(self.data, feature)
        if not feature and self.data.manifest.task is Task.MULTICLASS:
            yield from _of_classes(columns)
            return
        if feature and self.data.scale(feature) is not Scale.NUMBER:
            yield from _indicators(columns[0])
            return
        yield from columns
        if len(columns) == 2:
            yield columns[0] - columns[1]


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


def _widened(one: Observation, sides: Sequence[Serial]) -> Observation:
    if one.value is None or one.low is None or one.high is None:
        return one
    try:
        factor = sqrt(max(side.of(one.key.feature) for side in sides))
    except ValueError as error:
        return replace(one, value=None, low=None, high=None, n=None, reason=str(error))
    low, high = one.value - (one.value - one.low) * factor, one.value + (one.high - one.value) * factor
    measure = MEASURES[one.key.measure]
    return replace(
        one,
        low=low if measure.low is None else max(low, measure.low),
        high=high if measure.high is None else min(high, measure.high),
        method=f"{one.method}; limits {factor:.3f} times as wide: rows in order of time, batch means",
    )
