"""One Parquet file with its scores, opened and checked once: assessors ask it for counts in SQL, never for frames."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import duckdb
from numpy.typing import NDArray

from hallmark.assess.checks import check_answers, check_labels
from hallmark.assess.relation import VIEW, connect, execute, fetch, view_data
from hallmark.assess.spelling import identifier, is_amount, is_category, is_number
from hallmark.policy.subject import Manifest

Found = TypeVar("Found")

TWO_AT_A_TIME = 5_000_000
"""Rows beyond which columns are taken one after the other: some ten arrays of a column's length are held meanwhile."""


class Scale(StrEnum):
    """What the values of a column can be compared by: their order, or their equality alone."""

    NUMBER = "number"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One Parquet file, seen through a manifest. `rows` counts its rows, `types` are the SQL types of its columns.

    `strangers` counts labels of a multiclass model that are none of the declared classes; with any, everything about
    outcomes raises `BadInput`, so that none is silently left out.
    Results do not depend on the number of threads: SQL returns counts and sorted values, never sums of floats.
    Every method raises `BadInput` when the file turns out to be damaged.
    """

    manifest: Manifest
    path: Path
    rows: int
    types: Mapping[str, str]
    scored: bool
    strangers: int = 0
    _connection: duckdb.DuckDBPyConnection = field(repr=False, compare=False)
    _missing: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def open(
        cls,
        manifest: Manifest,
        data: Path,
        scores: Path | None,
        workdir: Path,
        *,
        memory: str = "1GB",
        threads: int | None = None,
    ) -> "Dataset":
        """Open `data` with the file of `scores`, or with the manifest's column of predictions; None: without scores.

        Beyond `memory` the database writes to `workdir`; arrays of one column at a time come on top of it.

        Raises `BadInput` for a file that is missing, unreadable, empty or without a column, and for scores that are
        missing, repeated, of another length, NaN, infinite or, of a classification, outside [0, 1] or of no class.
        """
        data, scores = data.absolute(), scores.absolute() if scores is not None else None
        connection = connect(workdir, [data, *([scores] if scores else [])], memory, threads)
        try:
            types = view_data(connection, data, _needed(manifest))
            check_answers(connection, data, scores, manifest, types)
            strangers = check_labels(connection, data, manifest, types)
            ((rows,),) = execute(connection, data, f"select count(*) from {VIEW}")
        except BaseException:
            connection.close()
            raise
        return cls(
            manifest=manifest,
            path=data,
            rows=rows,
            types=types,
            scored=manifest.predictions is not None or scores is not None,
            strangers=strangers,
            _connection=connection,
        )

    def __enter__(self) -> "Dataset":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the memory and of the temporary files."""
        self._connection.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a connection of its own to the same database, where the file is the view `relation.VIEW`."""
        return self._connection.cursor()

    def query(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of the result of `query`."""
        return execute(self._connection, self.path, query)

    def fetch(self, query: str) -> Mapping[str, NDArray[Any]]:
        """Return the columns of the result of `query` by name; none of them may hold nulls."""
        return fetch(self._connection, self.path, query)

    def scale(self, column: str) -> Scale | None:
        """Return how the values of `column` compare; None for nested and binary columns, which are not compared.

        Numbers that the manifest declares to be codes are categories.
        """
        kind = self.types[column]
        if column in self.manifest.categorical and is_amount(kind):
            return Scale.CATEGORY
        if is_number(kind):
            return Scale.NUMBER
        return Scale.CATEGORY if is_category(kind) else None

    def missing(self) -> Mapping[str, int]:
        """Return the number of rows without a value (null or NaN), by column; counted at the first call."""
        if not self._missing:
            counts = ", ".join(f"count(*) - count({identifier(column)})" for column in self.types)
            (row,) = self.query(f"select {counts} from {VIEW}")
            self._missing.update(zip(self.types, row, strict=True))
        return self._missing

    def each(self, columns: Iterable[str], work: Callable[[str], Found]) -> Mapping[str, Found]:
        """Return what `work` makes of each of `columns`, two at a time while two fit into memory beside each other.

        The work of a column may depend on nothing that another leaves.
        """
        names = tuple(columns)
        with ThreadPoolExecutor(2 if self.rows <= TWO_AT_A_TIME else 1) as pool:
            return dict(zip(names, pool.map(work, names), strict=True))


def _needed(manifest: Manifest) -> list[str]:
    predictions = [] if manifest.predictions is None else [manifest.predictions]
    challenger = [] if manifest.challenger is None else [manifest.challenger]
    grouped = [*(one.column for one in manifest.attributes), *(one.column for one in manifest.segments)]
    return [manifest.key, *manifest.features, manifest.label.column, *grouped, *predictions, *challenger]
