"""Is the evidence valid: every number by pandas, scikit-learn or brute force again, and every gap said aloud."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from tests.assess.conftest import AGE, Assigned, by_key, evidence_of, frame_of, label_of, manifest_of

from hallmark.assess import data_quality
from hallmark.assess.assignment import Assessment
from hallmark.assess.dataset import Dataset
from hallmark.assess.intervals import area_by_value, area_under_curve, difference, ratio
from hallmark.assess.values import sorted_values
from hallmark.errors import BadInput
from hallmark.measures import MEASURES, Task
from hallmark.policy.subject import POOLED, DataFile, Label, LabelKind, Manifest
from hallmark.verdict.observation import Observation

SUITE = b'{"expectations": []}'


def frame(n: int = 400, seed: int = 1) -> pd.DataFrame:
    return frame_of(n, seed).drop(columns="score")


def trained(n: int = 600, seed: int = 2) -> pd.DataFrame:
    """Training rows with keys of their own."""
    return frame(n, seed).assign(id=lambda it: it["id"] + 10_000)


def assessed(assigned: Assigned, cohort: pd.DataFrame, training: pd.DataFrame, **more: Any) -> Assessment:
    return data_quality.assess(assigned(cohort, training=training, suite=SUITE, **more))


def fact(assessment: Assessment, measure: str, feature: str = "") -> Observation:
    return by_key(assessment)[f"data_quality.{measure}", "", "", feature]


def of_group(assessment: Assessment, measure: str, attribute: str, group: str) -> Observation:
    return by_key(assessment)[f"data_quality.{measure}", attribute, group, ""]


# Split


def test_overlap_is_what_pandas_finds_by_key(assigned: Assigned) -> None:
    cohort, training = frame(), trained()
    cohort.loc[:23, "id"] = training["id"].iloc[5:29].to_numpy()
    assessment = assessed(assigned, cohort, training)
    assert fact(assessment, "overlap").value == cohort["id"].isin(training["id"]).mean() == 24 / 400
    split = evidence_of(assessment, "data_quality.json")["split"]
    assert split["rows_with_a_key_of_the_training_data"] == 24
    assert split["split"] == "holdout: later than the training data, keys in common"


def test_equal_rows_under_other_keys_are_no_overlap(assigned: Assigned) -> None:
    cohort = frame()
    assert fact(assessed(assigned, cohort, cohort.assign(id=cohort["id"] + 500)), "overlap").value == 0.0


def test_keys_of_text_and_of_wider_numbers_compare(assigned: Assigned) -> None:
    cohort, training = frame(), frame()
    narrow = cohort.assign(id=cohort["id"].astype("int16"))
    assert fact(assessed(assigned, narrow, training.assign(id=training["id"].astype("int64"))), "overlap").value == 1.0
    words = cohort.assign(id=[f"it's {key}" for key in cohort["id"]])
    assert fact(assessed(assigned, words, words.head(100)), "overlap").value == 0.25


def test_a_number_and_a_text_are_never_silently_different_keys(assigned: Assigned) -> None:
    seen = fact(assessed(assigned, frame(), trained().assign(id=lambda it: it["id"].astype(str))), "overlap")
    assert seen.value is None
    assert seen.reason == "the key is BIGINT here and VARCHAR in the training data: write both alike"


@pytest.mark.parametrize("side", ["cohort", "training"])
def test_a_row_without_a_key_leaves_the_overlap_open(assigned: Assigned, side: str) -> None:
    """Half of the rows could be rows of the training data: 0 of the others proves nothing."""
    frames = {"cohort": frame(), "training": trained()}
    frames = {name: one.astype({"id": "Int64"}) for name, one in frames.items()}
    assert fact(assessed(assigned, **frames), "overlap").value == 0.0
    frames[side].loc[:199, "id"] = None
    seen = fact(assessed(assigned, **frames), "overlap")
    here, there = (200, 0) if side == "cohort" else (0, 200)
    assert seen.value is None
    assert seen.reason.startswith(f"{here} rows have no key here and {there} in the training data")


@pytest.mark.parametrize(("day", "value"), [(30, 1.0), (31, 0.0)], ids=["later", "same-day"])
def test_out_of_time_compares_dates(assigned: Assigned, day: int, value: float) -> None:
    data = DataFile(file="data.parquet", sha256="0" * 64, as_of=date(2005, 7, day))
    seen = fact(assessed(assigned, frame(), trained(), manifest=manifest_of(training=data)), "out_of_time")
    assert seen.value == value
    assert seen.reason == ("" if value else "the cohort is of 2005-07-31, the training data of 2005-07-31")


# Label


def test_the_kind_of_the_label_is_said_in_words(assigned: Assigned) -> None:
    label = Label(column="late", positive="1", source="the lender's own files", kind=LabelKind.HUMAN_DECISION)
    seen = fact(assessed(assigned, frame(), trained(), manifest=manifest_of(label=label)), "label_observed")
    assert (seen.value, seen.reason) == (0.0, "the label is a decision of people: the lender's own files")
    assert fact(assessed(assigned, frame(), trained()), "label_observed").value == 1.0
    assert not MEASURES["data_quality.label_observed"].gate


def test_rows_without_a_label_are_counted(assigned: Assigned) -> None:
    cohort = frame().astype({"late": "float64"})
    cohort.loc[:39, "late"] = np.nan
    assessment = assessed(assigned, cohort, trained())
    assert fact(assessment, "unlabelled").value == 0.1
    assert fact(assessment, "label_known").value == 1.0  # 1.0 is the 1 of the training data
    nothing = assessed(assigned, cohort.assign(late=np.nan), trained())
    assert fact(nothing, "unlabelled").value == 1.0
    assert (fact(nothing, "label_known").value, fact(nothing, "label_known").reason) == (
        None,
        "the cohort has no label",
    )


def test_a_label_that_training_never_had_is_found(assigned: Assigned) -> None:
    cohort = frame().assign(late=lambda it: it["late"] * 2)
    share = float((cohort["late"] == 0).mean())
    assert 0 < share < 1
    assert fact(assessed(assigned, cohort, trained()), "label_known").value == share


def test_labels_of_truth_and_of_numbers_mean_the_same(assigned: Assigned) -> None:
    cohort = frame().astype({"late": bool})
    assert fact(assessed(assigned, cohort, trained()), "label_known").value == 1.0


@pytest.mark.parametrize("there", ["cohort", "training"])
def test_a_label_that_is_read_as_the_other_class_is_not_known(assigned: Assigned, there: str) -> None:
    """The text "true" is no positive "1" to anybody who counts outcomes, though a person reads it so."""
    words, digits = frame(), trained()
    words["late"], digits["late"] = words["late"].map({1: "true", 0: "false"}), digits["late"].astype(str)
    cohort, training = (words, digits) if there == "cohort" else (digits, words)
    share = float((cohort["late"].isin(["false", "0"])).mean())
    assert 0 < share < 1
    assert fact(assessed(assigned, cohort, training), "label_known").value == share
    positive = manifest_of(label=label_of("late", "true"))
    assert fact(assessed(assigned, cohort, training, manifest=positive), "label_known").value == 1.0


# Groups


def test_representation_and_missingness_are_those_of_the_contingency_table(assigned: Assigned) -> None:
    cohort, training = frame(), trained()
    gone = (cohort["sex"] == "women") & (cohort.index < 150)
    cohort.loc[gone, "income"] = np.nan
    cohort.loc[390:, "region"] = None
    cohort.loc[:4, "sex"] = "unknown"
    assessment = assessed(assigned, cohort, training)
    declared = cohort[cohort["sex"].isin(["men", "women"])]
    women, here = int((declared["sex"] == "women").sum()), len(declared)
    expected = ratio(women, here, int((training["sex"] == "women").sum()), len(training))
    seen = of_group(assessment, "representation_ratio", "sex", "women")
    assert (seen.value, seen.low, seen.high, seen.n) == (expected.value, expected.low, expected.high, here)

    gaps: Any = declared[["income", "region"]].isna().any(axis=1).groupby(declared["sex"]).agg(["sum", "size"])
    men = gaps["sum"]["men"], gaps["size"]["men"]
    between = difference(gaps["sum"]["women"], gaps["size"]["women"], *men)
    seen = of_group(assessment, "missingness_difference", "sex", "women")
    assert (seen.value, seen.low, seen.high, seen.n) == (between.value, between.low, between.high, women)
    assert seen.value is not None and seen.value > 0.2
    counts = evidence_of(assessment, "data_quality.json")["groups"]["sex"]["women"]
    assert counts["gaps"]["income"] == int(declared.loc[declared["sex"] == "women", "income"].isna().sum())
    assert counts["rows_with_a_gap"] == int(gaps.loc["women", "sum"])


def test_the_others_are_pooled_and_attributes_crossed(assigned: Assigned) -> None:
    cohort, training = frame(), trained()
    cohort.loc[::7, "income"] = np.nan
    assessment = assessed(assigned, cohort, training)
    middle = cohort["age"] == "middle"
    gap = cohort["income"].isna()
    seen = of_group(assessment, "missingness_difference", "age", POOLED)
    assert seen.value == pytest.approx(gap[~middle].mean() - gap[middle].mean())
    old_women = (cohort["sex"] == "women") & (cohort["age"] == "old")
    share = ((training["sex"] == "women") & (training["age"] == "old")).mean()
    seen = of_group(assessment, "representation_ratio", "sex*age", "women*old")
    assert seen.value == pytest.approx(old_women.mean() / share)
    reference = (cohort["sex"] == "men") & middle
    seen = of_group(assessment, "missingness_difference", "sex*age", "women*old")
    assert seen.value == pytest.approx(gap[old_women].mean() - gap[reference].mean())


def test_crossed_groups_have_counts_unless_a_cell_is_small(assigned: Assigned) -> None:
    cohort, training = frame(), trained()
    cohort.loc[::2, "income"] = np.nan
    groups = evidence_of(assessed(assigned, cohort, training), "data_quality.json")["groups"]
    old_women = (cohort["sex"] == "women") & (cohort["age"] == "old")
    there = (training["sex"] == "women") & (training["age"] == "old")
    gapped = int((old_women & cohort["income"].isna()).sum())
    expected = {"rows": int(old_women.sum()), "training_rows": int(there.sum()), "rows_with_a_gap": gapped}
    assert groups["sex*age"]["women*old"] == expected
    for sex in ("men", "women"):  # the crossing adds up to its margin
        assert sum(groups["sex*age"][f"{sex}*{age}"]["rows"] for age in AGE.groups) == groups["sex"][sex]["rows"]
    few = cohort[~old_women | (old_women.cumsum() <= 3)]
    groups = evidence_of(assessed(assigned, few, training), "data_quality.json")["groups"]
    assert {count for cell in groups["sex*age"].values() for count in cell.values()} == {None}
    assert groups["sex"]["women"]["rows"] == int((few["sex"] == "women").sum())


def test_a_feature_without_any_value_hides_no_other(assigned: Assigned) -> None:
    cohort = frame()
    cohort.loc[cohort["sex"] == "women", "region"] = None
    assessment = assessed(assigned, cohort.assign(income=np.nan), trained())
    assert of_group(assessment, "missingness_difference", "sex", "women").value == 1.0


def test_a_group_dropped_on_the_way_or_never_trained_on(assigned: Assigned) -> None:
    men = frame().query("sex == 'men'")
    dropped = assessed(assigned, men, trained())
    seen = of_group(dropped, "representation_ratio", "sex", "women")
    assert (seen.value, seen.low) == (0.0, 0.0) and seen.high is not None and seen.high < 0.1
    seen = of_group(dropped, "missingness_difference", "sex", "women")
    assert (seen.value, seen.reason) == (None, "sex 'women' has no rows")
    never = assessed(assigned, frame(), trained().query("sex == 'men'"))
    seen = of_group(never, "representation_ratio", "sex", "women")
    assert (seen.value, seen.reason) == (None, "no row of the training data belongs to sex 'women'")
    nobody = assessed(assigned, frame(), trained().assign(sex="?"))
    seen = of_group(nobody, "representation_ratio", "sex", "women")
    assert (seen.value, seen.reason) == (None, "no row of the training data has a declared sex")


# Features: what gives the label away


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=12))
def test_the_area_by_value_is_the_area_of_the_rows(pairs: list[tuple[int, int]]) -> None:
    positive, negative = np.array(pairs, dtype=np.int64).T
    places = np.arange(len(pairs), dtype=np.float64)
    rows = area_under_curve(np.repeat(places, positive), np.repeat(places, negative))
    counts = area_by_value(positive, negative)
    assert counts.reason == rows.reason
    if rows.value is not None:
        found = counts.value, counts.low, counts.high
        assert found == pytest.approx((rows.value, rows.low, rows.high), rel=1e-9, abs=1e-9)


def test_the_area_of_a_number_is_that_of_sklearn_either_way_round(assigned: Assigned) -> None:
    cohort = frame().assign(income=lambda it: np.round(it["income"] - 6 * it["late"]))
    came = cohort["late"] == 1
    area = 1 - roc_auc_score(cohort["late"], cohort["income"])
    assert 0.55 < area < 0.95
    limits = area_under_curve(-cohort["income"][came].to_numpy(), -cohort["income"][~came].to_numpy())
    seen = fact(assessed(assigned, cohort, trained()), "single_feature_auc", "income")
    assert (seen.value, seen.low, seen.high) == pytest.approx((area, limits.low, limits.high), rel=1e-12)
    assert seen.n == min(came.sum(), (~came).sum())


def test_the_area_of_categories_is_that_of_their_rate_in_training(assigned: Assigned) -> None:
    training = trained()
    training["region"] = np.where((training["late"] == 1) & (training.index % 3 > 0), "south", training["region"])
    cohort = frame()
    cohort["region"] = np.where((cohort["late"] == 1) & (cohort.index % 2 > 0), "south", cohort["region"])
    cohort.loc[:20, "region"] = "moon"
    cohort.loc[30:60, "region"] = None
    rate = training["late"].mean()
    by = training.groupby("region")["late"].agg(["sum", "size"])
    code = cohort["region"].map((by["sum"] + rate) / (by["size"] + 1)).fillna(rate)
    seen = fact(assessed(assigned, cohort, training), "single_feature_auc", "region")
    assert seen.value == pytest.approx(roc_auc_score(cohort["late"], code))
    assert seen.value is not None and seen.value > 0.6


@pytest.mark.parametrize("leak", ["value", "flipped", "gap", "text", "gap-in-text"])
def test_a_feature_that_has_seen_the_label_is_found(assigned: Assigned, leak: str) -> None:
    def leaking(it: pd.DataFrame) -> pd.DataFrame:
        came = it["late"].to_numpy() == 1
        columns: dict[str, dict[str, Any]] = {
            "value": {"income": it["late"] + 0.0},
            "flipped": {"income": -7.0 * it["late"]},
            "gap": {"income": np.where(came, it["income"], np.nan)},
            "text": {"region": np.where(came, "written off", "open")},
            "gap-in-text": {"region": pd.Series("written off", index=it.index).where(came, None)},
        }
        return it.assign(**columns[leak])

    assessment = assessed(assigned, leaking(frame()), leaking(trained()))
    feature = "region" if "text" in leak else "income"
    seen = fact(assessment, "single_feature_auc", feature)
    assert seen.value == 1.0 and seen.low is not None and seen.low > 0.95
    other = fact(assessment, "single_feature_auc", "income" if feature == "region" else "region")
    assert other.value is not None and other.value < 0.7


def test_ten_thousand_categories_of_noise_give_nothing_away(assigned: Assigned) -> None:
    rng = np.random.default_rng(5)
    cohort, training = (it.assign(region=rng.integers(0, 10_000, len(it)).astype(str)) for it in (frame(), trained()))
    assessment = assessed(assigned, cohort, training)
    seen = fact(assessment, "single_feature_auc", "region")
    assert seen.low is not None and seen.low < 0.56
    assert fact(assessment, "unseen", "region").value == (~cohort["region"].isin(training["region"])).mean() > 0.9


def test_one_class_has_no_area(assigned: Assigned) -> None:
    seen = fact(assessed(assigned, frame().assign(late=0), trained()), "single_feature_auc", "income")
    assert (seen.value, seen.n, seen.reason) == (None, 0, "the rows with a label are all of one class")
    seen = fact(assessed(assigned, frame(), trained().assign(late=0)), "single_feature_auc", "region")
    assert seen.value is None and "categories have no order" in seen.reason


# Features: unseen, constant, identifying


def test_unseen_values_are_those_that_pandas_counts(assigned: Assigned) -> None:
    cohort, training = frame(), trained()
    cohort.loc[:3, "income"] = [-500.0, np.inf, -np.inf, np.nan]
    cohort.loc[10:29, "region"] = "moon"
    cohort.loc[30:39, "region"] = None
    training.loc[0, "income"] = np.inf  # no end of a range
    assessment = assessed(assigned, cohort, training)
    ends = training["income"][1:]
    beyond = int((~cohort["income"].dropna().between(ends.min(), ends.max())).sum())
    assert beyond >= 3
    assert fact(assessment, "unseen", "income").value == beyond / 399
    assert fact(assessment, "unseen", "region").value == 20 / 390
    assert b"moon" not in assessment.evidence["data_quality.json"]


def test_times_compare_with_times(assigned: Assigned) -> None:
    days = pd.Timestamp("2005-01-01") + pd.to_timedelta(np.arange(400), unit="D")
    cohort, training = frame().assign(income=days), trained(400).assign(income=days - pd.Timedelta(days=100))
    assessment = assessed(assigned, cohort, training)
    assert fact(assessment, "unseen", "income").value == 0.25
    assert fact(assessment, "not_identifying", "income").value == 1.0


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_times_of_a_zone_are_read_in_every_unit(assigned: Assigned, unit: Literal["s", "us", "ns"]) -> None:
    hours = pd.date_range("2005-01-01", periods=400, freq="h", tz="Europe/Berlin").as_unit(unit)
    cohort, training = frame().assign(income=hours), trained(400).assign(income=hours - pd.Timedelta(hours=100))
    data = assigned(cohort, training=training, suite=SUITE)
    assert data.data.types["income"].startswith("TIMESTAMP")
    assert fact(data_quality.assess(data), "unseen", "income").value == 0.25
    assert sorted_values(data.data, "income")[0] == hours[0].timestamp()


def test_dates_as_text_are_categories(assigned: Assigned) -> None:
    days = (pd.Timestamp("2005-01-01") + pd.to_timedelta(np.arange(400), unit="D")).astype(str)
    assessment = assessed(assigned, frame().assign(region=days), trained(400).assign(region=days))
    assert fact(assessment, "unseen", "region").value == 0.0
    seen = fact(assessment, "not_identifying", "region")
    assert (seen.value, seen.reason) == (0.0, "no text stands twice")


PER_FEATURE = ("unseen", "varies", "not_identifying")


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (pd.Series(["1", "2", "x", "4"] * 100), "it is VARCHAR here and DOUBLE in the training data: write both alike"),
        (pd.Series([[1], [2]] * 200), "values of type BIGINT[] are not compared"),
        (pd.Series([np.nan] * 400), "all values in the cohort are null"),
        (pd.Series([None] * 400), "all values in the cohort are null"),
    ],
    ids=["mixed-types", "nested", "all-null", "typeless"],
)
def test_what_cannot_be_compared_says_why(assigned: Assigned, column: Any, reason: str) -> None:
    assessment = assessed(assigned, frame().assign(income=column), trained())
    for measure in PER_FEATURE:
        seen = fact(assessment, measure, "income")
        assert (seen.value, seen.reason) == (None, reason)
        assert fact(assessment, measure, "region").value is not None


def test_a_column_that_was_empty_in_training_says_so(assigned: Assigned) -> None:
    training = trained().assign(income=np.nan, region=pd.Series([None] * 600, dtype=str))
    assessment = assessed(assigned, frame(), training)
    for feature in ("income", "region"):
        seen = fact(assessment, "unseen", feature)
        assert (seen.value, seen.reason) == (None, "all values in the training data are null")


def test_a_constant_column_does_not_vary(assigned: Assigned) -> None:
    assessment = assessed(assigned, frame().assign(income=7.0, region="north"), trained())
    for feature in ("income", "region"):
        seen = fact(assessment, "varies", feature)
        assert (seen.value, seen.reason) == (0.0, "all 400 values are equal")
        area = fact(assessment, "single_feature_auc", feature)
        assert area.value == 0.5 and area.high is not None and area.high < 0.6
    assert fact(assessed(assigned, frame(), trained()), "varies", "income").value == 1.0


@pytest.mark.parametrize(
    ("columns", "feature", "reason"),
    [
        ({"income": lambda it: it["id"]}, "income", "every value is the key of its row"),
        ({"region": lambda it: it["id"].astype(str)}, "region", "every value is the key of its row"),
        ({"region": lambda it: "n" + it["id"].astype(str)}, "region", "no text stands twice"),
        (
            {"income": lambda it: 3.0 * it["id"] + 5},
            "income",
            "whole numbers in a dense series, none of which stands twice",
        ),
        ({"income": lambda it: 1000 * it["id"]}, "income", ""),
        ({"income": lambda it: it["id"] // 2}, "income", ""),
        ({"income": lambda it: it["id"] + 0.5}, "income", ""),
    ],
    ids=["key", "key-as-text", "text", "another-number", "sparse", "repeated", "measured"],
)
def test_identifiers_are_found_and_measurements_are_none(
    assigned: Assigned, columns: Mapping[str, Any], feature: str, reason: str
) -> None:
    seen = fact(assessed(assigned, frame().assign(**columns), trained().assign(**columns)), "not_identifying", feature)
    assert (seen.value, seen.reason) == (float(not reason), reason)


def test_few_rows_identify_nobody(assigned: Assigned) -> None:
    cohort = frame(99).assign(region=lambda it: "n" + it["id"].astype(str))
    assert fact(assessed(assigned, cohort, trained()), "not_identifying", "region").value == 1.0


# The whole


def amounts() -> Manifest:
    label = replace(label_of("late"), positive=None)
    return manifest_of(task=Task.REGRESSION, decision=None, label=label)


def test_a_regression_has_no_area_and_no_classes(assigned: Assigned) -> None:
    cohort, training = (it.assign(late=it["income"] * 2.5) for it in (frame(), trained()))
    found = by_key(assessed(assigned, cohort, training, manifest=amounts()))
    measures = {measure for measure, *_ in found}
    assert {"data_quality.single_feature_auc", "data_quality.label_known"}.isdisjoint(measures)
    assert found["data_quality.unseen", "", "", "income"].value is not None
    assert found["data_quality.unseen", "", "", "region"].value == 0.0


def test_every_observation_is_registered_and_in_range(assigned: Assigned) -> None:
    cohort = frame()
    cohort.loc[:40, "income"] = np.nan
    assessment = assessed(assigned, cohort, trained())
    for seen in assessment.observations:
        measure = MEASURES[seen.key.measure]
        assert measure.admits(seen.value) or (seen.value is None and seen.reason)
        assert seen.method and seen.tool and seen.reference
        if measure.kind == "sample" and seen.value is not None:
            assert seen.low is not None and seen.high is not None and seen.n
            assert seen.low <= seen.value <= seen.high and seen.low < seen.high
    reported = {seen.key.measure for seen in assessment.observations}
    expected = {name for name, one in MEASURES.items() if one.dimension == "data_quality" and Task.BINARY in one.tasks}
    assert reported == expected


def test_same_input_same_bytes_on_one_thread_and_on_two(assigned: Assigned) -> None:
    cohort, training = frame(3000).round({"income": 0}), trained(3000)
    cohort.loc[::9, ["income", "region"]] = None
    once = assessed(assigned, cohort, training, threads=1)
    assert once == assessed(assigned, cohort.sample(frac=1, random_state=3), training[::-1], threads=2)


def test_a_training_file_cut_short_or_damaged_is_one_sentence(tmp_path: Path, assigned: Assigned) -> None:
    path = tmp_path / "train.parquet"
    trained(5000).to_parquet(path, index=False, compression="zstd")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInput, match=r"train\.parquet cannot be read as Parquet: write it again, whole"):
        Dataset.open(manifest_of(), path, None, tmp_path)
    path.write_bytes(whole[:4] + bytes(255 - byte for byte in whole[4:9000]) + whole[9000:])
    assignment = assigned(frame(), suite=SUITE)
    with Dataset.open(manifest_of(), path, None, tmp_path) as training, pytest.raises(BadInput, match="as Parquet"):
        data_quality.assess(replace(assignment, training=training))


@pytest.mark.parametrize("name", ["income", "Income"])
def test_two_columns_of_one_name_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "data.parquet"
    table = pa.Table.from_pandas(frame(), preserve_index=False)
    pq.write_table(table.append_column(name, pa.array([1.0] * 400)), path)
    with pytest.raises(BadInput, match=r"data\.parquet has more than one column named 'income': give each"):
        Dataset.open(manifest_of(), path, None, tmp_path)
