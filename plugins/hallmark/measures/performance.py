"""The measures of performance: of scores in [0, 1], at the cut-off, of classes, by segment, and of forecasts."""

from functools import partial

from hallmark.measures.classes import CLASSES
from hallmark.measures.measure import SHARE, Better, Kind, Measure, Spread, Task

score = partial(Measure, kind=Kind.SAMPLE, tasks=(Task.BINARY,))
share = partial(score, unit=SHARE, better=Better.HIGHER, low=0.0, high=1.0)
number = partial(Measure, kind=Kind.SAMPLE, tasks=(Task.REGRESSION,))

_DELONG = "DeLong 1988 on the logit scale; below 50 of a class Hanley and McNeil 1982"
_T, _WILSON = "t", "Wilson 1927"
_SMALLER = "rows of the smaller class"
_OF_LABEL = "unit of the label"

RANKING = (
    share(
        name="performance.auc",
        title="area under the ROC curve",
        says="the area under the ROC curve is",
        counts=_SMALLER,
        source="Mann-Whitney",
        interval=_DELONG,
    ),
    share(
        name="performance.gini",
        title="Gini coefficient",
        says="the Gini coefficient is",
        low=-1.0,
        counts=_SMALLER,
        source="twice the area under the ROC curve less one",
        interval="that of the area",
        gate=False,
        note="it says the same as the area under the ROC curve, which is judged",
    ),
    share(
        name="performance.ks_separation",
        title="largest distance between the score distributions of the two classes",
        says="the score distributions of the two classes are apart by",
        counts=_SMALLER,
        source="Kolmogorov-Smirnov D between the classes",
        interval="Kolmogorov's distribution, conservative",
    ),
    share(
        name="performance.average_precision",
        title="average precision",
        says="the average precision is",
        counts="rows with the positive outcome",
        source="mean precision at each positive; the share of positives is what scores without information reach",
        interval="infinitesimal jackknife (Jaeckel 1972) on the logit scale",
    ),
    score(
        name="performance.auc_drop",
        title="area under the ROC curve on the training data minus that on the cohort",
        says="from the training data to the cohort the area under the ROC curve fell by",
        unit=SHARE,
        better=Better.LOWER,
        low=-1.0,
        high=1.0,
        expect=0.0,
        counts=_SMALLER,
        source="difference of two independent areas",
        interval="limits of DeLong joined by squares (Zou and Donner 2008)",
    ),
    score(
        name="performance.auc_gain",
        title="area under the ROC curve minus that of the challenger",
        says="against the challenger the area under the ROC curve is greater by",
        unit=SHARE,
        better=Better.HIGHER,
        low=-1.0,
        high=1.0,
        counts=_SMALLER,
        source="difference of two areas over the same rows",
        interval="paired DeLong 1988",
        challenger=True,
    ),
)
"""How well the score ranks."""

CALIBRATION = (
    score(
        name="performance.calibration_in_the_large",
        title="observed rate minus mean score",
        says="the observed rate differs from the mean score by",
        unit=SHARE,
        better=Better.PARITY,
        low=-1.0,
        high=1.0,
        expect=0.0,
        source="mean residual",
        interval=_T,
    ),
    score(
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
    score(
        name="performance.brier",
        title="mean squared error of the score",
        says="the mean squared error of the score is",
        unit="score",
        better=Better.LOWER,
        low=0.0,
        high=1.0,
        source="Brier 1950",
        interval=_T,
    ),
    score(
        name="performance.log_loss",
        title="mean logarithmic loss of the score",
        says="the logarithmic loss of the score is",
        unit="nats",
        better=Better.LOWER,
        low=0.0,
        high=None,
        source="Good 1952; scores are kept 1e-6 away from 0 and 1, so that a certain wrong answer costs 13.8",
        interval=_T,
    ),
    score(
        name="performance.calibration_error",
        title="expected calibration error beyond that of a calibrated score",
        says="the expected calibration error exceeds that of a calibrated score by",
        unit=SHARE,
        better=Better.LOWER,
        low=-1.0,
        high=1.0,
        expect=0.0,
        source="mean distance of observed rate and mean score over ten slices, less its simulated mean under them",
        gate=False,
        note="the raw error of a perfectly calibrated score is 0.03 to 0.06 at 300 rows; the slope is judged",
    ),
)
"""How well the score says how likely."""

THRESHOLD = (
    share(
        name="performance.recall",
        title="rows with the positive outcome that the cut-off catches",
        says="of the positive outcomes the cut-off catches",
        counts="rows with the positive outcome",
        source="confusion counts at the cut-off of the manifest",
        interval=_WILSON,
    ),
    share(
        name="performance.precision",
        title="rows at or above the cut-off that have the positive outcome",
        says="of the rows at or above the cut-off the outcome is positive in",
        counts="rows at or above the cut-off",
        source="confusion counts at the cut-off of the manifest",
        interval=_WILSON,
    ),
    share(
        name="performance.specificity",
        title="rows with the negative outcome that the cut-off leaves alone",
        says="of the negative outcomes the cut-off leaves alone",
        counts="rows with the negative outcome",
        source="confusion counts at the cut-off of the manifest",
        interval=_WILSON,
    ),
    share(
        name="performance.accuracy",
        title="rows on the right side of the cut-off, or of the class that was predicted",
        says="rightly told are",
        tasks=(Task.BINARY, Task.MULTICLASS),
        source="confusion counts at the cut-off of the manifest, or of the declared classes",
        interval=_WILSON,
        gate=False,
        note="a constant answer reaches the share of the larger class; the classes are judged one by one and as a mean",
    ),
)
"""What the score does at the cut-off; positive is what the label calls so, the side at or above the cut-off."""

SEGMENTED = (
    share(
        name="performance.segment_auc",
        title="area under the ROC curve within a segment",
        says="{group}: the area under the ROC curve is",
        counts="rows of the smaller class in the segment",
        spread=Spread.SEGMENTS,
        source="Mann-Whitney",
        interval=_DELONG,
    ),
    score(
        name="performance.segment_calibration",
        title="observed rate minus mean score within a segment",
        says="{group}: the observed rate differs from the mean score by",
        unit=SHARE,
        better=Better.PARITY,
        low=-1.0,
        high=1.0,
        expect=0.0,
        counts="rows of the segment",
        spread=Spread.SEGMENTS,
        source="mean residual",
        interval=_T,
    ),
)
"""The same, one declared segment at a time."""

FORECAST = (
    number(
        name="performance.mae",
        title="mean absolute error",
        says="the mean absolute error is",
        unit=_OF_LABEL,
        better=Better.LOWER,
        low=0.0,
        high=None,
        source="mean of |outcome - forecast|",
        interval=_T,
    ),
    number(
        name="performance.pinball",
        title="mean pinball loss at the quantile that is forecast",
        says="the pinball loss is",
        unit=_OF_LABEL,
        better=Better.LOWER,
        low=0.0,
        high=None,
        source="Koenker and Bassett 1978: mean of max(q e, (q - 1) e), e = outcome - forecast, q of the manifest",
        interval=_T,
        quantile=True,
    ),
    number(
        name="performance.bias",
        title="mean of outcome minus forecast",
        says="the mean outcome differs from the mean forecast by",
        unit=_OF_LABEL,
        better=Better.PARITY,
        low=None,
        high=None,
        expect=0.0,
        source="mean residual",
        interval=_T,
    ),
    number(
        name="performance.rmse",
        title="root of the mean squared error",
        says="the root of the mean squared error is",
        unit=_OF_LABEL,
        better=Better.LOWER,
        low=0.0,
        high=None,
        source="root of the mean of (outcome - forecast) squared",
        interval="ABC (DiCiccio and Efron 1992), the analytic form of BCa; too narrow where tails are heavy",
    ),
    number(
        name="performance.r2",
        title="share of the variance of the outcome that the forecast explains",
        says="of the variance of the outcome the forecast explains",
        unit=SHARE,
        better=Better.HIGHER,
        low=None,
        high=1.0,
        source="1 - squared error over squared deviation from the mean",
        interval="ABC (DiCiccio and Efron 1992), the analytic form of BCa; too narrow where tails are heavy",
    ),
)
"""How close a forecast of a number comes."""

PERFORMANCE = (*RANKING, *CALIBRATION, *THRESHOLD, *CLASSES, *SEGMENTED, *FORECAST)
"""In the order in which they are shown."""
