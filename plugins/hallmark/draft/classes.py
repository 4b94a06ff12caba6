"""The classes of a multiclass draft: which values label and predictions have, and which of them are favourable."""

from collections.abc import Sequence
from pathlib import Path

from hallmark.assess.spelling import is_amount, is_category
from hallmark.draft.columns import FEW, Column
from hallmark.draft.guess import Guess
from hallmark.draft.wish import Wish
from hallmark.errors import BadInput
from hallmark.measures import Task
from hallmark.policy.task import FEWEST, number_of, place_of


def require_classes(column: Column, name: str, where: Path) -> None:
    """Raise `BadInput` unless a column holds classes: texts or numbers, at most `FEW` different ones."""
    if not (is_amount(column.kind) or is_category(column.kind)):
        raise BadInput(f"{where}: {name} is of type {column.kind}; write its classes as texts or numbers")
    if column.values is None:
        raise BadInput(f"{where}: {name} has {column.distinct} values; at most {FEW} classes are drafted")


def require_answers(column: Column, where: Path) -> None:
    """Raise `BadInput` unless every row has a predicted class."""
    name = f"the predicted class {column.name!r}"
    require_classes(column, name, where)
    if column.missing:
        missing = f"lacks {column.missing} of {column.rows} values"
        raise BadInput(f"{where}: {name} {missing}; the model must answer every row")


def classes_of(labels: Sequence[Column], answers: Sequence[Column]) -> Guess[tuple[str, ...]]:
    """Every value of label and predictions over all files, in the order of numbers, else of texts."""
    values: list[str] = []
    for column in (*labels, *answers):
        values += [one for one in sorted(column.values or (), key=_order) if place_of(one, values) is None]
    seen = "label and predictions" if answers else "label"
    because = f"these are the values of {seen}; add what may come, and keep out what cannot be"
    return Guess(value=tuple(sorted(values, key=_order)), because=because)


def looks_like_classes(label: Column, answers: Column | None) -> bool:
    """True when a label has few values, all whole numbers, and every prediction is one of them."""
    if label.values is None or answers is None or answers.values is None or label.distinct < FEWEST:
        return False
    values = tuple(label.values)
    whole = all((number := number_of(one)) is not None and number.is_integer() for one in values)
    return whole and all(place_of(one, values) is not None for one in answers.values)


def favourable_of(wish: Wish, task: Task, classes: Guess[tuple[str, ...]] | None) -> tuple[str, ...]:
    """The favourable classes that were named. Raises `BadInput` for one that is none, or of another task."""
    if classes is None:
        if wish.favourable:
            raise BadInput(f"--favourable: names classes of a multiclass model, and this is a {task}")
        return ()
    for one in wish.favourable:
        if one not in classes.value:
            raise BadInput(f"--favourable: no class is called {one!r}; there is {', '.join(map(repr, classes.value))}")
    if set(wish.favourable) >= set(classes.value):
        raise BadInput("--favourable: names every class, so that nothing would be decided; name some of them")
    return tuple(dict.fromkeys(wish.favourable))


def _order(text: str) -> tuple[bool, float, str]:
    number = number_of(text)
    return number is None, number or 0.0, text
