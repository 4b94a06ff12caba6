"""Data quality: whether the data are evidence at all, then the model's expectation suite, then who is in the data."""

from dataclasses import asdict
from itertools import chain

from hallmark.assess.assignment import Assessment, Assignment
from hallmark.assess.data_quality.features import features
from hallmark.assess.data_quality.groups import groups
from hallmark.assess.data_quality.label_noise import CLEANLAB, label_noise
from hallmark.assess.data_quality.reported import DUCKDB
from hallmark.assess.data_quality.split import split
from hallmark.assess.data_quality.suite import GREAT_EXPECTATIONS, MEASURES, expectations, shares
from hallmark.assess.data_quality.validity import validity
from hallmark.assess.gx_engine import run
from hallmark.assess.tools import NUMPY
from hallmark.evidence.canonical import encode

__all__ = ["MEASURES", "assess"]


def assess(assignment: Assignment) -> Assessment:
    """Report split and label, shares of the suite, validity by feature, groups, each feature alone, and label noise.

    Raises `BadInput` for a suite that is none.
    """
    data = assignment.data
    outcomes = run(expectations(assignment.suite), data.rows, data.cursor)
    parts = {
        "split": split(assignment),
        "groups": groups(assignment),
        "features": features(assignment),
        "label_noise": label_noise(assignment),
    }
    evidence = {
        "rows": data.rows,
        "training_rows": assignment.training.rows,
        "expectations": [asdict(one) for one in outcomes],
        **{name: counts for name, (_, counts) in parts.items()},
    }
    first, *others = [found for found, _ in parts.values()]
    return Assessment(
        observations=(*first, *shares(outcomes, data), *validity(outcomes, data), *chain.from_iterable(others)),
        evidence={"data_quality.json": encode(evidence)},
        tools=(GREAT_EXPECTATIONS, DUCKDB, NUMPY, CLEANLAB),
    )
