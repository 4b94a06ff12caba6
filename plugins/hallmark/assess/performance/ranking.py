"""How well the score ranks: area under the curve, separation, average precision, training data, challenger."""

from dataclasses import replace

import numpy as np
from sklearn.metrics import auc as area_of_curve

from hallmark.assess.arrays import Counts, Floats
from hallmark.assess.dataset import Dataset
from hallmark.assess.intervals import Interval, area_by_value, by_step, gap, largest_gap, paired_areas, undefined
from hallmark.assess.outcomes import challenged
from hallmark.assess.performance.areas import average_precision
from hallmark.assess.performance.sample import Found, Sample
from hallmark.assess.tools import SKLEARN
from hallmark.errors import BadInput

AREA = "auc of the ROC curve of all scores; logit-transformed limits of DeLong, of Hanley-McNeil below 50 of a class"


def ranking(sample: Sample, training: Sample) -> list[Found]:
    """Return AUC, Gini, KS separation, average precision, and how far the AUC of the training data lies above."""
    area = sample.measured(auc)
    n, prevalence = sample.smaller, sample.positives / max(len(sample), 1)
    return [
        Found(measure="auc", estimate=area, n=n, method=AREA, tool=SKLEARN),
        Found(measure="gini", estimate=_gini(area), n=n, method=f"2 AUC - 1; AUC by {AREA}", tool=SKLEARN),
        Found(
            measure="ks_separation",
            estimate=sample.measured(separation),
            n=n,
            method="Kolmogorov-Smirnov D between the scores of the classes; D +- 1.358 sqrt(1/n + 1/m)",
        ),
        Found(
            measure="average_precision",
            estimate=sample.measured(lambda one: average_precision(one.outcome, one.score)),
            n=sample.positives,
            method=f"mean precision at each positive; infinitesimal jackknife on the logit scale; "
            f"{prevalence:.4f} of the rows are positive",
        ),
        _drop(area, sample, training),
    ]


def auc(sample: Sample) -> Interval:
    """Return the area under the ROC curve of rows of both classes."""
    hits, misses = by_step(sample.outcome, sample.score)
    limits = area_by_value(hits, misses)
    if limits.low is None or limits.high is None:
        return limits
    # The library sums trapezia, whose rounding may pass a limit of 0 or 1.
    value = float(area_of_curve(_shares_from_above(misses), _shares_from_above(hits)))
    return replace(limits, value=min(max(value, limits.low), limits.high))


def separation(sample: Sample) -> Interval:
    """Return the Kolmogorov-Smirnov distance between the scores of both classes."""
    hits, misses = by_step(sample.outcome, sample.score)
    m, n = int(hits.sum()), int(misses.sum())
    gaps = np.cumsum(hits) / m - np.cumsum(misses) / n
    return largest_gap(float(np.abs(gaps).max()), m, n)


def _shares_from_above(counts: Counts) -> Floats:
    """Return the share of the rows above each cut-off, from nobody to everybody."""
    shares: Floats = np.append(0, np.cumsum(counts[::-1])) / counts.sum()
    return shares


def gain(data: Dataset) -> Found:
    """Return how far the AUC lies above that of the challenger, over the rows that both score."""
    n, estimate = _against_challenger(data)
    return Found(
        measure="auc_gain",
        estimate=estimate,
        n=n,
        method="difference of AUC over the same rows; paired limits of DeLong",
        against=f"challenger {data.manifest.challenger}",
    )


def _against_challenger(data: Dataset) -> tuple[int, Interval]:
    if not data.scored:
        return 0, undefined("there are no scores")
    try:
        outcome, score, challenger = challenged(data)
    except BadInput as error:
        return 0, undefined(str(error))
    smaller = min(int(outcome.sum()), int((~outcome).sum()))
    if smaller == 0:
        return 0, undefined(f"the {len(outcome)} rows with a label and the challenger's score are not of both classes")
    return smaller, paired_areas(outcome, score, challenger)


def _gini(area: Interval) -> Interval:
    if area.value is None or area.low is None or area.high is None:
        return area
    return Interval(value=2 * area.value - 1, low=2 * area.low - 1, high=2 * area.high - 1)


def _drop(area: Interval, sample: Sample, training: Sample) -> Found:
    then = training.measured(auc)
    if then.value is None:
        then = undefined(f"training data: {then.reason}")
    return Found(
        measure="auc_drop",
        estimate=area if area.value is None else gap(then, area),
        n=int(np.minimum(sample.smaller, training.smaller)),
        method="AUC of the training data less that of the cohort; unpaired limits of DeLong, joined by squares",
        against=f"training data, {len(training)} rows with a label",
    )
