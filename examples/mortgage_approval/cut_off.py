"""Prints the table behind the cut-off: out-of-fold results on the training rows, and on nothing else."""

from typing import Final

import pandas as pd
from applications import FEATURES, KEY, LABEL, applications, part
from artifact import estimator
from build import source
from sklearn.model_selection import StratifiedKFold, cross_val_predict

CANDIDATES: Final = (0.50, 0.60, 0.70, 0.72, 0.73, 0.74, 0.75, 0.80, 0.90)


def training_rows() -> pd.DataFrame:
    """The applications that may be trained on."""
    frame = applications(source())
    return frame[part(frame[KEY]) == "train"]


def table(label: pd.Series, score: pd.Series) -> pd.DataFrame:
    """For each candidate: share that the model approves, that the lenders approved, and on which both agree."""
    rows = []
    for cut_off in CANDIDATES:
        approved = score >= cut_off
        agree = (approved == (label == 1)).mean()
        rows.append({"cut_off": cut_off, "model": approved.mean(), "lenders": label.mean(), "agree": agree})
    return pd.DataFrame(rows)


def main() -> None:
    """Print the table; each row is scored by a model that was fitted without it (five folds)."""
    frame = training_rows()
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    found = cross_val_predict(estimator(), frame[list(FEATURES)], frame[LABEL], cv=folds, method="predict_proba")[:, 1]
    print(table(frame[LABEL], pd.Series(found, index=frame.index)).round(4).to_string(index=False))


if __name__ == "__main__":
    main()
