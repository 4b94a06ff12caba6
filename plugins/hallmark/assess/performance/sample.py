"""What is measured: the labelled rows of a dataset in order of their score, or why nothing can be measured on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hallmark.assess.arrays import Floats, Mask
from hallmark.assess.dataset import Dataset
from hallmark.assess.intervals import Interval, undefined
from hallmark.assess.outcomes import outcomes
from hallmark.assess.performance.slices import LEAST
from hallmark.assess.tools import NUMPY
from hallmark.measures import Task
from hallmark.policy.expected import Key
from hallmark.verdict.observation import Observation


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Outcome (booleans, or numbers of a regression) and score of each labelled row, ordered by score.

    `problem` is the reason why nothing can be measured on them; empty when something can.
    """

    outcome: NDArray[Any]
    score: Floats
    problem: str = ""

    def __len__(self) -> int:
        return len(self.outcome)

    @cached_property
    def positives(self) -> int:
        """How many outcomes are positive."""
        return int(self.outcome.sum())

    @property
    def smaller(self) -> int:
        """How many rows the smaller class has."""
        return min(self.positives, len(self) - self.positives)

    def measured(self, estimate: Callable[["Sample"], Interval]) -> Interval:
        """Return the estimate from these rows, or the reason why there is none."""
        return undefined(self.problem) if self.problem else estimate(self)


def nothing(data: Dataset, problem: str) -> Sample:
    """Return no rows of `data`, because of `problem`."""
    kind = np.bool_ if data.manifest.task is Task.BINARY else np.float64
    return Sample(outcome=np.zeros(0, kind), score=np.zeros(0), problem=problem)


def sample_of(data: Dataset) -> Sample:
    """Return the labelled rows of `data`."""
    if not data.scored:
        return nothing(data, "there are no scores")
    outcome, score = outcomes(data)
    problem = _classes(outcome) if data.manifest.task is Task.BINARY else _numbers(outcome)
    return Sample(outcome=outcome, score=score, problem=problem)


def counts(sample: Sample) -> Mapping[str, object]:
    """Return how many rows have a label, how many are positive and the mean score, so that a rate is redone by hand.

    From fewer than ten rows the last two would tell about each, and stay out.
    """
    if len(sample) < LEAST:
        return {"rows": len(sample), "positives": None, "mean_score": None}
    return {"rows": len(sample), "positives": sample.positives, "mean_score": float(sample.score.mean())}


def _classes(outcome: Mask) -> str:
    if len(outcome) == 0:
        return "no row has a label"
    return f"all {len(outcome)} labels are of one class" if outcome.all() or not outcome.any() else ""


def _numbers(outcome: Floats) -> str:
    if len(outcome) == 0:
        return "no row has a label"
    infinite = int(np.isinf(outcome).sum())
    return f"{infinite} of {len(outcome)} labels are infinite" if infinite else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One number of performance: its interval, n of what the measure counts, how and with what it was computed.

    `against` is what it was compared with; "" for the label alone.
    """

    measure: str
    estimate: Interval
    n: int
    method: str
    tool: str = NUMPY
    segment: str = ""
    group: str = ""
    against: str = ""
    seed: int | None = None

    def observation(self, label: str) -> Observation:
        """Return it as an observation against the label column `label`."""
        return Observation(
            key=Key(measure=f"performance.{self.measure}", attribute=self.segment, group=self.group),
            value=self.estimate.value,
            low=self.estimate.low,
            high=self.estimate.high,
            n=self.n,
            reference=self.against or f"label {label}",
            method=self.method,
            tool=self.tool,
            seed=self.seed,
            reason=self.estimate.reason,
        )
