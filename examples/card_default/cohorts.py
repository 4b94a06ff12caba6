"""Turns the 30,000 raw card clients into the frame of one monthly cohort: pure functions, no files."""

import hashlib
from calendar import monthrange
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

# The raw file counts backwards from September and skips PAY_1.
_MONTHS: Final = ("2005-09", "2005-08", "2005-07", "2005-06", "2005-05", "2005-04")
_STATUS: Final = ("PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6")
_WINDOW: Final = 3

COHORTS: Final = ("2005-06", "2005-07", "2005-08", "2005-09")
"""Months that have three months of history and a known outcome, oldest first."""

FEATURES: Final = ("limit", *(f"{name}_{back}" for name in ("pay", "util", "paid") for back in range(_WINDOW)))
"""What the model sees, in order; suffix 0 is the cohort's own month, 1 and 2 the months before it."""

LABEL: Final = "late_next_month"
"""1 when the client is two or more months late in the month after the cohort's, else 0."""

TRAINING_SHARE: Final = 0.6
"""Share of clients whose June rows the model is fitted on; the others are never trained on."""

AGE_BANDS: Final = ("under 25", "25-39", "40-54", "55+")
"""Bands over whole years of age; the README says why 55."""

_SEX: Final = {1: "men", 2: "women"}
_EDUCATION: Final = {1: "graduate school", 2: "university", 3: "high school", 4: "other"}
_MARRIAGE: Final = {1: "married", 2: "single", 3: "other"}


def cohort(raw: pd.DataFrame, month: str) -> pd.DataFrame:
    """All clients as seen at the end of `month` (YYYY-MM): key, features, attributes, label. KeyError if not a cohort.

    `pay` is months late (-2 no use, -1 paid duly, 0 revolving, 1 and more late), `util` bill over limit (1 is the
    whole limit, negative a credit balance), `paid` and `limit` New Taiwan dollars.
    """
    first = _position(month)
    raw = raw.astype("int64")
    limit = raw["LIMIT_BAL"]
    back = range(_WINDOW)
    columns = {"client_id": raw["ID"], "limit": limit}
    columns |= {f"pay_{i}": raw[_STATUS[first + i]] for i in back}
    columns |= {f"util_{i}": raw[f"BILL_AMT{first + i + 1}"] / limit for i in back}
    columns |= {f"paid_{i}": raw[f"PAY_AMT{first + i + 1}"] for i in back}
    return pd.DataFrame(columns | _attributes(raw) | {LABEL: late_next_month(raw, month)})


def late_next_month(raw: pd.DataFrame, month: str) -> pd.Series:
    """The label, 0 or 1: status of the next month is 2 or more; for September it is the published October default."""
    first = _position(month)
    late = raw["target"] == 1 if first == 0 else raw[_STATUS[first - 1]] >= 2
    return late.astype("int64")


def in_training(client_id: pd.Series) -> pd.Series:
    """True for the clients that may be trained on: the same ones for ever, whatever the order or number of rows."""
    shares = [int.from_bytes(hashlib.sha256(f"card_default:{key}".encode()).digest()[:8]) / 2**64 for key in client_id]
    return pd.Series(np.array(shares) < TRAINING_SHARE, index=client_id.index)


def as_of(month: str) -> date:
    """Last day of the cohort's month: what is known then is in the features, and nothing later."""
    year, number = map(int, month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def _position(month: str) -> int:
    if month not in COHORTS:
        raise KeyError(f"{month} is not a cohort: choose one of {', '.join(COHORTS)}.")
    return _MONTHS.index(month)


def _attributes(raw: pd.DataFrame) -> dict[str, pd.Series]:
    """Sensitive attributes as words; codes that the source does not document become `unknown`."""
    bands = pd.cut(raw["AGE"], [0, 24, 39, 54, 150], labels=list(AGE_BANDS)).astype("object")
    return {
        "sex": raw["SEX"].map(_SEX).fillna("unknown"),
        "age_band": bands,
        "education": raw["EDUCATION"].map(_EDUCATION).fillna("unknown"),
        "marriage": raw["MARRIAGE"].map(_MARRIAGE).fillna("unknown"),
    }
