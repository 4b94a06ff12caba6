"""What the data suggest: each guess with its reason, which is empty for what a person named."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Generic, TypeVar

from hallmark.assess.spelling import is_amount
from hallmark.draft.columns import FEW, Column
from hallmark.draft.source import Source
from hallmark.draft.wish import Wish
from hallmark.errors import BadInput
from hallmark.measures import Task
from hallmark.policy.subject import ArtifactFormat
from hallmark.policy.task import FEWEST

T = TypeVar("T")

_KEY = re.compile(r"(?:^|[\s_-])(?:id|key|number|nr|uuid)$|[a-z]Id$|ID$", re.ASCII)
_FORMATS = {
    ".skops": ArtifactFormat.SKOPS,
    ".pkl": ArtifactFormat.PICKLE,
    ".pickle": ArtifactFormat.PICKLE,
    ".joblib": ArtifactFormat.JOBLIB,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess(Generic[T]):
    """A value, and why it was guessed; `because` is empty when a person named it."""

    value: T
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """A column of groups with the group that the others are compared with."""

    column: str
    groups: tuple[str, ...]
    reference: Guess[str]


def require_columns(wish: Wish, source: Source) -> None:
    """Raise `BadInput` unless every column that was named is in the data, and none is named twice."""
    named = wish.columns
    for option, column in named.items():
        if column in source.left_out:
            raise BadInput(f"{option}: the values of {column!r} in {wish.data} are neither numbers, times nor texts")
        if column not in source.types:
            near = _nearest(column, source.types)
            raise BadInput(f"{option.split()[0]}: {wish.data} has no column {column!r}; {near}")
    for column in named.values():
        options = [option.split()[0] for option, other in named.items() if other == column]
        if len(options) > 1:
            raise BadInput(f"{' and '.join(options)} name the same column {column!r}; each needs its own")


def key_of(wish: Wish, sources: Sequence[Source]) -> str | None:
    """The column that identifies a row: the one that was named, else one that is called so and does; else None."""
    if wish.key is not None:
        return wish.key
    taken = {wish.label, wish.predictions, *wish.groups}
    for name in sources[0].types:
        known = all(name in source.types for source in sources)
        if name not in taken and _KEY.search(name) and known and all(source.identifies(name) for source in sources):
            return name
    return None


def features_of(wish: Wish, source: Source, key: str | None) -> tuple[str, ...]:
    """Every column that has no other part. Raises `BadInput` when none is left."""
    taken = {wish.label, wish.predictions, key, *wish.groups}
    features = tuple(name for name in source.types if name not in taken)
    if not features:
        raise BadInput(f"{wish.data}: no column is left for a feature; add what the model sees")
    return features


def format_of(artifact: Path) -> ArtifactFormat:
    """How an artifact is read, by its ending. Raises `BadInput` for a file that is missing or of another kind."""
    if not artifact.is_file():
        raise BadInput(f"{artifact}: no such file; name the file of the model, or --predictions COLUMN without one")
    if artifact.suffix.lower() not in _FORMATS:
        known = ", ".join(_FORMATS)
        raise BadInput(f"{artifact}: what ends so is not loaded; known are {known}, or name --predictions COLUMN")
    return _FORMATS[artifact.suffix.lower()]


def task_of(wish: Wish, label: Column, where: Path, *, classes: bool) -> Guess[Task]:
    """Binary for two values, multiclass for more texts, regression for more numbers. Raises `BadInput` for none of it.

    `classes` says that the numbers of label and predictions look like classes.
    """
    if label.distinct < 2:
        only = f"only {next(iter(label.values))!r}" if label.values else "no value at all"
        raise BadInput(f"{where}: the label {label.name!r} has {only}; nothing can be told apart without both outcomes")
    if wish.task is Task.BINARY and label.distinct > 2:
        raise BadInput(f"{where}: the label {label.name!r} has {label.distinct} values; a binary one has two")
    if wish.task is Task.REGRESSION and not is_amount(label.kind):
        raise BadInput(f"{where}: the label {label.name!r} is of type {label.kind}; a regression needs a number there")
    if wish.task is Task.MULTICLASS and label.distinct < FEWEST:
        raise BadInput(f"{where}: the label {label.name!r} has two values; that is {Task.BINARY}, not {wish.task}")
    if wish.task is not None:
        return Guess(value=wish.task)
    if label.distinct == 2:
        return Guess(value=Task.BINARY, because=f"{label.name} has two values")
    if not is_amount(label.kind):
        return Guess(value=Task.MULTICLASS, because=f"{label.name} has {label.distinct} different values")
    if classes:
        because = f"{label.name} has {label.distinct} whole numbers, and every prediction is one of them"
        return Guess(value=Task.MULTICLASS, because=f"{because}; {Task.REGRESSION} if they are amounts")
    return Guess(value=Task.REGRESSION, because=f"{label.name} has {label.distinct} different numbers")


def positive_of(wish: Wish, label: Column, means: Mapping[str, float]) -> Guess[str]:
    """The value that the score is the probability of. Raises `BadInput` for one that the label does not have.

    `means` are the mean predictions by value of the label, and empty for a model that has not predicted yet.
    """
    values = tuple(label.values or ())
    if wish.positive is not None:
        if wish.positive not in values:
            raise BadInput(f"--positive: {label.name!r} never is {wish.positive!r}; {_listed(values)}")
        return Guess(value=wish.positive)
    if means:
        first, second = sorted(values, key=lambda value: -means.get(value, 0.0))
        because = f"its rows have the higher mean prediction, {means[first]:.2f} against {means[second]:.2f}"
        return Guess(value=first, because=because)
    if set(values) in ({"0", "1"}, {"false", "true"}):
        return Guess(value=max(values), because="that is what scores usually are the probability of")
    return Guess(value=values[-1], because="it is the rarer value")


def cut_off_of(wish: Wish, task: Task) -> Guess[float] | None:
    """Where a score becomes a decision; None without scores. Raises `BadInput` for one that is no probability."""
    if task is not Task.BINARY:
        if wish.cut_off is not None:
            said = "a regression decides nothing" if task is Task.REGRESSION else "classes have none"
            raise BadInput(f"--cut-off: {said}; leave it out")
        return None
    if wish.cut_off is None:
        return Guess(value=0.5, because="nobody named a cut-off; one half is a habit and seldom what costs suggest")
    if not 0 < wish.cut_off < 1:
        raise BadInput(f"--cut-off: {wish.cut_off:g} is no probability between 0 and 1")
    return Guess(value=wish.cut_off)


def require_predictions(column: Column, task: Task, where: Path) -> None:
    """Raise `BadInput` unless every prediction is a finite number, of a classification in [0, 1]."""
    name = f"the predictions {column.name!r}"
    if not is_amount(column.kind):
        raise BadInput(f"{where}: {name} are of type {column.kind}; write them as numbers")
    if column.missing:
        raise BadInput(f"{where}: {name} lack {column.missing} of {column.rows} values; the model must score every row")
    if not column.finite or column.low is None or column.high is None:
        raise BadInput(f"{where}: {name} are not all finite; the model must give a number for every row")
    if task is Task.BINARY and (column.low < 0 or column.high > 1):
        raise BadInput(f"{where}: {name} lie in [{column.low:g}, {column.high:g}]; a probability lies in [0, 1]")


def grouping_of(wish: Wish, column: Column) -> Grouping:
    """The groups of a column by size, and the reference. Raises `BadInput` for a column that makes no groups."""
    groups = tuple(column.values or ())
    if column.values is None:
        raise BadInput(f"--group: {column.name!r} has {column.distinct} values; make a column of at most {FEW} bands")
    if len(groups) < 2:
        raise BadInput(f"--group: {column.name!r} has {len(groups)} value; groups are compared, so it takes two")
    for reference in wish.references:
        if reference in groups:
            return Grouping(column=column.name, groups=groups, reference=Guess(value=reference))
    size = f"{column.values[groups[0]]} of {column.rows} rows"
    largest = Guess(value=groups[0], because=f"it is the largest group, {size}")
    return Grouping(column=column.name, groups=groups, reference=largest)


def require_references(wish: Wish, groupings: Sequence[Grouping]) -> None:
    """Raise `BadInput` for a reference that is a group of no column."""
    known = [group for grouping in groupings for group in grouping.groups]
    for reference in wish.references:
        if reference not in known:
            raise BadInput(f"--reference: no --group has a group {reference!r}; {_listed(known)}")


def _nearest(name: str, known: Mapping[str, str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"it has {', '.join(map(repr, list(known)[:12]))}"


def _listed(values: Sequence[str]) -> str:
    return f"there is {', '.join(map(repr, values)) or 'none'}"
