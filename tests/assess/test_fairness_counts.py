"""The counts in the evidence: enough to compute every number again, nothing about one person."""

import math
from dataclasses import asdict, replace
from importlib import import_module

import fairlearn.metrics as metrics
import numpy as np
import pandas as pd
import pytest
from tests.assess.conftest import SEX, Assigned, by_key, evidence_of, frame_of, manifest_of

from hallmark.assess import fairness, remedies
from hallmark.assess.fairness.counts import counted
from hallmark.assess.fairness.cube import UNIT, cube_of
from hallmark.assess.fairness.disclosure import told
from hallmark.evidence.canonical import digest, encode
from hallmark.policy.subject import POOLED, Attribute

TPR = "fairness.true_positive_rate_difference"


@pytest.fixture(autouse=True)
def small_classifiers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies have tests of their own; here they take a few rows, and time."""
    monkeypatch.setattr(import_module("hallmark.assess.fairness.proxies"), "MOST", 100)


def test_an_outsider_computes_every_rate_again(assigned: Assigned) -> None:
    assessment = fairness.assess(assigned(frame_of(2000)))
    attributes = evidence_of(assessment, "fairness.json")["attributes"]
    shares = {
        "fairness.selection_rate_ratio": ("favourable", "rows"),
        TPR: ("favourable_earned", "earned"),
        "fairness.false_positive_rate_difference": ("favourable_unearned", "unearned"),
    }
    checked = 0
    for (measure, attribute, group, _), seen in by_key(assessment).items():
        if measure not in shares:
            continue
        groups, reference = attributes[attribute]["groups"], attributes[attribute]["reference"]
        members = [one for one in groups if one != reference] if group == POOLED else [group]
        hits, rows = (sum(groups[one][name] for one in members) for name in shares[measure])
        own, other = hits / rows, groups[reference][shares[measure][0]] / groups[reference][shares[measure][1]]
        by_hand = own / other if measure.endswith("ratio") else own - other
        assert seen.value == pytest.approx(by_hand)
        checked += 1
    assert checked == 3 * (1 + 3 + 6)


def test_an_outsider_computes_calibration_again(assigned: Assigned) -> None:
    frame = frame_of(2000)
    assessment = fairness.assess(assigned(frame))
    women = evidence_of(assessment, "fairness.json")["attributes"]["sex"]["groups"]["women"]
    n = women["earned"] + women["unearned"]
    mean = (women["positives"] - women["scores"]) / n
    squares = women["positives"] - 2 * women["positive_scores"] + women["squared_scores"]
    error = math.sqrt((squares - n * mean**2) / (n - 1) / n)
    seen = by_key(assessment)["fairness.calibration_within_group", "sex", "women", ""]
    rows = frame[frame["sex"] == "women"]
    assert seen.value == pytest.approx(mean)
    assert error == pytest.approx(float(np.std(rows["late"] - rows["score"], ddof=1)) / math.sqrt(n), rel=1e-6)


def few_earned() -> pd.DataFrame:
    """Three women earned the favourable decision; of men there are many of every kind."""
    frame = frame_of(400)
    frame.loc[frame["sex"] == "women", "late"] = 1
    frame.loc[frame.index[frame["sex"] == "women"][:3], "late"] = 0
    return frame


def test_small_counts_stay_out_beside_a_digest_for_whoever_has_the_data(assigned: Assigned) -> None:
    frame = few_earned()
    assignment = assigned(frame, manifest_of(attributes=(SEX,)))
    found = evidence_of(fairness.assess(assignment), "fairness.json")["attributes"]["sex"]
    women, men = found["groups"]["women"], found["groups"]["men"]
    assert women["earned"] is None and "earned" in women["few"]
    assert men["earned"] is None and men["few"] == []
    assert women["rows"] == int((frame["sex"] == "women").sum())
    sums = ("scores", "positive_scores", "squared_scores")
    assert {one[name] for one in (women, men) for name in ("positives", *sums)} == {None}
    assert women["favourable"] == int((frame["score"] < 0.4)[frame["sex"] == "women"].sum())
    table = told(cube_of(assignment.data, 5), SEX)
    assert table.groups["women"].earned == 3
    true = {
        name: {one: asdict(tally) | {each: str(getattr(tally, each)) for each in sums} for one, tally in every.items()}
        for name, every in (("groups", table.groups), ("outside", table.outside))
    }
    assert found["sha256"] == digest(encode(true))


def test_a_digest_that_could_be_guessed_is_not_told(assigned: Assigned) -> None:
    """Nobody among the three women has an outcome, so no sum stands beside their counts."""
    frame = frame_of(900)
    women = frame.index.isin([3, 400, 801])
    frame["sex"] = np.where(women, "women", "men")
    frame["late"] = frame["late"].astype("Int64").mask(women)
    found = evidence_of(fairness.assess(assigned(frame, manifest_of(attributes=(SEX,)))), "fairness.json")
    attribute = found["attributes"]["sex"]
    hidden = [group for group, counts in attribute["groups"].items() if "few" in counts]
    assert "women" in hidden and ("sha256" in attribute) == ("men" in hidden)


@pytest.mark.parametrize("smallest", [1, 2, 5, 40, 10_000])
def test_no_number_depends_on_what_stays_out(assigned: Assigned, smallest: int) -> None:
    assignment = assigned(few_earned())
    every = replace(assignment, minimum_cell=smallest), replace(assignment, minimum_cell=1)
    one, other = (fairness.assess(each) for each in every)
    assert one.observations == other.observations
    tried = [remedies.assess(each).evidence for each in every]
    assert tried[0] == tried[1] and "remedies_cut_offs.json" in tried[0]


def test_a_group_of_three_has_the_rates_of_fairlearn_and_no_counts(assigned: Assigned) -> None:
    frame = frame_of(900)
    frame["sex"] = np.where(frame.index.isin([3, 400, 801]), "women", "men")
    frame.loc[[3, 400, 801], "score"] = [0.1, 0.2, 0.9]
    frame.loc[[3, 400, 801], "late"] = [0, 1, 0]
    assessment = fairness.assess(assigned(frame, manifest_of(attributes=(SEX,))))
    seen = by_key(assessment)
    outcome, given = (frame["late"] == 0).astype(int), (frame["score"] < 0.4).astype(int)
    for measure, metric in {
        "selection_rate_difference": metrics.selection_rate,
        "true_positive_rate_difference": metrics.true_positive_rate,
        "false_positive_rate_difference": metrics.false_positive_rate,
    }.items():
        by_sex = metrics.MetricFrame(
            metrics=metric, y_true=outcome, y_pred=given, sensitive_features=frame["sex"]
        ).by_group
        assert seen[f"fairness.{measure}", "sex", "women", ""].value == by_sex["women"] - by_sex["men"]
    ratio = seen["fairness.selection_rate_ratio", "sex", "women", ""]
    rates = given.groupby(frame["sex"]).mean()
    assert ratio.value == pytest.approx(rates["women"] / rates["men"], rel=1e-15) and ratio.n == 3
    found = evidence_of(assessment, "fairness.json")["attributes"]["sex"]
    women, men = found["groups"]["women"], found["groups"]["men"]
    assert women["rows"] is women["favourable"] is women["scores"] is found["below_2_percent"]["women"] is None
    assert {"rows", "favourable"} < {*women["few"]} and found["scores"]["women"] == []
    # Nobody says that it is not they who are without a group, and the men are told.
    assert found["rows_without_group"] == {"rows": None, "favourable": None, "few": ["favourable", "rows"]}
    assert men["rows"] == 897 and found["scores"]["men"]


def test_the_policy_says_what_is_small_and_at_one_everything_is_told(assigned: Assigned) -> None:
    frame = frame_of(60)
    assignment = replace(assigned(frame), minimum_cell=1)
    attributes = evidence_of(fairness.assess(assignment), "fairness.json")["attributes"].values()
    for counts in (one for attribute in attributes for one in attribute["groups"].values()):
        assert None not in counts.values() and "few" not in counts
    men = evidence_of(fairness.assess(assignment), "fairness.json")["attributes"]["sex"]["groups"]["men"]
    assert men["favourable"] == int(((frame["sex"] == "men") & (frame["score"] < 0.4)).sum())
    hidden = evidence_of(fairness.assess(replace(assignment, minimum_cell=40)), "fairness.json")
    assert hidden["smallest_cell"] == 40
    assert all("few" in counts for one in hidden["attributes"].values() for counts in one["groups"].values())


def test_no_count_that_is_told_is_between_none_and_the_smallest(assigned: Assigned) -> None:
    """Nor one that follows from two of them, in groups of every size."""
    for n in (20, 60, 150, 400):
        found = evidence_of(fairness.assess(assigned(frame_of(n, seed=n))), "fairness.json")["attributes"]
        for counts in (one for attribute in found.values() for one in attribute["groups"].values()):
            for whole, part in (
                ("rows", "favourable"),
                ("earned", "favourable_earned"),
                ("unearned", "favourable_unearned"),
            ):
                told = [counts[name] for name in (whole, part) if counts[name] is not None]
                assert all(count == 0 or count >= 5 for count in told)
                assert len(told) < 2 or told[0] - told[1] == 0 or told[0] - told[1] >= 5


def test_the_histogram_has_no_small_count_and_no_end_at_a_cut_off_where_counts_stay_out(assigned: Assigned) -> None:
    for n in (20, 60, 150, 400, 3000):
        frame = frame_of(n, seed=n)
        found = evidence_of(fairness.assess(assigned(frame)), "fairness.json")["attributes"]
        for name, attribute in found.items():
            for group, ranges in attribute["scores"].items():
                rows = int((frame[name] == group).sum()) if name in frame else None
                assert all(count == 0 or count >= 5 for *_, count in ranges)
                counts = attribute["groups"][group]
                assert rows is None or sum(count for *_, count in ranges) == (rows if counts["rows"] else 0)
                ends = [0.0, *(end for _, end, _ in ranges)]
                assert not ranges or ([start for start, *_ in ranges] == ends[:-1] and ends[-1] == 1.0)
                assert not ("few" in counts and 0.4 in ends)
    women = frame.loc[frame["sex"] == "women", "score"].to_numpy()
    assert [count for *_, count in found["sex"]["scores"]["women"]] == [
        int(((women >= start) & (women < end)).sum()) for start, end, _ in found["sex"]["scores"]["women"]
    ]


def test_groups_below_two_percent_are_named_with_their_rows(assigned: Assigned) -> None:
    frame = frame_of(2000)
    frame["sex"] = np.where(frame.index < 30, "women", "men")
    attributes = evidence_of(fairness.assess(assigned(frame)), "fairness.json")["attributes"]
    assert attributes["sex"]["below_2_percent"] == {"women": 30}
    assert attributes["age"]["below_2_percent"] == {}


def test_undeclared_groups_are_counted_and_never_named(assigned: Assigned) -> None:
    frame = frame_of()
    frame.loc[:9, "sex"] = "Jane Doe"
    frame.loc[10:24, "sex"] = None
    frame.loc[:24, "score"] = np.where(np.arange(25) % 3 < 2, 0.1, 0.9)
    assessment = fairness.assess(replace(assigned(frame), minimum_cell=1))
    counts = evidence_of(assessment, "fairness.json")["attributes"]["sex"]
    assert counts["rows_without_group"]["rows"] == 15
    assert counts["rows_of_undeclared_groups"]["rows"] == 10
    assert all(b"Jane" not in blob for blob in assessment.evidence.values())
    assert sum(group["rows"] for group in counts["groups"].values()) == len(frame) - 25
    seen = by_key(assessment)["fairness.unknown_selection_rate", "sex", "(no declared group)", ""]
    assert seen.value == pytest.approx(17 / 25) and seen.n == 25


def test_sums_are_exact_and_in_billionths(assigned: Assigned) -> None:
    frame = frame_of(1000)
    cube = cube_of(assigned(frame).data, 5)
    table = told(cube, Attribute(name="sex", column="sex", groups=("men", "women"), reference="men"))
    tally = table.groups["men"]
    men = frame.loc[frame["sex"] == "men", "score"].to_numpy()
    assert tally.scores == int(np.round(men * UNIT).astype(np.int64).sum())
    assert counted(table, "men")["scores"] == tally.scores / UNIT
