"""Data quality: whether the data are evidence at all, then the model's expectation suite, then who is in the data."""

from dataclasses import asdict

from hallmark.assess.assignment import Assessment, Assignment
from hallmark.assess.data_quality.features import features
from hallmark.assess.data_quality.groups import groups
from hallmark.assess.data_quality.label_noise import CLEANLAB, label_noise
from hallmark.assess.data_quality.reported import DUCKDB, NUMPY
from hallmark.assess.data_quality.split import split
from hallmark.assess.data_quality.suite import GREAT_EXPECTATIONS, MEASURES, expectations, shares
from hallmark.assess.data_quality.validity import validity
from hallmark.assess.gx_engine import run
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
    found = [
        *parts["split"][0],
        *shares(outcomes, data),
        *validity(outcomes, data),
        *parts["groups"][0],
        *parts["features"][0],
        *parts["label_noise"][0],
    ]
    return Assessment(
        observations=tuple(found),
        evidence={"data_quality.json": encode(evidence)},
        tools=(GREAT_EXPECTATIONS, DUCKDB, NUMPY, CLEANLAB),
    )
