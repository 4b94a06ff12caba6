"""The estimator that stands in for the model: the same one with all features and with fewer, so that both compare."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from hallmark.assess.arrays import Floats, Mask
from hallmark.assess.remedies.refit.rows import Coding, Rows

TREES, RATE, SHRINKAGE = 25, 0.2, 2.0
"""Fewer trees that learn faster than the usual ones: it stands in for the model before and after a change alike."""

METHOD = f"HistGradientBoosting of {TREES} trees with up to 15 leaves (learning rate {RATE}, L2 {SHRINKAGE:g})"


def scored(coding: Coding, fitted: Rows, asked: list[Floats], seed: int, without: str = "") -> list[Floats]:
    """Fit on `fitted`, leaving out one feature, and return the scores (forecasts) of each table of features."""
    columns = [place for place, name in enumerate(coding.names) if name != without]
    table = fitted.features[:, columns].copy()
    # A column that is empty where the model is fitted tells it nothing, and has no quantiles to be binned by.
    table[:, np.isnan(table).all(axis=0)] = 0.0
    binary = set(np.unique(fitted.outcome).tolist()) <= {0.0, 1.0}
    kind = HistGradientBoostingClassifier if binary else HistGradientBoostingRegressor
    model = kind(
        max_iter=TREES,
        learning_rate=RATE,
        l2_regularization=SHRINKAGE,
        max_leaf_nodes=15,
        early_stopping=False,
        categorical_features=[coding.unordered[place] for place in columns],
        random_state=seed % 2**32,
    )
    model.fit(table, fitted.outcome)
    tell = model.predict_proba if binary else model.predict
    found = [np.asarray(tell(features[:, columns]), dtype=np.float64) for features in asked]
    return [one[:, 1] for one in found] if binary else found


def joined(first: Rows, second: Rows) -> Rows:
    """The rows of both."""
    return Rows(
        features=np.concatenate([first.features, second.features]),
        outcome=np.concatenate([first.outcome, second.outcome]),
        codes={name: np.concatenate([codes, second.codes[name]]) for name, codes in first.codes.items()},
        half=np.concatenate([first.half, second.half]),
    )


def part(rows: Rows, mask: Mask) -> Rows:
    """Some of the rows."""
    return Rows(
        features=rows.features[mask],
        outcome=rows.outcome[mask],
        codes={name: codes[mask] for name, codes in rows.codes.items()},
        half=rows.half[mask],
    )
