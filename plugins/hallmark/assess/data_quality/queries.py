"""Counts over one dataset that the other files of this room ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.intervals import Counts
from hallmark.assess.relation import VIEW, execute, refusal
from hallmark.assess.spelling import as_number, as_text, identifier, literal, outcome
from hallmark.measures import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """Rows with a positive and with a negative label, by place in an order of values; both of the same length."""

    positive: Counts
    negative: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """The values of a column of numbers: how many, how many of them whole, whether all are equal, the finite ends."""

    values: int
    whole: int
    equal: bool
    low: float | None
    high: float | None


def same_as_key(data: Dataset, columns: Sequence[str]) -> Mapping[str, int]:
    """Return, by column, the number of rows whose value is the key of the row: as a number, or else as text."""
    key = data.manifest.key
    number = f"try_cast({text(data, key)} as double)"
    if data.scale(key) is Scale.NUMBER:
        number = _number(data, key)
    pairs = [
        (_number(data, column), number) if data.scale(column) is Scale.NUMBER else (text(data, column), text(data, key))
        for column in columns
    ]
    return _by_column(data, columns, [f"count(*) filter ({value} = {same})" for value, same in pairs])


def extents(data: Dataset, columns: Sequence[str]) -> Mapping[str, Extent]:
    """Return the extent of each of `columns`, all of numbers."""
    numbers = [_number(data, column) for column in columns]
    parts = [
        f"{{'values': count({v}), 'whole': count(*) filter ({v} = trunc({v})), "
        f"'equal': coalesce(min({v}) = max({v}), false), "
        f"'low': min({v}) filter (isfinite({v})), 'high': max({v}) filter (isfinite({v}))}}"
        for v in numbers
    ]
    return {column: Extent(**found) for column, found in _by_column(data, columns, parts).items()}


def outside(data: Dataset, ranges: Mapping[str, tuple[float, float]]) -> Mapping[str, int]:
    """Return, by column, the number of values below or above its range."""
    tests = [
        f"count(*) filter ({_number(data, column)} < {low!r}::double or {_number(data, column)} > {high!r}::double)"
        for column, (low, high) in ranges.items()
    ]
    return _by_column(data, tuple(ranges), tests)


def distinct(data: Dataset, column: str) -> int:
    """Return the number of distinct values; null is none."""
    ((count,),) = execute(data.cursor(), data.path, f"select count(distinct {identifier(column)}) from {VIEW}")
    return int(count)


def gaps_by_class(data: Dataset, columns: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """Return, by column, how many rows without a value have a positive and how many a negative label."""
    gaps = [f"count(*) filter ({identifier(column)} is null and {came(data)} = " for column in columns]
    return {
        name: (pair["positive"], pair["negative"])
        for name, pair in _by_column(data, columns, [f"{{'positive': {g}1), 'negative': {g}0)}}" for g in gaps]).items()
    }


def classes_by_value(data: Dataset, column: str) -> Classes:
    """Return the classes of the rows with a label at each distinct number of `column`, in ascending order."""
    number, label = _number(data, column), came(data)
    query = f"select {number}, {label} = 1 from {VIEW} where {identifier(column)} is not null and {label} is not null"
    try:
        value, hits = map(np.asarray, data.cursor().execute(query).fetchnumpy().values())
    except duckdb.Error as error:
        raise refusal(data.path, error) from error
    positives = np.sort(value[hits])
    value = np.sort(value)
    last = np.flatnonzero(np.append(value[1:] != value[:-1], len(value) > 0))
    positive, rows = np.searchsorted(positives, value[last], side="right"), last + 1
    return Classes(positive=np.diff(positive, prepend=0), negative=np.diff(rows - positive, prepend=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Rows that share a group in every attribute (None: no declared one), those with a gap, and the gaps by feature."""

    groups: tuple[str | None, ...]
    rows: int
    gapped: int
    gaps: tuple[int, ...]


def members(data: Dataset, features: Sequence[str] = ()) -> tuple[Member, ...]:
    """Return the rows of each combination of declared groups, with the gaps that they have in `features`."""
    attributes = data.manifest.attributes
    groups = [_declared(text(data, one.column), one.groups) for one in attributes]
    empty = [f"{identifier(feature)} is null" for feature in features]
    counts = ["count(*)", f"count(*) filter ({' or '.join(empty) or 'false'})"]
    counts += [f"count(*) filter ({test})" for test in empty]
    query = f"select {', '.join([*groups, *counts])} from {VIEW} group by all order by all"
    width = len(attributes)
    return tuple(
        Member(groups=row[:width], rows=row[width], gapped=row[width + 1], gaps=row[width + 2 :])
        for row in execute(data.cursor(), data.path, query)
    )


def _by_column(data: Dataset, columns: Sequence[str], expressions: Sequence[str]) -> dict[str, Any]:
    if not columns:
        return {}
    (row,) = execute(data.cursor(), data.path, f"select {', '.join(expressions)} from {VIEW}")
    return dict(zip(columns, row, strict=True))


def _declared(spelt: str, groups: Sequence[str]) -> str:
    return f"case when {spelt} in ({', '.join(map(literal, groups))}) then {spelt} end"


def came(data: Dataset) -> str:
    """Return the expression for 1, 0 or null; a regression has no classes, so null for every row."""
    label = data.manifest.label
    if data.manifest.task is not Task.BINARY:
        return "cast(null as integer)"
    return f"({outcome(label, identifier(label.column), data.types[label.column])})"


def _number(data: Dataset, column: str) -> str:
    return as_number(identifier(column), data.types[column])


def text(data: Dataset, column: str) -> str:
    """Return the expression for `column` as text."""
    return as_text(identifier(column), data.types[column])
