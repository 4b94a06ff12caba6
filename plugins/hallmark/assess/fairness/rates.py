"""Rates of favourable decisions by Fairlearn, on counts, each group against the reference."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version

import fairlearn.metrics as metrics
from sklearn.metrics import precision_score

from hallmark.assess.fairness.cube import Tally
from hallmark.assess.intervals import Interval, difference, ratio, undefined

FAIRLEARN = f"fairlearn {version('fairlearn')}"
SKLEARN = f"scikit-learn {version('scikit-learn')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate: hits and rows that it is about (from counts), the metric of a library, how two are compared."""

    measure: str
    metric: Callable[..., float]
    counted: Callable[[Tally], tuple[int, int]]
    limits: Callable[[int, int, int, int], Interval]
    compare: Callable[[float, float], float]
    empty: str
    method: str
    tool: str = FAIRLEARN

    def n(self, asked: Tally) -> int:
        """The rows of the group that the rate is about."""
        return self.counted(asked)[1]

    def estimate(self, asked: Tally, reference: Tally, name: str, reference_name: str) -> Interval:
        """The comparison with its limits; the value is the library's own."""
        for named, tally in ((name, asked), (reference_name, reference)):
            if self.n(tally) == 0:
                return undefined(f"{named} has no {self.empty}")
        if self.limits is ratio and self.counted(reference)[0] == 0:
            return undefined(f"no row of the reference {reference_name} gets the favourable decision")
        limits = self.limits(*self.counted(asked), *self.counted(reference))
        if limits.low is None or limits.high is None:
            return limits
        value = self.compare(self.by_library(asked), self.by_library(reference))
        # The library's rounding may pass a limit that the value touches.
        return replace(limits, value=min(max(value, limits.low), limits.high))

    def by_library(self, tally: Tally) -> float:
        """The rate that the library computes from cells weighted by their rows; rows without a label earn nothing."""
        unlabelled = tally.rows - tally.labelled, tally.favourable - tally.favourable_earned - tally.favourable_unearned
        if self.metric is not metrics.selection_rate:
            unlabelled = 0, 0
        earned, unearned = tally.favourable_earned, tally.favourable_unearned
        weights = {
            (1, 1): earned,
            (1, 0): tally.earned - earned,
            (0, 1): unearned + unlabelled[1],
            (0, 0): tally.unearned - unearned + unlabelled[0] - unlabelled[1],
        }
        cells = [cell for cell, rows in weights.items() if rows]
        return float(
            self.metric(
                [came for came, _ in cells],
                [given for _, given in cells],
                sample_weight=[weights[cell] for cell in cells],
            )
        )


def _ratio(rate: float, reference: float) -> float:
    return rate / reference


def _difference(rate: float, reference: float) -> float:
    return rate - reference


_CELLS = "on the counts of rows by group, outcome and decision"
RATES = (
    Rate(
        measure="fairness.selection_rate_ratio",
        metric=metrics.selection_rate,
        counted=lambda tally: (tally.favourable, tally.rows),
        limits=ratio,
        compare=_ratio,
        empty="rows",
        method=f"ratio of selection_rate {_CELLS}; score limits of Koopman",
    ),
    Rate(
        measure="fairness.true_positive_rate_difference",
        metric=metrics.true_positive_rate,
        counted=lambda tally: (tally.favourable_earned, tally.earned),
        limits=difference,
        compare=_difference,
        empty="rows that earned the favourable decision",
        method=f"difference of true_positive_rate {_CELLS}; limits of Newcombe",
    ),
    Rate(
        measure="fairness.false_positive_rate_difference",
        metric=metrics.false_positive_rate,
        counted=lambda tally: (tally.favourable_unearned, tally.unearned),
        limits=difference,
        compare=_difference,
        empty="rows that did not earn the favourable decision",
        method=f"difference of false_positive_rate {_CELLS}; limits of Newcombe",
    ),
    Rate(
        measure="fairness.precision_difference",
        metric=precision_score,
        counted=lambda tally: (tally.favourable_earned, tally.favourable_earned + tally.favourable_unearned),
        limits=difference,
        compare=_difference,
        empty="labelled rows with the favourable decision",
        method=f"difference of precision_score {_CELLS}; limits of Newcombe",
        tool=SKLEARN,
    ),
    Rate(
        measure="fairness.selection_rate_difference",
        metric=metrics.selection_rate,
        counted=lambda tally: (tally.favourable, tally.rows),
        limits=difference,
        compare=_difference,
        empty="rows",
        method=f"difference of selection_rate {_CELLS}; limits of Newcombe",
    ),
)
"""The rates; equalized odds is the second and third, judged one by one."""
