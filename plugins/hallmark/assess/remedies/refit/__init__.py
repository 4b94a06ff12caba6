"""What fitting again would do: without a feature that moved or tells too much, and on newer rows as well."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hallmark.assess.assignment import Assignment
from hallmark.assess.remedies.refit.choice import suspects
from hallmark.assess.remedies.refit.effect import Scores, effect, levels
from hallmark.assess.remedies.refit.fit import METHOD, joined, part, scored
from hallmark.assess.remedies.refit.rows import Coding, Rows, coding_of, rows_of
from hallmark.measures import Task

LEAST = 100
"""Rows with a label that training data, reference data and cohort need each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The rows of a case: what the stand-in is fitted on, and what it is measured on."""

    assignment: Assignment
    coding: Coding
    training: Rows
    reference: Rows
    cohort: Rows

    @property
    def binary(self) -> bool:
        """Whether the outcome is one of two."""
        return self.assignment.manifest.task is Task.BINARY


def refits(assignment: Assignment) -> Mapping[str, Any]:
    """Return what each try would change on the cohort, beside the same estimator with all features; or the reason."""
    if assignment.manifest.task is Task.MULTICLASS:
        return {"reason": "what is fitted again here tells two outcomes apart, or a number, and no three classes"}
    drawn = _drawn(assignment)
    reason = _problem(drawn)
    if reason:
        return {"reason": reason}
    before = _scores(drawn, "")
    return {
        "method": METHOD,
        "seed": assignment.seed,
        "fitted_on": len(drawn.training),
        "measured_on": len(drawn.cohort),
        "stand_in": levels(drawn.cohort, drawn.reference, before, binary=drawn.binary),
        "tries": [*_without(drawn, before), _newer(drawn, before)],
    }


def _drawn(assignment: Assignment) -> Drawn:
    training, reference, cohort = assignment.training, assignment.reference, assignment.data
    coding = coding_of(training, (reference, cohort), assignment.seed)
    first = rows_of(training, coding, assignment.seed)
    return Drawn(
        assignment=assignment,
        coding=coding,
        training=first,
        reference=first if reference is training else rows_of(reference, coding, assignment.seed),
        cohort=rows_of(cohort, coding, assignment.seed),
    )


def _problem(drawn: Drawn) -> str:
    if len(drawn.coding.names) < 2:
        return "the model has fewer than two features that compare between the datasets"
    sides = {"training data": drawn.training, "reference data": drawn.reference, "cohort": drawn.cohort}
    for name, rows in sides.items():
        if len(rows) < LEAST:
            return f"the {name} have {len(rows)} rows with a label; {LEAST} are the least"
        if not np.isfinite(rows.outcome).all():
            return f"the {name} have labels that are not finite"
        if len(np.unique(rows.outcome)) < 2 or len(np.unique(rows.outcome[rows.half])) < 2:
            return f"the {name} have labels of one class alone"
        if len(np.unique(rows.outcome[~rows.half])) < 2:
            return f"the {name} have labels of one class alone in a half"
    return ""


def _scores(drawn: Drawn, without: str) -> Scores:
    asked = [drawn.cohort.features, drawn.reference.features]
    now, then = scored(drawn.coding, drawn.training, asked, drawn.assignment.seed, without)
    return Scores(cohort=now, reference=then)


def _without(drawn: Drawn, before: Scores) -> Iterator[Mapping[str, Any]]:
    attributes = drawn.assignment.manifest.attributes
    chosen = suspects(drawn.coding, drawn.training, drawn.reference, drawn.cohort, attributes, binary=drawn.binary)
    for one in chosen:
        after = _scores(drawn, one.feature)
        yield {
            "name": f"without {one.feature}",
            **asdict(one),
            "amount": round(one.amount, 4),
            **effect(drawn.assignment, drawn.cohort, drawn.reference, before, after),
        }


def _newer(drawn: Drawn, before: Scores) -> Mapping[str, Any]:
    """Half of the cohort beside the training data, measured on the other half, and the other way round."""
    cohort, seed = drawn.cohort, drawn.assignment.seed
    now, then = np.zeros(len(cohort)), np.zeros(len(drawn.reference))
    for half in (cohort.half, ~cohort.half):
        fitted = joined(drawn.training, part(cohort, half))
        asked = [cohort.features[~half], drawn.reference.features]
        now[~half], part_of = scored(drawn.coding, fitted, asked, seed)
        then += part_of / 2
    after = Scores(cohort=now, reference=then)
    return {
        "name": "fitted on newer rows too",
        "feature": "",
        "because": "newer",
        **effect(drawn.assignment, cohort, drawn.reference, before, after),
    }
