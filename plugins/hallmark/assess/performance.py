"""Performance: discrimination and calibration of the scores against the outcomes that came."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.metrics import roc_auc_score
from statsmodels.discrete.discrete_model import Logit
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from hallmark.assess.assignment import Assessment, Assignment
from hallmark.assess.intervals import Floats, Interval, area_under_curve, mean, undefined, wald
from hallmark.evidence.canonical import encode
from hallmark.policy.profile import Key
from hallmark.verdict.observation import Observation

SKLEARN = f"scikit-learn {version('scikit-learn')}"
STATSMODELS = f"statsmodels {version('statsmodels')}"
NUMPY = f"numpy {version('numpy')}"

CLIP = 1e-6
"""Scores are kept this far from 0 and 1 before their logit is taken."""

Outcomes = NDArray[np.bool_]


def assess(assignment: Assignment) -> Assessment:
    """Report AUC, calibration in the large, calibration slope and Brier score over the rows with a label."""
    data = assignment.data
    outcome, score = data.outcomes() if data.scored else (np.zeros(0, dtype=np.bool_), np.zeros(0))
    observations = tuple(
        _observation(
            measure, _measured(measure, outcome, score, scored=data.scored), outcome, data.manifest.label.column
        )
        for measure in ("auc", "calibration_in_the_large", "calibration_slope", "brier")
    )
    evidence = {
        "rows": data.rows,
        "without_label": data.unlabelled(),
        "n": len(outcome),
        "positives": int(outcome.sum()),
        "calibration": _table(outcome, score),
    }
    return Assessment(
        observations=observations,
        evidence={"performance.json": encode(evidence)},
        tools=(SKLEARN, STATSMODELS, NUMPY),
    )


def _measured(measure: str, outcome: Outcomes, score: Floats, *, scored: bool) -> Interval:
    if not scored:
        return undefined("there are no scores")
    if len(outcome) == 0:
        return undefined("no row has a label")
    if outcome.all() or not outcome.any():
        return undefined(f"all {len(outcome)} labels are of one class")
    if measure == "auc":
        return _auc(outcome, score)
    if measure == "calibration_in_the_large":
        return mean(outcome - score, low=-1.0, high=1.0, floor=float((score * (1 - score)).mean()))
    if measure == "calibration_slope":
        return _slope(outcome, score)
    return mean((outcome - score) ** 2, low=0.0, high=1.0)


def _auc(outcome: Outcomes, score: Floats) -> Interval:
    limits = area_under_curve(score[outcome], score[~outcome])
    if limits.low is None or limits.high is None:
        return limits
    # The library sums trapezia, whose rounding may pass a limit of 0 or 1.
    return replace(limits, value=min(max(float(roc_auc_score(outcome, score)), limits.low), limits.high))


def _slope(outcome: Outcomes, score: Floats) -> Interval:
    """Return the slope of a logistic regression of the outcome on the logit of the score (Cox 1958)."""
    x = logit(np.clip(score, CLIP, 1 - CLIP))
    positive, negative = x[outcome], x[~outcome]
    if positive.min() >= negative.max() or positive.max() <= negative.min():
        return undefined("the scores separate the classes (or are all equal), so the slope has no finite estimate")
    # One thread: the last digits of a matrix product depend on how many share it.
    try:
        with threadpool_limits(1):
            fit = Logit(outcome.astype(float), np.column_stack([np.ones_like(x), x])).fit(disp=0, method="newton")
    except np.linalg.LinAlgError:
        return undefined("the logistic regression is singular")
    if not fit.mle_retvals["converged"]:
        return undefined("the logistic regression did not converge")
    return wald(float(fit.params[1]), float(fit.bse[1]))


_METHODS = {
    "auc": ("roc_auc_score; logit-transformed limits of DeLong, of Hanley and McNeil below 20 of a class", SKLEARN),
    "calibration_in_the_large": ("mean of outcome - score; t limits, variance at least the mean of p(1 - p)", NUMPY),
    "calibration_slope": (f"Logit of the outcome on logit(score), clipped at {CLIP:g}; Wald limits", STATSMODELS),
    "brier": ("mean of (outcome - score) squared; t limits", NUMPY),
}


def _observation(measure: str, estimate: Interval, outcome: Outcomes, label: str) -> Observation:
    method, tool = _METHODS[measure]
    positives = int(outcome.sum())
    return Observation(
        key=Key(measure=f"performance.{measure}"),
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        n=min(positives, len(outcome) - positives) if measure == "auc" else len(outcome),
        reference=f"label {label}",
        method=method,
        tool=tool,
        reason=estimate.reason,
    )


def _table(outcome: Outcomes, score: Floats) -> list[Mapping[str, float | int]]:
    """Return the calibration of up to ten equal slices of the rows in order of their score.

    A slice holds at least ten rows, so that no row can be read from it.
    """
    slices = min(10, len(score) // 10)
    if slices == 0:
        return []
    parts = zip(np.array_split(outcome, slices), np.array_split(score, slices), strict=True)
    return [
        {"rows": len(came), "positives": int(came.sum()), "observed": float(came.mean()), "mean_score": float(p.mean())}
        for came, p in parts
    ]
