"""How well the score says how likely: in the large, slope, Brier score, log loss, calibration error."""

import math
from collections.abc import Mapping

import numpy as np
from scipy.special import expit, logit

from hallmark.assess.arrays import Floats, Integers, Mask
from hallmark.assess.intervals import Interval, mean, undefined, wald
from hallmark.assess.performance.sample import Found, Sample
from hallmark.assess.performance.slices import slices

CLIP = 1e-6
"""Scores are kept this far from 0 and 1 before a logarithm is taken."""

ITERATIONS, CONVERGED = 35, 1e-9
"""How many steps of Newton's method are tried, and how small the last one is."""

SLICES = 10
DRAWS = 2000
"""How often outcomes are drawn from the scores themselves, for the error that a calibrated score shows."""

LARGE = "mean of outcome - score; t limits, variance at least the mean of p(1 - p)"


def calibration(sample: Sample, seed: int) -> list[Found]:
    """Return calibration in the large, slope, Brier score, log loss, and the calibration error beyond its null."""
    n = len(sample)
    return [
        Found(measure="calibration_in_the_large", estimate=sample.measured(in_the_large), n=n, method=LARGE),
        Found(
            measure="calibration_slope",
            estimate=sample.measured(slope),
            n=n,
            method=f"logistic regression of the outcome on logit(score), clipped at {CLIP:g}, by Newton; Wald limits",
        ),
        Found(
            measure="brier",
            estimate=sample.measured(lambda one: mean(squares(one), low=0.0, high=1.0)),
            n=n,
            method="mean of (outcome - score) squared; t limits",
        ),
        Found(
            measure="log_loss",
            estimate=sample.measured(lambda one: mean(losses(one), low=0.0, high=-float(np.log(CLIP)))),
            n=n,
            method=f"mean of -log of the probability given to the outcome, clipped at {CLIP:g}; t limits",
        ),
        Found(
            measure="calibration_error",
            estimate=sample.measured(lambda one: _excess(one, seed)),
            n=n,
            method=f"calibration error over {SLICES} equal slices less its mean over {DRAWS} draws from the scores",
            seed=seed,
        ),
    ]


def in_the_large(sample: Sample) -> Interval:
    """Return the mean of outcome less score (t; the variance at least the mean of p(1 - p))."""
    score = sample.score
    return mean(sample.outcome - score, low=-1.0, high=1.0, floor=float((score * (1 - score)).mean()))


def squares(sample: Sample) -> Floats:
    """Return the squared error of each score (Brier 1950)."""
    errors: Floats = (sample.outcome - sample.score) ** 2
    return errors


def losses(sample: Sample) -> Floats:
    """Return the logarithmic loss of each score in nats (Good 1952), clipped."""
    given = np.where(sample.outcome, sample.score, 1 - sample.score)
    lost: Floats = -np.log(np.clip(given, CLIP, 1 - CLIP))
    return lost


def slope(sample: Sample) -> Interval:
    """Return the slope of a logistic regression of the outcome on the logit of the score (Cox 1958)."""
    fit = fitted(sample)
    return undefined(fit) if isinstance(fit, str) else wald(fit[1], fit[2])


def fitted(sample: Sample) -> tuple[float, float, float] | str:
    """Return intercept, slope and standard error of the slope of outcome on logit(score), or why there are none."""
    x = logits(sample.score)
    (low, high), (least, most) = (_ends(x[chosen]) for chosen in (sample.outcome, ~sample.outcome))
    if low >= most or high <= least:
        return "the scores separate the classes (or are all equal), so the slope has no finite estimate"
    try:
        fit = _newton(x, sample.outcome)
    except np.linalg.LinAlgError:
        return "the logistic regression is singular"
    return fit or "the logistic regression did not converge"


def _newton(x: Floats, outcome: Mask) -> tuple[float, float, float] | None:
    """Return intercept, slope and its standard error by Newton's method from 0, None where it finds no end.

    Raises `LinAlgError` for a singular matrix. Sums and no matrix products, so that threads change no digit and memory
    stays bounded at twenty million rows, which a library's design matrices do not.
    """
    at = np.zeros(2)
    for _ in range(ITERATIONS):
        given = expit(at[0] + at[1] * x)
        gradient, weight = _moments(outcome - given, x)[:2], given * (1 - given)
        total, cross, square = _moments(weight, x)
        information = np.array([[total, cross], [cross, square]])
        step = np.linalg.solve(information, np.array(gradient))
        at += step
        if np.abs(step).max() < CONVERGED:
            return float(at[0]), float(at[1]), math.sqrt(np.linalg.inv(information)[1, 1])
    return None


def _moments(values: Floats, x: Floats) -> tuple[float, float, float]:
    """Return the sums of `values`, of them times `x` and times its square; what is between is let go at once."""
    tilted = values * x
    return float(values.sum()), float(tilted.sum()), float((tilted * x).sum())


def _ends(values: Floats) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def logits(score: Floats) -> Floats:
    """Return the logit of each score, clipped."""
    clipped: Floats = logit(np.clip(score, CLIP, 1 - CLIP))
    return clipped


def table(sample: Sample) -> list[Mapping[str, float | int]]:
    """Return the calibration of up to ten equal slices of the rows in order of their score, and their mean losses."""
    parts = [_part(sample, one) for one in slices(sample.score, SLICES)]
    return [
        {
            "rows": len(part),
            "positives": part.positives,
            "observed": float(part.outcome.mean()),
            "mean_score": float(part.score.mean()),
            "mean_squared_error": float(squares(part).mean()),
            "mean_log_loss": float(losses(part).mean()),
        }
        for part in parts
    ]


def _part(sample: Sample, rows: slice) -> Sample:
    return Sample(outcome=sample.outcome[rows], score=sample.score[rows])


def error(sample: Sample, seed: int) -> Mapping[str, float | int] | None:
    """Return the calibration error as it is read, and its mean and 95 % quantile when the score is calibrated."""
    parts = slices(sample.score, SLICES)
    if not parts:
        return None
    rows = np.array([part.stop - part.start for part in parts])
    given = np.array([sample.score[part].mean() for part in parts])
    came = np.array([sample.outcome[part].mean() for part in parts])
    drawn = np.random.default_rng(seed).binomial(rows, given, size=(DRAWS, len(rows))) / rows
    null = _weighed(drawn, given, rows)
    return {
        "read": float(_weighed(came, given, rows)),
        "calibrated_mean": float(null.mean()),
        "calibrated_95": float(np.quantile(null, 0.95)),
        "slices": len(parts),
    }


def _weighed(came: Floats, given: Floats, rows: Integers) -> Floats:
    gaps: Floats = (np.abs(came - given) * rows).sum(axis=-1) / rows.sum()
    return gaps


def _excess(sample: Sample, seed: int) -> Interval:
    found = error(sample, seed)
    if found is None:
        return undefined(f"{len(sample)} rows are too few to be sliced")
    return Interval(value=float(found["read"] - found["calibrated_mean"]), low=None, high=None)
