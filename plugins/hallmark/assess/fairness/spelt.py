"""How SQL spells the rows of a dataset with their scores, outcomes and groups."""

import duckdb
import numpy as np
from numpy.typing import NDArray

from hallmark.assess.classes import predicted
from hallmark.assess.dataset import Dataset
from hallmark.assess.relation import VIEW, refusal
from hallmark.assess.spelling import as_text, identifier, literal, outcome
from hallmark.policy.subject import Attribute

ABSENT, UNDECLARED = -1, -2
"""Codes of a row without a group and of one whose group the manifest does not declare; groups count from 0."""


def code(data: Dataset, attribute: Attribute) -> str:
    """The expression for the place of a row's group among those of `attribute`, or `ABSENT` or `UNDECLARED`."""
    text = as_text(f"d.{identifier(attribute.column)}", data.types[attribute.column])
    cases = " ".join(f"when {literal(group)} then {place}" for place, group in enumerate(attribute.groups))
    return f"case {text} {cases} else case when {text} is null then {ABSENT} else {UNDECLARED} end end"


def outcome_of(data: Dataset) -> str:
    """The expression for 1 (positive), 0 or null; of a multiclass model 1 is a favourable class."""
    label = data.manifest.label
    if label.classes:
        data.require_known_labels()
        return _favourable(data, outcome(label, f"d.{identifier(label.column)}", data.types[label.column]))
    return outcome(label, f"d.{identifier(label.column)}", data.types[label.column])


def score(data: Dataset) -> str:
    """The expression for the score of a row of `source`; of a multiclass model 1 for a favourable class, else 0."""
    predictions = data.manifest.predictions
    if data.manifest.label.classes:
        column = "" if predictions is None else f"d.{identifier(predictions)}"
        spelt = predicted(data.manifest, column, data.types[predictions]) if predictions else "s.score"
        return f"cast({_favourable(data, spelt)} as double)"
    return "s.score" if predictions is None else f"cast(d.{identifier(predictions)} as double)"


def _favourable(data: Dataset, spelt: str) -> str:
    """The expression for 1, 0 or null, of a place among the classes."""
    decision, classes = data.manifest.decision, data.manifest.label.classes
    chosen = decision.favourable_classes if decision is not None else ()
    places = ", ".join(str(classes.index(one)) for one in chosen)
    return f"cast(({spelt}) in ({places}) as integer)"


def source(data: Dataset) -> str:
    """The rows `d` of the file with their scores."""
    if data.manifest.predictions is not None:
        return f"{VIEW} as d"
    return f"{VIEW} as d join scores as s on s.key is not distinct from d.{identifier(data.manifest.key)}"


def fetch(data: Dataset, query: str) -> dict[str, NDArray[np.generic]]:
    """Run `query` and return its columns by name. Raises `BadInput` when the file cannot be read."""
    try:
        columns = data.cursor().execute(query).fetchnumpy()
    except duckdb.Error as error:
        raise refusal(data.path, error) from error
    return {str(name): np.asarray(column) for name, column in columns.items()}
