"""The values of one column of a dataset: counted, or in ascending order."""

from collections.abc import Mapping

from hallmark.assess import sql
from hallmark.assess.arrays import Floats
from hallmark.assess.dataset import Dataset


def value_counts(data: Dataset, column: str) -> Mapping[str, int]:
    """Return the number of rows by value, spelt as text and in the order of the text; nulls are left out."""
    there = f"{sql.column(column)} is not null"
    query = f"select {sql.text(data, column)}, count(*) from {sql.ROWS} where {there} group by all order by all"
    return dict(data.query(query))


def sorted_values(data: Dataset, column: str) -> Floats:
    """Return the values of a column of numbers in ascending order, times as seconds; nulls are left out."""
    there = f"{sql.column(column)} is not null"
    return _ascending(data, f"select {sql.number(data, column)} as value from {sql.ROWS} where {there}")


def sorted_scores(data: Dataset) -> Floats:
    """Return the score of every row, shape (rows,), in ascending order."""
    return _ascending(data, f"select {sql.score(data)} as value from {sql.scored_rows(data)}")


def _ascending(data: Dataset, query: str) -> Floats:
    """Return the column `value` in ascending order; a zero has no sign, so that ties are bytes alike."""
    values: Floats = data.fetch(query)["value"]
    values += 0.0
    values.sort()
    return values
