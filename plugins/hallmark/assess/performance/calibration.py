"""How well the score says how likely: in the large, slope, Brier score, log loss, calibration error."""

from collections.abc import Mapping
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from statsmodels.discrete.discrete_model import Logit
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from hallmark.assess.intervals import Floats, Interval, mean, undefined, wald
from hallmark.assess.performance.sample import Found, Sample
from hallmark.assess.performance.slices import slices

STATSMODELS = f"statsmodels {version('statsmodels')}"

CLIP = 1e-6
"""Scores are kept this far from 0 and 1 before a logarithm is taken."""

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
            method=f"Logit of the outcome on logit(score), clipped at {CLIP:g}; Wald limits",
            tool=STATSMODELS,
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
    positive, negative = x[sample.outcome], x[~sample.outcome]
    if positive.min() >= negative.max() or positive.max() <= negative.min():
        return "the scores separate the classes (or are all equal), so the slope has no finite estimate"
    # One thread: the last digits of a matrix product depend on how many share it.
    try:
        with threadpool_limits(1):
            design = np.column_stack([np.ones_like(x), x])
            fit = Logit(sample.outcome.astype(float), design).fit(disp=0, method="newton")
    except np.linalg.LinAlgError:
        return "the logistic regression is singular"
    if not fit.mle_retvals["converged"]:
        return "the logistic regression did not converge"
    return float(fit.params[0]), float(fit.params[1]), float(fit.bse[1])


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


def _weighed(came: Floats, given: Floats, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    gaps: NDArray[np.float64] = (np.abs(came - given) * rows).sum(axis=-1) / rows.sum()
    return gaps


def _excess(sample: Sample, seed: int) -> Interval:
    found = error(sample, seed)
    if found is None:
        return undefined(f"{len(sample)} rows are too few to be sliced")
    return Interval(value=float(found["read"] - found["calibrated_mean"]), low=None, high=None)
