"""What came, beside what the model said: outcome and score of the rows of a dataset that have a label."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hallmark.assess import sql
from hallmark.assess.arrays import Counts, Floats, Mask
from hallmark.assess.dataset import Dataset
from hallmark.assess.spelling import is_amount, literal
from hallmark.errors import BadInput
from hallmark.measures import Task

Outcomes = tuple[NDArray[Any], Floats]
"""Outcome and score of each row with a label, both of shape (labelled rows,), ordered by score.

Outcomes are booleans, True for positive; of a regression they are the numbers of the label, as floats, and of a
multiclass model the places of label and predicted class.
"""


def unlabelled(data: Dataset) -> int:
    """Return the number of rows whose label is null."""
    ((count,),) = data.query(f"select count(*) from {sql.ROWS} where not ({sql.labelled(data)})")
    return int(count)


def label_counts(data: Dataset) -> tuple[int, int]:
    """Return the number of rows with a positive and with a negative label; 0 and 0 where a label is neither."""
    if data.manifest.task is not Task.BINARY:
        return 0, 0
    counts = ", ".join(f"count(*) filter (({sql.outcome(data)}) = {one})" for one in (1, 0))
    ((positive, negative),) = data.query(f"select {counts} from {sql.ROWS}")
    return int(positive), int(negative)


def outcomes(data: Dataset) -> Outcomes:
    """Return the outcomes of all rows."""
    query = f"select {_pair(data)} from {sql.scored_rows(data)} where {sql.labelled(data)}"
    if data.manifest.task is Task.BINARY:
        found = data.fetch(query)
        return _by_score(_typed(data, found["outcome"]), found["score"])
    found = data.fetch(f"{query} order by 2, 1")
    return _typed(data, found["outcome"]), found["score"]


def outcomes_by(data: Dataset, column: str, groups: Sequence[str]) -> Mapping[str, Outcomes]:
    """Return the outcomes of each of `groups` in `column`; arrays without rows for a group that is absent."""
    group = sql.text(data, column)
    cases = " ".join(f"when {literal(name)} then {place}" for place, name in enumerate(groups))
    known = f"{group} in ({', '.join(map(literal, groups))})"
    rows = f"{sql.scored_rows(data)} where {sql.labelled(data)} and {known}"
    found = data.fetch(f"select {_pair(data)}, case {group} {cases} end as place from {rows} order by 3, 2, 1")
    ends = np.searchsorted(found["place"], np.arange(1, len(groups)))
    parts = zip(np.split(_typed(data, found["outcome"]), ends), np.split(found["score"], ends), strict=True)
    return dict(zip(groups, parts, strict=True))


def challenged(data: Dataset) -> tuple[NDArray[Any], Floats, Floats]:
    """Return outcome, score and the challenger's score of each row with a label and both, ordered by both scores.

    Raises `BadInput` when the challenger's column holds no numbers.
    """
    name = str(data.manifest.challenger)
    if not is_amount(data.types[name]):
        kind = data.types[name]
        raise BadInput(f"The challenger {name!r} in {data.path.name} is {kind}: its scores must be numbers.")
    columns = f"{_pair(data)}, cast({sql.column(name)} as double) as challenger"
    rows = f"{sql.scored_rows(data)} where {sql.labelled(data)} and {sql.column(name)} is not null"
    found = data.fetch(f"select {columns} from {rows} order by 2, 3, 1")
    return _typed(data, found["outcome"]), found["score"], found["challenger"]


def confusion(data: Dataset) -> Counts:
    """Return the rows of a multiclass model by label and predicted class, shape (classes + 1, classes).

    Both in the declared order; the last row counts those without a label.
    """
    classes = len(data.manifest.label.classes)
    found = np.zeros((classes + 1, classes), dtype=np.int64)
    query = f"select {_pair(data)}, count(*) from {sql.scored_rows(data)} group by all order by all"
    for label, answer, rows in data.query(query):
        found[classes if label is None else label, int(answer)] += rows
    return found


def _pair(data: Dataset) -> str:
    return f"{sql.outcome(data)} as outcome, {sql.score(data)} as score"


def _typed(data: Dataset, outcome: NDArray[Any]) -> NDArray[Any]:
    return outcome.astype(np.bool_ if data.manifest.task is Task.BINARY else np.float64)


def _by_score(outcome: Mask, score: Floats) -> Outcomes:
    """Both in ascending order of the score, negatives before positives: each class is sorted, and then merged."""
    positive, negative = np.sort(score[outcome]), np.sort(score[~outcome])
    came, ordered = np.zeros(len(score), np.bool_), np.empty_like(score)
    came[np.searchsorted(negative, positive, side="right") + np.arange(len(positive))] = True
    ordered[came], ordered[~came] = positive, negative
    return came, ordered
