"""What is refused before anything is counted: scores, predictions and labels that cannot be what they should."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from hallmark.assess import classes
from hallmark.assess.relation import VIEW, execute, parquet, types_of
from hallmark.assess.spelling import identifier, is_amount, outcome
from hallmark.errors import BadInput
from hallmark.measures import Task
from hallmark.policy.subject import Manifest


def check_answers(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    scores: Path | None,
    manifest: Manifest,
    types: Mapping[str, str],
) -> None:
    """Check the column of predictions in the data at `path`; without one create the view `scores` over that file.

    The view (key, score) has one row for each key of the data. Raises `BadInput` unless every row has one answer that
    the task allows.
    """
    name, multiclass = manifest.predictions, manifest.task is Task.MULTICLASS
    if name is not None and multiclass:
        classes.check_predicted(connection, path, manifest, types)
    elif name is not None:
        _check_predictions(connection, path, name, types[name], manifest.task)
    elif scores is not None:
        _view_scores(connection, scores, manifest.key, types[manifest.key], manifest.task)
        if multiclass:
            classes.check_scored(connection, scores, manifest)


def check_labels(
    connection: duckdb.DuckDBPyConnection, path: Path, manifest: Manifest, types: Mapping[str, str]
) -> int:
    """Return how many labels of a multiclass model are none of its declared classes; of other tasks 0.

    Raises `BadInput` for labels of a type that cannot be, and of a binary classification for more than two of them.
    """
    label = manifest.label
    outcome(label, "", types[label.column])
    if manifest.task is Task.MULTICLASS:
        return classes.strange_labels(connection, path, manifest, types)
    if manifest.task is Task.BINARY:
        _check_two_values(connection, path, label.column)
    return 0


def _check_two_values(connection: duckdb.DuckDBPyConnection, path: Path, label: str) -> None:
    ((values,),) = execute(connection, path, f"select count(distinct {identifier(label)}) from {VIEW}")
    if values > 2:
        raise BadInput(
            f"The label {label!r} in {path.name} has {values} values and {Task.BINARY} has two: "
            "correct the data, or leave the label empty where it is not known."
        )


def _check_predictions(connection: duckdb.DuckDBPyConnection, path: Path, column: str, kind: str, task: Task) -> None:
    """Raise `BadInput` unless every value of `column` in the data is a number, of a classification in [0, 1]."""
    if not is_amount(kind):
        range_ = " in [0, 1]" if task is Task.BINARY else ""
        raise BadInput(f"The predictions {column!r} in {path.name} are {kind}: write them as numbers{range_}.")
    _check_range(connection, path, VIEW, f"cast({identifier(column)} as double)", task)


def _view_scores(connection: duckdb.DuckDBPyConnection, path: Path, key: str, key_type: str, task: Task) -> None:
    """Create the view `scores`; a key that stands twice in the data may stand twice there, with the same score."""
    types = types_of(connection, path)
    if not {"key", "score"} <= set(types) or not is_amount(types["score"]):
        raise BadInput(f"{path.name} is no file of scores: write the columns 'key' and 'score', the score as a number.")
    columns = f"try_cast(key as {key_type}) as key, cast(score as double) as score"
    execute(connection, path, f"create view every_score as select {columns} from {parquet(path)}")
    _check_keys(connection, path, identifier(key))
    _check_range(connection, path, "every_score", "score", task)
    execute(connection, path, "create view scores as select key, min(score) as score from every_score group by key")


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
