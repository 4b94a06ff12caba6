"""Handwritten digits as ready-made predictions: 1,797 rows that ship with scikit-learn, ten classes, 16 features."""

from pathlib import Path

import numpy as np
import pandas as pd

CLASSES = tuple("0123456789")


def frames() -> dict[str, pd.DataFrame]:
    """The two halves, with what a logistic regression on one of them reads: `holdout` and `training`.

    A feature is the ink in one of sixteen squares; `stroke` tells thick from thin writing and is none.
    """
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression

    found = load_digits()
    ink = found.images.reshape(-1, 4, 2, 4, 2).sum(axis=(2, 4)).reshape(-1, 16)
    stroke = np.where(ink.sum(axis=1) >= np.median(ink.sum(axis=1)), "thick", "thin")
    half = np.random.default_rng(0).permutation(len(ink)) % 2 == 0
    model = LogisticRegression(C=1e-3, max_iter=2_000).fit(ink[half], found.target[half])
    rows = pd.DataFrame(ink, columns=[f"ink_{place}" for place in range(16)])
    rows = rows.assign(stroke=stroke, digit=found.target, read=model.predict(ink))
    return {"training": rows[half], "holdout": rows[~half]}


def write_digits(folder: Path) -> None:
    """Write `holdout.csv` and `training.csv`."""
    for name, rows in frames().items():
        rows.to_csv(folder / f"{name}.csv", index=False)
