"""The measures of performance."""

from functools import partial

from hallmark.measures.measure import SHARE, Better, Kind, Measure, Task

performance = partial(Measure, kind=Kind.SAMPLE, tasks=(Task.BINARY,))

PERFORMANCE = (
    performance(
        name="performance.auc",
        title="area under the ROC curve",
        says="the area under the ROC curve is",
        unit=SHARE,
        better=Better.HIGHER,
        low=0.0,
        high=1.0,
        counts="rows of the smaller class",
        source="Mann-Whitney",
        interval="DeLong 1988 on the logit scale",
    ),
    performance(
        name="performance.calibration_in_the_large",
        title="observed rate minus mean score",
        says="the observed rate differs from the mean score by",
        unit=SHARE,
        better=Better.PARITY,
        low=-1.0,
        high=1.0,
        expect=0.0,
        source="mean residual",
        interval="t",
    ),
    performance(
        name="performance.calibration_slope",
        title="slope of the outcome on the logit of the score",
        says="the slope of the outcome on the score is",
        unit="slope",
        better=Better.PARITY,
        low=None,
        high=None,
        expect=1.0,
        source="Cox 1958, logistic regression",
        interval="Wald",
    ),
    performance(
        name="performance.brier",
        title="mean squared error of the score",
        says="the mean squared error of the score is",
        unit="score",
        better=Better.LOWER,
        low=0.0,
        high=1.0,
        source="Brier 1950",
        interval="t",
    ),
)
"""In the order in which they are shown."""
