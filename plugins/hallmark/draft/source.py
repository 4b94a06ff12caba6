"""Reads CSV or Parquet as a person left it, and writes the Parquet file that will be registered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from hallmark.assess.spelling import identifier, is_amount, literal
from hallmark.draft.reader import asked, reader, types_of
from hallmark.errors import BadInput

KEY = "row_key"
"""The column that is made where no column identifies a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The columns of a Parquet file to be written, with their types, and its key.

    With `made_of` the key is made: rows of equal contents in those columns share it but for a running number, so that a
    row of the training data is known again.
    """

    types: Mapping[str, str]
    key: str
    made_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file; `types` are the SQL types of its columns, in order, without those that nothing can compare."""

    path: Path
    types: Mapping[str, str]
    left_out: tuple[str, ...]
    _read: str = field(repr=False)
    _connection: duckdb.DuckDBPyConnection = field(repr=False, compare=False)

    @classmethod
    def open(cls, path: Path, workdir: Path) -> "Source":
        """Read the header and every type. Raises `BadInput` for a file that is missing, unreadable or of no rows."""
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": "2GB",
            "temp_directory": str(workdir / "spill"),
        }
        connection = duckdb.connect(":memory:", config=config)
        try:
            read = reader(connection, path)
            types = types_of(connection, path, read)
            if not asked(connection, path, f"select 1 from {read} limit 1"):
                raise BadInput(f"{path}: holds no rows; give data with at least one")
        except BaseException:
            connection.close()
            raise
        kept = {name: kind for name, kind in types.items() if kind is not None}
        left_out = tuple(name for name in types if name not in kept)
        return cls(path=path, types=kept, left_out=left_out, _read=read, _connection=connection)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def identifies(self, column: str) -> bool:
        """True when every row has a value of `column` and no two rows share one."""
        query = f"select count(*), count({identifier(column)}), count(distinct {identifier(column)}) from {self._read}"
        ((rows, filled, distinct),) = asked(self._connection, self.path, query)
        return bool(rows == filled == distinct)

    def write(self, table: "Table", target: Path, *, half: int | None = None) -> int:
        """Write the columns of `table` as Parquet, with `half` (0 or 1) only the rows whose key falls on that side.

        Returns how many rows that are.
        """
        chosen = [f"cast({identifier(name)} as {kind}) as {identifier(name)}" for name, kind in table.types.items()]
        if table.made_of:
            cast = (f"cast({identifier(one)} as {table.types[one]})" for one in table.made_of)
            parts = ", ".join(f"coalesce(cast({one} as varchar), '')" for one in cast)
            content = f"left(sha256(concat_ws(chr(31), {parts})), 16)"
            chosen.insert(0, f"{content} || '-' || row_number() over (partition by {content}) as {identifier(KEY)}")
        side = f"left(sha256(cast({identifier(table.key)} as varchar)), 1) < '8'"
        where = "" if half is None else f"where {'not ' if half else ''}{side}"
        rows = f"(select {', '.join(chosen)} from {self._read})"
        target.parent.mkdir(parents=True, exist_ok=True)
        query = f"copy (select * from {rows} {where}) to {literal(str(target))} (format parquet, compression zstd)"
        ((rows,),) = asked(self._connection, self.path, query)
        return int(rows)


def common(first: Source, second: Source, needed: Sequence[str]) -> Mapping[str, str]:
    """Return one type for each of `needed` columns that fits both files. Raises `BadInput` where none does."""
    missing = [name for name in needed if name not in second.types]
    if missing:
        names = ", ".join(map(repr, missing[:12]))
        raise BadInput(f"{second.path}: lacks the columns {names}, which {first.path} has; add them")
    found = {}
    for name in needed:
        here, there = first.types[name], second.types[name]
        if here != there and not (is_amount(here) and is_amount(there)):
            raise BadInput(f"column {name!r} is {here} in {first.path} and {there} in {second.path}; write both alike")
        found[name] = here if here == there else "DOUBLE"
    return found
