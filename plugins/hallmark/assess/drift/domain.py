"""The domain classifier: how well all features together tell a row of the cohort from one of the reference data."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from hallmark.assess.arrays import Floats, Mask
from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.drift.queries import Sample, sample
from hallmark.assess.intervals import Interval, area_under_curve, undefined

LIMIT = 20_000
"""The most rows that are drawn from each side."""

FEWEST = 100
"""Below so many rows on a side, or a tenth of them in a part of the split, nothing is learnt."""

_CODES = 200

METHOD = (
    f"AUC of HistGradientBoostingClassifier on the held-out half of one split by key; up to {LIMIT} rows a side, those "
    "with the least hash of key and seed; limits of DeLong on the logit scale"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How well the two were told apart; `n` is the number of held-out rows of the smaller side."""

    estimate: Interval
    n: int
    counts: Mapping[str, object]


def tell_apart(data: Dataset, reference: Dataset, seed: int) -> Told:
    """Fit on one half of the keys, and rank the rows of the other half.

    A client of both datasets lies in one half only. Columns that cannot be compared enter by being missing alone.
    """
    if min(data.rows, reference.rows) < FEWEST:
        rows = f"{data.rows} rows in the cohort and {reference.rows} in the reference data"
        return Told(estimate=undefined(f"{rows}: a classifier needs {FEWEST} on each side"), n=0, counts={})
    scales = {name: _shared(name, data, reference) for name in data.manifest.features}
    now, then = sample(data, scales, seed, LIMIT), sample(reference, scales, seed, LIMIT)
    parts = {
        "cohort": {"fitted": int((~now.held_out).sum()), "held_out": int(now.held_out.sum())},
        "reference": {"fitted": int((~then.held_out).sum()), "held_out": int(then.held_out.sum())},
    }
    return Told(
        estimate=_area(now, then, scales, seed, fewest=min(min(side.values()) for side in parts.values())),
        n=min(side["held_out"] for side in parts.values()),
        counts={**parts, "left_out": [name for name, scale in scales.items() if scale is None]},
    )


def _shared(name: str, data: Dataset, reference: Dataset) -> Scale | None:
    return data.scale(name) if data.scale(name) is reference.scale(name) else None


def _area(now: Sample, then: Sample, scales: Mapping[str, Scale | None], seed: int, *, fewest: int) -> Interval:
    if fewest < FEWEST // 10:
        return undefined(f"the split by key leaves {fewest} rows in one part: too few clients")
    held_out = np.concatenate([now.held_out, then.held_out])
    cohort = np.arange(len(held_out)) < len(now.held_out)
    columns = {name: np.concatenate([now.features[name], then.features[name]]) for name in scales}
    infinite = [name for name, scale in scales.items() if scale is Scale.NUMBER and np.isinf(columns[name]).any()]
    if infinite:
        return undefined(f"{infinite[0]!r} has infinite values")
    coded = [
        _codes(columns[name], ~held_out) if scale is Scale.CATEGORY else columns[name].astype(np.float64)
        for name, scale in scales.items()
    ]
    apart = [scale is Scale.CATEGORY for scale in scales.values()]
    score = _scores(np.column_stack(coded), cohort, ~held_out, apart, seed)
    return area_under_curve(score[cohort[held_out]], score[~cohort[held_out]])


def _scores(features: Floats, cohort: Mask, fitted: Mask, categorical: list[bool], seed: int) -> Floats:
    """Return the scores of the other rows by a classifier that saw the `fitted` ones."""
    classifier = HistGradientBoostingClassifier(
        max_iter=50,
        max_leaf_nodes=15,
        min_samples_leaf=max(1, min(20, int(fitted.sum()) // 20)),
        early_stopping=False,
        categorical_features=categorical,
        random_state=seed % 2**32,
    )
    # A column that is empty where the classifier is fitted tells it nothing, and has no quantiles to be binned by.
    features[:, np.isnan(features[fitted]).all(axis=0)] = 0.0
    # One thread: sums of gradients come out alike on every machine.
    with threadpool_limits(1):
        classifier.fit(features[fitted], cohort[fitted])
        return np.asarray(classifier.predict_proba(features[~fitted])[:, 1], dtype=np.float64)


def _codes(values: NDArray[np.object_], fitted: Mask) -> Floats:
    """Return a number for each text: its rank by frequency where fitted, one for all rare ones, NaN for null."""
    names, counts = np.unique(values[fitted].astype(str), return_counts=True)
    common = names[np.lexsort((names, -counts))][:_CODES]
    code = {name: float(rank) for rank, name in enumerate(common)}
    every, where = np.unique(values.astype(str), return_inverse=True)
    return np.array([np.nan if name == "" else code.get(name, float(_CODES)) for name in every])[where]
