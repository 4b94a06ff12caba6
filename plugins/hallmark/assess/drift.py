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
    """What became of one feature: distance, Evidently's score or why there is none, method and counts for evidence."""

    distance: Interval
    method: str
    score: float | None
    why_no_score: str
    counts: Mapping[str, object]


def assess(assignment: Assignment) -> Assessment:
    """Report D for each feature and the score, reference to cohort, and Evidently's drift score for each number."""
    data, reference = assignment.data, assignment.reference
    against = f"reference data of {data.manifest.reference.as_of.isoformat()}, {reference.rows} rows"
    features = {name: _feature(name, data, reference) for name in data.manifest.features}
    scores = _scores(data, reference)
    distances = [
        _distance(Key(measure="drift.feature_distance", feature=name), one, data.rows, against)
        for name, one in features.items()
    ]
    overall = _distance(Key(measure="drift.score_distance"), scores, data.rows, against)
    shown = [_shown(name, one, data.rows, against) for name, one in features.items()]
    evidence = {"features": {name: one.counts for name, one in features.items()}, "score": scores.counts}
    return Assessment(
        observations=(*distances, overall, *shown),
        evidence={"drift.json": encode(evidence)},
        tools=(NUMPY, EVIDENTLY),
    )


def _feature(name: str, data: Dataset, reference: Dataset) -> Compared:
    scale = data.scale(name)
    if scale is None or reference.scale(name) is not scale:
        return _incomparable(
            f"{name!r} is {data.types[name]} in the cohort and {reference.types[name]} in the reference"
        )
    if scale is Scale.CATEGORY:
        return _categories(name, data, reference)
    return _numbers(data.sorted_values(name), reference.sorted_values(name), data.rows, reference.rows)


def _scores(data: Dataset, reference: Dataset) -> Compared:
    if not (data.scored and reference.scored):
        return _incomparable("there are no scores")
    return _numbers(data.sorted_scores(), reference.sorted_scores(), data.rows, reference.rows)


def _numbers(now: Floats, then: Floats, rows: int, reference_rows: int) -> Compared:
    distance, score, why = undefined(_unusable(now, then)), None, _unusable(now, then)
    if not why:
        distance, score = kolmogorov_smirnov(now, then), _by_evidently(now, then)
    counts = {"cohort": _moments(now, rows), "reference": _moments(then, reference_rows)}
    return Compared(distance=distance, method=_KS, score=score, why_no_score=why, counts=counts)


def _unusable(now: Floats, then: Floats) -> str:
    for where, values in (("cohort", now), ("reference data", then)):
        if len(values) == 0:
            return f"all values in the {where} are null"
        infinite = int(np.isinf(values).sum())
        if infinite:
            return f"{infinite} values in the {where} are infinite"
    return ""


def _by_evidently(now: Floats, then: Floats) -> float | None:
    # One thread: the last digits of the sum depend on how many share it.
    with threadpool_limits(1):
        result = wasserstein_stat_test(
            reference_data=then, current_data=now, feature_type=ColumnType.Numerical, threshold=None
        )
    return _finite(result.drift_score)


def _categories(name: str, data: Dataset, reference: Dataset) -> Compared:
    now, then = data.value_counts(name), reference.value_counts(name)
    empty = [where for where, counts in (("cohort", now), ("reference data", then)) if not counts]
    distance = undefined(f"all values in the {empty[0]} are null") if empty else total_variation(now, then)
    counts = {
        "cohort": _sizes(now, data.rows),
        "reference": _sizes(then, reference.rows),
        "categories_only_in_cohort": len(set(now) - set(then)),
        "rows_of_those": sum(count for value, count in now.items() if value not in then),
    }
    return Compared(
        distance=distance, method=_TV, score=None, why_no_score="the score is for numbers alone", counts=counts
    )


def _incomparable(why: str) -> Compared:
    return Compared(distance=undefined(why), method=_NONE, score=None, why_no_score=why, counts={"reason": why})


def _distance(key: Key, one: Compared, rows: int, against: str) -> Observation:
    return Observation(
        key=key,
        value=one.distance.value,
        low=one.distance.low,
        high=one.distance.high,
        n=rows,
        reference=against,
        method=one.method,
        tool=NUMPY,
        reason=one.distance.reason,
    )


def _shown(name: str, one: Compared, rows: int, against: str) -> Observation:
    return Observation(
        key=Key(measure="drift.evidently_score", feature=name),
        value=one.score,
        n=rows,
        reference=against,
        method=_WASSERSTEIN,
        tool=EVIDENTLY,
        reason="" if one.score is not None else one.why_no_score or "the score is not a finite number",
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
