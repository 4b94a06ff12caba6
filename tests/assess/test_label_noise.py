"""Label noise: by a confident joint counted by hand, by what was planted, and silent where little is known."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold
from statsmodels.stats.proportion import proportion_confint
from tests.assess.conftest import Assigned, frame_of, label_of, manifest_of

from hallmark.assess.data_quality.label_noise import label_noise
from hallmark.assess.data_quality.labelled import labelled
from hallmark.measures import MEASURES, Task
from hallmark.verdict.observation import Observation

NOISE, DIFFERENCE = "data_quality.label_noise", "data_quality.label_noise_difference"


def certain(n: int = 1500, flipped: float = 0.0, group: str = "") -> pd.DataFrame:
    """Rows whose outcome follows from the income, but for some flipped labels, of one sex if it is named."""
    frame = frame_of(n).drop(columns="score")
    rng = np.random.default_rng(7)
    late = (frame["income"] + rng.normal(0, 0.5, n) > 33).astype("int64")
    wrong = (rng.random(n) < flipped) & ((frame["sex"] == group) | (group == ""))
    return frame.assign(late=late.where(~wrong, 1 - late))


def noise(assigned: Assigned, frame: pd.DataFrame, **options: Any) -> Mapping[tuple[str, str, str], Observation]:
    found, _ = label_noise(assigned(frame, **options))
    return {(one.key.measure, one.key.attribute, one.key.group): one for one in found}


@pytest.mark.parametrize("flipped", [0.0, 0.1, 0.2])
def test_it_reads_what_was_planted_where_outcomes_are_certain(assigned: Assigned, flipped: float) -> None:
    seen = noise(assigned, certain(2000, flipped))[NOISE, "", ""]
    assert seen.value == pytest.approx(flipped, abs=0.05)
    assert seen.value is not None and seen.value >= flipped - 0.01  # biased upwards


def test_the_joint_is_that_of_its_definition(assigned: Assigned) -> None:
    assignment = assigned(certain(1500, 0.1))
    found, counts = label_noise(assignment)
    rows = labelled(assignment.data, assignment.seed)
    probability = np.zeros((len(rows.label), 2))
    for fitted, held_out in StratifiedKFold(5).split(rows.features, rows.label):
        model = HistGradientBoostingClassifier(
            max_iter=20,
            learning_rate=0.25,
            max_leaf_nodes=15,
            early_stopping=False,
            random_state=1,
            categorical_features=[False, True],
        )
        model.fit(rows.features[fitted], rows.label[fitted])
        probability[held_out] = model.predict_proba(rows.features[held_out])
    # Northcutt 2021: the threshold of a class is the mean probability of it among the rows that carry its label.
    threshold = [probability[rows.label == label, label].mean() for label in (0, 1)]
    joint = np.zeros((2, 2))
    for given, row in zip(rows.label, probability, strict=True):
        likely = [label for label in (0, 1) if row[label] >= threshold[label] - 1e-6]
        if likely:
            joint[given, max(likely, key=lambda label: row[label])] += 1
    joint *= (np.bincount(rows.label) / joint.sum(axis=1))[:, None]
    seen = np.array(counts["joint"])
    assert np.abs(seen - joint).max() <= 1.0  # the library rounds to whole rows
    share = (seen[0, 1] + seen[1, 0]) / 1500
    low, high = proportion_confint(round(share * 1500), 1500, method="wilson")
    assert (found[0].value, found[0].low, found[0].high) == pytest.approx((share, low, high))


def test_flips_in_one_group_show_against_the_reference_group(assigned: Assigned) -> None:
    seen = noise(assigned, certain(3000, 0.3, "women"))[DIFFERENCE, "sex", "women"]
    assert seen.low is not None and seen.low > 0.2
    assert seen.reference == "men"
    even = noise(assigned, certain(3000, 0.1))[DIFFERENCE, "sex", "women"]
    assert even.low is not None and even.high is not None and even.low < 0 < even.high


def test_uncertain_outcomes_read_as_noise_so_that_it_is_never_judged(assigned: Assigned) -> None:
    frame = frame_of(3000).drop(columns="score")  # clean labels that no feature tells
    seen = noise(assigned, frame)[NOISE, "", ""]
    assert seen.value is not None and seen.value > 0.3
    assert not MEASURES[NOISE].gate and not MEASURES[DIFFERENCE].gate


def test_a_regression_has_no_classes(assigned: Assigned) -> None:
    manifest = manifest_of(task=Task.REGRESSION, decision=None, label=label_of("late", None))  # type: ignore[arg-type]
    assert label_noise(assigned(certain(300), manifest=manifest)) == ((), {})


@pytest.mark.parametrize("case", ["no-label", "one-class", "few", "no-feature"])
def test_what_tells_too_little_has_no_number(assigned: Assigned, case: str) -> None:
    frame = certain(300)
    if case == "no-label":
        frame["late"] = np.nan
    elif case == "one-class":
        frame["late"] = 0
    elif case == "few":
        frame["late"] = (np.arange(300) < 19).astype(int)
    else:
        frame = frame.assign(income=np.nan, region=None)
    for seen in noise(assigned, frame).values():
        assert (seen.value, seen.low, seen.high) == (None, None, None)
        assert "needed" in seen.reason or "no feature" in seen.reason


def test_a_small_group_has_no_number_and_the_others_have(assigned: Assigned) -> None:
    frame = certain(1500)
    frame.loc[frame["sex"] == "women", "sex"] = "men"
    frame.loc[:29, "sex"] = "women"
    found = noise(assigned, frame)
    assert found[DIFFERENCE, "sex", "women"].value is None
    assert found[DIFFERENCE, "sex", "women"].reason.startswith("sex 'women': ")
    assert found[DIFFERENCE, "age", "old"].value is not None


def test_infinite_and_missing_values_are_values_like_others(assigned: Assigned) -> None:
    frame = certain(600)
    frame.loc[:9, "income"] = np.inf
    frame.loc[10:19, "income"] = np.nan
    frame.loc[20:29, "region"] = None
    assert noise(assigned, frame)[NOISE, "", ""].value is not None


def test_a_column_of_the_data_may_have_any_name(assigned: Assigned) -> None:
    frame = certain(600).assign(label=None, place=1, f0="x", g0=2)
    assert noise(assigned, frame)[NOISE, "", ""].n == 600


def test_same_rows_in_any_order_and_any_number_of_threads(assigned: Assigned) -> None:
    frame = certain(800, 0.1)
    once = label_noise(assigned(frame, threads=1))
    assert once == label_noise(assigned(frame.sample(frac=1, random_state=3), threads=2))
