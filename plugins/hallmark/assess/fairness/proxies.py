"""Proxies: how well the features tell a group from the reference group, by a classifier on one split."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from hallmark.assess import sql
from hallmark.assess.arrays import Floats
from hallmark.assess.assignment import Assignment
from hallmark.assess.fairness.sample import Places, drawn
from hallmark.assess.intervals import Interval, area_under_curve, undefined
from hallmark.assess.tools import SKLEARN
from hallmark.policy.expected import Key
from hallmark.policy.subject import Attribute
from hallmark.verdict.observation import Observation

PROXY = "fairness.proxy_auc"

MOST = 2_000
"""Rows of a group, and of the reference group, that the classifier sees at most, fitted on half of them."""

LEAST = 4
"""Rows that each side needs: two to fit on and two to try."""

STEPS = 64
"""A number is told to the classifier as which of so many equal shares of the rows it lies in."""

TREES, RATE, SHRINKAGE = 30, 0.2, 2.0
"""Fewer trees that learn faster than the usual ones; docs/decisions/0015-proxies.md has their power."""

_CATEGORIES = 200
_METHOD = (
    f"HistGradientBoostingClassifier of {TREES} trees (learning rate {RATE}, L2 {SHRINKAGE:g}) on the features, "
    f"numbers in {STEPS} steps of equal share, up to {MOST} rows a side in the order of a hash of key and seed, "
    "fitted on every second row and tried on the others; limits of DeLong on the logit scale"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Rows of all samples: `numbers` of shape (rows, features), and which of the features are categories."""

    numbers: Floats
    categories: list[int]
    places: Mapping[tuple[str, str], Places]


def proxies(assignment: Assignment) -> tuple[Observation, ...]:
    """Report for every compared group the AUC with which the features name it."""
    attributes = assignment.manifest.attributes
    if not attributes:
        return ()
    features = _features(assignment)
    # One thread: the last digits of a sum depend on how many share it.
    with threadpool_limits(1):
        return tuple(_proxy(features, one, group, assignment.seed) for one in attributes for group in one.compared)


def _proxy(features: Features, attribute: Attribute, group: str, seed: int) -> Observation:
    estimate, n = _told(features, attribute, group, seed)
    return Observation(
        key=Key(measure=PROXY, attribute=attribute.name, group=group),
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        n=n,
        reference=attribute.reference,
        method=_METHOD,
        tool=SKLEARN,
        seed=seed,
        reason=estimate.reason,
    )


def _features(assignment: Assignment) -> Features:
    """The features of a sample of every group, numbers in steps and categories in the order of their text."""
    data = assignment.data
    names = [name for name in data.manifest.features if data.scale(name) is not None]
    values = [sql.value(data, name) for name in names] or ["1.0"]
    found = drawn(data, values, data.manifest.attributes, most=MOST, seed=assignment.seed)
    return Features(
        numbers=np.column_stack([_ordered(one) if one.dtype == object else _steps(one) for one in found.columns]),
        categories=[place for place, one in enumerate(found.columns) if one.dtype == object],
        places=found.places,
    )


def _ordered(column: NDArray[np.object_]) -> Floats:
    """The place of each text among all of them in order."""
    texts: list[str] = column.tolist()
    place = {text: float(number) for number, text in enumerate(sorted(set(texts)))}
    return np.array([place[text] for text in texts])


def _steps(column: Floats) -> Floats:
    """The step in which each number lies; a missing one stays missing, and infinity is a number like others."""
    there = np.sort(column[~np.isnan(column)])
    cuts = np.unique(there[[len(there) * step // STEPS for step in range(1, STEPS)]]) if len(there) else there
    return np.where(np.isnan(column), np.nan, np.searchsorted(cuts, column, side="right"))


def _told(features: Features, attribute: Attribute, group: str, seed: int) -> tuple[Interval, int]:
    asked, reference = (features.places[attribute.name, one] for one in (group, attribute.reference))
    n, m = len(asked), len(reference)
    for name, rows in ((group, n), (attribute.reference, m)):
        if rows < LEAST:
            return undefined(f"{attribute.name} {name!r} has {rows} rows; {LEAST} are the least to fit and to try"), 0
    table = features.numbers[np.concatenate([asked, reference])]
    for one in features.categories:
        table[:, one] = _commonest(table[:, one])
    member = np.arange(n + m) < n
    # Every second row of each side, in an order that says nothing about the rows.
    fitted = np.concatenate([np.arange(n), np.arange(m)]) % 2 == 0
    # A column that is empty where the model is fitted tells it nothing, and has no quantiles to be binned by.
    table[:, np.isnan(table[fitted]).all(axis=0)] = 0.0
    score = _model(features.categories, seed).fit(table[fitted], member[fitted]).predict_proba(table[~fitted])[:, 1]
    tried = member[~fitted]
    return area_under_curve(score[tried], score[~tried]), int(min(tried.sum(), (~tried).sum()))


def _model(categories: list[int], seed: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        max_iter=TREES,
        learning_rate=RATE,
        l2_regularization=SHRINKAGE,
        early_stopping=False,
        categorical_features=categories,
        random_state=seed % 2**32,
    )


def _commonest(column: Floats) -> Floats:
    """Number the categories in their order, the rarest as one."""
    names, where, counts = np.unique(column, return_inverse=True, return_counts=True)
    kept = np.sort(np.argsort(-counts, kind="stable")[:_CATEGORIES])
    number = np.full(len(names), float(len(kept)))
    number[kept] = np.arange(len(kept))
    return number[where]
