"""Calibration within groups: what came less what the scores said, from sums by group."""

from collections.abc import Callable
from dataclasses import dataclass

from hallmark import __version__
from hallmark.assess.fairness.cube import UNIT, Tally
from hallmark.assess.intervals import Interval, gap, mean_of_sums, undefined

HALLMARK = f"hallmark {__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A comparison of scores with outcomes; `compared` is given the residuals of the group and of the reference."""

    measure: str
    compared: Callable[[Interval, Interval], Interval]
    method: str
    tool: str = HALLMARK

    def n(self, asked: Tally) -> int:
        """The rows of the group with a label."""
        return asked.labelled

    def estimate(self, asked: Tally, reference: Tally, name: str, reference_name: str) -> Interval:
        """The mean residual of the group, or its difference to that of the reference."""
        return self.compared(residual(asked, name), residual(reference, reference_name))


def residual(tally: Tally, name: str) -> Interval:
    """Return the mean of outcome less score over the rows with a label, with t limits.

    Its variance is at least the mean of p(1 - p), which the scores themselves promise: some equal residuals are not
    certainty.
    """
    n = tally.labelled
    if n < 2:
        return undefined(f"{name} has {n} rows with a label, and no spread can be seen in them")
    total = tally.positives * UNIT - tally.scores
    squares = tally.positives * UNIT - 2 * tally.positive_scores + tally.squared_scores
    floor = (tally.scores - tally.squared_scores) / (n * UNIT)
    return mean_of_sums(n, total / UNIT, squares / UNIT, low=-1.0, high=1.0, floor=max(floor, 0.0))


def _own(asked: Interval, reference: Interval) -> Interval:
    return asked


CALIBRATIONS = (
    Calibration(
        measure="fairness.calibration_within_group",
        compared=_own,
        method="mean of outcome - score in the group; t limits, variance at least the mean of p(1 - p)",
    ),
    Calibration(
        measure="fairness.calibration_difference",
        compared=gap,
        method="mean of outcome - score, group minus reference; t limits of both, joined by square-and-add",
    ),
)
"""In the order in which they are shown."""
