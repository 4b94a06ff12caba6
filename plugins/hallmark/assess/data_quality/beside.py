"""Counts over the cohort beside the training data, two databases neither of which may open the file of the other."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from hallmark.assess import sql
from hallmark.assess.arrays import Counts
from hallmark.assess.data_quality.queries import Classes, came
from hallmark.assess.dataset import Dataset
from hallmark.assess.relation import refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Categories:
    """The values of a column of categories in the cohort: how many, how many kinds, how many unseen in training.

    `classes` are in the order of the rate of the positive label that the category has in training, shrunk by one row
    towards the rate of all; nulls are a category too. None without both classes there.
    """

    values: int
    kinds: int
    unseen: int
    classes: Classes | None


def shared_keys(data: Dataset, training: Dataset) -> int:
    """Return the number of rows of `data` whose key is in `training`; both keys compare alike. A null is no key."""
    key = sql.column(data.manifest.key)
    with _beside(data, training, f"select {key} as key from {sql.ROWS} where {key} is not null") as cursor:
        query = f"select count(*) from {sql.ROWS} semi join training as t on t.key = {key}"
        ((rows,),) = _fetch(cursor, data, query)
    return int(rows)


def categories(data: Dataset, training: Dataset, column: str) -> Categories:
    """Return the values of `column`, of categories in both, beside those of the training data."""
    with _beside(data, training, _counted(training, column)) as cursor:
        found = _fetch(cursor, data, _encoded(_counted(data, column)))
    _, values, kinds, unseen, positive, negative, hits, labelled = zip(*found, strict=True)
    return Categories(
        values=_total(values),
        kinds=_total(kinds),
        unseen=_total(unseen),
        classes=Classes(positive=_whole(positive), negative=_whole(negative)) if 0 < hits[0] < labelled[0] else None,
    )


@contextmanager
def _beside(data: Dataset, training: Dataset, query: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a cursor of `data` in which the result of `query` over the training data streams in as `training`."""
    with data.cursor() as cursor, training.cursor() as source:
        try:
            cursor.register("training", source.sql(query).to_arrow_reader())
        except duckdb.Error as error:
            raise refusal(training.path, error) from error
        yield cursor


def _fetch(cursor: duckdb.DuckDBPyConnection, data: Dataset, query: str) -> list[tuple[Any, ...]]:
    try:
        return cursor.execute(query).fetchall()
    except duckdb.Error as error:
        raise refusal(data.path, error) from error


def _counted(data: Dataset, column: str) -> str:
    """Return the query for rows, labelled rows and positive ones by value of `column`, nulls among them."""
    value, label = sql.text(data, column), came(data)
    counts = f"count(*) as rows, count({label}) as labelled, count(*) filter ({label} = 1) as positive"
    return f"select {value} as value, {counts} from {sql.ROWS} group by 1"


def _encoded(counted: str) -> str:
    """Return the query for sums of the categories of the cohort, by the rate of the positive label in training.

    The positive and the labelled rows of the training data come with each of them.
    """
    # One row at the rate of all beside its own: a category of a single row shows hardly anything.
    rate = "(every.positive / nullif(every.labelled, 0))"
    order = f"coalesce((t.positive + {rate}) / (t.labelled + 1), {rate})"
    sums = (
        "sum(d.rows) filter (d.value is not null), count(d.value)",
        "sum(d.rows) filter (d.value is not null and t.rows is null)",
        "sum(d.positive), sum(d.labelled - d.positive)",
        "any_value(every.positive), any_value(every.labelled)",
    )
    joined = f"({counted}) as d left join known as t on t.value is not distinct from d.value cross join every"
    return f"""
        with known as materialized (select * from training),
             every as materialized (select sum(positive) as positive, sum(labelled) as labelled from known)
        select {order}, {", ".join(sums)} from {joined} group by 1 order by 1"""


def _whole(counts: Sequence[int]) -> Counts:
    return np.array(counts, dtype=np.int64)


def _total(counts: Sequence[int | None]) -> int:
    return sum(int(count or 0) for count in counts)
