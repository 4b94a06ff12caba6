"""What recalibrating would do to every group: one intercept for all, or one for each group of an attribute."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from scipy.special import expit, logit

from hallmark.assess import brier
from hallmark.assess.arrays import Floats, Integers
from hallmark.assess.assignment import Assignment
from hallmark.assess.remedies.recalibration import intercept
from hallmark.assess.remedies.refit.effect import by_group, changed
from hallmark.assess.remedies.refit.paired import told
from hallmark.assess.remedies.refit.rows import Coding, Rows, rows_of
from hallmark.measures import Task

LEAST = 100
"""Fewer rows with a label are not fitted on."""

FEWEST = 20
"""A group with fewer rows in a half keeps its scores."""

CLIP = 1e-9
"""How near to 0 and 1 a score may be on the logit scale."""


def intercepts(assignment: Assignment) -> Mapping[str, Any]:
    """Return what each recalibration would change; fitted on one half of the keys, measured on the other, both ways."""
    if assignment.manifest.task is not Task.BINARY or not assignment.data.scored:
        return {"reason": "the model gives no probabilities, or there are no scores"}
    cohort = rows_of(assignment.data, Coding(names=(), categories=()), assignment.seed, scored=True)
    if len(cohort) < LEAST:
        return {"reason": f"{len(cohort)} rows with a label are too few to fit on one half and measure on the other"}
    if any(len(np.unique(cohort.outcome[half])) < 2 for half in (cohort.half, ~cohort.half)):
        return {"reason": "a half of the rows has outcomes of one class alone"}
    return {"measured_on": len(cohort), "seed": assignment.seed, "tries": list(_tries(assignment, cohort))}


def _tries(assignment: Assignment, cohort: Rows) -> Iterator[Mapping[str, Any]]:
    before = cohort.score if cohort.score is not None else np.zeros(len(cohort))
    everyone = np.zeros(len(cohort), dtype=np.int64)
    codes = {one.name: cohort.codes[one.name] for one in assignment.manifest.attributes}
    for attribute, members in {"": everyone, **codes}.items():
        after = _shifted(cohort, before, members)
        found = changed(assignment, cohort, before, after)
        yield {
            "name": f"an intercept for each group of {attribute}" if attribute else "one intercept for all",
            "attribute": attribute,
            "change": {name: told(one) for name, one in found.items()},
            "groups": by_group(assignment, cohort, before, after),
            "says": brier.says(found["brier"]),
        }


def _shifted(cohort: Rows, before: Floats, members: Integers) -> Floats:
    """Shift the logit of each group so that its mean score is its rate, as seen in the other half."""
    x, after = logit(np.clip(before, CLIP, 1 - CLIP)), before.copy()
    for half in (cohort.half, ~cohort.half):
        for group in np.unique(members[members >= 0]).tolist():
            fitted, shifted = half & (members == group), ~half & (members == group)
            rate = float(cohort.outcome[fitted].mean()) if fitted.sum() >= FEWEST else 0.0
            if 0 < rate < 1:
                after[shifted] = expit(x[shifted] + intercept(x[fitted], rate))
    return after
