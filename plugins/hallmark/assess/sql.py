"""How SQL spells what is asked of a dataset: its columns, outcome and score, and the rows that they stand in."""

from hallmark.assess import classes, spelling
from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.relation import VIEW
from hallmark.assess.spelling import as_number, as_text, identifier, literal
from hallmark.errors import BadInput
from hallmark.measures import Task

ROWS = f"{VIEW} as d"
"""The rows of the file; every expression of this module is over them, `score` over `scored_rows`."""


def column(name: str) -> str:
    """Return the column called `name`, as it is."""
    return f"d.{identifier(name)}"


def text(data: Dataset, name: str) -> str:
    """Return the expression for the column `name` as text."""
    return as_text(column(name), data.types[name])


def number(data: Dataset, name: str) -> str:
    """Return the expression for the column `name`, of numbers or times (as seconds), as a float."""
    return as_number(column(name), data.types[name])


def value(data: Dataset, name: str, *, mark: str = "") -> str:
    """Return the expression for a column that compares: a category as text behind `mark`, else a float.

    Null is an empty text, and NaN among floats; with a mark it is no category.
    """
    if data.scale(name) is not Scale.CATEGORY:
        return f"coalesce({number(data, name)}, 'nan'::double)"
    marked = f"{literal(mark)} || " if mark else ""
    return f"coalesce({marked}{text(data, name)}, '')"


def outcome(data: Dataset) -> str:
    """Return the expression for 1 (positive), 0 or null; the number of a regression, the place of a class.

    Raises `BadInput` when a label of a multiclass model is none of its declared classes.
    """
    if data.strangers:
        raise BadInput(
            f"{data.path.name} has {data.strangers} rows whose label is none of the declared classes: correct the "
            "data, name the class in label.classes, or leave the label empty where it is not known."
        )
    label = data.manifest.label
    return spelling.outcome(label, column(label.column), data.types[label.column])


def labelled(data: Dataset) -> str:
    """Return the test of a row for a label."""
    return f"{column(data.manifest.label.column)} is not null"


def score(data: Dataset) -> str:
    """Return the expression for the score as a float; of a multiclass model the place of the predicted class.

    Raises `BadInput` without scores.
    """
    if not data.scored:
        raise BadInput(f"{data.path.name} has no scores yet: run the model on it first.")
    predictions = data.manifest.predictions
    if predictions is None:
        return "s.score"
    if data.manifest.task is Task.MULTICLASS:
        return f"cast(({classes.predicted(data.manifest, column(predictions), data.types[predictions])}) as double)"
    return f"cast({column(predictions)} as double)"


def scored_rows(data: Dataset, among: str = VIEW) -> str:
    """Return the rows of the file (or of another relation `among` that has its columns) with their scores."""
    if data.manifest.predictions is not None:
        return f"{among} as d"
    return f"{among} as d join scores as s on s.key is not distinct from {column(data.manifest.key)}"
