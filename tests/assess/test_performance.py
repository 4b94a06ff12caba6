"""Performance: each measure by a second route, and every case in which there is no number."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import expit, logit
from sklearn import metrics
from tests.assess.conftest import Assigned, by_key, evidence_of, frame_of, label_of, manifest_of

from hallmark.assess import performance
from hallmark.assess.assignment import Assessment
from hallmark.verdict.observation import Observation

AUC, LARGE, SLOPE, BRIER = (f"performance.{name}" for name in (
    "auc", "calibration_in_the_large", "calibration_slope", "brier"
))  # fmt: skip


def number(assessment: Assessment, name: str, segment: str = "", group: str = "") -> Observation:
    """Return the observation of performance called `name`."""
    return by_key(assessment)[f"performance.{name}", segment, group, ""]


def test_auc_is_u_over_pairs(assigned: Assigned) -> None:
    frame = frame_of()
    seen = by_key(performance.assess(assigned(frame)))[AUC, "", "", ""]
    positive, negative = (frame.loc[frame["late"] == outcome, "score"] for outcome in (1, 0))
    u = stats.mannwhitneyu(positive, negative).statistic
    assert seen.value == pytest.approx(u / len(positive) / len(negative))
    assert seen.n == min(len(positive), len(negative))
    assert seen.low is not None and seen.value is not None and seen.high is not None
    assert seen.low < seen.value < seen.high
    assert seen.tool.startswith("scikit-learn 1.")


def test_calibration_in_the_large_and_brier_are_row_means(assigned: Assigned) -> None:
    frame = frame_of()
    found = by_key(performance.assess(assigned(frame)))
    residual = frame["late"] - frame["score"]
    spread = max(residual.var(), (frame["score"] * (1 - frame["score"])).mean())
    half = stats.t.ppf(0.975, 399) * math.sqrt(spread / 400)
    large = found[LARGE, "", "", ""]
    assert (large.value, large.low, large.high) == pytest.approx(
        (residual.mean(), residual.mean() - half, residual.mean() + half)
    )
    brier = found[BRIER, "", "", ""]
    expected = stats.t.interval(0.95, 399, loc=(residual**2).mean(), scale=stats.sem(residual**2))
    assert (brier.value, brier.low, brier.high) == pytest.approx(((residual**2).mean(), *expected))
    assert (large.n, brier.n) == (400, 400)


def test_slope_is_newtons_by_hand(assigned: Assigned) -> None:
    frame = frame_of()
    seen = by_key(performance.assess(assigned(frame)))[SLOPE, "", "", ""]
    design = np.column_stack([np.ones(400), logit(frame["score"].clip(1e-6, 1 - 1e-6))])
    beta = np.zeros(2)
    for _ in range(30):
        p = expit(design @ beta)
        information = (design.T * (p * (1 - p))) @ design
        beta += np.linalg.solve(information, design.T @ (frame["late"] - p))
    error = math.sqrt(np.linalg.inv(information)[1, 1])
    assert (seen.value, seen.low, seen.high) == pytest.approx(
        (beta[1], beta[1] - 1.959964 * error, beta[1] + 1.959964 * error), rel=1e-5
    )
    assert "clipped at 1e-06" in seen.method


def test_overconfident_scores_have_a_slope_below_1(assigned: Assigned) -> None:
    frame = frame_of(4000)
    seen = by_key(performance.assess(assigned(frame.assign(score=expit(2.5 * logit(frame["score"]))))))
    assert seen[SLOPE, "", "", ""].value == pytest.approx(0.4, abs=0.06)


@pytest.mark.parametrize("late", [0, 1])
def test_one_class_has_no_performance(assigned: Assigned, late: int) -> None:
    found = by_key(performance.assess(assigned(frame_of().assign(late=late))))
    assert {(seen.value, seen.reason) for seen in found.values()} == {(None, "all 400 labels are of one class")}
    assert len(found) == 14


def test_a_label_that_never_is_positive_has_no_performance(assigned: Assigned) -> None:
    found = by_key(performance.assess(assigned(frame_of(), manifest_of(label=label_of("late", "7")))))
    assert {seen.value for seen in found.values()} == {None}


def test_no_label_at_all_has_no_performance(assigned: Assigned) -> None:
    assessment = performance.assess(assigned(frame_of().assign(late=pd.Series([None] * 400, dtype="Int64"))))
    assert {(seen.value, seen.reason) for seen in assessment.observations} == {(None, "no row has a label")}
    counts = evidence_of(assessment, "performance.json")
    assert (counts["n"], counts["without_label"], counts["calibration"]) == (0, 400, [])


def test_without_scores_nothing_is_known(assigned: Assigned) -> None:
    found = by_key(performance.assess(assigned(frame_of().drop(columns="score"))))
    assert {(seen.value, seen.reason) for seen in found.values()} == {(None, "there are no scores")}


def test_rows_without_label_are_left_out_and_counted(assigned: Assigned) -> None:
    frame = frame_of()
    part = frame.assign(late=frame["late"].astype("float64"))
    part.loc[::4, "late"] = np.nan
    assessment = performance.assess(assigned(part))
    assert assessment.observations == performance.assess(assigned(frame.drop(index=frame.index[::4]))).observations
    assert evidence_of(assessment, "performance.json")["without_label"] == 100


def test_separated_classes_have_an_auc_of_1_and_no_slope(assigned: Assigned) -> None:
    frame = frame_of()
    frame["score"] = np.where(frame["late"] == 1, 0.7 + frame["score"] / 5, frame["score"] / 5)
    found = by_key(performance.assess(assigned(frame)))
    auc, slope = found[AUC, "", "", ""], found[SLOPE, "", "", ""]
    assert auc.value == auc.high == 1.0
    assert auc.low is not None and auc.low < 1.0
    assert slope.value is None
    assert "separate the classes" in slope.reason


def test_quasi_separation_has_no_slope(assigned: Assigned) -> None:
    frame = frame_of(20).assign(late=[0] * 10 + [1] * 10, score=[0.1] * 9 + [0.5] + [0.5] + [0.9] * 9)
    assert by_key(performance.assess(assigned(frame)))[SLOPE, "", "", ""].value is None


def test_constant_scores_have_no_slope_and_an_even_auc(assigned: Assigned) -> None:
    found = by_key(performance.assess(assigned(frame_of().assign(score=0.5))))
    assert found[AUC, "", "", ""].value == 0.5
    assert found[SLOPE, "", "", ""].value is None
    assert found[BRIER, "", "", ""].reason == "all values are equal, so nothing is known about their spread"


def test_certain_scores_are_clipped_for_the_slope(assigned: Assigned) -> None:
    frame = frame_of()
    frame.loc[:4, "score"] = [0.0, 1.0, 0.0, 1.0, 0.0]
    frame.loc[:4, "late"] = [0, 1, 1, 0, 0]
    seen = by_key(performance.assess(assigned(frame)))[SLOPE, "", "", ""]
    assert seen.value is not None and 0 < seen.value < 1


def test_evidence_is_a_calibration_table_that_adds_up(assigned: Assigned) -> None:
    frame = frame_of(437)
    counts = evidence_of(performance.assess(assigned(frame)), "performance.json")
    table = counts["calibration"]
    assert len(table) == 10
    assert sum(part["rows"] for part in table) == counts["n"] == 437
    assert sum(part["positives"] for part in table) == counts["positives"] == int(frame["late"].sum())
    for name, expected in {
        "mean_score": frame["score"].mean(),
        "mean_squared_error": metrics.brier_score_loss(frame["late"], frame["score"]),
        "mean_log_loss": metrics.log_loss(frame["late"], frame["score"]),
    }.items():
        assert sum(part["rows"] * part[name] for part in table) / 437 == pytest.approx(expected)


def test_few_rows_are_not_tabled_one_by_one(assigned: Assigned) -> None:
    frame = frame_of(25)
    table = evidence_of(performance.assess(assigned(frame)), "performance.json")["calibration"]
    assert [part["rows"] for part in table] == [12, 13]


def test_same_input_same_bytes_on_one_thread_and_on_two(assigned: Assigned) -> None:
    frame = frame_of(5000)
    once = performance.assess(assigned(frame, threads=1))
    assert once == performance.assess(assigned(frame, threads=2)) == performance.assess(assigned(frame.iloc[::-1]))


def test_the_other_numbers_are_those_of_the_libraries(assigned: Assigned) -> None:
    frame = frame_of()
    found = performance.assess(assigned(frame))
    came, score, flagged = frame["late"], frame["score"], frame["score"] >= 0.4
    assert number(found, "average_precision").value == pytest.approx(metrics.average_precision_score(came, score))
    assert number(found, "log_loss").value == pytest.approx(metrics.log_loss(came, score))
    separation = stats.ks_2samp(score[came == 1], score[came == 0]).statistic
    assert number(found, "ks_separation").value == pytest.approx(separation)
    assert number(found, "recall").value == pytest.approx(metrics.recall_score(came, flagged))
    assert number(found, "precision").value == pytest.approx(metrics.precision_score(came, flagged))
    assert number(found, "specificity").value == pytest.approx(metrics.recall_score(came, flagged, pos_label=0))
    assert number(found, "accuracy").value == pytest.approx(metrics.accuracy_score(came, flagged))


def test_gini_is_twice_the_area_less_one(assigned: Assigned) -> None:
    found = performance.assess(assigned(frame_of()))
    area, gini = number(found, AUC.partition(".")[2]), number(found, "gini")
    assert None not in (area.value, area.low, area.high)
    assert (gini.value, gini.low, gini.high) == tuple(2 * one - 1 for one in (area.value, area.low, area.high) if one)


def test_average_precision_states_the_prevalence(assigned: Assigned) -> None:
    frame = frame_of()
    method = number(performance.assess(assigned(frame)), "average_precision").method
    assert f"{frame['late'].mean():.4f} of the rows are positive" in method


def test_log_loss_of_a_certain_wrong_answer_is_finite_and_says_its_clip(assigned: Assigned) -> None:
    frame = frame_of()
    frame.loc[0, ["late", "score"]] = [1, 0.0]
    seen = number(performance.assess(assigned(frame)), "log_loss")
    clipped = frame["score"].clip(1e-6, 1 - 1e-6)
    assert seen.value == pytest.approx(-np.log(np.where(frame["late"] == 1, clipped, 1 - clipped)).mean())
    assert "clipped at 1e-06" in seen.method


def test_a_calibrated_score_shows_no_calibration_error_and_a_bold_one_does(assigned: Assigned) -> None:
    frame = frame_of(4000)
    bold = frame.assign(score=expit(2.5 * logit(frame["score"])))
    calm, loud = (performance.assess(assigned(one)) for one in (frame, bold))
    assert evidence_of(calm, "performance.json")["calibration_error"]["read"] > 0.005
    assert number(calm, "calibration_error").value == pytest.approx(0.0, abs=0.01)
    assert (number(loud, "calibration_error").value or 0) > 0.05
    assert number(calm, "calibration_error").seed == 1


def test_equal_scores_are_not_told_apart_by_their_outcomes(assigned: Assigned) -> None:
    counts = evidence_of(performance.assess(assigned(frame_of().assign(score=0.5))), "performance.json")
    assert [part["rows"] for part in counts["calibration"]] == [400]
