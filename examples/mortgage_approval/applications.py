"""Turns the 1,989 published applications into the frame that is assessed: pure functions, no files."""

import hashlib
from typing import Final

import numpy as np
import pandas as pd

KEY: Final = "application_id"
"""The row of the published table, counted from 1: it has no key of its own."""

FEATURES: Final = (
    "income",
    "net_worth",
    "loan_to_value",
    "housing_ratio",
    "debt_ratio",
    "consumer_credit",
    "mortgage_credit",
    "public_record",
    "self_employed",
    "unemployment",
)
"""What the model sees, in order: facts about the applicant and the loan that the lender knew before deciding."""

LABEL: Final = "approved"
"""1 when the lender approved the loan, else 0: a decision of people, not whether the loan was paid back."""

LOAN_TO_VALUE_BANDS: Final = ("up to 80 %", "above 80 %")
"""The declared segments: above four fifths of the value a lender usually wants the mortgage insured."""

TRAINING_SHARE: Final = 0.4
"""Share of applications that the model is fitted on."""

REFERENCE_SHARE: Final = 0.2
"""Share that the drift of the others is measured against; never trained on. The rest is the holdout."""

PARTS: Final = ("train", "reference", "holdout")
"""The parts of the split, in the order of their shares."""

_NOT_PROVIDED: Final = "not provided"


def applications(raw: pd.DataFrame) -> pd.DataFrame:
    """All applications: key, features, attributes, segment, label.

    `income` is US dollars a month with the co-applicant's, `net_worth` thousands of US dollars, `loan_to_value` the
    loan over the lesser of price and appraisal, `housing_ratio`, `debt_ratio` and `unemployment` are per cent.
    """
    loan_to_value = raw["loanamt"] / raw[["price", "apr"]].min(axis=1)
    columns = {
        KEY: raw["row"],
        "income": raw["atotinc"] + raw["cototinc"],
        "net_worth": raw["netw"],
        "loan_to_value": loan_to_value,
        "housing_ratio": raw["hrat"],
        "debt_ratio": raw["obrat"],
        "consumer_credit": raw["cons"],
        "mortgage_credit": raw["mortg"],
        "public_record": raw["pubrec"],
        "self_employed": raw["self"],
        "unemployment": raw["unem"],
        "loan_to_value_band": np.where(loan_to_value <= 0.8, *LOAN_TO_VALUE_BANDS),
    }
    return pd.DataFrame(columns | _attributes(raw) | {LABEL: raw["approve"]})


def part(key: pd.Series) -> pd.Series:
    """`train`, `reference` or `holdout` for each key: the same for ever, whatever the order or number of rows."""
    digests = [hashlib.sha256(f"mortgage_approval:{one}".encode()).digest() for one in key]
    shares = np.array([int.from_bytes(digest[:8]) / 2**64 for digest in digests])
    cuts = [TRAINING_SHARE, TRAINING_SHARE + REFERENCE_SHARE]
    return pd.Series(np.array(PARTS)[np.searchsorted(cuts, shares, side="right")], index=key.index)


def checked(frame: pd.DataFrame) -> pd.DataFrame:
    """The applications that a clerk would not send back: sex and marital status provided, amounts that can be."""
    told = (frame["sex"] != _NOT_PROVIDED) & (frame["marital"] != _NOT_PROVIDED)
    possible = (
        frame["loan_to_value"].between(0.01, 1.5)
        & frame["net_worth"].between(-1000, 50_000)
        & frame[["housing_ratio", "debt_ratio"]].max(axis=1).le(100)
    )
    return frame[told & possible]


def _attributes(raw: pd.DataFrame) -> dict[str, pd.Series]:
    """Sensitive attributes as words; where the source has a gap it is `not provided`."""
    return {
        "race": raw["black"].map({1: "black"}).fillna(raw["hispan"].map({1: "hispanic"})).fillna("white"),
        "sex": raw["male"].map({1: "men", 0: "women"}).fillna(_NOT_PROVIDED),
        "marital": raw["married"].map({1: "married", 0: "unmarried"}).fillna(_NOT_PROVIDED),
    }
