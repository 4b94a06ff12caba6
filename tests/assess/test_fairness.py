"""Fairness: every comparison by hand from the rows, and everything that has none."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep
from tests.assess.conftest import SEX, Assigned, by_key, evidence_of, frame_of, manifest_of

from hallmark.assess import fairness
from hallmark.policy.subject import POOLED, Decision, Favourable

RATIO, TPR, FPR = (rate.measure for rate in fairness.RATES)


@pytest.mark.parametrize("favourable", list(Favourable))
def test_every_comparison_by_hand(assigned: Assigned, favourable: Favourable) -> None:
    frame = frame_of(600)
    below = favourable is Favourable.BELOW
    manifest = manifest_of(decision=Decision(cut_off=0.4, favourable=favourable))
    found = by_key(fairness.assess(assigned(frame, manifest)))
    assert len(found) == 3 * (1 + 3)
    given = (frame["score"] < 0.4) == below
    earned = frame["late"] == (0 if below else 1)
    for (measure, attribute, group, _), seen in found.items():
        reference = "men" if attribute == "sex" else "middle"
        members = frame[attribute] != reference if group == POOLED else frame[attribute] == group
        among = {RATIO: earned | ~earned, TPR: earned, FPR: ~earned}[measure]
        x, n = int((given & members & among).sum()), int((members & among).sum())
        others = frame[attribute] == reference
        y, m = int((given & others & among).sum()), int((others & among).sum())
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
    frame = frame if score is None else frame.assign(score=score)
    for (measure, attribute, group, _), seen in by_key(fairness.assess(assigned(frame))).items():
        reference = "men" if attribute == "sex" else "middle"
        members = frame[attribute] != reference if group == POOLED else frame[attribute] == group
        among = {RATIO: frame["late"] >= 0, TPR: frame["late"] == 0, FPR: frame["late"] == 1}[measure]
        given = frame["score"] < 0.4
        n, m = int((members & among).sum()), int(((frame[attribute] == reference) & among).sum())
        y = int(((frame[attribute] == reference) & among & given).sum())
        if n == 0 or m == 0 or (measure == RATIO and y == 0):
            assert seen.value is seen.low is seen.high is None
            assert seen.reason
            continue
        x = int((members & among & given).sum())
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
    assert {key[2] for key in found} == {"women"}


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
    assert found[RATIO, "sex", "women", ""].reason == "no row of the reference 'men' gets the favourable decision"
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
    assert {seen.value for (measure, *_), seen in found.items() if measure != RATIO} == {None}


def test_without_scores_nothing_is_known(assigned: Assigned) -> None:
    found = by_key(fairness.assess(assigned(frame_of().drop(columns="score"))))
    assert {(seen.value, seen.reason) for seen in found.values()} == {(None, "there are no scores")}
    assert len(found) == 12


def test_undeclared_groups_are_counted_and_never_named(assigned: Assigned) -> None:
    frame = frame_of()
    frame.loc[:9, "sex"] = "Jane Doe"
    frame.loc[10:14, "sex"] = None
    assessment = fairness.assess(assigned(frame))
    counts = evidence_of(assessment, "fairness.json")["sex"]
    assert (counts["rows_of_undeclared_groups"], counts["rows_without_group"]) == (10, 5)
    assert b"Jane" not in assessment.evidence["fairness.json"]
    assert sum(cell["rows"] for cell in counts["cells"]) == len(frame) - 15


def test_evidence_lets_an_outsider_recompute_a_ratio(assigned: Assigned) -> None:
    assessment = fairness.assess(assigned(frame_of()))
    cells = evidence_of(assessment, "fairness.json")["sex"]["cells"]

    def rate(group: str) -> float:
        own = [cell for cell in cells if cell["group"] == group]
        selected: int = sum(cell["rows"] for cell in own if cell["favourable"])
        return selected / int(sum(cell["rows"] for cell in own))

    seen = by_key(assessment)[RATIO, "sex", "women", ""]
    assert seen.value == pytest.approx(rate("women") / rate("men"))


def test_same_input_same_bytes_on_one_thread_and_on_two(assigned: Assigned) -> None:
    frame = frame_of(5000)
    once = fairness.assess(assigned(frame, threads=1))
    assert once == fairness.assess(assigned(frame, threads=2)) == fairness.assess(assigned(frame.iloc[::-1]))
