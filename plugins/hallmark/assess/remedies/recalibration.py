"""What recalibration would do: fitted on one half of the rows, measured on the other."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from hallmark.assess import brier
from hallmark.assess.arrays import Floats, Integers
from hallmark.assess.intervals import Interval, mean
from hallmark.assess.performance.calibration import fitted, in_the_large, logits, slope, squares
from hallmark.assess.performance.ranking import auc
from hallmark.assess.performance.sample import Sample
from hallmark.assess.performance.threshold import confusion

LEAST = 100
"""Fewer rows are not split."""

MOST = 100_000
"""No half has more rows: limits are narrow enough there, and time stays bounded."""

FARTHEST = 30.0
"""No intercept beyond it is looked for: it would move a score of a half to 1e-13."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A recalibration: the new logit is `intercept` plus `slope` times the old one."""

    intercept: float
    slope: float


def recalibration(sample: Sample, cut_off: float, seed: int) -> Mapping[str, object]:
    """Return what two recalibrations, fitted on a random half, make of the other half, and whether they help there.

    The one moves the intercept alone, the other fits intercept and slope (Cox 1958; Platt 1999).
    """
    if sample.problem or len(sample) < LEAST:
        return {
            "reason": sample.problem or f"{len(sample)} rows are too few to fit on one half and measure on the other"
        }
    first, second = _halves(sample, seed)
    if not first.smaller or not second.smaller:
        return {"reason": "one half of the rows has outcomes of one class alone"}
    return {
        "fitted_on": len(first),
        "measured_on": len(second),
        "seed": seed,
        "as_it_is": _measured(second, cut_off),
        "intercept": _tried(second, _intercept(first), cut_off),
        "intercept_and_slope": _tried(second, _line(first), cut_off),
    }


def _halves(sample: Sample, seed: int) -> tuple[Sample, Sample]:
    order, middle = np.random.default_rng(seed).permutation(len(sample)), len(sample) // 2
    return _some(sample, order[:middle][:MOST]), _some(sample, order[middle:][:MOST])


def _some(sample: Sample, rows: Integers) -> Sample:
    chosen = np.sort(rows)
    return Sample(outcome=sample.outcome[chosen], score=sample.score[chosen])


def _intercept(sample: Sample) -> Line:
    """Return the intercept at which the mean score is the observed rate."""
    return Line(intercept=intercept(logits(sample.score), float(sample.outcome.mean())), slope=1.0)


def intercept(x: Floats, rate: float) -> float:
    """Return what has to be added to the logits `x` so that their mean probability is `rate`, in (0, 1)."""

    def excess(shift: float) -> float:
        return float(expit(x + shift).mean()) - rate

    return float(brentq(excess, -FARTHEST, FARTHEST, xtol=1e-12))


def _line(sample: Sample) -> Line | str:
    fit = fitted(sample)
    return fit if isinstance(fit, str) else Line(intercept=fit[0], slope=fit[1])


def _tried(second: Sample, line: Line | str, cut_off: float) -> Mapping[str, object]:
    if isinstance(line, str):
        return {"reason": line}
    score: Floats = expit(line.intercept + line.slope * logits(second.score))
    change = mean((second.outcome - score) ** 2 - squares(second), low=-1.0, high=1.0)
    # A negative slope turns the order round.
    order = np.argsort(score, kind="stable")
    after = Sample(outcome=second.outcome[order], score=score[order])
    return {**asdict(line), **_measured(after, cut_off), "brier_change": _numbers(change), "says": brier.says(change)}


def _measured(sample: Sample, cut_off: float) -> Mapping[str, object]:
    return {
        "calibration_in_the_large": _numbers(in_the_large(sample)),
        "calibration_slope": _numbers(slope(sample)),
        "brier": _numbers(mean(squares(sample), low=0.0, high=1.0)),
        "auc": _numbers(auc(sample)),
        "at_cut_off": confusion(sample, cut_off),
    }


def _numbers(estimate: Interval) -> Mapping[str, object]:
    if estimate.value is None:
        return {"reason": estimate.reason}
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}
