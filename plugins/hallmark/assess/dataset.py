"""Aggregates of one Parquet file with its scores, in bounded memory: assessors ask for counts, never for frames."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import duckdb
import numpy as np
from numpy.typing import NDArray

from hallmark.assess import classes
from hallmark.assess.relation import (
    VIEW,
    check_label,
    check_predictions,
    connect,
    execute,
    ordered,
    refusal,
    view_data,
    view_scores,
)
from hallmark.assess.spelling import as_number, as_text, identifier, is_amount, is_category, is_number, literal, outcome
from hallmark.errors import BadInput
from hallmark.measures import Task
from hallmark.policy.groups import CROSS
from hallmark.policy.subject import Favourable, Manifest

Floats = NDArray[np.float64]
Found = TypeVar("Found")

TWO_AT_A_TIME = 5_000_000
"""Rows beyond which columns are taken one after the other: some ten arrays of a column's length are held meanwhile."""


class Scale(StrEnum):
    """What the values of a column can be compared by: their order, or their equality alone."""

    NUMBER = "number"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How many rows share a group (None: null), an earned outcome (None: without a label) and a decision."""

    group: str | None
    earned: bool | None
    favourable: bool
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One Parquet file, seen through a manifest. `rows` counts its rows, `types` are the SQL types of its columns.

    Score and outcome of a multiclass model are places among the declared classes. `strangers` counts labels that are
    none of them; with any, everything about outcomes raises `BadInput`, so that none is silently left out.
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
            multiclass = manifest.task is Task.MULTICLASS
            if manifest.predictions is not None and multiclass:
                classes.check_predicted(connection, data, manifest, types)
            elif manifest.predictions is not None:
                check_predictions(connection, data, manifest.predictions, types[manifest.predictions], manifest.task)
            elif scores is not None:
                view_scores(connection, scores, manifest.key, types[manifest.key], manifest.task)
                if multiclass:
                    classes.check_scored(connection, scores, manifest)
            outcome(manifest.label, "", types[manifest.label.column])
            check_label(connection, data, manifest)
            strangers = classes.strange_labels(connection, data, manifest, types) if multiclass else 0
            ((rows,),) = execute(connection, data, f"select count(*) from {VIEW}")
        except BaseException:
            connection.close()
            raise
        scored = manifest.predictions is not None or scores is not None
        return cls(
            manifest=manifest,
            path=data,
            rows=rows,
            types=types,
            scored=scored,
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
            (row,) = self._query(f"select {counts} from {VIEW}")
            self._missing.update(zip(self.types, row, strict=True))
        return self._missing

    def each(self, columns: Iterable[str], work: Callable[[str], Found]) -> Mapping[str, Found]:
        """Return what `work` makes of each of `columns`, two at a time while two fit into memory beside each other.

        The work of a column may depend on nothing that another leaves.
        """
        names = tuple(columns)
        with ThreadPoolExecutor(2 if self.rows <= TWO_AT_A_TIME else 1) as pool:
            return dict(zip(names, pool.map(work, names), strict=True))

    def value_counts(self, column: str) -> Mapping[str, int]:
        """Return the number of rows by value, spelt as text and in the order of the text; nulls are left out."""
        query = f"select {self._text(column)}, count(*) from {VIEW} as d where {self._column(column)} is not null"
        return dict(self._query(f"{query} group by all order by all"))

    def sorted_values(self, column: str) -> Floats:
        """Return the values of a column of numbers in ascending order, times as seconds; nulls are left out."""
        quoted = self._column(column)
        value = as_number(quoted, self.types[column])
        return self._ascending(f"select {value} from {VIEW} as d where {quoted} is not null")

    def sorted_scores(self) -> Floats:
        """Return the score of every row, shape (rows,), in ascending order."""
        return self._ascending(f"select {self._score} from {self._source}")

    def outcomes(self) -> tuple[NDArray[Any], Floats]:
        """Return outcome and score of each row with a label, both of shape (labelled rows,), ordered by score.

        Outcomes are booleans, True for positive; of a regression they are the numbers of the label, as floats, and of a
        multiclass model the places of label and predicted class.
        """
        query = f"select {self._outcome}, {self._score} from {self._source} where {self._labelled}"
        if self.manifest.task is Task.BINARY:
            outcome, score = self._floats(query)
            return _by_score(self._typed(outcome), score)
        outcome, score = self._floats(f"{query} order by 2, 1")
        return outcome, score

    def outcomes_by(self, column: str, groups: Sequence[str]) -> Mapping[str, tuple[NDArray[Any], Floats]]:
        """Return the `outcomes` of each of `groups` in `column`; arrays without rows for a group that is absent."""
        cases = " ".join(f"when {literal(group)} then {place}" for place, group in enumerate(groups))
        columns = f"case {self._text(column)} {cases} end as place, {self._outcome}, {self._score}"
        query = f"select {columns} from {self._source} where {self._labelled} and place is not null order by 1, 3, 2"
        place, outcome, score = self._floats(query)
        ends = np.searchsorted(place, np.arange(1, len(groups)))
        parts = zip(np.split(self._typed(outcome), ends), np.split(score, ends), strict=True)
        return dict(zip(groups, parts, strict=True))

    def challenged(self) -> tuple[NDArray[Any], Floats, Floats]:
        """Return outcome, score and the challenger's score of each row with a label and both, ordered by both scores.

        Raises `BadInput` when the challenger's column holds no numbers.
        """
        name = str(self.manifest.challenger)
        if not is_amount(self.types[name]):
            kind = self.types[name]
            raise BadInput(f"The challenger {name!r} in {self.path.name} is {kind}: its scores must be numbers.")
        columns = f"{self._outcome}, {self._score}, cast({self._column(name)} as double)"
        present = f"{self._labelled} and {self._column(name)} is not null"
        query = f"select {columns} from {self._source} where {present} order by 2, 3, 1"
        outcome, score, challenger = self._floats(query)
        return self._typed(outcome), score, challenger

    def in_order(self, feature: str = "") -> list[NDArray[Any]]:
        """Return a feature in the order of the file, or outcome and, where there are any, score.

        Numbers and times are floats, NaN for null; of categories each value as text, empty for null.
        """
        if not feature:
            values = [self._outcome, *([self._score] if self.scored else [])]
        elif self.scale(feature) is Scale.NUMBER:
            values = [as_number(self._column(feature), self.types[feature])]
        else:
            values = [f"coalesce({self._text(feature)}, '')"]
        named = ", ".join(f"{one} as c{place}" for place, one in enumerate(values))
        source = self._source.replace(VIEW, ordered(self.path), 1)
        columns = self.cursor().execute(f"select {named} from {source} order by d.file_row_number").fetchnumpy()
        return [_filled(columns[f"c{place}"]) for place in range(len(values))]

    def confusion(self) -> classes.Counts:
        """Return the rows of a multiclass model by label and predicted class, shape (classes + 1, classes).

        Both in the declared order; the last row counts those without a label.
        """
        columns = f"cast({self._outcome} as integer), {self._score}, count(*)"
        cells = self._query(f"select {columns} from {self._source} group by all order by all")
        return classes.counted(cells, len(self.manifest.label.classes))

    def require_known_labels(self) -> None:
        """Raise `BadInput` when a label of a multiclass model is none of its declared classes."""
        if self.strangers:
            raise BadInput(
                f"{self.path.name} has {self.strangers} rows whose label is none of the declared classes: correct the "
                "data, name the class in label.classes, or leave the label empty where it is not known."
            )

    def unlabelled(self) -> int:
        """Return the number of rows whose label is null."""
        ((count,),) = self._query(f"select count(*) from {VIEW} as d where not ({self._labelled})")
        return int(count)

    def cells(self, column: str) -> tuple[Cell, ...]:
        """Return the counts of rows by group of the attribute in `column`, earned outcome and decision, in order.

        The columns of crossed attributes are joined as `policy.groups` does. Raises `BadInput` where no score is held
        against a cut-off.
        """
        decision = self.manifest.cut_off
        if decision is None:
            raise BadInput(f"{self.manifest.model} has no cut-off: without a decision there are no cells to count.")
        below = decision.favourable is Favourable.BELOW
        cut_off = repr(float(decision.cut_off))
        favourable = f"{self._score} {'<' if below else '>='} {cut_off}"
        earned = f"({self._outcome}) = {0 if below else 1}"
        columns = f"{self._text(column)}, {earned}, {favourable}, count(*)"
        rows = self._query(f"select {columns} from {self._source} group by all order by all")
        return tuple(Cell(group=g, earned=e, favourable=f, rows=n) for g, e, f, n in rows)

    def declared(self) -> int:
        """Return the number of rows whose group is declared in every attribute of the manifest."""
        tests = [
            f"{self._text(one.column)} in ({', '.join(map(literal, one.groups))})" for one in self.manifest.attributes
        ]
        ((count,),) = self._query(f"select count(*) filter ({' and '.join(tests) or 'true'}) from {VIEW} as d")
        return int(count)

    @property
    def _labelled(self) -> str:
        return f"{self._column(self.manifest.label.column)} is not null"

    def _typed(self, outcome: Floats) -> NDArray[Any]:
        return outcome.astype(np.bool_) if self.manifest.task is Task.BINARY else outcome

    @property
    def _outcome(self) -> str:
        label = self.manifest.label
        self.require_known_labels()
        return outcome(label, self._column(label.column), self.types[label.column])

    @property
    def _score(self) -> str:
        if not self.scored:
            raise BadInput(f"{self.path.name} has no scores yet: run the model on it first.")
        predictions = self.manifest.predictions
        if predictions is None:
            return "s.score"
        if self.manifest.task is Task.MULTICLASS:
            spelt = classes.predicted(self.manifest, self._column(predictions), self.types[predictions])
            return f"cast(({spelt}) as double)"
        return f"cast({self._column(predictions)} as double)"

    @property
    def _source(self) -> str:
        if self.manifest.predictions is not None:
            return f"{VIEW} as d"
        return f"{VIEW} as d join scores as s on s.key is not distinct from d.{identifier(self.manifest.key)}"

    def _text(self, column: str) -> str:
        parts = [column] if column in self.types else column.split(CROSS)
        spelt = [as_text(self._column(part), self.types[part]) for part in parts]
        return f" || {literal(CROSS)} || ".join(f"({text})" for text in spelt) if len(spelt) > 1 else spelt[0]

    @staticmethod
    def _column(name: str) -> str:
        return f"d.{identifier(name)}"

    def _query(self, query: str) -> list[tuple[Any, ...]]:
        return execute(self._connection, self.path, query)

    def _ascending(self, query: str) -> Floats:
        """Return the one column of the result in ascending order; a zero has no sign, so that ties are bytes alike."""
        (values,) = self._floats(query)
        values += 0.0
        values.sort()
        return values

    def _floats(self, query: str) -> list[Floats]:
        """Return each column of the result as floats."""
        try:
            columns = self.cursor().execute(query).fetchnumpy().values()
        except duckdb.Error as error:
            raise refusal(self.path, error) from error
        return [np.asarray(column, dtype=np.float64) for column in columns]


def _by_score(outcome: NDArray[np.bool_], score: Floats) -> tuple[NDArray[np.bool_], Floats]:
    """Both in ascending order of the score, negatives before positives: each class is sorted, and then merged."""
    positive, negative = np.sort(score[outcome]), np.sort(score[~outcome])
    came, ordered = np.zeros(len(score), np.bool_), np.empty_like(score)
    came[np.searchsorted(negative, positive, side="right") + np.arange(len(positive))] = True
    ordered[came], ordered[~came] = positive, negative
    return came, ordered


def _filled(values: Any) -> NDArray[Any]:
    """Masked numbers with NaN in their places; texts as they are."""
    return np.ma.filled(values.astype(np.float64), np.nan) if values.dtype != object else np.asarray(values)


def _needed(manifest: Manifest) -> list[str]:
    predictions = [] if manifest.predictions is None else [manifest.predictions]
    challenger = [] if manifest.challenger is None else [manifest.challenger]
    grouped = [*(one.column for one in manifest.attributes), *(one.column for one in manifest.segments)]
    return [manifest.key, *manifest.features, manifest.label.column, *grouped, *predictions, *challenger]
