"""How close a forecast of a number comes: MAE, pinball loss, bias, RMSE, R2, and errors by decile of the forecast."""

import math
from collections.abc import Mapping

import numpy as np

from hallmark.assess.arrays import Floats
from hallmark.assess.intervals import Interval, mean, undefined
from hallmark.assess.performance.means import function_of_means
from hallmark.assess.performance.sample import Found, Sample
from hallmark.assess.performance.slices import LEAST, slices

HEAVY = 0.2
"""Share of the squared errors that the largest hundredth of them makes up; normal errors show 0.08."""

DECILES, FIFTHS = 10, 5


def forecast(sample: Sample, quantile: float | None) -> list[Found]:
    """Return MAE, bias, RMSE and R2 over the rows with a label, and the pinball loss where a quantile is declared."""
    # Errors beyond the range of a float become infinite, and what is not finite gets no number.
    with np.errstate(over="ignore", invalid="ignore"):
        return [*_forecast(sample), *([] if quantile is None else [_pinball(sample, quantile)])]


def _forecast(sample: Sample) -> list[Found]:
    n = len(sample)
    warning = "; " + tails(sample) if tails(sample) else ""
    return [
        Found(measure="mae", estimate=sample.measured(_mae), n=n, method="mean of |outcome - forecast|; t limits"),
        Found(measure="bias", estimate=sample.measured(_bias), n=n, method="mean of outcome - forecast; t limits"),
        Found(
            measure="rmse",
            estimate=sample.measured(_rmse),
            n=n,
            method=f"root of the mean squared error; ABC limits, the analytic form of BCa{warning}",
        ),
        Found(
            measure="r2",
            estimate=sample.measured(_r2),
            n=n,
            method="1 - squared error over squared deviation from the mean; ABC limits, the analytic form of BCa"
            + warning,
        ),
    ]


def tails(sample: Sample) -> str:
    """Return a warning where few rows make up most of the squared error; "" where they do not."""
    share = largest(sample)
    if share is None or share <= HEAVY:
        return ""
    return f"the largest hundredth of the errors is {share:.0%} of their squares, so these limits are too narrow"


def largest(sample: Sample) -> float | None:
    """Return the share of the squared errors that the largest hundredth (ten rows at least) makes up."""
    if sample.problem or len(sample) < 100:
        return None
    with np.errstate(over="ignore"):
        squares = np.sort(_errors(sample) ** 2)
        total = float(squares.sum())
    return float(squares[-max(len(squares) // 100, LEAST) :].sum()) / total if 0 < total < math.inf else None


def table(sample: Sample) -> list[Mapping[str, object]]:
    """Return the errors by decile of the forecast: their mean, and the means of their fifths in ascending order.

    Means of ten rows or more stand where quantiles would, since a quantile is the value of a row.
    """
    if sample.problem:
        return []
    parts = [(sample.score[part], _errors(sample)[part]) for part in slices(sample.score, DECILES)]
    with np.errstate(over="ignore", invalid="ignore"):
        return [
            {
                "rows": len(errors),
                "mean_forecast": _average(score),
                "mean_error": _average(errors),
                "mean_absolute_error": _average(np.abs(errors)),
                "mean_squared_error": _average(errors**2),
                "mean_error_by_fifth": _fifths(errors),
            }
            for score, errors in parts
        ]


def _average(values: Floats) -> float | None:
    """Return the mean; None where it is beyond a float."""
    average = float(values.mean())
    return average if math.isfinite(average) else None


def spread(sample: Sample) -> float | None:
    """Return the mean squared deviation of the outcome from its mean, None of fewer than ten rows or beyond a float."""
    if sample.problem or len(sample) < LEAST:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        variance = float(np.var(sample.outcome))
    return variance if math.isfinite(variance) else None


def _fifths(errors: Floats) -> list[float | None]:
    if len(errors) < FIFTHS * LEAST:
        return []
    return [_average(part) for part in np.array_split(np.sort(errors), FIFTHS)]


def _errors(sample: Sample) -> Floats:
    errors: Floats = sample.outcome - sample.score
    return errors


def _mae(sample: Sample) -> Interval:
    return mean(np.abs(_errors(sample)), low=0.0, high=math.inf)


def _bias(sample: Sample) -> Interval:
    return mean(_errors(sample), low=-math.inf, high=math.inf)


def _pinball(sample: Sample, quantile: float) -> Found:
    def loss(one: Sample) -> Interval:
        errors = _errors(one)
        return mean(np.maximum(quantile * errors, (quantile - 1) * errors), low=0.0, high=math.inf)

    return Found(
        measure="pinball",
        estimate=sample.measured(loss),
        n=len(sample),
        method=f"mean of max(q e, (q - 1) e), e = outcome - forecast, q = {quantile:g}; t limits",
    )


def _rmse(sample: Sample) -> Interval:
    return function_of_means(_errors(sample)[:, None] ** 2, lambda means: _root(means[0]))


def _root(number: float) -> float:
    return math.sqrt(number) if number >= 0 else math.nan


def _r2(sample: Sample) -> Interval:
    outcome = sample.outcome - sample.outcome.mean()
    if not outcome.any():
        return undefined(f"all {len(outcome)} labels are equal, so there is no variance to explain")
    columns = np.column_stack([_errors(sample) ** 2, outcome**2, outcome])
    return function_of_means(columns, lambda means: _explained(*means))


def _explained(squared_error: float, square: float, centre: float) -> float:
    spread = square - centre**2
    return 1 - squared_error / spread if spread > 0 else math.nan
