"""What predicted classes are worth: accuracy, the means over all classes, and recall and precision of each."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from hallmark.assess.arrays import Counts, Floats
from hallmark.assess.dataset import Dataset
from hallmark.assess.intervals import Interval, on_logits, share, undefined
from hallmark.assess.outcomes import confusion
from hallmark.assess.performance.sample import Found
from hallmark.policy.subject import Label

_COUNTS = "confusion counts of the declared classes"
_BALANCED = f"{_COUNTS}; limits by the delta method on the logit scale, half a row more found and missed in each class"
_F1 = f"{_COUNTS}; limits by the delta method for multinomial counts on the logit scale, half a row found where none is"
_EACH = f"{_COUNTS}; limits of Wilson"


def of_classes(data: Dataset) -> tuple[list[Found], Mapping[str, object]]:
    """Return every number of a multiclass model, and the confusion counts that each of them follows from."""
    names = data.manifest.label.classes
    if not data.scored:
        return _found(np.zeros((len(names), len(names)), dtype=np.int64), data, "there are no scores"), {}
    labelled = confusion(data)[:-1]
    shown = {"classes": list(names), "confusion": labelled.tolist(), "labelled": int(labelled.sum())}
    return _found(labelled, data, ""), shown


def balanced_accuracy(table: Counts, names: Sequence[str]) -> Interval:
    """Return the mean recall over the classes, from counts by label (rows) and predicted class (columns).

    Limits on the logit scale. Recalls of different classes are independent, so that their variances add; in these each
    class has half a row more that is found and half a row more that is not, since a class of which every row is found
    is not certain. A class without a row leaves no number.
    """
    absent = _absent(table, names)
    if absent:
        return undefined(absent)
    rows, found = table.sum(axis=1), np.diag(table)
    shares = (found + 0.5) / (rows + 1)
    spread = float((shares * (1 - shares) / rows).sum()) / len(table) ** 2
    return _bounded(float((found / rows).mean()), spread, int(rows.min()))


def macro_f1(table: Counts, names: Sequence[str]) -> Interval:
    """Return the mean F1 over the classes, from counts by label (rows) and predicted class (columns).

    F1 is 2 c / (r + p): rows found, rows of the class, rows predicted to be of it; a class that is never found has 0.
    Limits by the delta method for multinomial counts on the logit scale; in these a class that is never found has half
    a row that is, since it is not certain either. A class without a row leaves no number.
    """
    absent = _absent(table, names)
    if absent:
        return undefined(absent)
    found = np.diag(table)
    counted = table + np.diag(np.where(found == 0, 0.5, 0.0))
    value = float((2 * found / _sizes(table)).mean())
    return _bounded(value, _variance(counted), int(table.sum(axis=1).min()))


def _sizes(table: Floats | Counts) -> Floats:
    return np.asarray(table.sum(axis=1) + table.sum(axis=0), dtype=np.float64)


def _bounded(value: float, variance: float, smallest: int) -> Interval:
    """Return a mean over classes with limits on the logit scale; at 0 and 1 Wilson's, n = the smallest class."""
    if value in (0.0, 1.0):
        return share(int(value) * smallest, smallest)
    return on_logits(value, variance)


def _variance(table: Floats) -> float:
    """Return the variance of the mean F1: that of its gradient by the counts, over the rows of the table."""
    size = _sizes(table)
    slope = -2 * np.diag(table) / size**2
    gradient = (slope[:, None] + slope[None, :] + np.diag(2 / size)) / len(table)
    # F1 does not change when all counts grow alike, so that the gradient has the mean 0.
    return float((table * gradient**2).sum())


def _found(table: Counts, data: Dataset, problem: str) -> list[Found]:
    label, n = data.manifest.label, int(table.sum())
    problem = problem or ("" if n else "no row has a label")
    means = {
        "accuracy": (share(int(np.trace(table)), n), _EACH),
        "balanced_accuracy": (balanced_accuracy(table, label.classes), _BALANCED),
        "macro_f1": (macro_f1(table, label.classes), _F1),
    }
    recall, precision = "no row with a label is of class", "no row with a label is predicted to be of class"
    return [
        *(
            Found(measure=measure, estimate=undefined(problem) if problem else estimate, n=n, method=method)
            for measure, (estimate, method) in means.items()
        ),
        *_each("class_recall", table, table.sum(axis=1), label, problem or recall),
        *_each("class_precision", table, table.sum(axis=0), label, problem or precision),
    ]


def _each(measure: str, table: Counts, of: Counts, label: Label, empty: str) -> Iterator[Found]:
    """Yield for each class the share of its rows in `of` that are rightly told."""
    for at, name in enumerate(label.classes):
        rows = int(of[at])
        why = f"{empty} {name!r}" if table.any() else empty
        yield Found(
            measure=measure,
            estimate=share(int(table[at, at]), rows) if rows else undefined(why),
            n=rows,
            method=_EACH,
            segment=label.column,
            group=name,
        )


def _absent(table: Counts, names: Sequence[str]) -> str:
    absent = [repr(name) for name, of in zip(names, table.sum(axis=1), strict=True) if of == 0]
    said = f"no row with a label is of class {', '.join(absent)}, and a mean over all classes needs each"
    return said if absent else ""
