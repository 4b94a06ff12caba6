"""Rates of favourable decisions by Fairlearn, on counts, each group against the reference.

Every rate is a `selection_rate` among other rows: the true positive rate that of the rows that earned it. Asked so, the
library answers in microseconds; its own functions for the others sort and check anew for each group.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version

from fairlearn.metrics import selection_rate

from hallmark.assess.fairness.cube import Tally
from hallmark.assess.intervals import Interval, difference, ratio, undefined

FAIRLEARN = f"fairlearn {version('fairlearn')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate: hits and rows that it is about (from counts), and how two are compared."""

    measure: str
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
        """The share of hits as Fairlearn computes it from cells weighted by their rows."""
        hits, n = self.counted(tally)
        return float(selection_rate(None, (1, 0), sample_weight=(hits, n - hits)))


def _ratio(rate: float, reference: float) -> float:
    return rate / reference


def _difference(rate: float, reference: float) -> float:
    return rate - reference


_CELLS = "on the counts of rows by group, outcome and decision"
RATIO = Rate(
    measure="fairness.selection_rate_ratio",
    counted=lambda tally: (tally.favourable, tally.rows),
    limits=ratio,
    compare=_ratio,
    empty="rows",
    method=f"ratio of selection_rate {_CELLS}; score limits of Koopman",
)
TRUE_POSITIVE = Rate(
    measure="fairness.true_positive_rate_difference",
    counted=lambda tally: (tally.favourable_earned, tally.earned),
    limits=difference,
    compare=_difference,
    empty="rows that earned the favourable decision",
    method=f"difference of true_positive_rate, by selection_rate {_CELLS}; limits of Newcombe",
)
FALSE_POSITIVE = Rate(
    measure="fairness.false_positive_rate_difference",
    counted=lambda tally: (tally.favourable_unearned, tally.unearned),
    limits=difference,
    compare=_difference,
    empty="rows that did not earn the favourable decision",
    method=f"difference of false_positive_rate, by selection_rate {_CELLS}; limits of Newcombe",
)
PRECISION = Rate(
    measure="fairness.precision_difference",
    counted=lambda tally: (tally.favourable_earned, tally.favourable_earned + tally.favourable_unearned),
    limits=difference,
    compare=_difference,
    empty="labelled rows with the favourable decision",
    method=f"difference of precision, by selection_rate {_CELLS}; limits of Newcombe",
)
SELECTION = Rate(
    measure="fairness.selection_rate_difference",
    counted=lambda tally: (tally.favourable, tally.rows),
    limits=difference,
    compare=_difference,
    empty="rows",
    method=f"difference of selection_rate {_CELLS}; limits of Newcombe",
)
RATES = (RATIO, TRUE_POSITIVE, FALSE_POSITIVE, PRECISION, SELECTION)
"""The rates; equalized odds is the second and third, judged one by one."""
