"""Classes of a multiclass model: predicted ones and labels are places in the declared order, and strangers are told."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from hallmark.assess.relation import VIEW, execute
from hallmark.assess.spelling import identifier, place
from hallmark.errors import BadInput
from hallmark.policy.subject import Manifest


def predicted(manifest: Manifest, column: str, kind: str) -> str:
    """Return the expression for the place of the predicted class in `column`; null for none and for a stranger."""
    return place(column, kind, manifest.label.classes, f"predicted class {manifest.predictions!r}")


def check_predicted(
    connection: duckdb.DuckDBPyConnection, path: Path, manifest: Manifest, types: Mapping[str, str]
) -> None:
    """Raise `BadInput` unless every row of the data has a prediction that is one of the declared classes."""
    name = str(manifest.predictions)
    column = identifier(name)
    empty, rows, strangers = _told(connection, path, column, predicted(manifest, column, types[name]))
    if empty:
        raise BadInput(f"{path.name} has {empty} rows without a predicted class: the model must answer every row.")
    if strangers:
        raise BadInput(
            f"{path.name} has {rows} rows whose predicted class is none of the declared ones ({strangers} different): "
            "name every class in label.classes, or correct the predictions."
        )


def check_scored(connection: duckdb.DuckDBPyConnection, path: Path, manifest: Manifest) -> None:
    """Raise `BadInput` unless every score in the view `scores` is the place of a declared class."""
    among = f"score between 0 and {len(manifest.label.classes) - 1} and score = trunc(score)"
    ((strange,),) = execute(connection, path, f"select count(*) filter (not ({among})) from scores")
    if strange:
        raise BadInput(f"{path.name} has {strange} scores that are no place of a declared class: score again.")


def strange_labels(
    connection: duckdb.DuckDBPyConnection, path: Path, manifest: Manifest, types: Mapping[str, str]
) -> int:
    """Return the number of rows whose label is there and none of the declared classes."""
    name, classes = manifest.label.column, manifest.label.classes
    column = identifier(name)
    _, rows, _ = _told(connection, path, column, place(column, types[name], classes, f"label {name!r}"))
    return rows


def _told(connection: duckdb.DuckDBPyConnection, path: Path, column: str, spelt: str) -> tuple[int, int, int]:
    """Return rows without a value, rows with a stranger, and how many different strangers there are."""
    strange = f"filter ({column} is not null and ({spelt}) is null)"
    counts = f"count(*) - count({column}), count(*) {strange}, count(distinct {column}) {strange}"
    ((empty, rows, strangers),) = execute(connection, path, f"select {counts} from {VIEW}")
    return int(empty), int(rows), int(strangers)
