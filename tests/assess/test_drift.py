"""Drift: distances by SciPy and by hand, Evidently's score by SciPy, and what cannot be compared."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep
from tests.assess.conftest import Assigned, by_key, evidence_of, frame_of, manifest_of

from hallmark.assess import drift
from hallmark.assess.drift.bins import by_decile, stability_index
from hallmark.assess.drift.holm import alarms

FEATURE, SCORE, SHOWN = "drift.feature_distance", "drift.score_distance", "drift.evidently_wasserstein"
MISSING, PSI = "drift.missing_distance", "drift.psi"
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


@pytest.mark.parametrize("feature", ["income", "region"])
def test_a_column_that_empties_is_drift_of_what_is_missing(assigned: Assigned, feature: str) -> None:
    then, now = frame_of(500, seed=1), frame_of(500, seed=2)
    now.loc[np.arange(500) % 5 < 3, feature] = None
    found = by_key(drift.assess(assigned(now, reference=then)))
    seen, distance = found[MISSING, "", "", feature], found[FEATURE, "", "", feature]
    low, high = confint_proportions_2indep(300, 500, 0, 500, method="newcomb", compare="diff")
    assert (seen.value, seen.low, seen.high) == pytest.approx((0.6, low, high))
    assert distance.low == 0.0  # what is left has not moved: only the missing values show it
    other = found[MISSING, "", "", "region" if feature == "income" else "income"]
    assert (other.value, other.low, other.n) == (0.0, 0.0, 500)


def test_a_column_without_any_value_is_missing_drift_too(assigned: Assigned) -> None:
    found = by_key(drift.assess(assigned(frame_of().assign(income=None), reference=frame_of())))
    assert found[MISSING, "", "", "income"].value == 1.0
    assert found[FEATURE, "", "", "income"].value is None


def test_stability_index_by_hand_and_its_bias(assigned: Assigned) -> None:
    then, now = frame_of(1000, seed=1), frame_of(800, seed=2)
    seen = by_key(drift.assess(assigned(now, reference=then)))[PSI, "", "", "income"]
    edges = [-np.inf, *np.quantile(then["income"], np.arange(1, 10) / 10, method="inverted_cdf"), np.inf]
    p, q = (pd.cut(side["income"], edges).value_counts(normalize=True, sort=False).to_numpy() for side in (now, then))
    raw = ((p - q) * np.log(p / q)).sum()
    assert seen.value == pytest.approx(raw - 9 * (1 / 1000 + 1 / 800))
    assert (seen.low, seen.high) == (None, None)
    unmoved = [
        stability_index(by_decile(*np.sort(np.random.default_rng(i).normal(size=(2, 500))))).value for i in range(200)
    ]
    assert abs(np.mean(np.array(unmoved, dtype=float))) < 0.004  # uncorrected it would read 0.036


def test_holm_is_that_of_statsmodels_and_small_distances_raise_no_alarm(assigned: Assigned) -> None:
    then, now = frame_of(3000, seed=1), frame_of(3000, seed=2)
    now["income"] += 3
    features = evidence_of(drift.assess(assigned(now, reference=then)), "drift.json")["features"]
    ks = stats.ks_2samp(now["income"], then["income"], method="asymp").pvalue
    ranks = stats.mannwhitneyu(now["income"], then["income"], method="asymptotic").pvalue
    table = [frame["region"].value_counts().sort_index() for frame in (now, then)]
    raw = [min(1, 2 * min(ks, ranks)), stats.chi2_contingency(table, correction=False).pvalue]
    expected = multipletests(raw, method="holm")[1]
    assert [features[name]["holm_p"] for name in ("income", "region")] == pytest.approx(expected, rel=1e-6)
    assert [features[name]["alarm"] for name in ("income", "region")] == [True, False]
    assert alarms({"a": (0.04, 1e-9), "b": (0.06, 1e-9), "c": (None, None)}) == {
        "a": {"holm_p": 2e-9, "alarm": False},
        "b": {"holm_p": 2e-9, "alarm": True},
        "c": {"holm_p": None, "alarm": False},
    }


def test_evidence_has_bins_and_categories_of_ten_rows_at_least(assigned: Assigned) -> None:
    frame = frame_of(400)
    frame.loc[:8, "region"] = "islet"
    features = evidence_of(drift.assess(assigned(frame)), "drift.json")["features"]
    assert [b["cohort"] for b in features["income"]["deciles_of_reference"]] == pytest.approx([0.1] * 10)
    assert features["region"]["categories"]["north"]["cohort"] == (frame["region"] == "north").sum()
    assert "islet" not in features["region"]["categories"]
    few = evidence_of(drift.assess(assigned(frame.iloc[:60])), "drift.json")["features"]["income"]
    assert {b["cohort"] for b in few["deciles_of_reference"]} == {None}


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
