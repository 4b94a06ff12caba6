"""The counts in the evidence: enough to compute every number again, nothing about one person."""

import math
from importlib import import_module

import numpy as np
import pytest
from tests.assess.conftest import SEX, Assigned, by_key, evidence_of, frame_of, manifest_of

from hallmark.assess import fairness
from hallmark.assess.fairness.counts import SMALLEST, counted
from hallmark.assess.fairness.cube import UNIT, cube_of
from hallmark.evidence.canonical import digest, encode
from hallmark.policy.subject import POOLED

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


def test_small_cells_stay_out_and_leave_a_digest_for_whoever_has_the_data(assigned: Assigned) -> None:
    frame = frame_of(400)
    frame.loc[frame["sex"] == "women", "late"] = 1
    frame.loc[frame.index[frame["sex"] == "women"][:3], "late"] = 0
    assignment = assigned(frame, manifest_of(attributes=(SEX,)))
    groups = evidence_of(fairness.assess(assignment), "fairness.json")["attributes"]["sex"]["groups"]
    women, men = groups["women"], groups["men"]
    assert women["rows"] == int((frame["sex"] == "women").sum())
    assert {women[name] for name in women if name not in ("rows", "sha256")} == {None}
    assert "sha256" not in men and None not in men.values()
    cube = cube_of(assignment.data)
    true = cube.tally(cube.members(SEX, "women"))
    exact = {name: getattr(true, name) for name in men}
    sums = {name: str(exact[name]) for name in ("scores", "positive_scores", "squared_scores")}
    assert true.earned == 3
    assert women["sha256"] == digest(encode(exact | sums))


def test_no_published_count_is_between_none_and_the_smallest(assigned: Assigned) -> None:
    """Whatever differences of published counts give, in groups of every size."""
    for n in (20, 60, 150, 400):
        for attribute in evidence_of(fairness.assess(assigned(frame_of(n, seed=n))), "fairness.json")[
            "attributes"
        ].values():
            for counts in attribute["groups"].values():
                if counts["favourable"] is None:
                    assert counts["sha256"]
                    continue
                given = counts["favourable_earned"], counts["favourable_unearned"]
                cells = (*given, counts["earned"] - given[0], counts["unearned"] - given[1])
                assert all(cell == 0 or cell >= SMALLEST for cell in cells)


def test_a_group_too_small_to_be_counted_is_named_and_no_more(assigned: Assigned) -> None:
    frame = frame_of(400)
    frame["sex"] = np.where(frame.index < 3, "women", "men")
    counts = evidence_of(fairness.assess(assigned(frame)), "fairness.json")["attributes"]["sex"]
    assert counts["groups"]["women"]["rows"] is None
    assert counts["below_2_percent"] == {"women": None}


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
    assessment = fairness.assess(assigned(frame))
    counts = evidence_of(assessment, "fairness.json")["attributes"]["sex"]
    assert counts["rows_without_group"]["rows"] == 15
    assert counts["rows_of_undeclared_groups"]["rows"] == 10
    assert all(b"Jane" not in blob for blob in assessment.evidence.values())
    assert sum(group["rows"] for group in counts["groups"].values()) == len(frame) - 25
    seen = by_key(assessment)["fairness.unknown_selection_rate", "sex", "(no declared group)", ""]
    assert seen.value == pytest.approx(17 / 25) and seen.n == 25


def test_sums_are_exact_and_in_billionths(assigned: Assigned) -> None:
    frame = frame_of(1000)
    cube = cube_of(assigned(frame).data)
    tally = cube.tally(cube.everyone())
    assert tally.scores == int(np.round(frame["score"].to_numpy() * UNIT).astype(np.int64).sum())
    assert counted(tally)["scores"] == tally.scores / UNIT
