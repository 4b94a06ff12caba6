"""What the assessors report of the whole model, from cell counts, through the same interval functions."""

from collections.abc import Iterator

import numpy as np
from error_rates.groups_measured import noise_area
from error_rates.population import LEVELS, NOISE, SCORES, Cells

from hallmark.assess.arrays import Counts
from hallmark.assess.drift.domain import LIMIT
from hallmark.assess.intervals import Interval, area_by_value, gap, interval, largest_gap, two_class_distance, undefined
from hallmark.assess.performance.calibration import calibration
from hallmark.assess.performance.ranking import ranking
from hallmark.assess.performance.sample import Sample
from hallmark.assess.performance.threshold import at_cut_off
from hallmark.policy.expected import Key
from hallmark.policy.subject import Manifest

Found = tuple[Key, Interval, int]


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
    sample = sample_of(levels)
    assert manifest.cut_off is not None
    for one in (
        *ranking(sample, sample_of(training)),
        *calibration(sample, seed=1),
        *at_cut_off(sample, manifest.cut_off),
    ):
        yield Key(measure=f"performance.{one.measure}"), one.estimate, one.n


def _drift(rng: np.random.Generator, now: Counts, then: Counts) -> Iterator[Found]:
    n, m = int(now.sum()), int(then.sum())
    hits, before = int(now[:, 1].sum()), int(then[:, 1].sum())
    yield Key(measure="drift.score_distance"), _distance(now.sum(axis=1), then.sum(axis=1)), n
    yield Key(measure="drift.label_distance"), two_class_distance(hits, n, before, m), n
    yield Key(measure="drift.auc_drop"), gap(_area(then), _area(now)), min(hits, before)
    held_out = [min(rows, LIMIT) // 2 for rows in (n, m)]
    yield Key(measure="drift.domain_auc"), noise_area(rng, *held_out), min(held_out)


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


def sample_of(levels: Counts) -> Sample:
    """The rows as the assessor has them, in the order of their score."""
    outcome = np.repeat(np.tile([False, True], LEVELS), levels.ravel())
    one_class = outcome.all() or not outcome.any()
    return Sample(
        outcome=outcome, score=np.repeat(SCORES, levels.sum(axis=1)), problem="one class" if one_class else ""
    )
