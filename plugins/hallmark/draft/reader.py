"""How SQL reads a file that a person left, CSV or Parquet, and as which types its columns are kept."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from hallmark.assess.spelling import identifier, is_amount, is_category, is_number, literal
from hallmark.errors import BadInput

ENDINGS = (".csv", ".parquet")
"""What can be read."""

_TRUTHS = {"true", "false"}


def reader(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    """The table function that reads `path`. Raises `BadInput` for a file that is missing or of another kind."""
    if not path.is_file():
        raise BadInput(f"{path}: no such file; name a CSV or a Parquet file that exists")
    if path.suffix.lower() not in ENDINGS:
        raise BadInput(f"{path}: is neither .csv nor .parquet; write the data as one of them")
    # brackets keep *, ? and [ from standing for other files
    place = literal("".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path.absolute())))
    if path.suffix.lower() == ".parquet":
        return f"read_parquet({place}, hive_partitioning = false)"
    csv = f"read_csv({place}, header = true, sample_size = -1"
    words = _words(connection, path, csv)
    types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in words)
    return f"{csv}, types = {{{types}}})" if words else f"{csv})"


def types_of(connection: duckdb.DuckDBPyConnection, path: Path, read: str) -> Mapping[str, str | None]:
    """The type in which each column is kept, in order; None for a column that nothing can compare."""
    described = asked(connection, path, f"describe select * from {read}")
    return {str(name): _kept(str(kind)) for name, kind, *_ in described}


def asked(connection: duckdb.DuckDBPyConnection, path: Path, query: str) -> list[tuple[Any, ...]]:
    """Run `query` over the file at `path`. Raises `BadInput` when it cannot be read."""
    try:
        return connection.execute(query).fetchall()
    except duckdb.Error as error:
        kind = "CSV" if path.suffix.lower() == ".csv" else "Parquet"
        raise BadInput(f"{path}: cannot be read as {kind} ({type(error).__name__}); write it again, whole") from error


def _words(connection: duckdb.DuckDBPyConnection, path: Path, csv: str) -> list[str]:
    """Columns that DuckDB takes for booleans and that hold yes and no, or t and f: a model knows them as words."""
    described = asked(connection, path, f"describe select * from {csv})")
    found = []
    for name in (str(name) for name, kind, *_ in described if kind == "BOOLEAN"):
        query = f"select distinct lower({identifier(name)}) from {csv}, all_varchar = true)"
        if not {value for (value,) in asked(connection, path, query) if value is not None} <= _TRUTHS:
            found.append(name)
    return found


def _kept(kind: str) -> str | None:
    """A type that Great Expectations knows by name too."""
    if kind.startswith("TIMESTAMP"):
        return "TIMESTAMP"
    if is_amount(kind) and kind not in ("FLOAT", "DOUBLE") and not kind.startswith("DECIMAL"):
        return "DOUBLE" if kind in ("HUGEINT", "UBIGINT", "UHUGEINT") else "BIGINT"
    if kind == '"NULL"' or (is_category(kind) and kind != "BOOLEAN"):
        return "VARCHAR"
    return kind if is_number(kind) or kind == "BOOLEAN" else None
