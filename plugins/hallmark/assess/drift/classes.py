"""Classes then and now: whether labels and predicted classes come as often, and are told as rightly as they were."""

from collections.abc import Mapping, Sequence

import numpy as np

from hallmark.assess.arrays import Counts
from hallmark.assess.dataset import Dataset
from hallmark.assess.drift.bins import shown_categories
from hallmark.assess.drift.concept import Learnt, unlabelled
from hallmark.assess.intervals import difference, total_variation, undefined
from hallmark.assess.outcomes import confusion

_TV = (
    "total variation of the shares of {}, rare ones pooled; limits by chi-square, the upper one higher by what the "
    "pool may hide"
)
_DROP = "share of rows rightly told in the reference less that in the cohort, two samples; limits of Newcombe"

PREDICTED, LABEL, DROP = "class_distance", "label_distance", "accuracy_drop"


def compare_classes(data: Dataset, reference: Dataset) -> Mapping[str, Learnt]:
    """Return the distances of predicted classes and of labels, and the drop of the accuracy, by measure."""
    methods = {PREDICTED: _TV.format("predicted classes"), LABEL: _TV.format("labels"), DROP: _DROP}
    if not (data.scored and reference.scored):
        why = undefined("there are no scores")
        return {name: Learnt(estimate=why, method=method, n=0, counts={}) for name, method in methods.items()}
    names, now, then = data.manifest.label.classes, confusion(data), confusion(reference)
    answers = [_named(names, table.sum(axis=0)) for table in (now, then)]
    labels = [_named(names, table[:-1].sum(axis=1)) for table in (now, then)]
    return {
        PREDICTED: _distance(answers[0], answers[1], methods[PREDICTED]),
        LABEL: _distance(labels[0], labels[1], methods[LABEL]),
        DROP: _drop(now[:-1], then[:-1]),
    }


def _distance(now: Mapping[str, int], then: Mapping[str, int], method: str) -> Learnt:
    n = sum(now.values())
    why = unlabelled(n, sum(then.values()))
    return Learnt(
        estimate=undefined(why) if why else total_variation(now, then),
        method=method,
        n=n,
        counts={"classes": shown_categories(now, then)},
    )


def _drop(now: Counts, then: Counts) -> Learnt:
    (hits, n), (hits_then, n_then) = ((int(np.trace(table)), int(table.sum())) for table in (now, then))
    why = unlabelled(n, n_then)
    return Learnt(
        estimate=undefined(why) if why else difference(hits_then, n_then, hits, n),
        method=_DROP,
        n=n,
        counts={"cohort": {"labels": n, "right": hits}, "reference": {"labels": n_then, "right": hits_then}},
    )


def _named(names: Sequence[str], counts: Counts) -> Mapping[str, int]:
    return {name: int(count) for name, count in zip(names, counts, strict=True)}
