"""What the model knows: whether outcomes moved, and whether the scores say as much about them as they did."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from hallmark.assess.arrays import Floats
from hallmark.assess.dataset import Dataset
from hallmark.assess.drift.merged import merge
from hallmark.assess.intervals import (
    Interval,
    area_by_value,
    by_value,
    gap,
    largest_gap,
    relative_rise,
    two_class_distance,
    undefined,
)
from hallmark.assess.outcomes import Outcomes, label_counts, outcomes
from hallmark.assess.values import sorted_values
from hallmark.measures import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """One comparison of outcomes: an estimate, how it was made, its n, and the counts behind it."""

    estimate: Interval
    method: str
    n: int
    counts: Mapping[str, object]


_TWO_CLASSES = "difference of the shares of positives, without sign; limits of Newcombe (method 10), folded at 0"
_NUMBERS = "two-sample Kolmogorov-Smirnov D of the outcomes; limits D +- 1.358 sqrt(1/n + 1/m)"
_DROP = "AUC in the reference less AUC in the cohort, two samples; limits of DeLong on the logit scale, square-and-add"
_RISE = "mean absolute error over that in the reference, less 1; Wald limits on the logarithm, delta method"


def compare_outcomes(data: Dataset, reference: Dataset) -> Mapping[str, Learnt]:
    """Return the distance of the outcomes and, by task, the drop of the AUC or the rise of the error, by measure."""
    if data.manifest.task is Task.BINARY:
        return {"label_distance": _of_classes(data, reference), "auc_drop": _auc_drop(data, reference)}
    return {"label_distance": _of_numbers(data, reference), "error_rise": _error_rise(data, reference)}


def _of_classes(data: Dataset, reference: Dataset) -> Learnt:
    (hits, misses), (hits_then, misses_then) = label_counts(data), label_counts(reference)
    n, n_then = hits + misses, hits_then + misses_then
    why = unlabelled(n, n_then)
    return Learnt(
        estimate=undefined(why) if why else two_class_distance(hits, n, hits_then, n_then),
        method=_TWO_CLASSES,
        n=n,
        counts={
            "cohort": {"labels": n, "positives": hits},
            "reference": {"labels": n_then, "positives": hits_then},
        },
    )


def _of_numbers(data: Dataset, reference: Dataset) -> Learnt:
    now, then = (sorted_values(one, one.manifest.label.column) for one in (data, reference))
    infinite = int(np.isinf(now).sum() + np.isinf(then).sum())
    why = unlabelled(len(now), len(then)) or (f"{infinite} outcomes are infinite" if infinite else "")
    return Learnt(
        estimate=undefined(why) if why else largest_gap(merge(now, then).distance, len(now), len(then)),
        method=_NUMBERS,
        n=len(now),
        counts={"cohort": {"labels": len(now)}, "reference": {"labels": len(then)}},
    )


def _auc_drop(data: Dataset, reference: Dataset) -> Learnt:
    now, then = _outcomes(data), _outcomes(reference)
    if now is None or then is None:
        return Learnt(estimate=undefined("there are no scores"), method=_DROP, n=0, counts={})
    areas = {"cohort": _area(now, "the cohort"), "reference": _area(then, "the reference data")}
    classes = {"cohort": _classes(now), "reference": _classes(then)}
    return Learnt(
        estimate=gap(areas["reference"], areas["cohort"]),
        method=_DROP,
        n=min(classes["cohort"].values()),
        counts={where: {**classes[where], "auc": asdict(area)} for where, area in areas.items()},
    )


def _error_rise(data: Dataset, reference: Dataset) -> Learnt:
    now, then = _outcomes(data), _outcomes(reference)
    if now is None or then is None:
        return Learnt(estimate=undefined("there are no scores"), method=_RISE, n=0, counts={})
    errors, errors_then = (np.abs(outcome - score) for outcome, score in (now, then))
    infinite = int(np.isinf(errors).sum() + np.isinf(errors_then).sum())
    why = unlabelled(len(errors), len(errors_then)) or (f"{infinite} errors are infinite" if infinite else "")
    return Learnt(
        estimate=undefined(why) if why else relative_rise(errors, errors_then),
        method=_RISE,
        n=len(errors),
        counts={} if why else {"cohort": _errors(errors), "reference": _errors(errors_then)},
    )


def _outcomes(dataset: Dataset) -> Outcomes | None:
    return outcomes(dataset) if dataset.scored else None


def _area(found: Outcomes, where: str) -> Interval:
    outcome, score = found
    positive = outcome.astype(np.bool_)
    if len(outcome) == 0:
        return undefined(f"no row of {where} has a label")
    if positive.all() or not positive.any():
        return undefined(f"all {len(outcome)} labels of {where} are of one class")
    return area_by_value(*by_value(positive, score))


def _classes(found: Outcomes) -> Mapping[str, int]:
    positives = int(found[0].sum())
    return {"positives": positives, "negatives": len(found[0]) - positives}


def _errors(errors: Floats) -> Mapping[str, float | int | None]:
    enough = len(errors) >= 10
    return {"labels": len(errors), "mean_absolute_error": float(errors.mean()) if enough else None}


def unlabelled(n: int, n_then: int) -> str:
    """Why labels cannot be compared, by how many each side has; empty when they can."""
    if n and n_then:
        return ""
    return f"no row of the {'reference data' if n else 'cohort'} has a label"
