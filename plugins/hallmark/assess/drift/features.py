"""One column then and now: its distance, what went missing, the scores that are shown beside, and the counts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2_contingency

from hallmark.assess.arrays import Floats
from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.drift import bins, pinned
from hallmark.assess.drift.merged import kolmogorov_smirnov_p, mann_whitney_p, merge
from hallmark.assess.drift.pinned import Score
from hallmark.assess.intervals import Interval, largest_gap, total_variation, two_class_distance, undefined
from hallmark.assess.values import sorted_values, value_counts

KS = "two-sample Kolmogorov-Smirnov D; limits D +- 1.358 sqrt(1/n + 1/m); nulls left out"
TV = (
    "total variation of the shares of categories, rare ones pooled; limits by chi-square, the upper one higher by what "
    "the pool may hide; nulls left out"
)
NONE = "not compared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What became of one column. `n` counts its values in the cohort; `p` is None where there is no test of it."""

    n: int
    distance: Interval
    method: str
    missing: Interval
    index: Interval
    scores: Mapping[str, Score]
    p: float | None
    counts: Mapping[str, object]


def compare_features(data: Dataset, reference: Dataset) -> Mapping[str, Compared]:
    """Compare every feature of the manifest, by name."""
    empty_now, empty_then = data.missing(), reference.missing()

    def compared(name: str) -> Compared:
        missing = two_class_distance(empty_now[name], data.rows, empty_then[name], reference.rows)
        why = _incomparable(name, data, reference, empty_now[name], empty_then[name])
        if why:
            known = reference.scale(name) or data.scale(name)
            counts = {"reason": why, **_nulls(empty_now[name], data.rows, empty_then[name], reference.rows)}
            return _nothing(why, known, missing, counts, data.rows - empty_now[name])
        if data.scale(name) is Scale.CATEGORY:
            found = value_counts(data, name), value_counts(reference, name)
            return _categories(*found, data.rows, reference.rows, missing)
        values = sorted_values(data, name), sorted_values(reference, name)
        return compare_numbers(*values, data.rows, reference.rows, missing)

    return data.each(data.manifest.features, compared)


def compare_numbers(now: Floats, then: Floats, rows: int, reference_rows: int, missing: Interval) -> Compared:
    """Compare two columns of numbers, neither of them empty, given in ascending order without nulls."""
    counts = {"cohort": _moments(now, rows), "reference": _moments(then, reference_rows)}
    for where, values in (("cohort", now), ("reference data", then)):
        infinite = len(values) - len(_finite_of(values))
        if infinite:
            why = f"{infinite} values in the {where} are infinite"
            return _nothing(why, Scale.NUMBER, missing, counts, len(now))
    merged, pairs = merge(now, then), bins.by_decile(now, then)
    p = kolmogorov_smirnov_p(merged)
    return Compared(
        n=len(now),
        distance=largest_gap(merged.distance, merged.n, merged.m),
        method=KS,
        missing=missing,
        index=bins.stability_index(pairs),
        scores=pinned.of_numbers(now, then, merged, p),
        # Two tests of one column: twice the smaller p.
        p=min(1.0, 2 * min(p, mann_whitney_p(merged))),
        counts={**counts, "deciles_of_reference": bins.shown_bins(pairs)},
    )


def _categories(
    now: Mapping[str, int], then: Mapping[str, int], rows: int, reference_rows: int, missing: Interval
) -> Compared:
    pairs = bins.by_category(now, then)
    return Compared(
        n=sum(now.values()),
        distance=total_variation(now, then),
        method=TV,
        missing=missing,
        index=bins.stability_index(pairs),
        scores=pinned.of_categories(now, then),
        p=float(chi2_contingency(np.transpose(pairs), correction=False).pvalue) if len(pairs) > 1 else 1.0,
        counts={
            "cohort": _sizes(now, rows),
            "reference": _sizes(then, reference_rows),
            "categories_only_in_cohort": len(set(now) - set(then)),
            "rows_of_those": sum(count for value, count in now.items() if value not in then),
            "categories": bins.shown_categories(now, then),
        },
    )


def _incomparable(name: str, data: Dataset, reference: Dataset, missing: int, missing_then: int) -> str:
    if missing == data.rows:
        return "all values in the cohort are null"
    if missing_then == reference.rows:
        return "all values in the reference data are null"
    if data.scale(name) is None or data.scale(name) is not reference.scale(name):
        return f"{name!r} is {data.types[name]} in the cohort and {reference.types[name]} in the reference"
    return ""


def nothing_of_numbers(why: str) -> Compared:
    """What there is of a column of numbers that does not exist."""
    return _nothing(why, Scale.NUMBER, undefined(why), {"reason": why}, 0)


def _nothing(why: str, scale: Scale | None, missing: Interval, counts: Mapping[str, object], n: int) -> Compared:
    names = pinned.CATEGORIES if scale is Scale.CATEGORY else pinned.NUMBERS
    return Compared(
        n=n,
        distance=undefined(why),
        method=NONE,
        missing=missing,
        index=undefined(why),
        scores=pinned.unscored(names, why),
        p=None,
        counts=counts,
    )


def _moments(values: Floats, rows: int) -> Mapping[str, object]:
    """Return counts, mean and standard deviation: no order statistic, which would be the value of a row."""
    known = _finite_of(values)
    # From a few values both together would give the rows away.
    enough = len(known) >= bins.SHOWN
    return {
        "rows": rows,
        "values": len(values),
        "nulls": rows - len(values),
        "infinite": len(values) - len(known),
        "mean": _finite(known.mean()) if enough else None,
        "sd": _finite(known.std(ddof=1)) if enough else None,
    }


def _finite_of(values: Floats) -> Floats:
    """Return the finite ones of values in ascending order: infinite ones stand at the ends."""
    low, high = np.searchsorted(values, -np.inf, side="right"), np.searchsorted(values, np.inf, side="left")
    return values[low:high]


def _finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


def _sizes(counts: Mapping[str, int], rows: int) -> Mapping[str, int]:
    values = sum(counts.values())
    return {"rows": rows, "values": values, "nulls": rows - values, "categories": len(counts)}


def _nulls(missing: int, rows: int, missing_then: int, reference_rows: int) -> Mapping[str, Mapping[str, int]]:
    return {
        "cohort": {"rows": rows, "values": rows - missing, "nulls": missing},
        "reference": {"rows": reference_rows, "values": reference_rows - missing_then, "nulls": missing_then},
    }
