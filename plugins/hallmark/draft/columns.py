"""What is seen of each column: kind, range, values, gaps, over the files that will be registered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from hallmark.assess.relation import VIEW, connect, execute, view_data
from hallmark.assess.spelling import as_text, identifier, is_amount, is_category

FEW = 20
"""Up to so many different values are listed."""

CODES = 10
"""Up to so many different whole numbers are taken for codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of one file: `missing` of `rows` are null or NaN; `values` with their rows, most frequent first.

    `values` are None when there are more than `FEW`; `low` and `high` are None unless it holds finite numbers.
    """

    name: str
    kind: str
    rows: int
    missing: int
    distinct: int
    low: float | None
    high: float | None
    finite: bool
    values: Mapping[str, int] | None

    @property
    def whole(self) -> bool:
        """True for whole numbers."""
        return is_amount(self.kind) and self.kind not in ("FLOAT", "DOUBLE") and not self.kind.startswith("DECIMAL")

    @property
    def listed(self) -> bool:
        """True for few words, and for whole numbers so few that they may be codes."""
        return bool(self.values) and (not is_amount(self.kind) or (self.whole and self.distinct <= CODES))

    @property
    def gaps(self) -> str:
        """The share of missing values as a person reads it."""
        return f"{100 * self.missing / self.rows:.2g} %"


def columns_of(path: Path, workdir: Path) -> Mapping[str, Column]:
    """Look at every column of a Parquet file. Raises `BadInput` when it cannot be read."""
    connection = connect(workdir, [path.absolute()], "2GB", None)
    try:
        types = view_data(connection, path.absolute(), ())
        return {name: _column(connection, path, name, kind) for name, kind in types.items()}
    finally:
        connection.close()


def never_below(path: Path, workdir: Path, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those of `pairs` whose first column is at least the second in every row, and more in some."""
    connection = connect(workdir, [path.absolute()], "2GB", None)
    try:
        view_data(connection, path.absolute(), ())
        asked = ", ".join(
            f"min({identifier(a)} - {identifier(b)}) >= 0 and max({identifier(a)} - {identifier(b)}) > 0"
            for a, b in pairs
        )
        (answers,) = execute(connection, path, f"select {asked} from {VIEW}") if pairs else [()]
    finally:
        connection.close()
    return [pair for pair, holds in zip(pairs, answers, strict=True) if holds]


def means_by(path: Path, workdir: Path, value: str, by: str) -> Mapping[str, float]:
    """Return the mean of the numbers in `value` for each value of the column `by`."""
    connection = connect(workdir, [path.absolute()], "2GB", None)
    try:
        types = view_data(connection, path.absolute(), ())
        group = as_text(identifier(by), types[by])
        query = f"select {group}, avg({identifier(value)}) from {VIEW} where {identifier(by)} is not null group by all"
        return dict(execute(connection, path, query))
    finally:
        connection.close()


def _column(connection: duckdb.DuckDBPyConnection, path: Path, name: str, kind: str) -> Column:
    quoted = identifier(name)
    number = f"cast({quoted} as double)" if is_amount(kind) else "null::double"
    ((rows, missing, distinct, low, high, infinite),) = execute(
        connection,
        path,
        f"select count(*), count(*) - count({quoted}), count(distinct {quoted}), min({number}), max({number}), "
        f"count(*) filter (isinf({number})) from {VIEW}",
    )
    finite = is_amount(kind) and not infinite and low is not None
    return Column(
        name=name,
        kind=kind,
        rows=rows,
        missing=missing,
        distinct=distinct,
        low=low if finite else None,
        high=high if finite else None,
        finite=finite,
        values=_values(connection, path, quoted, kind) if distinct <= FEW else None,
    )


def _values(connection: duckdb.DuckDBPyConnection, path: Path, quoted: str, kind: str) -> Mapping[str, int] | None:
    if not (is_amount(kind) or is_category(kind)):
        return None
    query = f"select {as_text(quoted, kind)}, count(*) from {VIEW} where {quoted} is not null group by all"
    return dict(execute(connection, path, f"{query} order by 2 desc, 1"))
