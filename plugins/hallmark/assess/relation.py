"""Opens Parquet files as DuckDB views in bounded memory, or refuses them with one sentence."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
from pyarrow import ArrowException
from pyarrow.parquet import read_schema

from hallmark.assess.spelling import FLOATS, identifier, is_amount, literal
from hallmark.errors import BadInput, Unavailable
from hallmark.measures import Task
from hallmark.policy.subject import Manifest

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
    types = _types(connection, path)
    _check_names(path)
    missing = sorted(set(needed) - set(types))
    if missing:
        names = ", ".join(map(repr, missing))
        raise BadInput(f"{path.name} lacks the columns {names}: add them, or correct the manifest.")
    columns = ", ".join(_column(name, kind) for name, kind in types.items())
    execute(connection, path, f"create view {VIEW} as select {columns} from {_parquet(path)}")
    if not execute(connection, path, f"select 1 from {VIEW} limit 1"):
        raise BadInput(f"{path.name} has no rows: give data that hold at least one.")
    return types


def view_scores(connection: duckdb.DuckDBPyConnection, path: Path, key: str, key_type: str, task: Task) -> None:
    """Create the view `scores` (key, score) over the Parquet file at `path`: one row for each key of the data.

    A key that stands twice in the data may stand twice here, with the same score. Raises `BadInput`.
    """
    types = _types(connection, path)
    if not {"key", "score"} <= set(types) or not is_amount(types["score"]):
        raise BadInput(f"{path.name} is no file of scores: write the columns 'key' and 'score', the score as a number.")
    columns = f"try_cast(key as {key_type}) as key, cast(score as double) as score"
    execute(connection, path, f"create view every_score as select {columns} from {_parquet(path)}")
    _check_keys(connection, path, identifier(key))
    _check_range(connection, path, "every_score", "score", task)
    execute(connection, path, "create view scores as select key, min(score) as score from every_score group by key")


def check_predictions(connection: duckdb.DuckDBPyConnection, path: Path, column: str, kind: str, task: Task) -> None:
    """Raise `BadInput` unless every value of `column` in the data is a number, of a classification in [0, 1]."""
    if not is_amount(kind):
        range_ = " in [0, 1]" if task is Task.BINARY else ""
        raise BadInput(f"The predictions {column!r} in {path.name} are {kind}: write them as numbers{range_}.")
    _check_range(connection, path, VIEW, f"cast({identifier(column)} as double)", task)


def check_label(connection: duckdb.DuckDBPyConnection, path: Path, manifest: Manifest) -> None:
    """Raise `BadInput` when the label of a binary classification has more than two values."""
    label = manifest.label.column
    ((values,),) = execute(connection, path, f"select count(distinct {identifier(label)}) from {VIEW}")
    if manifest.task is Task.BINARY and values > 2:
        raise BadInput(
            f"The label {label!r} in {path.name} has {values} values and {manifest.task} has two: "
            "correct the data, or leave the label empty where it is not known."
        )


def execute(connection: duckdb.DuckDBPyConnection, path: Path, query: str) -> list[tuple[Any, ...]]:
    """Run `query` over the file at `path` and return its rows. Raises `BadInput` when the file cannot be read."""
    try:
        return connection.cursor().execute(query).fetchall()
    except duckdb.Error as error:
        raise refusal(path, error) from error


def refusal(path: Path, error: duckdb.Error) -> BadInput | Unavailable:
    """Return what a DuckDB error over the file at `path` means to a person."""
    # Its own words may quote values of rows, and name places that mean nothing to a reader of the pack.
    kind = type(error).__name__
    if isinstance(error, duckdb.OutOfMemoryException):
        return Unavailable(f"There is too little memory or disk to read {path.name}: free some ({kind}).")
    return BadInput(f"{path.name} cannot be read as Parquet: write it again, whole ({kind}).")


def _types(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    if not path.is_file():
        raise BadInput(f"{path.name} does not exist: name a Parquet file that does.")
    described = execute(connection, path, f"describe select * from {_parquet(path)}")
    # A column that never held a value has no type in Parquet; as text it can be compared and counted.
    return {str(name): "VARCHAR" if kind == '"NULL"' else str(kind) for name, kind, *_ in described}


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


def _parquet(path: Path) -> str:
    return f"read_parquet({literal(_plain(path))}, hive_partitioning = false)"


def ordered(path: Path) -> str:
    """Return the source of the file at `path` with the place of each row as `file_row_number`."""
    return f"read_parquet({literal(_plain(path))}, hive_partitioning = false, file_row_number = true)"


def _plain(path: Path) -> str:
    """Return a pattern that only `path` matches: brackets keep *, ? and [ from standing for other files."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def _column(name: str, kind: str) -> str:
    quoted = identifier(name)
    if kind == "VARCHAR":
        return f"cast({quoted} as varchar) as {quoted}"
    return f"case when not isnan({quoted}) then {quoted} end as {quoted}" if kind in FLOATS else quoted


def _check_keys(connection: duckdb.DuckDBPyConnection, path: Path, key: str) -> None:
    data = f"(select {key} as key, count(*) as n from {VIEW} group by all) as d"
    scores = "(select key, count(*) as n, count(distinct score) as values from every_score group by key) as s"
    query = f"""
        select coalesce(sum(s.n) filter (s.n > 1 and (s.n > coalesce(d.n, 0) or s.values > 1)), 0),
               coalesce(sum(d.n) filter (s.n is null), 0), coalesce(sum(s.n), 0), sum(d.n)
        from {data} full join {scores} on d.key is not distinct from s.key"""
    ((repeated, lacking, scored, rows),) = execute(connection, path, query)
    if repeated:
        raise BadInput(
            f"{path.name} has {repeated} scores under a key that stands twice: write one score for each row."
        )
    if lacking:
        raise BadInput(f"{path.name} has no score for {lacking} of {rows} rows: the model must score every row.")
    if scored != rows:
        raise BadInput(f"{path.name} has {scored} scores for {rows} rows: score the same file that is assessed.")


def _check_range(connection: duckdb.DuckDBPyConnection, path: Path, relation: str, score: str, task: Task) -> None:
    """Raise `BadInput` unless every `score` (an SQL expression over `relation`) is a number that the task allows."""
    bad = f"count(*) filter ({score} is null or isnan({score}))"
    allowed = f"{score} between 0 and 1" if task is Task.BINARY else f"isfinite({score})"
    outside = f"count(*) filter (not isnan({score}) and not {allowed})"
    ((undefined, beyond),) = execute(connection, path, f"select {bad}, {outside} from {relation}")
    if undefined:
        raise BadInput(f"{path.name} has {undefined} scores that are NaN or missing: the model must score every row.")
    if beyond and task is Task.BINARY:
        raise BadInput(f"{path.name} has {beyond} scores outside [0, 1]: the model must return probabilities.")
    if beyond:
        raise BadInput(f"{path.name} has {beyond} scores that are infinite: the model must return finite numbers.")
