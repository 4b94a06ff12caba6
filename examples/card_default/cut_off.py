"""Prints the table behind the cut-off: out-of-fold results on the June training rows, and on nothing else."""

from typing import Final

import cohorts
import pandas as pd
from artifact import estimator
from build import source
from sklearn.model_selection import StratifiedKFold, cross_val_predict

COST_OF_LATE: Final = 4
"""What one client with an open line who is then two months late costs, in good clients whose line was closed."""

CANDIDATES: Final = (0.10, 0.15, 0.20, 0.25, 0.30, 0.40, 0.50)


def training_rows() -> pd.DataFrame:
    """June of the clients that may be trained on."""
    frame = cohorts.cohort(source(), "2005-06")
    return frame[cohorts.in_training(frame["client_id"])]


def table(label: pd.Series, score: pd.Series) -> pd.DataFrame:
    """For each candidate: share of lines kept open, share of those late, and cost per 100 clients."""
    rows = []
    for cut_off in CANDIDATES:
        kept = score < cut_off
        cost = COST_OF_LATE * (kept & (label == 1)).mean() + (~kept & (label == 0)).mean()
        rows.append({"cut_off": cut_off, "open": kept.mean(), "late_if_open": label[kept].mean(), "cost": 100 * cost})
    return pd.DataFrame(rows)


def main() -> None:
    """Print the table; each row is scored by a model that was fitted without it (five folds)."""
    frame = training_rows()
    label = frame[cohorts.LABEL]
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    score = cross_val_predict(estimator(), frame[list(cohorts.FEATURES)], label, cv=folds, method="predict_proba")[:, 1]
    print(table(label, pd.Series(score, index=label.index)).round(4).to_string(index=False))


if __name__ == "__main__":
    main()
