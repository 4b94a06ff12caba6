"""Drift: distances by SciPy and by hand, Evidently's score by SciPy, and what cannot be compared."""

import numpy as np
import pytest
from scipy import stats
from tests.assess.conftest import Assigned, by_key, evidence_of, frame_of, manifest_of

from hallmark.assess import drift

FEATURE, SCORE, SHOWN = "drift.feature_distance", "drift.score_distance", "drift.evidently_score"
NUMBERS = manifest_of(features=("income",))


def test_distances_of_numbers_are_scipys(assigned: Assigned) -> None:
    then, now = frame_of(500, seed=1), frame_of(300, seed=2).assign(income=lambda d: d["income"] + 4)
    found = by_key(drift.assess(assigned(now, reference=then)))
    half = 1.358 * np.sqrt(1 / 300 + 1 / 500)
    for key, column in (((FEATURE, "", "", "income"), "income"), ((SCORE, "", "", ""), "score")):
        d = stats.ks_2samp(then[column], now[column]).statistic
        seen = found[key]
        assert (seen.value, seen.low, seen.high) == pytest.approx((d, max(d - half, 0), d + half))
        assert (seen.n, seen.reference) == (300, "reference data of 2005-06-30, 500 rows")


def test_distance_of_categories_is_total_variation(assigned: Assigned) -> None:
    then, now = frame_of(500, seed=1), frame_of(300, seed=2).replace({"region": {"west": "north"}})
    seen = by_key(drift.assess(assigned(now, reference=then)))[FEATURE, "", "", "region"]
    shares = [frame["region"].value_counts(normalize=True) for frame in (then, now)]
    d = (shares[0].sub(shares[1], fill_value=0)).abs().sum() / 2
    half = np.sqrt(stats.chi2.ppf(0.95, 2) * (1 / 300 + 1 / 500)) / 2
    assert (seen.value, seen.low, seen.high) == pytest.approx((d, d - half, d + half))
    assert seen.method.startswith("total variation")


@pytest.mark.parametrize("n", [200, 3000])
def test_evidently_is_pinned_to_normed_wasserstein_at_any_size(assigned: Assigned, n: int) -> None:
    then, now = frame_of(n, seed=1), frame_of(n, seed=2).assign(income=lambda d: d["income"] + 4)
    seen = by_key(drift.assess(assigned(now, reference=then)))[SHOWN, "", "", "income"]
    expected = stats.wasserstein_distance(then["income"], now["income"]) / then["income"].std(ddof=0)
    assert seen.value == pytest.approx(expected)
    assert (seen.low, seen.high) == (None, None)
    assert seen.tool.startswith("evidently 0.7")


def test_categories_have_no_score_of_evidently(assigned: Assigned) -> None:
    seen = by_key(drift.assess(assigned(frame_of())))[SHOWN, "", "", "region"]
    assert (seen.value, seen.reason) == (None, "the score is for numbers alone")


def test_nothing_moves_against_itself(assigned: Assigned) -> None:
    found = by_key(drift.assess(assigned(frame_of())))
    for key in ((FEATURE, "", "", "income"), (FEATURE, "", "", "region"), (SCORE, "", "", "")):
        seen = found[key]
        assert (seen.value, seen.low) == (0.0, 0.0)
        assert seen.high is not None and seen.high > 0


def test_constant_in_both_is_no_drift_with_a_band(assigned: Assigned) -> None:
    frame = frame_of().assign(income=7.0, region="north")
    found = by_key(drift.assess(assigned(frame)))
    for feature in ("income", "region"):
        seen = found[FEATURE, "", "", feature]
        assert seen.value == seen.low == 0.0
        assert seen.high is not None and seen.high > 0


@pytest.mark.parametrize("feature", ["income", "region"])
@pytest.mark.parametrize("side", ["cohort", "reference data"])
def test_all_null_is_not_compared(assigned: Assigned, feature: str, side: str) -> None:
    whole = frame_of()
    empty = whole.assign(**{feature: None})  # in Parquet a column without a type
    now, then = (empty, whole) if side == "cohort" else (whole, empty)
    seen = by_key(drift.assess(assigned(now, reference=then)))[FEATURE, "", "", feature]
    assert (seen.value, seen.reason) == (None, f"all values in the {side} are null")


def test_infinity_is_not_compared(assigned: Assigned) -> None:
    frame = frame_of()
    frame.loc[:2, "income"] = [np.inf, -np.inf, np.inf]
    found = by_key(drift.assess(assigned(frame, reference=frame_of())))
    for measure in (FEATURE, SHOWN):
        assert found[measure, "", "", "income"].value is None
        assert found[measure, "", "", "income"].reason == "3 values in the cohort are infinite"


def test_another_type_is_not_compared(assigned: Assigned) -> None:
    frame = frame_of().assign(income=frame_of()["income"].astype(str))
    seen = by_key(drift.assess(assigned(frame, reference=frame_of())))[FEATURE, "", "", "income"]
    assert (seen.value, seen.reason) == (None, "'income' is VARCHAR in the cohort and DOUBLE in the reference")


def test_whole_numbers_beside_nulls_are_still_numbers(assigned: Assigned) -> None:
    then = frame_of().assign(income=np.arange(400))
    now = then.assign(income=then["income"].where(then["id"] >= 100))
    assessment = drift.assess(assigned(now, NUMBERS, reference=then))
    seen = by_key(assessment)[FEATURE, "", "", "income"]
    assert seen.value == pytest.approx(0.25)
    counts = evidence_of(assessment, "drift.json")["features"]["income"]
    assert (counts["cohort"]["nulls"], counts["cohort"]["values"], counts["reference"]["nulls"]) == (100, 300, 0)


def test_without_scores_the_features_are_compared_all_the_same(assigned: Assigned) -> None:
    frame = frame_of()
    found = by_key(drift.assess(assigned(frame.drop(columns="score"), reference=frame)))
    assert (found[SCORE, "", "", ""].value, found[SCORE, "", "", ""].reason) == (None, "there are no scores")
    assert found[FEATURE, "", "", "income"].value == 0.0


def test_a_hostile_name_is_only_a_name(assigned: Assigned) -> None:
    name = '"; drop table x; --'
    frame = frame_of().rename(columns={"income": name})
    assert by_key(drift.assess(assigned(frame, manifest_of(features=(name,)))))[FEATURE, "", "", name].value == 0.0


def test_evidence_holds_no_value_of_a_row(assigned: Assigned) -> None:
    frame = frame_of().assign(region=lambda d: [f"street {i}" for i in d["id"]])
    frame["income"] = np.linspace(1234.5678, 8765.4321, 400)
    blob = drift.assess(assigned(frame)).evidence["drift.json"]
    assert b"street" not in blob
    assert b"1234.5678" not in blob
    assert b"8765.4321" not in blob
    few = evidence_of(drift.assess(assigned(frame.iloc[:2])), "drift.json")["features"]["income"]["cohort"]
    assert (few["mean"], few["sd"]) == (None, None)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_huge_values_do_not_break_the_evidence(assigned: Assigned) -> None:
    frame = frame_of().assign(income=np.tile([-1.7e308, 1.7e308], 200))
    assert by_key(drift.assess(assigned(frame)))[FEATURE, "", "", "income"].value == 0.0


def test_same_input_same_bytes_on_one_thread_and_on_two(assigned: Assigned) -> None:
    now, then = frame_of(20_000, seed=1), frame_of(20_000, seed=2)
    once = drift.assess(assigned(now, reference=then, threads=1))
    assert once == drift.assess(assigned(now, reference=then, threads=2))
    assert once == drift.assess(assigned(now.iloc[::-1], reference=then))
