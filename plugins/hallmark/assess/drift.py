"""Drift: how far every feature and the score have moved from the reference data, with Evidently's score beside."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from evidently.legacy.calculations.stattests import wasserstein_stat_test
from evidently.legacy.core import ColumnType
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from hallmark.assess.assignment import Assessment, Assignment
from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.intervals import Floats, Interval, kolmogorov_smirnov, total_variation, undefined
from hallmark.evidence.canonical import encode
from hallmark.policy.profile import Key
from hallmark.verdict.observation import Observation

NUMPY = f"numpy {version('numpy')}"
EVIDENTLY = f"evidently {version('evidently')}"

_KS = "two-sample Kolmogorov-Smirnov D; limits D +- 1.358 sqrt(1/n + 1/m); nulls left out"
_TV = "total variation of the shares of categories, rare ones pooled; limits by chi-square; nulls left out"
_NONE = "not compared"
_WASSERSTEIN = "Evidently's stat test wasserstein (normed by the reference), pinned; nulls left out; no limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What became of one feature: its distance, by which method, Evidently's score, and the counts for evidence."""

    distance: Interval
    method: str
    score: Interval
    counts: Mapping[str, object]


def assess(assignment: Assignment) -> Assessment:
    """Report D for each feature and the score, reference to cohort, and Evidently's drift score for each number."""
    data, reference = assignment.data, assignment.reference
    features, scores = _features(data, reference), _scores(data, reference)
    distances = [
        _observation(Key(measure="drift.feature_distance", feature=name), one.distance, one.method, NUMPY, assignment)
        for name, one in features.items()
    ]
    overall = _observation(Key(measure="drift.score_distance"), scores.distance, scores.method, NUMPY, assignment)
    shown = [
        _observation(Key(measure="drift.evidently_score", feature=name), one.score, _WASSERSTEIN, EVIDENTLY, assignment)
        for name, one in features.items()
    ]
    evidence = {"features": {name: one.counts for name, one in features.items()}, "score": scores.counts}
    return Assessment(
        observations=(*distances, overall, *shown),
        evidence={"drift.json": encode(evidence)},
        tools=(NUMPY, EVIDENTLY),
    )


def _features(data: Dataset, reference: Dataset) -> Mapping[str, Compared]:
    nulls = (("cohort", data.rows, data.missing()), ("reference data", reference.rows, reference.missing()))
    found = {}
    for name in data.manifest.features:
        empty = [where for where, rows, missing in nulls if missing[name] == rows]
        alike = data.scale(name) is not None and data.scale(name) is reference.scale(name)
        if empty:
            found[name] = _incomparable(f"all values in the {empty[0]} are null")
        elif not alike:
            kinds = f"{data.types[name]} in the cohort and {reference.types[name]} in the reference"
            found[name] = _incomparable(f"{name!r} is {kinds}")
        elif data.scale(name) is Scale.CATEGORY:
            found[name] = _categories(data.value_counts(name), reference.value_counts(name), data.rows, reference.rows)
        else:
            now, then = data.sorted_values(name), reference.sorted_values(name)
            found[name] = _numbers(now, then, data.rows, reference.rows)
    return found


def _scores(data: Dataset, reference: Dataset) -> Compared:
    if not (data.scored and reference.scored):
        return _incomparable("there are no scores")
    return _numbers(data.sorted_scores(), reference.sorted_scores(), data.rows, reference.rows)


def _numbers(now: Floats, then: Floats, rows: int, reference_rows: int) -> Compared:
    infinite = {"cohort": int(np.isinf(now).sum()), "reference data": int(np.isinf(then).sum())}
    reasons = [f"{count} values in the {where} are infinite" for where, count in infinite.items() if count]
    return Compared(
        distance=undefined(reasons[0]) if reasons else kolmogorov_smirnov(now, then),
        method=_KS,
        score=undefined(reasons[0]) if reasons else _by_evidently(now, then),
        counts={"cohort": _moments(now, rows), "reference": _moments(then, reference_rows)},
    )


def _by_evidently(now: Floats, then: Floats) -> Interval:
    # One thread: the last digits of the sum depend on how many share it.
    with threadpool_limits(1):
        result = wasserstein_stat_test(
            reference_data=then, current_data=now, feature_type=ColumnType.Numerical, threshold=None
        )
    score = _finite(result.drift_score)
    return undefined("the score is not finite") if score is None else Interval(value=score, low=None, high=None)


def _categories(now: Mapping[str, int], then: Mapping[str, int], rows: int, reference_rows: int) -> Compared:
    return Compared(
        distance=total_variation(now, then),
        method=_TV,
        score=undefined("the score is for numbers alone"),
        counts={
            "cohort": _sizes(now, rows),
            "reference": _sizes(then, reference_rows),
            "categories_only_in_cohort": len(set(now) - set(then)),
            "rows_of_those": sum(count for value, count in now.items() if value not in then),
        },
    )


def _incomparable(why: str) -> Compared:
    return Compared(distance=undefined(why), method=_NONE, score=undefined(why), counts={"reason": why})


def _observation(key: Key, estimate: Interval, method: str, tool: str, assignment: Assignment) -> Observation:
    as_of, rows = assignment.manifest.reference.as_of.isoformat(), assignment.reference.rows
    return Observation(
        key=key,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        n=assignment.data.rows,
        reference=f"reference data of {as_of}, {rows} rows",
        method=method,
        tool=tool,
        reason=estimate.reason,
    )


def _moments(values: Floats, rows: int) -> Mapping[str, object]:
    """Return counts, mean and standard deviation: no order statistic, which would be the value of a row."""
    known = values[np.isfinite(values)]
    # From a few values both together would give the rows away.
    enough = len(known) >= 10
    return {
        "rows": rows,
        "values": len(values),
        "nulls": rows - len(values),
        "infinite": len(values) - len(known),
        "mean": _finite(known.mean()) if enough else None,
        "sd": _finite(known.std(ddof=1)) if enough else None,
    }


def _finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


def _sizes(counts: Mapping[str, int], rows: int) -> Mapping[str, int]:
    values = sum(counts.values())
    return {"rows": rows, "values": values, "nulls": rows - values, "categories": len(counts)}
