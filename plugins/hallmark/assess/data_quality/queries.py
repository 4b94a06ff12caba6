"""Counts over one dataset that the other files of this room ask for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hallmark.assess import sql
from hallmark.assess.arrays import Counts
from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.spelling import literal
from hallmark.measures import Task

FIRST = 1_000
"""Rows that are looked at before all are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """Rows with a positive and with a negative label, by place in an order of values; both of the same length."""

    positive: Counts
    negative: Counts


def are_the_key(data: Dataset, columns: Sequence[str]) -> frozenset[str]:
    """Return those of `columns` whose every value is the key of its row: as a number, or else as text."""
    # Hardly any column is the key of its first rows, and only such a one is worth a pass over all.
    return _alike(data, _alike(data, columns, f"(select * from {sql.ROWS} limit {FIRST}) as d"))


def _alike(data: Dataset, columns: Iterable[str], rows: str = sql.ROWS) -> frozenset[str]:
    key = data.manifest.key
    number = f"try_cast({sql.text(data, key)} as double)"
    if data.scale(key) is Scale.NUMBER:
        number = sql.number(data, key)
    pairs = {
        column: (sql.number(data, column), number)
        if data.scale(column) is Scale.NUMBER
        else (sql.text(data, column), sql.text(data, key))
        for column in columns
    }
    tests = {column: f"count({value}) = count(*) filter ({value} = {same})" for column, (value, same) in pairs.items()}
    return frozenset(column for column, alike in _by_column(data, tests, rows).items() if alike)


def ranges(data: Dataset, columns: Sequence[str]) -> Mapping[str, tuple[float, float]]:
    """Return, by column of numbers, the least and the greatest of its finite values, where it has any."""
    finite = {column: f"case when isfinite({v}) then {v} end" for column in columns for v in [sql.number(data, column)]}
    ends = {column: f"[min({value}), max({value})]" for column, value in finite.items()}
    return {column: (low, high) for column, (low, high) in _by_column(data, ends).items() if low is not None}


def distinct(data: Dataset, column: str) -> int:
    """Return the number of distinct values; null is none."""
    ((count,),) = data.query(f"select count(distinct {sql.column(column)}) from {sql.ROWS}")
    return int(count)


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
    groups = [_declared(sql.text(data, one.column), one.groups) for one in attributes]
    empty = [f"{sql.column(feature)} is null" for feature in features]
    counts = ["count(*)", f"count(*) filter ({' or '.join(empty) or 'false'})"]
    counts += [f"count(*) filter ({test})" for test in empty]
    query = f"select {', '.join([*groups, *counts])} from {sql.ROWS} group by all order by all"
    width = len(attributes)
    return tuple(
        Member(groups=row[:width], rows=row[width], gapped=row[width + 1], gaps=row[width + 2 :])
        for row in data.query(query)
    )


def _by_column(data: Dataset, expressions: Mapping[str, str], rows: str = sql.ROWS) -> Mapping[str, Any]:
    """Return the value of an aggregate for each column, all in one pass."""
    if not expressions:
        return {}
    (row,) = data.query(f"select {', '.join(expressions.values())} from {rows}")
    return dict(zip(expressions, row, strict=True))


def _declared(spelt: str, groups: Sequence[str]) -> str:
    return f"case when {spelt} in ({', '.join(map(literal, groups))}) then {spelt} end"


def came(data: Dataset) -> str:
    """Return the expression for 1, 0 or null; a regression has no classes, so null for every row."""
    return f"({sql.outcome(data)})" if data.manifest.task is Task.BINARY else "cast(null as integer)"
