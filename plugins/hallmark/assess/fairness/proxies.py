"""Proxies: how well the features tell a group from the reference group, by a classifier on one split."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from hallmark.assess.assignment import Assignment
from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.fairness.rates import SKLEARN
from hallmark.assess.fairness.sample import sampled_by
from hallmark.assess.intervals import Floats, Interval, area_under_curve, undefined
from hallmark.assess.spelling import as_number, as_text, identifier
from hallmark.policy.expected import Key
from hallmark.policy.subject import POOLED, Attribute
from hallmark.verdict.observation import Observation

PROXY = "fairness.proxy_auc"

MOST = 2_000
"""Rows of a group, and of the reference group, that the classifier sees at most, fitted on half of them."""

LEAST = 4
"""Rows that each side needs: two to fit on and two to try."""

_CATEGORIES = 200
_METHOD = (
    f"HistGradientBoostingClassifier on the features, up to {MOST} rows a side in the order of a hash of key and seed, "
    "fitted on every second row and tried on the others; limits of DeLong on the logit scale"
)


def proxies(assignment: Assignment) -> Iterator[Observation]:
    """Report for every compared group the AUC with which the features name it."""
    for attribute in assignment.data.manifest.attributes:
        sides = _features(assignment, attribute)
        for group in attribute.compared:
            estimate, n = _told(sides[group], sides[attribute.reference], attribute, group, assignment.seed)
            yield Observation(
                key=Key(measure=PROXY, attribute=attribute.name, group=group),
                value=estimate.value,
                low=estimate.low,
                high=estimate.high,
                n=n,
                reference=attribute.reference,
                method=_METHOD,
                tool=SKLEARN,
                seed=assignment.seed,
                reason=estimate.reason,
            )


def _features(assignment: Assignment, attribute: Attribute) -> Mapping[str, list[NDArray[Any]]]:
    """The features of a sample of each group, and of all others pooled, numbers as floats and categories as text."""
    data = assignment.data
    return sampled_by(
        data,
        [_value(data, name) for name in data.manifest.features if data.scale(name) is not None] or ["1.0"],
        attribute,
        {group: [group] for group in attribute.groups} | {POOLED: attribute.others},
        most=MOST,
        seed=assignment.seed,
    )


def _value(data: Dataset, name: str) -> str:
    column, kind = f"d.{identifier(name)}", data.types[name]
    if data.scale(name) is Scale.CATEGORY:
        return f"coalesce({as_text(column, kind)}, '')"
    return f"coalesce({as_number(column, kind)}, 'nan'::double)"


def _told(
    asked: list[NDArray[Any]], reference: list[NDArray[Any]], attribute: Attribute, group: str, seed: int
) -> tuple[Interval, int]:
    n, m = len(asked[0]), len(reference[0])
    for name, rows in ((group, n), (attribute.reference, m)):
        if rows < LEAST:
            return undefined(f"{attribute.name} {name!r} has {rows} rows; {LEAST} are the least to fit and to try"), 0
    table, categories = _table(asked, reference)
    member = np.arange(n + m) < n
    # Every second row of each side, in an order that says nothing about the rows.
    fitted = np.concatenate([np.arange(n), np.arange(m)]) % 2 == 0
    model = HistGradientBoostingClassifier(
        max_iter=60, early_stopping=False, categorical_features=categories, random_state=seed % 2**32
    )
    # A column that is empty where the model is fitted tells it nothing, and has no quantiles to be binned by.
    table[:, np.isnan(table[fitted]).all(axis=0)] = 0.0
    # One thread: the last digits of a sum depend on how many share it.
    with threadpool_limits(1):
        score = model.fit(table[fitted], member[fitted]).predict_proba(table[~fitted])[:, 1]
    tried = member[~fitted]
    return area_under_curve(score[tried], score[~tried]), int(min(tried.sum(), (~tried).sum()))


def _table(asked: list[NDArray[Any]], reference: list[NDArray[Any]]) -> tuple[Floats, list[int]]:
    """Stack both sides as numbers; categories are numbered in the order of their text, the rarest as one."""
    columns, categories = [], []
    for place, both in enumerate(zip(asked, reference, strict=True)):
        column = np.concatenate(both)
        if column.dtype == object:
            names, counts = np.unique(column.astype(str), return_counts=True)
            kept = np.sort(names[np.argsort(-counts, kind="stable")[:_CATEGORIES]])
            spot = np.minimum(np.searchsorted(kept, column.astype(str)), len(kept) - 1)
            column = np.where(kept[spot] == column.astype(str), spot, len(kept))
            categories.append(place)
        # An infinite value is as far as a float goes; a tree looks at the order alone.
        columns.append(np.clip(column.astype(np.float64), -1e308, 1e308))
    return np.column_stack(columns), categories
