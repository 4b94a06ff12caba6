"""What each feature alone shows: whether it gives the label away, was seen in training, varies, or names the row."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hallmark.assess.assignment import Assignment
from hallmark.assess.data_quality.beside import Categories, categories
from hallmark.assess.data_quality.queries import Classes, are_the_key, distinct, ranges
from hallmark.assess.data_quality.ranked import Ranked, ranked
from hallmark.assess.data_quality.reported import fact, sample, training_of
from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.intervals import Interval, area_by_value, interval, undefined
from hallmark.assess.outcomes import label_counts
from hallmark.assess.tools import NUMPY
from hallmark.measures import Task
from hallmark.policy.expected import Key
from hallmark.verdict.observation import Observation

FEWEST = 100
"""Values from which a series without repetition says something."""

DENSE = 10
"""Whole numbers in a range at most this many times as long as there are values are a dense series: by chance all n of
them differ with a probability below exp(-n / 20), 0.7 % for 100."""

KEY = "every value is the key of its row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """One feature: its values, how many the training data never showed, and what it gives away.

    `unseen` is None for a number that is finite nowhere in training, which then has no range. `identifies` says
    in which way it names the row, '' when it does not; `problem` why it is not compared at all.
    """

    values: int = 0
    unseen: int | None = 0
    equal: bool = False
    identifies: str = ""
    classes: tuple[int, int] = (0, 0)
    area: Interval | None = None
    problem: str = ""


def features(assignment: Assignment) -> tuple[tuple[Observation, ...], Mapping[str, object]]:
    """Report for each feature its area alone (in a classification), unseen values, whether it varies or identifies."""
    found = _found(assignment)
    binary = assignment.manifest.task is Task.BINARY
    areas = [_area(name, one, assignment) for name, one in found.items()] if binary else []
    unseen = [_unseen(name, one, assignment) for name, one in found.items()]
    rest = [report(name, one) for report in (_varies, _not_identifying) for name, one in found.items()]
    return (*areas, *unseen, *rest), {name: _counts(one) for name, one in found.items()}


def _found(assignment: Assignment) -> Mapping[str, Alone]:
    data, training = assignment.data, assignment.training
    problems = _problems(data, training)
    sound = [name for name, problem in problems.items() if not problem]
    keys = are_the_key(data, sound)
    numbers = _numbers(assignment, [name for name in sound if data.scale(name) is Scale.NUMBER], keys)
    kinds = data.each([name for name in sound if name not in numbers], lambda name: categories(data, training, name))
    others = {name: _category(one, name in keys) for name, one in kinds.items()}
    refused = {name: Alone(problem=problem) for name, problem in problems.items() if problem}
    found = {**numbers, **others, **refused}
    return {name: found[name] for name in problems}


def _problems(data: Dataset, training: Dataset) -> Mapping[str, str]:
    """Return, by feature, why it cannot be looked at; '' when it can."""
    here, there = data.missing(), training.missing()
    found = {}
    for name in data.manifest.features:
        if here[name] == data.rows:
            found[name] = "all values in the cohort are null"
        elif there[name] == training.rows:
            found[name] = "all values in the training data are null"
        elif data.scale(name) is None:
            found[name] = f"values of type {data.types[name].partition('(')[0]} are not compared"
        elif data.scale(name) is not training.scale(name):
            found[name] = (
                f"it is {data.types[name]} here and {training.types[name]} in the training data: write both alike"
            )
        else:
            found[name] = ""
    return found


def _numbers(assignment: Assignment, names: list[str], keys: frozenset[str]) -> Mapping[str, Alone]:
    data = assignment.data
    seen = ranges(assignment.training, names)
    labels = label_counts(data)

    def alone(name: str) -> Alone:
        column = ranked(data, name)
        classes = column.classes()
        gaps = labels[0] - len(column.positive), labels[1] - len(column.negative)
        return Alone(
            values=column.values,
            unseen=column.outside(*seen[name]) if name in seen else None,
            equal=column.equal,
            identifies=KEY if name in keys else _series(data, name, column),
            classes=labels,
            area=_with_gaps(classes, *gaps),
        )

    return data.each(names, alone)


def _category(found: Categories, is_key: bool) -> Alone:
    classes, single = found.classes, found.kinds == found.values >= FEWEST
    return Alone(
        values=found.values,
        unseen=found.unseen,
        equal=found.kinds == 1,
        identifies=KEY if is_key else "no text stands twice" if single else "",
        classes=(int(classes.positive.sum()), int(classes.negative.sum())) if classes else (0, 0),
        area=_folded(area_by_value(classes.positive, classes.negative))
        if classes
        else undefined("the training data have labels of one class at most, so categories have no order"),
    )


def _series(data: Dataset, name: str, column: Ranked) -> str:
    """Return what is suspicious about whole numbers that never repeat; the range comes first, since counting costs."""
    if column.values < FEWEST or not column.dense(DENSE):
        return ""
    single = distinct(data, name) == column.values
    return "whole numbers in a dense series, none of which stands twice" if single else ""


def _with_gaps(classes: Classes, positive: int, negative: int) -> Interval:
    """Return the area of a number whose gaps stand below or above all values, wherever they tell more."""
    p, n, gaps = classes.positive, classes.negative, bool(positive or negative)
    below = area_by_value(np.append([positive], p), np.append([negative], n))
    above = area_by_value(np.append(p, [positive]), np.append(n, [negative])) if gaps else below
    return max(_folded(below), _folded(above), key=lambda one: one.value or 0.0)


def _folded(area: Interval) -> Interval:
    """Return the area of whichever direction separates better, the limits cut at 0.5."""
    if area.value is None or area.low is None or area.high is None:
        return area
    value, low, high = area.value, area.low, area.high
    if value < 0.5:
        value, low, high = 1 - value, 1 - high, 1 - low
    return interval(value, max(low, 0.5), high)


def _area(name: str, one: Alone, assignment: Assignment) -> Observation:
    return sample(
        Key(measure="data_quality.single_feature_auc", feature=name),
        one.area or undefined(one.problem),
        n=min(one.classes),
        method="area under the ROC curve of the values, of a category's rate in training; gaps count; limits of DeLong",
        reference=f"label {assignment.manifest.label.column}",
        tool=NUMPY,
    )


def _unseen(name: str, one: Alone, assignment: Assignment) -> Observation:
    problem = one.problem or ("no value in the training data is finite" if one.unseen is None else "")
    return fact(
        "unseen",
        None if problem else (one.unseen or 0) / one.values,
        feature=name,
        reason=problem,
        method="values outside the range, or the categories, of the training data, over all values",
        reference=training_of(assignment),
    )


def _varies(name: str, one: Alone) -> Observation:
    return fact(
        "varies",
        None if one.problem else not one.equal,
        feature=name,
        reason=one.problem or (f"all {one.values} values are equal" if one.equal else ""),
        method="number of distinct values",
        reference="cohort",
    )


def _not_identifying(name: str, one: Alone) -> Observation:
    return fact(
        "not_identifying",
        None if one.problem else not one.identifies,
        feature=name,
        reason=one.problem or one.identifies,
        method=f"values equal to the key; {FEWEST} or more texts or dense whole numbers without a repetition",
        reference="cohort",
    )


def _counts(one: Alone) -> Mapping[str, object]:
    """Return counts alone: the ends of a range would be the values of rows."""
    return {"values": one.values, "unseen": one.unseen, "positive": one.classes[0], "negative": one.classes[1]}
