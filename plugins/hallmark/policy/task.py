"""What a label and a decision have to say for each task, and when two spellings of a class are one."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hallmark.measures import Task

if TYPE_CHECKING:
    from hallmark.policy.subject import Decision, Label

FEWEST = 3
"""A label with fewer classes is binary."""


def of_task(task: Task, label: "Label", decision: "Decision | None") -> list[str]:
    """A sentence for each thing that label or decision say and the task does not go with, or lack and it needs."""
    if task is Task.MULTICLASS:
        return [*_classes(label), *_favourable(label, decision)]
    if task is Task.REGRESSION:
        plain = decision is None and label.positive is None and not label.classes
        return [] if plain else ["a regression has no decision, no positive label and no classes"]
    whole = decision is not None and decision.at is not None and label.positive is not None and not label.classes
    return [] if whole else ["a binary classification has a decision with a cut-off, a positive label and no classes"]


def number_of(text: str) -> float | None:
    """The finite number that a text spells, `true` and `false` as 1 and 0; None for other texts."""
    spelt = {"true": "1", "false": "0"}.get(text.lower(), text)
    try:
        number = float(spelt)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def place_of(value: object, classes: Sequence[str]) -> int | None:
    """The place of a predicted value among the classes; None for a stranger. `7`, `7.0` and `"7"` are all class "7"."""
    text = str(value)
    if text in classes:
        return classes.index(text)
    number = number_of(text)
    numbers = [number_of(one) for one in classes]
    return numbers.index(number) if number is not None and number in numbers else None


def _classes(label: "Label") -> Iterator[str]:
    classes = label.classes
    if label.positive is not None:
        yield "a multiclass model has no positive label, but classes"
    if len(classes) < FEWEST:
        yield f"label.classes names {len(classes)} classes, and a multiclass model has {FEWEST} or more"
    if not all(one.strip() for one in classes):
        yield "label.classes names an empty class; a label that is not known is left empty in the data and not declared"
    for place, one in enumerate(classes):
        twin = place_of(one, classes[:place])
        if twin is not None:
            yield f"label.classes names {classes[twin]!r} and {one!r}, which are one class"


def _favourable(label: "Label", decision: "Decision | None") -> Iterator[str]:
    if decision is None:
        return
    chosen = decision.favourable_classes
    if not chosen:
        yield "the decision of a multiclass model names favourable_classes and no cut-off"
    strangers = [one for one in chosen if one not in label.classes]
    if strangers:
        yield f"favourable_classes names {', '.join(map(repr, strangers))}, which label.classes does not"
    if len(set(chosen)) != len(chosen):
        yield "favourable_classes names a class twice"
    if set(chosen) >= set(label.classes):
        yield "favourable_classes names every class, so that nothing is decided"
