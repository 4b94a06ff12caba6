"""Counts over one dataset that the other files of this room ask for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.intervals import Counts
from hallmark.assess.relation import VIEW, execute
from hallmark.assess.spelling import as_number, as_text, identifier, literal, outcome
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
    return _alike(data, _alike(data, columns, f"(select * from {VIEW} limit {FIRST})"), VIEW)


def _alike(data: Dataset, columns: Iterable[str], relation: str) -> frozenset[str]:
    key = data.manifest.key
    number = f"try_cast({text(data, key)} as double)"
    if data.scale(key) is Scale.NUMBER:
        number = _number(data, key)
    pairs = {
        column: (_number(data, column), number)
        if data.scale(column) is Scale.NUMBER
        else (text(data, column), text(data, key))
        for column in columns
    }
    tests = {column: f"count({value}) = count(*) filter ({value} = {same})" for column, (value, same) in pairs.items()}
    return frozenset(column for column, alike in _by_column(data, tests, relation).items() if alike)


def ranges(data: Dataset, columns: Sequence[str]) -> Mapping[str, tuple[float, float]]:
    """Return, by column of numbers, the least and the greatest of its finite values, where it has any."""
    finite = {column: f"case when isfinite({v}) then {v} end" for column in columns for v in [_number(data, column)]}
    ends = {column: f"[min({value}), max({value})]" for column, value in finite.items()}
    return {column: (low, high) for column, (low, high) in _by_column(data, ends).items() if low is not None}


def distinct(data: Dataset, column: str) -> int:
    """Return the number of distinct values; null is none."""
    ((count,),) = execute(data.cursor(), data.path, f"select count(distinct {identifier(column)}) from {VIEW}")
    return int(count)


def label_counts(data: Dataset) -> tuple[int, int]:
    """Return the number of rows with a positive and with a negative label."""
    counts = ", ".join(f"count(*) filter ({came(data)} = {one})" for one in (1, 0))
    ((positive, negative),) = execute(data.cursor(), data.path, f"select {counts} from {VIEW}")
    return int(positive), int(negative)


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


def _by_column(data: Dataset, expressions: Mapping[str, str], relation: str = VIEW) -> Mapping[str, Any]:
    """Return the value of an aggregate for each column, all in one pass."""
    if not expressions:
        return {}
    (row,) = execute(data.cursor(), data.path, f"select {', '.join(expressions.values())} from {relation}")
    return dict(zip(expressions, row, strict=True))


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
