"""Prints what the model does out of fold on the training rows, and on nothing else: what the bounds rest on."""

from typing import Final

import pandas as pd
from artifact import estimator
from patients import FEATURES, KEY, LABEL, part, patients
from sklearn.dummy import DummyRegressor
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import KFold, cross_val_predict

MODELS: Final = {
    "the training median": DummyRegressor(strategy="median"),
    "the training mean": DummyRegressor(),
    "the model": estimator(),
}


def training_rows() -> pd.DataFrame:
    """The patients that may be trained on."""
    frame = patients()
    return frame[part(frame[KEY]) == "train"]


def main() -> None:
    """Print the table; each row is predicted by a model that was fitted without it (five folds)."""
    frame = training_rows()
    rows = []
    for name, model in MODELS.items():
        folds = KFold(5, shuffle=True, random_state=0)
        found = cross_val_predict(model, frame[list(FEATURES)], frame[LABEL], cv=folds)
        errors = {"mae": mean_absolute_error, "rmse": root_mean_squared_error, "r2": r2_score}
        rows.append({"": name} | {key: error(frame[LABEL], found) for key, error in errors.items()})
    print(pd.DataFrame(rows).round(3).to_string(index=False))


if __name__ == "__main__":
    main()
