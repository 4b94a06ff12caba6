"""What Great Expectations needs of SQLAlchemy to look into a DuckDB view: a dialect that it can inspect."""

from typing import Any

import duckdb
import duckdb_engine
import sqlalchemy
from sqlalchemy.dialects import registry

NAME = "duckdb+views"
"""How SQLAlchemy finds the dialect."""


class _Cursor(duckdb_engine.CursorWrapper):
    """Fetches everything at once: the library interleaves queries, and DuckDB keeps one result at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, wrapper: "Connection") -> None:
        super().__init__(connection, wrapper)
        self._duckdb = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1

    def execute(self, statement: str, parameters: Any = None, context: Any = None) -> None:
        super().execute(statement, parameters, context)
        self.description = self._duckdb.description
        self._rows = self._duckdb.fetchall() if self.description else []

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        taken, self._rows = self._rows[: size or 1], self._rows[size or 1 :]
        return taken

    def fetchall(self) -> list[Any]:
        taken, self._rows = self._rows, []
        return taken


class Connection(duckdb_engine.ConnectionWrapper):
    """A connection to DuckDB as the dialect takes it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(connection)
        self._duckdb = connection

    def cursor(self) -> _Cursor:
        """Return a cursor."""
        return _Cursor(self._duckdb, self)


class ViewDialect(duckdb_engine.Dialect):
    """duckdb-engine, with the types of columns from DESCRIBE: its own way reads a catalogue that DuckDB 2 lacks."""

    driver = "views"
    supports_statement_cache = False

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> list[Any]:
        """Return name and type of each column of a view."""
        described = connection.exec_driver_sql(f"describe {self.identifier_preparer.quote_identifier(table_name)}")
        return [{"name": name, "type": _type(kind), "nullable": True, "default": None} for name, kind, *_ in described]

    def get_pk_constraint(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> Any:
        """Return no primary key: a view has none, and the catalogue takes as long as a pass over the data."""
        return {"constrained_columns": [], "name": None}


def _type(kind: str) -> Any:
    """Return an SQLAlchemy type of the name that DuckDB gives, without its parameters."""
    name = kind.partition("(")[0]
    known = getattr(sqlalchemy, name, None)
    if isinstance(known, type) and issubclass(known, sqlalchemy.types.TypeEngine):
        return known()
    return type(name, (sqlalchemy.types.NullType,), {})()


registry.register(NAME.replace("+", "."), __name__, "ViewDialect")
