"""The trained model, and its bytes."""

import pickle
from typing import Final

import pandas as pd
from patients import FEATURES, LABEL
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

_PROTOCOL: Final = 5


def estimator() -> Pipeline:
    """The unfitted model: nine standardised columns, shrunk a little, because the serum values go together."""
    return make_pipeline(StandardScaler(), Ridge(alpha=10.0))


def trained(frame: pd.DataFrame) -> bytes:
    """A model fitted on the features of `frame`, as pickle bytes that depend on the rows alone."""
    with threadpool_limits(limits=1):
        model = estimator().fit(frame[list(FEATURES)], frame[LABEL])
    return pickle.dumps(model, protocol=_PROTOCOL)
