"""Label noise: how many labels a model that never saw them contradicts with confidence; shown, never judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from cleanlab.count import compute_confident_joint, get_confident_thresholds
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from hallmark.assess.arrays import Floats, Integers, Mask
from hallmark.assess.assignment import Assignment
from hallmark.assess.data_quality.labelled import MOST, Labelled, labelled
from hallmark.assess.data_quality.reported import sample
from hallmark.assess.intervals import Interval, difference, share, undefined
from hallmark.measures import Task
from hallmark.policy.expected import Key
from hallmark.policy.subject import POOLED, Attribute
from hallmark.verdict.observation import Observation

CLEANLAB = f"cleanlab {version('cleanlab')}"

FOLDS = 5

TREES, RATE = 20, 0.25
"""Few trees that learn fast: 0, 10 and 20 % of planted flips read as with 50 trees at 0.1, to half a point."""

FEWEST = 20
"""Rows of either class below which nothing is said: a threshold would rest on a handful of scores."""

_METHOD = (
    f"confident joint of labels and out-of-fold probabilities (Northcutt 2021), HistGradientBoostingClassifier "
    f"of {TREES} trees (learning rate {RATE}) in {FOLDS} folds over up to {MOST} labelled rows in the order of a hash "
    "of key and seed"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradicted:
    """Rows, and how many of them have a label that is contradicted; `joint` counts them by given and likely label."""

    rows: int = 0
    hits: int = 0
    joint: tuple[tuple[int, ...], ...] = ()
    problem: str = ""


def label_noise(assignment: Assignment) -> tuple[tuple[Observation, ...], Mapping[str, object]]:
    """Report the share of contradicted labels, over all and for each compared group less its reference group.

    A regression has no classes, and nothing is reported of it.
    """
    manifest = assignment.manifest
    if manifest.task is not Task.BINARY:
        return (), {}
    rows = labelled(assignment.data, assignment.seed)
    noise = _Noise.of(rows, assignment.seed)
    everyone = noise.among(np.ones(len(rows.label), dtype=np.bool_))
    groups = {
        one.name: {
            group: noise.among(_members(rows, one, group)) for group in dict.fromkeys((*one.groups, *one.compared))
        }
        for one in manifest.attributes
    }
    observations = [
        _observed(assignment, Key(measure="data_quality.label_noise"), _share(everyone), everyone.rows, "the features"),
        *(
            _observed(
                assignment,
                Key(measure="data_quality.label_noise_difference", attribute=one.name, group=group),
                _difference(groups[one.name][group], groups[one.name][one.reference], group, one),
                groups[one.name][group].rows,
                one.reference,
            )
            for one in manifest.attributes
            for group in one.compared
        ),
    ]
    counts = {name: {group: _counts(one) for group, one in found.items()} for name, found in groups.items()}
    return tuple(observations), {**_counts(everyone), "joint": [list(row) for row in everyone.joint], "groups": counts}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Noise:
    """Labels with the out-of-fold probabilities of both classes and the thresholds of confidence, or a problem."""

    label: Integers
    probabilities: Floats
    thresholds: Floats
    problem: str = ""

    @classmethod
    def of(cls, rows: Labelled, seed: int) -> "_Noise":
        none = np.zeros((len(rows.label), 2))
        problem = rows.problem or _few(rows.label)
        if problem:
            return cls(label=rows.label, probabilities=none, thresholds=none[:0], problem=problem)
        probabilities = _out_of_fold(rows, seed)
        thresholds = get_confident_thresholds(rows.label, probabilities)
        return cls(label=rows.label, probabilities=probabilities, thresholds=thresholds)

    def among(self, members: Mask) -> Contradicted:
        """The confident joint of some rows, by the thresholds of all of them."""
        label = self.label[members]
        problem = self.problem or _few(label)
        if problem:
            return Contradicted(rows=len(label), problem=problem)
        joint: NDArray[Any] = compute_confident_joint(label, self.probabilities[members], thresholds=self.thresholds)
        counts = tuple(tuple(int(count) for count in row) for row in joint)
        return Contradicted(rows=int(joint.sum()), hits=int(joint.sum() - joint.trace()), joint=counts)


def _out_of_fold(rows: Labelled, seed: int) -> Floats:
    """The probability of each class for every row, by a model that was fitted on the other folds."""
    model = HistGradientBoostingClassifier(
        max_iter=TREES,
        learning_rate=RATE,
        max_leaf_nodes=15,
        early_stopping=False,
        categorical_features=list(rows.categorical),
        random_state=seed % 2**32,
    )
    # One thread: sums of gradients come out alike on every machine.
    found = np.empty((len(rows.label), 2))
    with threadpool_limits(1):
        for fitted, others in StratifiedKFold(FOLDS).split(rows.features, rows.label):
            # A column that is empty where the model is fitted tells it nothing, and has no quantiles to be binned by.
            table = np.where(np.isnan(rows.features[fitted]).all(axis=0), 0.0, rows.features)
            found[others] = model.fit(table[fitted], rows.label[fitted]).predict_proba(table[others])
    return found


def _few(label: Integers) -> str:
    smaller = int(min(label.sum(), len(label) - label.sum()))
    return "" if smaller >= FEWEST else f"{smaller} rows of one class among {len(label)} labelled ones: {FEWEST} needed"


def _members(rows: Labelled, attribute: Attribute, group: str) -> Mask:
    wanted = attribute.others if group == POOLED else (group,)
    return np.isin(rows.groups[attribute.name], wanted)


def _share(found: Contradicted) -> Interval:
    return undefined(found.problem) if found.problem else share(found.hits, found.rows)


def _difference(group: Contradicted, reference: Contradicted, name: str, attribute: Attribute) -> Interval:
    for one, of in ((group, name), (reference, attribute.reference)):
        if one.problem:
            return undefined(f"{attribute.name} {of!r}: {one.problem}")
    return difference(group.hits, group.rows, reference.hits, reference.rows)


def _observed(assignment: Assignment, key: Key, estimate: Interval, n: int, reference: str) -> Observation:
    limits = "Newcombe" if key.group else "Wilson"
    return sample(
        key,
        estimate,
        n=n,
        method=f"{_METHOD}; limits of {limits}",
        reference=reference,
        tool=CLEANLAB,
        seed=assignment.seed,
    )


def _counts(found: Contradicted) -> Mapping[str, object]:
    return {"rows": found.rows, "contradicted": None if found.problem else found.hits}
