"""The floor: aggregates that the same measures need, each asked of DuckDB once, and nothing made of them."""

from pathlib import Path
from typing import Any

import bench_data as data

MEMORY = "2GB"


def _connection(paths: dict[str, Path]) -> Any:
    import duckdb

    config = {"memory_limit": MEMORY, "temp_directory": str(paths["cohort"].parent / "spill")}
    connection = duckdb.connect(config=config | {"preserve_insertion_order": False})
    for side, path in paths.items():
        connection.execute(f"create view {side} as select * from read_parquet('{path}')")
    return connection


def data_quality(paths: dict[str, Path]) -> Any:
    """Nulls, ranges, sets and the key: one query."""
    import duckdb  # noqa: F401

    yield
    counts = []
    for one in data.suite()["expectations"]:
        words, kind = one["kwargs"], one["type"].removeprefix("expect_column_values_to_")
        column = words["column"]
        if kind == "not_be_null":
            counts.append(f"count(*) - count({column})")
        elif kind == "be_between":
            counts.append(f"count(*) filter ({column} < {words['min_value']} or {column} > {words['max_value']})")
        elif kind == "be_in_set":
            values = ", ".join(f"'{value}'" for value in words["value_set"])
            counts.append(f"count(*) filter ({column} not in ({values}))")
        else:
            counts.append(f"count(distinct {column})")
    yield _connection(paths).execute(f"select {', '.join(counts)} from cohort").fetchall()


def drift(paths: dict[str, Path]) -> Any:
    """Every column of numbers sorted, every column of categories counted, on both sides."""
    import duckdb  # noqa: F401

    yield
    connection, found = _connection(paths), 0
    for side in paths:
        for name in (*data.NUMBERS, data.SCORE):
            values = connection.execute(f"select {name} from {side} where {name} is not null order by 1").fetchnumpy()
            found += len(values[name])
        for name in (*data.CATEGORIES, data.LABEL):
            found += len(connection.execute(f"select {name}, count(*) from {side} group by 1").fetchall())
    yield found


def fairness(paths: dict[str, Path]) -> Any:
    """Rows and sums of scores by group, outcome and decision: one query."""
    import duckdb  # noqa: F401

    yield
    groups = ", ".join(one.column for one in data.ATTRIBUTES)
    sums = f"count(*), sum({data.SCORE}), sum({data.SCORE} * {data.SCORE})"
    query = f"select {groups}, {data.LABEL}, {data.SCORE} < {data.CUT_OFF}, {sums} from cohort group by all"
    yield len(_connection(paths).execute(query).fetchall())


DIMENSIONS = {"data quality": data_quality, "drift": drift, "fairness": fairness}
