"""Turns the 442 published patients into the frame that is assessed: pure functions, no files."""

import hashlib
from typing import Final

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes

KEY: Final = "patient_id"
"""The row of the published table, counted from 1: it has no key of its own."""

_NAMES: Final = {
    "age": "age",
    "bmi": "bmi",
    "bp": "blood_pressure",
    "s1": "cholesterol",
    "s2": "ldl",
    "s3": "hdl",
    "s4": "cholesterol_ratio",
    "s5": "log_triglycerides",
    "s6": "glucose",
}

FEATURES: Final = tuple(_NAMES.values())
"""What the model sees, in order: age and measurements at the start; not sex."""

LABEL: Final = "progression"
"""A score of how far the disease went in the year after the start; higher is worse. The source gives no unit."""

TRAINING_SHARE: Final = 0.4
"""Share of patients that the model is fitted on."""

REFERENCE_SHARE: Final = 0.2
"""Share that the drift of the others is measured against; never trained on. The rest is the holdout."""

PARTS: Final = ("train", "reference", "holdout")
"""The parts of the split, in the order of their shares."""


def patients() -> pd.DataFrame:
    """All patients with the values as they were measured: key, features, attribute, label."""
    raw = load_diabetes(scaled=False, as_frame=True).frame
    columns = {KEY: pd.Series(range(1, len(raw) + 1), index=raw.index, dtype="int64")}
    columns |= {name: raw[code].astype("float64") for code, name in _NAMES.items()}
    return pd.DataFrame(columns | {"sex": raw["sex"].map({1: "code 1", 2: "code 2"}), LABEL: raw["target"]})


def part(key: pd.Series) -> pd.Series:
    """`train`, `reference` or `holdout` for each key: the same for ever, whatever the order or number of rows."""
    digests = [hashlib.sha256(f"diabetes_progression:{one}".encode()).digest() for one in key]
    shares = np.array([int.from_bytes(digest[:8]) / 2**64 for digest in digests])
    cuts = [TRAINING_SHARE, TRAINING_SHARE + REFERENCE_SHARE]
    return pd.Series(np.array(PARTS)[np.searchsorted(cuts, shares, side="right")], index=key.index)
