"""Fairness of predicted classes: a decision is favourable when its class is, earned when the label's class is."""

import json
from dataclasses import replace

import fairlearn.metrics as metrics
import pytest
from tests.assess.conftest import SEX, Assigned, by_key
from tests.assess.multiclass import fruit, fruits

from hallmark.assess import fairness
from hallmark.assess.fairness.rates import RATES
from hallmark.policy.subject import Decision

FAVOURED = Decision(favourable_classes=("plum", "pear"))


def test_the_rates_are_fairlearns_over_favourable_classes(assigned: Assigned) -> None:
    rows = fruits()
    found = by_key(fairness.assess(assigned(rows, fruit(decision=FAVOURED))))
    given, earned = (rows[one].isin(["plum", "pear"]).astype(int) for one in ("named", "kind"))
    women, men = (rows["sex"] == one for one in ("women", "men"))
    for name, rate in (
        ("true_positive_rate", metrics.true_positive_rate),
        ("false_positive_rate", metrics.false_positive_rate),
    ):
        expected = rate(earned[women], given[women]) - rate(earned[men], given[men])
        assert found[f"fairness.{name}_difference", "sex", "women", ""].value == pytest.approx(expected)
    ratio = found["fairness.selection_rate_ratio", "sex", "women", ""]
    assert ratio.value == pytest.approx(given[women].mean() / given[men].mean())
    assert ratio.n == women.sum()


def test_an_artifact_is_compared_as_its_predictions_are(assigned: Assigned) -> None:
    rows = fruits()
    places = rows["named"].map({"apple": 0.0, "pear": 1.0, "plum": 2.0})
    by_column = fairness.assess(assigned(rows, fruit()))
    scored = rows.assign(score=places).drop(columns="named")
    by_artifact = fairness.assess(assigned(scored, fruit(predictions=None)))
    assert by_artifact.evidence == by_column.evidence
    assert by_artifact.observations == by_column.observations


def test_a_class_is_no_probability_so_nothing_is_calibrated(assigned: Assigned) -> None:
    found = fairness.assess(assigned(fruits(), fruit()))
    measures = {one.key.measure for one in found.observations}
    assert {rate.measure for rate in RATES} <= measures
    assert not any("calibration" in one for one in measures)
    blob = json.loads(found.evidence["fairness.json"])
    assert blob["favourable_classes"] == ["plum"] and "cut_off" not in blob


def test_every_group_of_decisions_adds_up_to_the_rows(assigned: Assigned) -> None:
    rows = fruits()
    blob = json.loads(fairness.assess(assigned(rows, fruit())).evidence["fairness.json"])
    for group, counts in blob["attributes"]["sex"]["groups"].items():
        mine = rows[rows["sex"] == group]
        assert counts["rows"] == len(mine)
        assert counts["favourable"] == (mine["named"] == "plum").sum()
        assert counts["earned"] == (mine["kind"] == "plum").sum()
        assert counts["favourable_earned"] == ((mine["kind"] == "plum") & (mine["named"] == "plum")).sum()


def test_where_nobody_is_decided_about_only_proxies_are_reported(assigned: Assigned) -> None:
    found = fairness.assess(assigned(fruits(), fruit(decision=None)))
    assert {one.key.measure for one in found.observations} == {"fairness.proxy_auc"}
    assert not found.evidence


def test_a_group_that_is_favoured_less_shows_it(assigned: Assigned) -> None:
    rows = fruits(3_000)
    unlucky = (rows["sex"] == "women") & (rows["named"] == "plum") & (rows.index % 2 == 0)
    manifest = replace(fruit(), attributes=(SEX,))
    found = by_key(fairness.assess(assigned(rows.assign(named=rows["named"].mask(unlucky, "apple")), manifest)))
    seen = found["fairness.selection_rate_ratio", "sex", "women", ""]
    assert seen.high is not None and seen.high < 0.8
