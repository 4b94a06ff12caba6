"""Opens Parquet files as DuckDB views in bounded memory, or refuses them with one sentence."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray
from pyarrow import ArrowException
from pyarrow.parquet import read_schema

from hallmark.assess.spelling import FLOATS, identifier, literal
from hallmark.errors import BadInput, Unavailable

VIEW = "dataset"
"""The view of the data: every column of the file, NaN read as null."""


def connect(workdir: Path, files: Iterable[Path], memory: str, threads: int | None) -> duckdb.DuckDBPyConnection:
    """Return an in-memory database that spills into `workdir` beyond `memory` and reaches no file but `files`."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "temp_directory": str(workdir / "spill"),
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads is not None:
        config["threads"] = threads
    connection = duckdb.connect(":memory:", config=config)
    # A suite may carry SQL of its own; it can count, and neither read nor write anything else.
    spellings = [literal(spelling) for file in files for spelling in (str(file), _plain(file))]
    connection.execute(f"set allowed_paths = [{', '.join(spellings)}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


def view_data(connection: duckdb.DuckDBPyConnection, path: Path, needed: Iterable[str]) -> Mapping[str, str]:
    """Create `VIEW` over the Parquet file at `path` and return the SQL type of each column, in order.

    Raises `BadInput` for a file that is missing, unreadable or empty, lacks one of the `needed` columns or has two of
    one name.
    """
    types = types_of(connection, path)
    _check_names(path)
    missing = sorted(set(needed) - set(types))
    if missing:
        names = ", ".join(map(repr, missing))
        raise BadInput(f"{path.name} lacks the columns {names}: add them, or correct the manifest.")
    execute(connection, path, f"create view {VIEW} as select {_columns(types)} from {parquet(path)}")
    if not execute(connection, path, f"select 1 from {VIEW} limit 1"):
        raise BadInput(f"{path.name} has no rows: give data that hold at least one.")
    return types


def types_of(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    """Return the SQL type of each column of the Parquet file at `path`. Raises `BadInput`."""
    if not path.is_file():
        raise BadInput(f"{path.name} does not exist: name a Parquet file that does.")
    described = execute(connection, path, f"describe select * from {parquet(path)}")
    # A column that never held a value has no type in Parquet; as text it can be compared and counted.
    return {str(name): "VARCHAR" if kind == '"NULL"' else str(kind) for name, kind, *_ in described}


def parquet(path: Path) -> str:
    """Return the source of the file at `path`."""
    return f"read_parquet({literal(_plain(path))}, hive_partitioning = false)"


def ordered(path: Path, types: Mapping[str, str]) -> str:
    """Return the rows of `VIEW` over the file at `path` with the place of each as `file_row_number`."""
    numbered = f"read_parquet({literal(_plain(path))}, hive_partitioning = false, file_row_number = true)"
    return f"(select {_columns(types)}, file_row_number from {numbered})"


def execute(connection: duckdb.DuckDBPyConnection, path: Path, query: str) -> list[tuple[Any, ...]]:
    """Run `query` over the file at `path` and return its rows. Raises `BadInput` when the file cannot be read."""
    try:
        return connection.cursor().execute(query).fetchall()
    except duckdb.Error as error:
        raise refusal(path, error) from error


def fetch(connection: duckdb.DuckDBPyConnection, path: Path, query: str) -> dict[str, NDArray[Any]]:
    """Run `query`, of which no column holds nulls, and return its columns by name. Raises `BadInput` as `execute`."""
    try:
        columns = connection.cursor().execute(query).fetchnumpy()
    except duckdb.Error as error:
        raise refusal(path, error) from error
    return {str(name): np.asarray(column) for name, column in columns.items()}


def refusal(path: Path, error: duckdb.Error) -> BadInput | Unavailable:
    """Return what a DuckDB error over the file at `path` means to a person."""
    # Its own words may quote values of rows, and name places that mean nothing to a reader of the pack.
    kind = type(error).__name__
    if isinstance(error, duckdb.OutOfMemoryException):
        return Unavailable(f"There is too little memory or disk to read {path.name}: free some ({kind}).")
    return BadInput(f"{path.name} cannot be read as Parquet: write it again, whole ({kind}).")


def _check_names(path: Path) -> None:
    """Raise `BadInput` when two columns have one name, in capitals or not: SQL would rename the second."""
    try:
        names = [name.casefold() for name in read_schema(path).names]
    except (ArrowException, OSError) as error:
        raise BadInput(f"{path.name} cannot be read as Parquet: write it again, whole.") from error
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        columns = ", ".join(map(repr, twice))
        raise BadInput(f"{path.name} has more than one column named {columns}: give each column a name of its own.")


def _plain(path: Path) -> str:
    """Return a pattern that only `path` matches: brackets keep *, ? and [ from standing for other files."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def _columns(types: Mapping[str, str]) -> str:
    return ", ".join(_column(name, kind) for name, kind in types.items())


def _column(name: str, kind: str) -> str:
    quoted = identifier(name)
    if kind == "VARCHAR":
        return f"cast({quoted} as varchar) as {quoted}"
    if kind not in FLOATS:
        return quoted
    # DuckDB takes `isnan` for false wherever the file says that its values lie between two numbers, NaN apart.
    return f"case when isfinite({quoted}) or isinf({quoted}) then {quoted} end as {quoted}"
