"""Performance of classes: scikit-learn's numbers, limits by bootstrap and simulation, and what leaves no number."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn import metrics
from tests.assess.conftest import Assigned
from tests.assess.multiclass import CLASSES, fruit, fruits
from tests.assess.test_performance import number

from hallmark.assess import performance
from hallmark.assess.intervals import share
from hallmark.assess.performance.classes import balanced_accuracy, macro_f1

NAMES = tuple("0123456789")
DRAWS = 1_000
"""Samples of each coverage; its standard error is 0.7 points at 95 %."""


def test_every_number_is_that_of_scikit_learn(assigned: Assigned) -> None:
    rows = fruits()
    found = performance.assess(assigned(rows, fruit()))
    truth, answer = rows["kind"], rows["named"]
    assert number(found, "accuracy").value == pytest.approx(metrics.accuracy_score(truth, answer))
    assert number(found, "balanced_accuracy").value == pytest.approx(metrics.balanced_accuracy_score(truth, answer))
    assert number(found, "macro_f1").value == pytest.approx(metrics.f1_score(truth, answer, average="macro"))
    for name, score in (("class_recall", metrics.recall_score), ("class_precision", metrics.precision_score)):
        each = score(truth, answer, average=None, labels=list(CLASSES))
        assert [number(found, name, "kind", one).value for one in CLASSES] == pytest.approx(list(each))
    evidence = json.loads(found.evidence["performance.json"])
    assert evidence["confusion"] == metrics.confusion_matrix(truth, answer, labels=list(CLASSES)).tolist()
    assert (evidence["classes"], evidence["without_label"]) == (list(CLASSES), 0)
    names = ("accuracy", "balanced_accuracy", "macro_f1", "class_recall", "class_precision")
    assert {one.key.measure for one in found.observations} == {f"performance.{name}" for name in names}


def test_shares_have_the_limits_of_wilson_over_what_they_count(assigned: Assigned) -> None:
    rows = fruits()
    found = performance.assess(assigned(rows, fruit()))
    plums, named = rows["kind"] == "plum", rows["named"] == "plum"
    for seen, hits, n in (
        (number(found, "accuracy"), (rows["kind"] == rows["named"]).sum(), len(rows)),
        (number(found, "class_recall", "kind", "plum"), (plums & named).sum(), plums.sum()),
        (number(found, "class_precision", "kind", "plum"), (plums & named).sum(), named.sum()),
    ):
        expected = share(int(hits), int(n))
        assert (seen.value, seen.low, seen.high, seen.n) == (expected.value, expected.low, expected.high, n)


def test_the_limits_of_the_means_are_those_of_a_bootstrap(assigned: Assigned) -> None:
    """Rows drawn again 2,000 times and scored by scikit-learn itself: the same limits to a hundredth."""
    rows = fruits()
    found = performance.assess(assigned(rows, fruit()))
    truth, answer = rows["kind"].to_numpy(), rows["named"].to_numpy()
    drawn = np.random.default_rng(0).integers(0, len(rows), (2_000, len(rows)))
    tables = [metrics.confusion_matrix(truth[one], answer[one], labels=list(CLASSES)) for one in drawn]
    recalls = [np.mean(np.diag(one) / one.sum(axis=1)) for one in tables]
    f1 = [np.mean(2 * np.diag(one) / (one.sum(axis=1) + one.sum(axis=0))) for one in tables]
    for name, again in (("balanced_accuracy", recalls), ("macro_f1", f1)):
        seen = number(found, name)
        assert (seen.low, seen.high) == pytest.approx(np.quantile(again, [0.025, 0.975]), abs=0.01)


def cells(classes: int, right: float, imbalance: float) -> Any:
    """The shares of label and answer: each class found in `right` of its rows, each `imbalance` times the next."""
    weights = imbalance ** -np.arange(classes)
    table = np.full((classes, classes), (1 - right) / (classes - 1))
    np.fill_diagonal(table, right)
    return table * (weights / weights.sum())[:, None]


@pytest.mark.parametrize(
    ("classes", "right", "imbalance", "n"),
    [(3, 0.5, 1.0, 60), (3, 0.7, 2.0, 200), (3, 0.99, 1.0, 300), (10, 0.97, 1.0, 900), (4, 0.8, 3.0, 300)],
)
def test_limits_hold_the_truth_in_95_of_100_samples(classes: int, right: float, imbalance: float, n: int) -> None:
    shares, names = cells(classes, right, imbalance), NAMES[:classes]
    recall = np.mean(np.diag(shares) / shares.sum(axis=1))
    f1 = np.mean(2 * np.diag(shares) / (shares.sum(axis=1) + shares.sum(axis=0)))
    drawn = np.random.default_rng(2).multinomial(n, shares.ravel(), DRAWS).reshape(-1, classes, classes)
    for measure, truth in ((balanced_accuracy, recall), (macro_f1, f1)):
        found = [measure(table, names) for table in drawn]
        held = [one.low <= truth <= one.high for one in found if one.low is not None and one.high is not None]
        assert len(held) > 0.99 * DRAWS
        assert 0.925 <= np.mean(held) <= 0.985, measure.__name__


def test_a_class_that_is_seldom_there_and_not_found_is_uncertain_too() -> None:
    """Three rows are expected of the smallest class; without its half row 87 of 100 intervals held the truth."""
    shares = cells(4, 0.75, 1.0) * 4 * np.array([0.5, 0.3, 0.175, 0.025])[:, None]
    f1 = np.mean(2 * np.diag(shares) / (shares.sum(axis=1) + shares.sum(axis=0)))
    drawn = np.random.default_rng(3).multinomial(120, shares.ravel(), DRAWS).reshape(-1, 4, 4)
    found = [macro_f1(table, NAMES[:4]) for table in drawn]
    held = [one.low <= f1 <= one.high for one in found if one.low is not None and one.high is not None]
    assert len(held) > 0.9 * DRAWS and np.mean(held) >= 0.915


TABLES = st.integers(3, 6).flatmap(lambda size: arrays.arrays(np.int64, (size, size), elements=st.integers(0, 50)))


@given(TABLES, st.randoms(use_true_random=False))
def test_neither_the_order_of_classes_nor_their_names_matter(table: np.ndarray, random: object) -> None:
    names, order = NAMES[: len(table)], np.random.default_rng(len(table)).permutation(len(table))
    for measure in (balanced_accuracy, macro_f1):
        one, other = measure(table, names), measure(table[order][:, order], names)
        assert (one.value is None) == (other.value is None) == bool((table.sum(axis=1) == 0).any())
        if one.value is not None:
            assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))
            assert one.low is not None and one.high is not None
            assert 0.0 <= one.low <= one.value <= one.high <= 1.0 and one.low < one.high


@given(st.lists(st.integers(0, 40), min_size=3, max_size=8))
def test_the_mean_recall_of_equal_classes_is_the_accuracy(hits: list[int]) -> None:
    table = np.diag(hits) + np.roll(np.diag(40 - np.array(hits)), 1, axis=1)
    seen = balanced_accuracy(table, NAMES[: len(hits)])
    assert seen.value == pytest.approx(np.trace(table) / table.sum())


def test_where_every_row_is_right_there_is_still_a_width(assigned: Assigned) -> None:
    rows = fruits()
    found = performance.assess(assigned(rows.assign(named=rows["kind"]), fruit()))
    smallest = int(rows["kind"].value_counts().min())
    for name in ("balanced_accuracy", "macro_f1"):
        seen = number(found, name)
        assert (seen.value, seen.low, seen.high) == (1.0, share(smallest, smallest).low, 1.0)


def test_a_class_without_a_row_leaves_the_means_without_a_number(assigned: Assigned) -> None:
    rows = fruits()
    found = performance.assess(assigned(rows[rows["kind"] != "plum"], fruit()))
    for name in ("balanced_accuracy", "macro_f1"):
        seen = number(found, name)
        assert seen.value is None and seen.low is None
        assert seen.reason == "no row with a label is of class 'plum', and a mean over all classes needs each"
    assert number(found, "class_recall", "kind", "plum").reason == "no row with a label is of class 'plum'"
    assert number(found, "class_recall", "kind", "plum").value is None
    assert number(found, "class_recall", "kind", "pear").value is not None
    assert number(found, "accuracy").value is not None


def test_a_class_that_is_never_predicted_has_recall_0_and_no_precision(assigned: Assigned) -> None:
    rows = fruits()
    found = performance.assess(assigned(rows.assign(named=rows["named"].replace("plum", "pear")), fruit()))
    assert number(found, "class_recall", "kind", "plum").value == 0.0
    assert number(found, "class_precision", "kind", "plum").value is None
    assert "is predicted to be of class 'plum'" in number(found, "class_precision", "kind", "plum").reason
    assert number(found, "macro_f1").value is not None


def test_rows_without_a_label_are_left_out_and_counted(assigned: Assigned) -> None:
    rows = fruits()
    found = performance.assess(assigned(rows.assign(kind=rows["kind"].where(rows.index >= 100)), fruit()))
    seen = number(found, "accuracy")
    assert seen.value == pytest.approx((rows["kind"] == rows["named"])[100:].mean())
    assert seen.n == 500
    assert json.loads(found.evidence["performance.json"])["without_label"] == 100


def test_without_any_label_nothing_has_a_number(assigned: Assigned) -> None:
    rows = fruits(50).assign(kind=pd.Series([None] * 50, dtype="object"))
    found = performance.assess(assigned(rows, fruit()))
    assert all(one.value is None and one.reason == "no row has a label" for one in found.observations)
    assert len(found.observations) == 3 + 2 * len(CLASSES)
