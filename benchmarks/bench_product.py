"""The product: its own assessors, every measure with its interval, as a task runs them."""

import json
import logging
import warnings
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import bench_data as data
from shipped import rules

from hallmark.policy.subject import Cohort, CohortRole


def assessed(dimension: str, paths: dict[str, Path]) -> Any:
    """Open the datasets and assess `dimension`; the reference data are the training data too."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    from hallmark.assess.assignment import Assignment
    from hallmark.assess.dataset import Dataset
    from hallmark.assess.registry import assessor, dimension_of

    module = assessor(dimension_of(dimension))
    if dimension == "data_quality":
        import great_expectations  # noqa: F401

    rules()
    yield
    manifest, work = data.manifest(), paths["cohort"].parent
    with ExitStack() as stack:
        now, then, first = (
            stack.enter_context(Dataset.open(manifest, paths[side], None, work))
            for side in ("cohort", "reference", "reference")
        )
        assignment = Assignment(
            manifest=manifest,
            cohort=_cohort(paths["cohort"]),
            data=now,
            reference=then,
            training=first,
            suite=json.dumps(data.suite()).encode(),
            seed=data.SEED,
            minimum_cell=rules().appetite.minimum_cell,
        )
        found = module.assess(assignment)
    nothing = [str(one.key) for one in found.observations if one.value is None]
    yield {"observations": len(found.observations), "without a number": nothing}


def _cohort(path: Path) -> Cohort:
    return Cohort(
        model="speed",
        version="1",
        name="now",
        role=CohortRole.HOLDOUT,
        as_of=date(2025, 12, 31),
        file=path.name,
        sha256="0" * 64,
    )


DIMENSIONS = {
    "data quality": partial(assessed, "data_quality"),
    "drift": partial(assessed, "drift"),
    "fairness": partial(assessed, "fairness"),
    "performance": partial(assessed, "performance"),
    "remedies": partial(assessed, "remedies"),
}
