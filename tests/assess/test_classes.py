"""Labels and predicted classes as they come: other spellings of one class, strangers, gaps, types that cannot be."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.assess.conftest import Assigned, Opened
from tests.assess.multiclass import CLASSES, fruit, fruits

from hallmark.assess import drift, fairness, performance, remedies
from hallmark.assess.blocks import Serial
from hallmark.assess.data_quality.split import split
from hallmark.assess.outcomes import confusion
from hallmark.errors import BadInput
from hallmark.policy.expected import Key
from hallmark.policy.subject import Order

NUMBERS = ("1", "2", "10")
ACCURACY = Key(measure="performance.accuracy")


def test_rows_are_counted_by_label_and_predicted_class(opened: Opened) -> None:
    rows = fruits().assign(kind=lambda found: found["kind"].where(found.index >= 60))
    table = confusion(opened(rows, fruit()))
    assert table.shape == (4, 3)
    known = rows[60:]
    expected = pd.crosstab(known["kind"], known["named"]).loc[list(CLASSES), list(CLASSES)].to_numpy()
    np.testing.assert_array_equal(table[:3], expected)
    np.testing.assert_array_equal(table[3], rows[:60]["named"].value_counts()[list(CLASSES)])


@pytest.mark.parametrize("label", [int, float, str, "category"], ids=str)
@pytest.mark.parametrize("answer", [int, float, str, lambda one: f"{one}.0"], ids=str)
def test_numbers_as_classes_are_one_however_they_are_written(opened: Opened, label: Any, answer: Any) -> None:
    rng = np.random.default_rng(0)
    kind, named = rng.choice([1, 2, 10], 200), rng.choice([1, 2, 10], 200)
    labels = pd.Series(kind).astype(str).astype("category") if label == "category" else pd.Series(kind).map(label)
    rows = fruits(200).assign(kind=labels, named=pd.Series(named).map(answer))
    table = confusion(opened(rows, fruit(*NUMBERS, decision=None)))[:3]
    np.testing.assert_array_equal(table, pd.crosstab(kind, named).to_numpy())


def test_a_column_of_numbers_with_gaps_keeps_its_classes(opened: Opened) -> None:
    rows = fruits(90).assign(kind=[1.0, 2.0, np.nan] * 30, named=[1, 2, 10] * 30)
    table = confusion(opened(rows, fruit(*NUMBERS, decision=None)))
    np.testing.assert_array_equal(table, [[30, 0, 0], [0, 30, 0], [0, 0, 0], [0, 0, 30]])


BAD_ANSWERS: dict[str, tuple[Any, str]] = {
    "a stranger": (["plumb", *["plum"] * 49], "has 1 rows whose predicted class is none of the declared ones (1 diff"),
    "another case": (["Plum"] * 50, "has 50 rows whose predicted class is none of the declared ones (1 different)"),
    "an empty text": (["", *["plum"] * 49], "has 1 rows whose predicted class is none of the declared ones"),
    "null": ([None, *["plum"] * 49], "has 1 rows without a predicted class: the model must answer every row"),
    "NaN": ([np.nan] * 50, "has 50 rows without a predicted class"),
    "numbers": (np.arange(50.0), "has 50 rows whose predicted class is none of the declared ones (50 different)"),
    "times": (pd.date_range("2026-01-01", periods=50), "write its classes as texts or numbers"),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_a_prediction_that_is_no_class_is_refused_in_one_sentence(opened: Opened, name: str) -> None:
    answers, said = BAD_ANSWERS[name]
    with pytest.raises(BadInput) as caught:
        opened(fruits(50).assign(named=answers), fruit())
    assert said in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "score", [[-1.0, *[0.0] * 49], [3.0, *[0.0] * 49], [0.5] * 50], ids=["below", "beyond", "between"]
)
def test_scores_of_an_artifact_are_places_of_classes(opened: Opened, score: list[float]) -> None:
    with pytest.raises(BadInput, match="no place of a declared class"):
        opened(fruits(50).assign(score=score).drop(columns="named"), fruit(predictions=None))


def test_scores_of_an_artifact_count_as_the_column_does(opened: Opened) -> None:
    rows = fruits()
    places = rows["named"].map({name: float(place) for place, name in enumerate(CLASSES)})
    scored = rows.assign(score=places).drop(columns="named")
    np.testing.assert_array_equal(confusion(opened(scored, fruit(predictions=None))), confusion(opened(rows, fruit())))


def test_a_label_outside_the_classes_is_never_dropped(assigned: Assigned) -> None:
    rows = fruits().assign(kind=lambda found: found["kind"].mask(found.index < 3, "plumb"))
    assignment = assigned(rows, fruit())
    for one in (performance, fairness, drift):
        with pytest.raises(BadInput, match="has 3 rows whose label is none of the declared classes"):
            one.assess(assignment)
    (found,) = [one for one in split(assignment)[0] if one.key.measure == "data_quality.label_declared"]
    assert found.value == pytest.approx(597 / 600)
    assert found.reason == "3 labels are none of the declared classes"


def test_a_label_of_a_time_is_refused(opened: Opened) -> None:
    with pytest.raises(BadInput, match=r"The label 'kind' is of type TIMESTAMP.*write its classes as texts or numbers"):
        opened(fruits(50).assign(kind=pd.date_range("2026-01-01", periods=50)), fruit())


def test_one_class_alone_leaves_the_means_without_a_number(assigned: Assigned) -> None:
    found = performance.assess(assigned(fruits(80).assign(kind="pear", named="pear"), fruit()))
    seen = {one.key.measure: one for one in found.observations if not one.key.group}
    assert seen["performance.accuracy"].value == 1.0
    assert "'apple', 'plum'" in seen["performance.balanced_accuracy"].reason
    assert seen["performance.balanced_accuracy"].value is seen["performance.macro_f1"].value is None


def test_classes_that_come_in_runs_say_less_than_as_many_rows(opened: Opened) -> None:
    """Places of classes have no distances: each class, predicted class and right answer is a series of its own."""
    rows, manifest = fruits(900), fruit(order=Order.TIME)
    assert Serial(data=opened(rows, manifest)).of(ACCURACY) < 3.0
    runs = rows.sort_values("kind", kind="stable")
    assert Serial(data=opened(runs, manifest)).of(ACCURACY) > 20.0
    errors = rows.assign(named=rows["kind"].mask(rows.index < 300, "plum"))
    assert Serial(data=opened(errors.iloc[np.random.default_rng(0).permutation(900)], manifest)).of(ACCURACY) < 3.0
    assert Serial(data=opened(errors, manifest)).of(ACCURACY) > 20.0


def test_no_remedy_of_scores_is_tried_on_classes(assigned: Assigned) -> None:
    found = remedies.assess(assigned(fruits(), fruit()))
    assert set(found.evidence) == {"remedies_refits.json"}
    tried = json.loads(found.evidence["remedies_refits.json"])
    assert "no three classes" in tried["refits"]["reason"]
    assert "no probabilities" in tried["intercepts"]["reason"]
