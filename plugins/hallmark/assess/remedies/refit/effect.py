"""What a change of scores does to every measure of a case, each with its paired interval, and whether it helps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hallmark.assess.arrays import Floats, Mask
from hallmark.assess.assignment import Assignment
from hallmark.assess.fairness.cube import decided
from hallmark.assess.intervals import Interval, area_under_curve, gap, kolmogorov_smirnov, mean, paired_areas, undefined
from hallmark.assess.remedies.refit.distance import distance_change
from hallmark.assess.remedies.refit.paired import Decided, changes, told
from hallmark.assess.remedies.refit.rows import Rows
from hallmark.measures import Task
from hallmark.policy.subject import Favourable, Manifest

WIDE = 1e300
"""Means of changes of forecasts have no range of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The scores of an estimator on the rows of the cohort and of the reference data."""

    cohort: Floats
    reference: Floats


def levels(cohort: Rows, reference: Rows, scores: Scores, *, binary: bool) -> Mapping[str, Any]:
    """Return what the stand-in itself shows, so that one sees how near it comes to the model."""
    now = np.sort(scores.cohort), np.sort(scores.reference)
    found = {"score_distance": kolmogorov_smirnov(*now)}
    if binary:
        positive = cohort.outcome == 1
        found |= {
            "auc": area_under_curve(scores.cohort[positive], scores.cohort[~positive]),
            "calibration_in_the_large": mean(cohort.outcome - scores.cohort, low=-1.0, high=1.0),
            "brier": mean((cohort.outcome - scores.cohort) ** 2, low=0.0, high=1.0),
        }
    else:
        errors = cohort.outcome - scores.cohort
        found |= {"mae": mean(np.abs(errors), low=0.0, high=WIDE), "bias": mean(errors, low=-WIDE, high=WIDE)}
    return {name: told(one) for name, one in found.items()}


def effect(assignment: Assignment, cohort: Rows, reference: Rows, before: Scores, after: Scores) -> Mapping[str, Any]:
    """Return the change of every measure, of every group against its reference group, and one sentence."""
    binary = assignment.manifest.task is Task.BINARY
    moved = distance_change((before.reference, after.reference), (before.cohort, after.cohort), assignment.seed)
    found = {"score_distance": moved} | changed(assignment, cohort, before.cohort, after.cohort)
    if binary:
        then = paired_areas(reference.outcome == 1, after.reference, before.reference)
        found["auc_drop"] = gap(then, found["auc"])
    return {
        "change": {name: told(one) for name, one in found.items()},
        "groups": by_group(assignment, cohort, before.cohort, after.cohort),
        "says": says(moved, found["auc" if binary else "mae"], better=1 if binary else -1),
    }


def changed(assignment: Assignment, cohort: Rows, before: Floats, after: Floats) -> dict[str, Interval]:
    """Return the change of each measure of the whole cohort."""
    if assignment.manifest.task is not Task.BINARY:
        errors = np.abs(cohort.outcome - before), np.abs(cohort.outcome - after)
        return {"mae": _mean(errors[1] - errors[0]), "bias": _mean(before - after)}
    squares = (cohort.outcome - before) ** 2, (cohort.outcome - after) ** 2
    return {
        "auc": paired_areas(cohort.outcome == 1, after, before),
        "calibration_in_the_large": _mean(before - after),
        "brier": _mean(squares[1] - squares[0]),
    }


def by_group(assignment: Assignment, cohort: Rows, before: Floats, after: Floats) -> Mapping[str, Any]:
    """Return for each attribute and group the change of each comparison with the reference group."""
    manifest = assignment.manifest
    if manifest.decision is None:
        return {}
    ways = Decided(
        before=_given(manifest, before),
        after=_given(manifest, after),
        earned=(cohort.outcome == 0) == (manifest.decision.favourable is Favourable.BELOW),
    )
    found = {}
    for one in manifest.attributes:
        codes = cohort.codes[one.name]
        rates = changes(ways, codes, one, assignment.seed)
        found[one.name] = {
            group: {
                **rates[group],
                "calibration_within_group": told(_within(before - after, codes == place, group)),
            }
            for place, group in enumerate(one.groups)
            if group != one.reference
        }
    return found


def _within(change: Floats, members: Mask, group: str) -> Interval:
    rows = int(members.sum())
    if rows < 2:
        return undefined(f"{group} has {rows} rows with a label, and no spread can be seen in them")
    return _mean(change[members])


def _given(manifest: Manifest, scores: Floats) -> Mask:
    decision = decided(manifest)
    return np.asarray((scores < decision.cut_off) == (decision.favourable is Favourable.BELOW))


def _mean(values: Floats) -> Interval:
    if not np.any(values):
        return undefined("nothing would change")
    return mean(values, low=-WIDE, high=WIDE)


def says(moved: Interval, quality: Interval, *, better: int) -> str:
    """One sentence: whether the scores would drift less, and what it costs; `better` is the sign of a gain."""
    return f"{_drifts(moved)}; {_costs(quality, better)}."


def _drifts(moved: Interval) -> str:
    if moved.value is None or moved.low is None or moved.high is None:
        return f"It does not help against drift of the scores ({moved.reason})"
    reads = f"their distance to the reference data changes by {moved.value:+.3f} [{moved.low:+.3f}, {moved.high:+.3f}]"
    if moved.high < 0:
        return f"It helps against drift of the scores: {reads}"
    return (
        f"It makes the scores drift further: {reads}" if moved.low > 0 else f"Not shown to help against drift: {reads}"
    )


def _costs(quality: Interval, better: int) -> str:
    name = "AUC" if better > 0 else "mean size of the error"
    if quality.value is None or quality.low is None or quality.high is None:
        return f"the {name} stays as it is"
    reads = f"{quality.value:+.3f} [{quality.low:+.3f}, {quality.high:+.3f}]"
    if quality.low > 0 or quality.high < 0:
        gain = (quality.value > 0) == (better > 0)
        return f"the {name} {'gains' if gain else 'loses'}: {reads}"
    return f"no change of the {name} is shown: {reads}"
