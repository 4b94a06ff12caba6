"""Fairness: every comparison by hand from the rows, and everything that has none."""

from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep
from tests.assess.conftest import SEX, Assigned, by_key, frame_of, label_of, manifest_of

from hallmark.assess import fairness
from hallmark.assess.fairness.calibration import CALIBRATIONS
from hallmark.assess.fairness.rates import RATES
from hallmark.measures import MEASURES, Task
from hallmark.policy.subject import POOLED, Attribute, Decision, Favourable

RATIO, TPR, FPR, PRECISION, SELECTION = (rate.measure for rate in RATES)
WITHIN, BETWEEN = (one.measure for one in CALIBRATIONS)
JUDGED = {RATIO, TPR, FPR, PRECISION, SELECTION}
REFERENCES = {"sex": "men", "age": "middle", "sex*age": "men*middle"}


@pytest.fixture(autouse=True)
def small_classifiers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies have tests of their own; here they take a few rows, and time."""
    monkeypatch.setattr(import_module("hallmark.assess.fairness.proxies"), "MOST", 100)


def crossed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{"sex*age": frame["sex"] + "*" + frame["age"]})


@pytest.mark.parametrize("favourable", list(Favourable))
@pytest.mark.parametrize("positive", ["1", "0"])
def test_every_rate_by_hand(assigned: Assigned, favourable: Favourable, positive: str) -> None:
    frame = crossed(frame_of(900))
    below = favourable is Favourable.BELOW
    manifest = manifest_of(
        decision=Decision(cut_off=0.4, favourable=favourable), label=label_of("late", positive=positive)
    )
    found = by_key(fairness.assess(assigned(frame.drop(columns="sex*age"), manifest)))
    found = {key: seen for key, seen in found.items() if key[0] in JUDGED}
    assert len(found) == 5 * (1 + 3 + 6)
    given = (frame["score"] < 0.4) == below
    earned = (frame["late"] == int(positive)) != below
    for (measure, attribute, group, _), seen in found.items():
        reference = REFERENCES[attribute]
        members = frame[attribute] != reference if group == POOLED else frame[attribute] == group
        among = {TPR: earned, FPR: ~earned, PRECISION: given}.get(measure, earned | ~earned)
        hits = earned if measure == PRECISION else given
        x, n = int((hits & members & among).sum()), int((members & among).sum())
        others = frame[attribute] == reference
        y, m = int((hits & others & among).sum()), int((others & among).sum())
        expected = (x / n) / (y / m) if measure == RATIO else x / n - y / m
        kind = {"compare": "ratio", "method": "score"} if measure == RATIO else {"compare": "diff", "method": "newcomb"}
        limits = confint_proportions_2indep(x, n, y, m, correction=False, **kind)
        assert seen.value == pytest.approx(expected, abs=1e-12)
        assert (seen.low, seen.high) == pytest.approx(limits, rel=1e-6, abs=1e-9)
        assert (seen.n, seen.reference) == (n, reference)
        assert seen.tool.startswith("fairlearn 0.")
        assert seen.method


@pytest.mark.parametrize("late", [None, 0, 1], ids=["mixed", "all-earned", "none-earned"])
@pytest.mark.parametrize("score", [None, 0.1, 0.9], ids=["some", "everyone", "nobody"])
def test_few_rows_have_the_rates_of_their_counts_or_none(
    assigned: Assigned, late: int | None, score: float | None
) -> None:
    frame = frame_of(14, seed=5)
    frame = frame if late is None else frame.assign(late=late)
    frame = crossed(frame if score is None else frame.assign(score=score))
    for (measure, attribute, group, _), seen in by_key(fairness.assess(assigned(frame))).items():
        if measure not in JUDGED:
            continue
        reference = REFERENCES[attribute]
        members = frame[attribute] != reference if group == POOLED else frame[attribute] == group
        given, earned = frame["score"] < 0.4, frame["late"] == 0
        among = {TPR: earned, FPR: ~earned, PRECISION: given}.get(measure, frame["late"] >= 0)
        hits = earned if measure == PRECISION else given
        n, m = int((members & among).sum()), int(((frame[attribute] == reference) & among).sum())
        y = int(((frame[attribute] == reference) & among & hits).sum())
        if n == 0 or m == 0 or (measure == RATIO and y == 0):
            assert seen.value is seen.low is seen.high is None
            assert seen.reason
            continue
        x = int((members & among & hits).sum())
        assert seen.value == pytest.approx((x / n) / (y / m) if measure == RATIO else x / n - y / m)
        assert seen.value is not None and seen.low is not None and seen.high is not None
        assert seen.low <= seen.value <= seen.high
        assert seen.low < seen.high


def test_a_harmed_group_is_seen(assigned: Assigned) -> None:
    frame = frame_of(4000)
    harmed = frame["sex"] == "women"
    frame.loc[harmed, "score"] = np.minimum(frame.loc[harmed, "score"] + 0.15, 1.0)
    seen = by_key(fairness.assess(assigned(frame)))[RATIO, "sex", "women", ""]
    assert seen.high is not None and seen.high < 0.8


def test_two_groups_have_no_pool(assigned: Assigned) -> None:
    found = by_key(fairness.assess(assigned(frame_of(), manifest_of(attributes=(SEX,)))))
    assert {key[2] for key in found if key[0] in JUDGED | {WITHIN, BETWEEN, "fairness.proxy_auc"}} == {"women"}


def test_an_absent_declared_group_has_no_number(assigned: Assigned) -> None:
    frame = frame_of()
    found = by_key(fairness.assess(assigned(frame[frame["age"] != "old"])))
    for measure in (RATIO, TPR, FPR):
        assert found[measure, "age", "old", ""].value is None
        assert found[measure, "age", "old", ""].reason.startswith("age 'old' has no rows")
        assert found[measure, "age", "young", ""].value is not None


def test_an_absent_reference_leaves_its_attribute_without_numbers(assigned: Assigned) -> None:
    frame = frame_of()
    found = by_key(fairness.assess(assigned(frame[frame["sex"] != "men"])))
    assert found[RATIO, "sex", "women", ""].reason == "sex 'men' has no rows"
    assert found[RATIO, "age", "old", ""].value is not None


def test_a_reference_without_favourable_decisions_has_no_ratio(assigned: Assigned) -> None:
    frame = frame_of()
    frame.loc[frame["sex"] == "men", "score"] = 0.9
    found = by_key(fairness.assess(assigned(frame)))
    assert found[RATIO, "sex", "women", ""].value is None
    assert found[RATIO, "sex", "women", ""].reason == "no row of the reference sex 'men' gets the favourable decision"
    assert found[TPR, "sex", "women", ""].value is not None


def test_a_group_without_favourable_decisions_has_a_ratio_of_0(assigned: Assigned) -> None:
    frame = frame_of()
    frame.loc[frame["sex"] == "women", "score"] = 0.9
    seen = by_key(fairness.assess(assigned(frame)))[RATIO, "sex", "women", ""]
    assert (seen.value, seen.low) == (0.0, 0.0)
    assert seen.high is not None and 0 < seen.high < 0.1


def test_nobody_who_earned_it_has_no_rate(assigned: Assigned) -> None:
    frame = frame_of()
    frame.loc[frame["sex"] == "women", "late"] = 1
    found = by_key(fairness.assess(assigned(frame)))
    assert found[TPR, "sex", "women", ""].reason == "sex 'women' has no rows that earned the favourable decision"
    assert found[FPR, "sex", "women", ""].value is not None


def test_rows_without_label_have_a_decision_and_no_merit(assigned: Assigned) -> None:
    frame = frame_of()
    part = frame.assign(late=frame["late"].astype("float64"))
    part.loc[::3, "late"] = np.nan
    whole, found = by_key(fairness.assess(assigned(frame))), by_key(fairness.assess(assigned(part)))
    assert found[RATIO, "sex", "women", ""] == whole[RATIO, "sex", "women", ""]
    labelled = by_key(fairness.assess(assigned(frame.drop(index=frame.index[::3]))))
    for measure in (TPR, FPR):
        assert found[measure, "sex", "women", ""] == labelled[measure, "sex", "women", ""]


def test_without_any_label_only_the_ratio_remains(assigned: Assigned) -> None:
    found = by_key(fairness.assess(assigned(frame_of().assign(late=pd.Series([None] * 400, dtype="Int64")))))
    assert found[RATIO, "sex", "women", ""].value is not None
    assert {found[measure, "sex", "women", ""].value for measure in (TPR, FPR, PRECISION, WITHIN, BETWEEN)} == {None}


def test_without_scores_only_what_the_features_say_is_known(assigned: Assigned) -> None:
    assessment = fairness.assess(assigned(frame_of().drop(columns="score")))
    found = by_key(assessment)
    of_decisions = [seen for key, seen in found.items() if key[0] != "fairness.proxy_auc"]
    assert {(seen.value, seen.reason) for seen in of_decisions} == {(None, "there are no scores")}
    assert len(of_decisions) == 7 * (1 + 3 + 6) + 2 * 4
    assert assessment.evidence == {}


def test_a_regression_decides_nothing_and_may_still_have_proxies(assigned: Assigned) -> None:
    frame = frame_of().assign(late=lambda rows: rows["income"] * 2.0)
    manifest = manifest_of(task=Task.REGRESSION, decision=None, label=replace(label_of("late"), positive=None))
    found = by_key(fairness.assess(assigned(frame.drop(columns="score"), manifest)))
    assert {key[0] for key in found} == {"fairness.proxy_auc"}


def test_a_model_without_attributes_has_nothing_to_compare(assigned: Assigned) -> None:
    assert fairness.assess(assigned(frame_of(), manifest_of(attributes=()))).observations == ()


def test_intersectional_harm_shows_on_the_crossing_and_hardly_on_its_parts(assigned: Assigned) -> None:
    frame = frame_of(6000)
    harmed = (frame["sex"] == "women") & (frame["age"] == "old")
    frame.loc[harmed, "score"] = np.minimum(frame.loc[harmed, "score"] + 0.12, 1.0)
    found = by_key(fairness.assess(assigned(frame)))
    crossed_high = found[RATIO, "sex*age", "women*old", ""].high
    parts_low = [found[RATIO, "sex", "women", ""].value, found[RATIO, "age", "old", ""].value]
    assert crossed_high is not None and crossed_high < 0.8
    assert all(value is not None and value > 0.8 for value in parts_low)


def test_names_with_stars_quotes_and_spaces_are_only_names(assigned: Assigned) -> None:
    frame = frame_of().assign(sex=lambda rows: rows["sex"].map({"men": "it's *", "women": 'a "b"'}))
    odd = Attribute(name="s*x", column="sex", groups=("it's *", 'a "b"'), reference="it's *")
    found = by_key(fairness.assess(assigned(frame, manifest_of(attributes=(odd,)))))
    plain = by_key(fairness.assess(assigned(frame_of(), manifest_of(attributes=(SEX,)))))
    assert found[RATIO, "s*x", 'a "b"', ""].value == plain[RATIO, "sex", "women", ""].value


@pytest.mark.parametrize("dtype", ["int64", "float64", "bool"])
def test_groups_may_be_numbers_in_the_file(assigned: Assigned, dtype: Any) -> None:
    frame = frame_of().assign(sex=lambda rows: (rows["sex"] == "women").astype(dtype))
    names = ("false", "true") if dtype == "bool" else ("0", "1")
    manifest = manifest_of(attributes=(Attribute(name="sex", column="sex", groups=names, reference=names[0]),))
    plain = by_key(fairness.assess(assigned(frame_of(), manifest_of(attributes=(SEX,)))))
    found = by_key(fairness.assess(assigned(frame, manifest)))
    assert found[RATIO, "sex", names[1], ""].value == plain[RATIO, "sex", "women", ""].value


def test_every_number_lies_in_the_range_of_its_registered_measure(assigned: Assigned) -> None:
    found = by_key(fairness.assess(assigned(frame_of(3000))))
    assert {key[0] for key in found} == {name for name in MEASURES if name.startswith("fairness.")}
    for (measure, *_), seen in found.items():
        assert seen.value is None or MEASURES[measure].admits(seen.value)
        if MEASURES[measure].gate:
            assert seen.low is not None and seen.high is not None and seen.n


def test_same_input_same_bytes_on_one_thread_and_on_two(assigned: Assigned) -> None:
    frame = frame_of(5000)
    once = fairness.assess(assigned(frame, threads=1))
    assert once == fairness.assess(assigned(frame, threads=2)) == fairness.assess(assigned(frame.iloc[::-1]))
