"""Great Expectations on a DuckDB view: a run that returns counts alone."""

import logging
import os
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from traceback import format_exc
from types import SimpleNamespace
from typing import Any

import duckdb
import sqlalchemy

from hallmark.assess.gx_dialect import NAME, Connection, ViewDialect
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
    opened: list[Connection] = []

    def connection() -> Connection:
        opened.append(Connection(connect()))
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


def _results(suite: Sequence[Mapping[str, Any]], connection: Callable[[], Connection]) -> Mapping[int, Any]:
    """Return the results of Great Expectations by place in the suite, or the exception of what could not be built.

    What `Batch.validate` does with the same classes, less what nobody reads: a query for each expectation that fetches
    none of its unexpected values, and every dependency a second time.
    """
    _without_telling()
    from great_expectations.validator.metrics_calculator import MetricsCalculator
    from great_expectations.validator.validation_graph import ValidationGraph

    found: dict[int, Any] = {}
    asked: dict[int, _Asked] = {}
    engine = _engine(connection)
    calculator = MetricsCalculator(execution_engine=engine, show_progress_bars=False)
    for place, entry in enumerate(suite):
        try:
            asked[place] = _asked(entry, calculator, engine)
        except Exception as error:  # whatever a suite makes the library raise is the finding
            found[place] = error
    edges = [edge for one in asked.values() for edge in one.graph.graph.edges]
    values, aborted = calculator.resolve_validation_graph(ValidationGraph(execution_engine=engine, edges=edges))
    return found | {place: _validated(one, values, aborted, engine) for place, one in asked.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """An expectation of the library, the metrics that it needs by name, and the graph of all that these need."""

    expectation: Any
    needs: Mapping[str, Any]
    graph: Any


def _asked(entry: Mapping[str, Any], calculator: Any, engine: Any) -> _Asked:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.validator.validation_graph import ExpectationValidationGraph

    # A severity or a `mostly` changes what the library calls a success; only the counts are read here.
    configuration = ExpectationConfiguration(type=entry["type"], kwargs=dict(entry["kwargs"]))
    expectation = configuration.to_domain_obj()
    # The metrics of a yes or no are those of the counts, and no value of a row is among them.
    wish = {"result_format": "BOOLEAN_ONLY"}
    needs = expectation.get_validation_dependencies(execution_engine=engine, runtime_configuration=wish)
    graph = calculator.build_metric_dependency_graph(needs.get_metric_configurations(), runtime_configuration=wish)
    return _Asked(
        expectation=expectation,
        needs=needs.metric_configurations,
        graph=ExpectationValidationGraph(configuration=configuration, graph=graph),
    )


def _validated(asked: _Asked, values: Mapping[Any, Any], aborted: Any, engine: Any) -> Any:
    """Return what the library makes of the metrics: success and counts, or the information about an exception."""
    failed = asked.graph.get_exception_info(metric_info=aborted)
    if failed:
        return SimpleNamespace(exception_info=failed)
    try:
        metrics = {name: values[one.id] for name, one in asked.needs.items()}
        wish = {"result_format": {"result_format": "BASIC", "partial_unexpected_count": 0}}
        found = asked.expectation._validate(metrics, runtime_configuration=wish, execution_engine=engine)
    except Exception:  # a metric that nobody reached, or a result that the library cannot make of it
        return SimpleNamespace(exception_info={"raised_exception": True, "exception_traceback": format_exc()})
    return found if hasattr(found, "exception_info") else SimpleNamespace(exception_info=None, **{"result": {}} | found)


def _engine(connection: Callable[[], Connection]) -> Any:
    """Return the library's SQL engine over the view, its one batch."""
    from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData
    from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine

    database = sqlalchemy.create_engine(f"{NAME}://", creator=connection)
    engine: Any = SqlAlchemyExecutionEngine(engine=database, create_temp_table=False)
    engine.dialect_module = _SPEAKS
    data = SqlAlchemyBatchData(execution_engine=engine, table_name=VIEW, create_temp_table=False)
    engine.load_batch_data(VIEW, data)
    return engine


def _without_telling() -> None:
    """Have the library imported without its analytics and without its log, which would name columns and values."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logger = logging.getLogger("great_expectations")
    logger.propagate = False
    logger.handlers = [logging.NullHandler()]


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


_SPEAKS = SimpleNamespace(**vars(sqlalchemy), DremioDialect=ViewDialect)
"""How the library is told what DuckDB speaks: SQLAlchemy's types, and regular expressions as in Dremio, the one
dialect in its list that spells them the same way (regexp_matches, which looks anywhere in a text, as pandas does)."""
