"""What the assessors report of the whole model, from cell counts, through the same interval functions."""

from collections.abc import Iterator

import numpy as np
from error_rates.groups_measured import noise_area, residual
from error_rates.population import LEVELS, NOISE, SCORES, Cells
from numpy.typing import NDArray
from scipy.special import logit

from hallmark.assess.intervals import (
    Interval,
    area_by_value,
    gap,
    interval,
    largest_gap,
    mean_of_sums,
    share,
    two_class_distance,
    undefined,
    wald,
)
from hallmark.assess.performance.areas import average_precision
from hallmark.policy.expected import Key
from hallmark.policy.subject import Manifest

Found = tuple[Key, Interval, int]
Counts = NDArray[np.int64]


def whole_findings(
    rng: np.random.Generator, manifest: Manifest, now: Cells, then: Cells, training: Cells
) -> Iterator[Found]:
    """Performance, drift against the reference data, and features that tell nothing by themselves."""
    yield from _performance(manifest, now.by_level, training.by_level)
    yield from _drift(rng, now.by_level, then.by_level)
    positive, negative = (int(count) for count in now.by_level.sum(axis=0)[::-1])
    for feature in manifest.features:
        for measure, found, n in _feature(rng, now.n, then.n, positive, negative):
            yield Key(measure=measure, feature=feature), found, n


def _performance(manifest: Manifest, levels: Counts, training: Counts) -> Iterator[Found]:
    n, (negative, positive) = int(levels.sum()), (int(count) for count in levels.sum(axis=0))
    area = _area(levels)
    assert manifest.decision is not None
    above = manifest.decision.cut_off <= SCORES
    (spared, caught), (kept, missed) = levels[above].sum(axis=0), levels[~above].sum(axis=0)
    losses = -np.log(np.stack([1 - SCORES, SCORES], axis=1))
    found = {
        "auc": (area, positive),
        "calibration_in_the_large": (residual(levels), n),
        "calibration_slope": (slope_of(levels), n),
        "brier": (_mean(levels, np.stack([SCORES**2, (1 - SCORES) ** 2], axis=1), 1.0), n),
        "log_loss": (_mean(levels, losses, -np.log(1e-6)), n),
        "ks_separation": (_distance(levels[:, 1], levels[:, 0]), min(positive, negative)),
        "average_precision": (average_precision_of(levels), positive),
        "auc_drop": (gap(_area(training), area), positive),
        "recall": (share(int(caught), int(caught + missed)), positive),
        "precision": (share(int(caught), int(caught + spared)), int(caught + spared)),
        "specificity": (share(int(kept), int(kept + spared)), negative),
    }
    for name, (limits, counted) in found.items():
        yield Key(measure=f"performance.{name}"), limits, counted


def _drift(rng: np.random.Generator, now: Counts, then: Counts) -> Iterator[Found]:
    n, m = int(now.sum()), int(then.sum())
    hits, before = int(now[:, 1].sum()), int(then[:, 1].sum())
    yield Key(measure="drift.score_distance"), _distance(now.sum(axis=1), then.sum(axis=1)), n
    yield Key(measure="drift.label_distance"), two_class_distance(hits, n, before, m), n
    yield Key(measure="drift.auc_drop"), gap(_area(then), _area(now)), min(hits, before)
    yield Key(measure="drift.domain_auc"), noise_area(rng, n // 2, m // 2), min(n, m) // 2


def _feature(
    rng: np.random.Generator, n: int, m: int, positive: int, negative: int
) -> Iterator[tuple[str, Interval, int]]:
    even = np.full(LEVELS, 1 / LEVELS)
    gaps = rng.binomial([n, m], NOISE).tolist()
    values = [rng.multinomial(rows - gap, even) for rows, gap in zip((n, m), gaps, strict=True)]
    yield "drift.feature_distance", _distance(*values), n
    yield "drift.missing_distance", two_class_distance(gaps[0], n, gaps[1], m), n
    yield "data_quality.single_feature_auc", _folded(noise_area(rng, positive, negative)), positive


def _distance(first: Counts, second: Counts) -> Interval:
    n, m = int(first.sum()), int(second.sum())
    if not (n and m):
        return undefined("one of the two samples has no values")
    return largest_gap(float(np.abs(np.cumsum(first) / n - np.cumsum(second) / m).max()), n, m)


def _folded(area: Interval) -> Interval:
    if area.value is None or area.low is None or area.high is None:
        return area
    low, high = (area.low, area.high) if area.value >= 0.5 else (1 - area.high, 1 - area.low)
    return interval(max(area.value, 1 - area.value), max(low, 0.5), high)


def _area(levels: Counts) -> Interval:
    return area_by_value(levels[:, 1], levels[:, 0])


def _mean(levels: Counts, values: NDArray[np.float64], high: float) -> Interval:
    total, squares = float((levels * values).sum()), float((levels * values**2).sum())
    return mean_of_sums(int(levels.sum()), total, squares, low=0.0, high=high)


def average_precision_of(levels: Counts) -> Interval:
    """The average precision of rows by score level and outcome."""
    if not levels[:, 1].any():
        return undefined("there are no positives")
    score = np.repeat(SCORES, levels.sum(axis=1))
    return average_precision(np.repeat(np.tile([False, True], LEVELS), levels.ravel()), score)


def slope_of(levels: Counts) -> Interval:
    """The calibration slope: Newton's method on a logistic regression of outcome on logit(score)."""
    x, rows = logit(SCORES), levels.sum(axis=1)
    design, parameters = np.column_stack([np.ones(LEVELS), x]), np.array([0.0, 1.0])
    for _ in range(12):
        p = 1 / (1 + np.exp(-design @ parameters))
        information = design.T @ (design * (rows * p * (1 - p))[:, None])
        parameters = parameters + np.linalg.solve(information, design.T @ (levels[:, 1] - rows * p))
    return wald(float(parameters[1]), float(np.sqrt(np.linalg.inv(information)[1, 1])))
