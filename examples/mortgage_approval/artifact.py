"""The trained model, and its bytes."""

import io
from typing import Final

import joblib  # type: ignore[import-untyped]
import pandas as pd
from applications import FEATURES, LABEL
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

APPROVED: Final = 1
"""The class whose probability is the score."""


def estimator() -> Pipeline:
    """The unfitted model: about a hundred denials carry ten coefficients, and no more."""
    return make_pipeline(StandardScaler(), LogisticRegression())


def trained(frame: pd.DataFrame) -> Pipeline:
    """A model fitted on the features of `frame`, in one thread, so that sums come out alike on every machine."""
    with threadpool_limits(limits=1):
        return estimator().fit(frame[list(FEATURES)], frame[LABEL])


def scores(model: Pipeline, frame: pd.DataFrame) -> pd.Series:
    """The probability of approval for each row of `frame`."""
    with threadpool_limits(limits=1):
        probabilities = model.predict_proba(frame[list(FEATURES)])
    return pd.Series(probabilities[:, list(model.classes_).index(APPROVED)], index=frame.index)


def content(model: Pipeline) -> bytes:
    """The fitted model as joblib bytes."""
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    return buffer.getvalue()
