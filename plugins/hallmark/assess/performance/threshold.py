"""What a cut-off does: recall, precision, specificity and accuracy, and the counts at other cut-offs."""

from collections.abc import Iterator, Mapping

import numpy as np

from hallmark.assess.intervals import Interval, share, undefined
from hallmark.assess.performance.sample import Found, Sample
from hallmark.assess.performance.slices import LEAST, slices
from hallmark.policy.subject import CutOff

GRID = tuple(step / 20 for step in range(1, 20))
"""The cut-offs of the sweep, beside the one of the manifest."""

CURVE = 50
"""At most so many points have the curves."""

Row = Mapping[str, float | int | None]


def at_cut_off(sample: Sample, decision: CutOff) -> list[Found]:
    """Return recall, precision, specificity and accuracy at the cut-off; positive is at or above it."""
    caught, flagged = _counts(sample, decision.cut_off)
    positives, n = sample.positives, len(sample)
    negatives = n - positives
    left_alone = negatives - (flagged - caught)
    pairs = {
        "recall": (caught, positives, "no outcome is positive"),
        "precision": (caught, flagged, "no score is at or above the cut-off"),
        "specificity": (left_alone, negatives, "no outcome is negative"),
        "accuracy": (caught + left_alone, n, "no row has a label"),
    }
    method = f"counts at the cut-off {decision.cut_off:g}, positive at or above it; limits of Wilson"
    return [
        Found(measure=measure, estimate=_share(sample, *pair), n=pair[1], method=method)
        for measure, pair in pairs.items()
    ]


def confusion(sample: Sample, cut_off: float) -> Mapping[str, int]:
    """Return the four counts at `cut_off`."""
    caught, flagged = _counts(sample, cut_off)
    negatives = len(sample) - sample.positives
    return {
        "true_positive": caught,
        "false_positive": flagged - caught,
        "false_negative": sample.positives - caught,
        "true_negative": negatives - (flagged - caught),
    }


def sweep(sample: Sample, cut_off: float) -> list[Row]:
    """Return what other cut-offs would do; one that sets fewer than ten rows apart from its neighbour is left out."""
    grid = sorted({*GRID, cut_off})
    kept = list(_apart(sample, grid))
    return [{"cut_off": one, **_rates(sample, *_counts(sample, one))} for one in kept]


def curves(sample: Sample) -> list[Row]:
    """Return points of the ROC and precision-recall curves: the rows above each of up to fifty equal slices."""
    caught, flagged, points = 0, 0, []
    for part in reversed(slices(sample.score, CURVE)):
        caught += int(sample.outcome[part].sum())
        flagged += part.stop - part.start
        points.append(_rates(sample, caught, flagged))
    return points


def _share(sample: Sample, hits: int, of: int, empty: str) -> Interval:
    return sample.measured(lambda _: share(hits, of) if of else undefined(empty))


def _counts(sample: Sample, cut_off: float) -> tuple[int, int]:
    """Return how many positives are at or above the cut-off, of how many rows there."""
    start = int(np.searchsorted(sample.score, cut_off, side="left"))
    return int(sample.outcome[start:].sum()), len(sample) - start


def _apart(sample: Sample, grid: list[float]) -> Iterator[float]:
    """Go through the cut-offs that differ from the last one, and from everybody and nobody, by no row or by ten."""
    n = len(sample)
    last = n
    for cut_off in grid:
        _, flagged = _counts(sample, cut_off)
        if last - flagged in range(1, LEAST) or flagged in range(1, LEAST):
            continue
        last = flagged
        yield cut_off


def _rates(sample: Sample, caught: int, flagged: int) -> Row:
    negatives = len(sample) - sample.positives
    return {
        "rows": flagged,
        "positives": caught,
        "selection_rate": flagged / len(sample),
        "true_positive_rate": caught / sample.positives,
        "false_positive_rate": (flagged - caught) / negatives,
        "precision": caught / flagged if flagged else None,
    }
