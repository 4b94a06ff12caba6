"""Evidently's drift scores, each pinned to one method by the type of the column, whatever the number of rows."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from evidently.legacy.calculations.stattests import jensenshannon_stat_test, ks_stat_test, wasserstein_stat_test
from evidently.legacy.core import ColumnType

from hallmark.assess.arrays import Floats
from hallmark.assess.drift.merged import Merged
from hallmark.assess.intervals import Interval, undefined
from hallmark.assess.tools import NUMPY

EVIDENTLY = f"evidently {version('evidently')}"

ROWS = 20_000
"""Up to so many values on each side Evidently computes; beyond, the same sums over the merged values do."""

NUMBERS = ("evidently_wasserstein", "evidently_ks_p")
CATEGORIES = ("evidently_jensen_shannon",)
"""The scores of a column of numbers and of one of categories, by the name of their measure."""

_PINNED = {
    "evidently_wasserstein": "stat test wasserstein, normed by the reference",
    "evidently_ks_p": "stat test ks, p value",
    "evidently_jensen_shannon": "stat test jensenshannon",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One drift score without limits, by which method and with which tool."""

    estimate: Interval
    method: str
    tool: str


def of_numbers(now: Floats, then: Floats, merged: Merged, p: float) -> Mapping[str, Score]:
    """Return both scores of a column of numbers, from its finite values in ascending order, their merger and its p."""
    if max(len(now), len(then)) > ROWS:
        # Evidently's floor under the standard deviation.
        moved = merged.earth_moved / max(float(np.std(then)), 0.001)
        values = {"evidently_wasserstein": moved, "evidently_ks_p": p}
        return {name: _score(name, value, by_evidently=False) for name, value in values.items()}
    tests = {"evidently_wasserstein": wasserstein_stat_test, "evidently_ks_p": ks_stat_test}
    return {name: _run(name, test, then, now, ColumnType.Numerical) for name, test in tests.items()}


def of_categories(now: Mapping[str, int], then: Mapping[str, int]) -> Mapping[str, Score]:
    """Return the score of a column of categories, from the number of rows by value."""
    # Small numbers stand for the values: Evidently sums in the order of a set, and that of texts changes by process.
    codes = {value: code for code, value in enumerate(sorted({*now, *then}))}
    first, second = (_Counted({codes[value]: count for value, count in side.items()}) for side in (then, now))
    name = "evidently_jensen_shannon"
    return {name: _run(name, jensenshannon_stat_test, first, second, ColumnType.Categorical)}


def unscored(names: tuple[str, ...], why: str) -> Mapping[str, Score]:
    """Return no score under each of `names`, with the reason."""
    return {name: Score(estimate=undefined(why), method="not computed", tool=EVIDENTLY) for name in names}


class _Counted:
    """What Evidently asks of a column of categories, from counts."""

    def __init__(self, counts: Mapping[int, int]) -> None:
        self._counts = counts

    def dropna(self) -> "_Counted":
        return self

    def unique(self) -> list[int]:
        return list(self._counts)

    def nunique(self) -> int:
        return len(self._counts)

    def value_counts(self) -> Mapping[int, int]:
        return self._counts

    def __len__(self) -> int:
        return sum(self._counts.values())


def _run(name: str, test: object, then: object, now: object, kind: ColumnType) -> Score:
    result = test(reference_data=then, current_data=now, feature_type=kind, threshold=None)  # type: ignore[operator]
    return _score(name, float(result.drift_score), by_evidently=True)


def _score(name: str, value: float, *, by_evidently: bool) -> Score:
    how = (
        "computed by Evidently"
        if by_evidently
        else f"our own sum over merged values, equal to Evidently's to 1e-9, beyond {ROWS} rows"
    )
    estimate = (
        Interval(value=value, low=None, high=None) if math.isfinite(value) else undefined("the score is not finite")
    )
    return Score(
        estimate=estimate,
        method=f"Evidently's {_PINNED[name]}, pinned; nulls left out; no limits; {how}",
        tool=EVIDENTLY if by_evidently else NUMPY,
    )
