"""Great Expectations on a DuckDB view: a dialect that it can inspect and a run that returns counts alone."""

import logging
import os
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import duckdb
import duckdb_engine
import sqlalchemy
from sqlalchemy.dialects import registry

from hallmark.assess.relation import VIEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one expectation of a suite found: `unexpected` of the `tested` elements, or None and the `problem`."""

    type: str
    columns: tuple[str, ...]
    measure: str
    tested: int | None
    unexpected: int | None
    problem: str


def run(
    suite: Sequence[Mapping[str, Any]], rows: int, connect: Callable[[], duckdb.DuckDBPyConnection]
) -> list[Outcome]:
    """Run each expectation of `suite` over the view of `rows` rows that `connect` reaches, and count, in its order."""
    opened: list[_Connection] = []

    def connection() -> _Connection:
        opened.append(_Connection(connect()))
        return opened[-1]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            results = _results(suite, connection)
        finally:
            for one in opened:
                one.close()
    return [_outcome(entry, results.get(place), rows) for place, entry in enumerate(suite)]


def columns_of(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the columns that an expectation of a suite looks into; none for one about the table."""
    given = entry.get("kwargs", {})
    named = [given[name] for name in ("column", "column_A", "column_B") if name in given]
    return tuple(map(str, [*named, *given.get("column_list", ())]))


def _results(suite: Sequence[Mapping[str, Any]], connection: Callable[[], "_Connection"]) -> Mapping[int, Any]:
    """Return the results of Great Expectations by place in the suite, or the exception of what could not be built."""
    gx = _great_expectations()
    found: dict[int, Any] = {}
    expectations = []
    for place, entry in enumerate(suite):
        try:
            expectations.append(_expectation(entry, place))
        except Exception as error:  # whatever a suite makes the library raise is the finding
            found[place] = error
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    context.variables.analytics_enabled = False
    source = context.data_sources.add_sql("duckdb", connection_string="duckdb+views://", kwargs={"creator": connection})
    batch = source.add_table_asset(VIEW, table_name=VIEW).add_batch_definition_whole_table(VIEW).get_batch()
    batch.data.execution_engine.dialect_module = _SPEAKS
    # With no partial list the library never fetches a value of a row.
    wanted = {"result_format": "BASIC", "partial_unexpected_count": 0}
    validated = batch.validate(gx.ExpectationSuite(name=VIEW, expectations=expectations), result_format=wanted)
    return found | {result.expectation_config.meta["place"]: result for result in validated.results}


def _great_expectations() -> Any:
    """Import the library without its analytics and without its log, which would name columns and values."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logger = logging.getLogger("great_expectations")
    logger.propagate = False
    logger.handlers = [logging.NullHandler()]
    import great_expectations

    return great_expectations


def _expectation(entry: Mapping[str, Any], place: int) -> Any:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    # A severity or a `mostly` changes what the library calls a success; only the counts are read here.
    configuration = ExpectationConfiguration(type=entry["type"], kwargs=dict(entry["kwargs"]), meta={"place": place})
    return configuration.to_domain_obj()


def _outcome(entry: Mapping[str, Any], result: Any, rows: int) -> Outcome:
    problem, tested, unexpected = _problem(result), None, None
    if not problem:
        tested, unexpected = _counts(str(entry["type"]), result, rows)
        problem = "" if tested is not None else "gives no counts"
    return Outcome(
        type=str(entry.get("type")),
        columns=columns_of(entry),
        measure=str(entry.get("meta", {}).get("measure")),
        tested=tested,
        unexpected=unexpected,
        problem=problem,
    )


_ERROR = re.compile(r"^(?:\w+\.)*([A-Z]\w*(?:Error|Exception))\b", re.MULTILINE)
"""The type of an exception, where a line of a traceback begins with it; what follows may quote values."""


def _problem(result: Any) -> str:
    """Return why there are no counts, by the type of an exception: its text may quote values of rows."""
    if result is None:
        return "was not run"
    if isinstance(result, Exception):
        return f"is refused by Great Expectations ({type(result).__name__})"
    information = result.exception_info or {}
    each = [information] if "raised_exception" in information else information.values()
    for one in each:
        if one.get("raised_exception"):
            named = _ERROR.findall(one.get("exception_traceback") or "")
            return f"raised an error ({named[-1] if named else 'unknown'})"
    return ""


def _counts(type_: str, result: Any, rows: int) -> tuple[int | None, int | None]:
    """Return how many elements were tested and how many were unexpected.

    Nulls are not tested, except where they are what is looked for. An expectation about the type of a column, or about
    the table, holds for every row or for none: as one element among many it would vanish.
    """
    counts = result.result
    if "unexpected_count" in counts and "element_count" in counts:
        return int(counts["element_count"]) - int(counts.get("missing_count") or 0), int(counts["unexpected_count"])
    if type_ in WHOLE or type_.startswith("expect_table_"):
        return rows, 0 if result.success else rows
    return None, None


WHOLE = ("expect_column_values_to_be_of_type", "expect_column_values_to_be_in_type_list", "expect_column_to_exist")
"""Expectations about a column as a whole, which hold for every row or for none."""


class _Cursor(duckdb_engine.CursorWrapper):
    """Fetches everything at once: the library interleaves queries, and DuckDB keeps one result at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, wrapper: "_Connection") -> None:
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


class _Connection(duckdb_engine.ConnectionWrapper):
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(connection)
        self._duckdb = connection

    def cursor(self) -> _Cursor:
        return _Cursor(self._duckdb, self)


class ViewDialect(duckdb_engine.Dialect):
    """duckdb-engine, with the types of columns from DESCRIBE: its own way reads a catalogue that DuckDB 2 lacks."""

    driver = "views"
    supports_statement_cache = False

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> list[Any]:
        """Return name and type of each column of a view."""
        described = connection.exec_driver_sql(f"describe {self.identifier_preparer.quote_identifier(table_name)}")
        return [{"name": name, "type": _type(kind), "nullable": True, "default": None} for name, kind, *_ in described]


def _type(kind: str) -> Any:
    """Return an SQLAlchemy type of the name that DuckDB gives, without its parameters."""
    name = kind.partition("(")[0]
    known = getattr(sqlalchemy, name, None)
    if isinstance(known, type) and issubclass(known, sqlalchemy.types.TypeEngine):
        return known()
    return type(name, (sqlalchemy.types.NullType,), {})()


_SPEAKS = SimpleNamespace(**vars(sqlalchemy), DremioDialect=ViewDialect)
"""How the library is told what DuckDB speaks: SQLAlchemy's types, and regular expressions as in Dremio, the one
dialect in its list that spells them the same way (regexp_matches, which looks anywhere in a text, as pandas does)."""

registry.register("duckdb.views", __name__, "ViewDialect")
