"""Drift of classes: labels and predicted classes by total variation, and the share of rows that is rightly told."""

import numpy as np
import pandas as pd
import pytest
from tests.assess.conftest import Assigned, by_key
from tests.assess.multiclass import CLASSES, fruit, fruits

from hallmark.assess import drift
from hallmark.assess.intervals import difference, total_variation

PREDICTED, LABEL, DROP = (f"drift.{name}" for name in ("class_distance", "label_distance", "accuracy_drop"))


def halved(first: pd.Series, second: pd.Series) -> float:
    """Half the summed differences of the shares."""
    one, other = (rows.value_counts(normalize=True).reindex(CLASSES, fill_value=0.0) for rows in (first, second))
    return float(np.abs(one - other).sum() / 2)


def test_distances_and_drop_are_those_by_hand(assigned: Assigned) -> None:
    now, then = fruits(seed=1, right=0.6), fruits(800, seed=2)
    found = by_key(drift.assess(assigned(now, fruit(), reference=then)))
    assert found[PREDICTED, "", "", ""].value == pytest.approx(halved(now["named"], then["named"]))
    assert found[LABEL, "", "", ""].value == pytest.approx(halved(now["kind"], then["kind"]))
    counts = [{name: int((one["named"] == name).sum()) for name in CLASSES} for one in (now, then)]
    limits = total_variation(counts[0], counts[1])
    assert (found[PREDICTED, "", "", ""].low, found[PREDICTED, "", "", ""].high) == (limits.low, limits.high)
    right = [(int((one["kind"] == one["named"]).sum()), len(one)) for one in (then, now)]
    expected, seen = difference(*right[0], *right[1]), found[DROP, "", "", ""]
    assert (seen.value, seen.low, seen.high) == (expected.value, expected.low, expected.high)
    assert seen.low is not None and seen.low > 0.05
    assert not {"drift.score_distance", "drift.auc_drop", "drift.error_rise"} & {key[0] for key in found}


def test_nothing_moves_where_both_are_one(assigned: Assigned) -> None:
    rows = fruits()
    found = by_key(drift.assess(assigned(rows, fruit(), reference=rows)))
    assert [found[name, "", "", ""].value for name in (PREDICTED, LABEL, DROP)] == [0.0, 0.0, 0.0]


def test_without_labels_only_the_predicted_classes_are_compared(assigned: Assigned) -> None:
    rows = fruits()
    bare = rows.assign(kind=pd.Series([None] * len(rows), dtype="object"))
    found = by_key(drift.assess(assigned(bare, fruit(), reference=rows)))
    assert found[PREDICTED, "", "", ""].value == 0.0
    for name in (LABEL, DROP):
        assert (found[name, "", "", ""].value, found[name, "", "", ""].reason) == (
            None,
            "no row of the cohort has a label",
        )
