"""Data quality: every share by counting in pandas and by Great Expectations on pandas, and every gap said aloud."""

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.assess.conftest import Assigned, Opened, by_key, evidence_of, frame_of, manifest_of

from hallmark.assess import data_quality
from hallmark.assess.dataset import Dataset
from hallmark.assess.gx_engine import Outcome, run
from hallmark.errors import BadInput
from hallmark.policy.subject import Attribute
from hallmark.report.formulas import worked
from hallmark.verdict.observation import Observation

COMPLETE, VALID, UNIQUE, CONSISTENT = data_quality.MEASURES
RECORD = "data_quality.record_validity"
EVERY = (COMPLETE, f"{VALID} income", f"{VALID} region", RECORD, UNIQUE, CONSISTENT)
COLUMNS = ("id", "income", "region", "sex", "age", "late")


def entry(kind: str, measure: str, **kwargs: Any) -> dict[str, Any]:
    return {"type": f"expect_{kind}", "kwargs": kwargs, "meta": {"measure": measure, "note": "because"}}


SUITE = (
    entry("table_row_count_to_be_between", COMPLETE, min_value=100, max_value=1000),
    *(entry("column_values_to_not_be_null", COMPLETE, column=column) for column in COLUMNS),
    entry("column_values_to_be_in_type_list", VALID, column="income", type_list=["float64", "DOUBLE"]),
    entry("column_values_to_be_between", VALID, column="income", min_value=10, max_value=60),
    entry("column_values_to_be_in_set", VALID, column="region", value_set=["north", "south", "west"]),
    entry("column_values_to_match_regex", VALID, column="sex", regex="^(?:wo)?men$"),
    entry("column_values_to_be_unique", UNIQUE, column="id"),
    entry("compound_columns_to_be_unique", UNIQUE, column_list=["id", "age"]),
    entry(
        "column_pair_values_a_to_be_greater_than_b",
        CONSISTENT,
        column_A="income",
        column_B="late",
        ignore_row_if="either_value_is_missing",
    ),
)


def suite_of(*entries: Mapping[str, Any]) -> bytes:
    return json.dumps({"name": "lender", "meta": {}, "expectations": entries}).encode()


def dirty() -> pd.DataFrame:
    """Rows with a known number of faults of each kind."""
    frame = frame_of(500).drop(columns="score")
    frame.loc[:19, "income"] = np.nan
    frame.loc[20:26, "income"] = -5.0
    frame.loc[30:32, "region"] = "moon"
    frame.loc[40:41, "sex"] = "Jane Doe"
    frame.loc[50:53, "id"] = 60
    frame.loc[70:75, "age"] = None
    return frame


def measured(assigned: Assigned, frame: pd.DataFrame, *entries: Mapping[str, Any]) -> dict[str, Observation]:
    """Observations by measure, those of a feature by measure and feature."""
    found = by_key(data_quality.assess(assigned(frame, suite=suite_of(*entries))))
    return {f"{measure} {feature}".strip(): seen for (measure, *_, feature), seen in found.items()}


def test_shares_are_those_that_pandas_counts(assigned: Assigned) -> None:
    frame = dirty()
    found = measured(assigned, frame, *SUITE)
    nulls = int(frame[list(COLUMNS)].isna().sum().sum())
    assert nulls == 26
    assert found[COMPLETE].value == 1 - nulls / (6 * 500 + 500)
    outside = int((~frame["income"].dropna().between(10, 60)).sum())
    assert outside >= 7
    assert found[f"{VALID} income"].value == (480 - outside) / 480
    assert found[f"{VALID} income"].reason.startswith(f"{outside} of 480 break expect_column_values_to_be_between")
    assert found[f"{VALID} region"].value == 497 / 500
    assert found[RECORD].value == 498 / 500
    doubled = int(frame["id"].duplicated(keep=False).sum())
    pairs = frame[["id", "age"]].dropna()
    doubled_pairs = int(pairs.duplicated(keep=False).sum())
    assert found[UNIQUE].value == 1 - (doubled + doubled_pairs) / 1000  # half a key is a key too
    known = frame.dropna(subset="income")
    assert found[CONSISTENT].value == 1 - int((known["income"] <= known["late"]).sum()) / 480
    for seen in (found[measure] for measure in (COMPLETE, UNIQUE, CONSISTENT)):
        assert (seen.low, seen.high, seen.n, seen.reason) == (None, None, None, "")
        assert seen.method and seen.tool and seen.reference


def test_clean_data_have_shares_of_1(assigned: Assigned) -> None:
    frame = frame_of(500).drop(columns="score").assign(income=30.0)
    found = measured(assigned, frame, *SUITE)
    assert {found[measure].value for measure in EVERY} == {1.0}


def on_pandas(entries: Sequence[Mapping[str, Any]], frame: pd.DataFrame) -> list[tuple[bool | None, Any, Any]]:
    """Success, elements tested and unexpected ones by the library's own pandas engine, by place in the suite."""
    import great_expectations as gx
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("pandas").add_dataframe_asset("frame")
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    found = []
    for one in entries:
        expectation = ExpectationConfiguration(type=one["type"], kwargs=dict(one["kwargs"])).to_domain_obj()
        result = batch.validate(expectation, result_format="BASIC")
        counts = result.result
        tested = counts["element_count"] - (counts.get("missing_count") or 0) if "element_count" in counts else None
        found.append((result.success, tested, counts.get("unexpected_count")))
    return found


@pytest.mark.parametrize("clean", [False, True], ids=["dirty", "clean"])
def test_duckdb_and_pandas_agree(opened: Opened, clean: bool) -> None:
    frame = frame_of(500).drop(columns="score").assign(income=30.0) if clean else dirty()
    data = opened(frame)
    entries = [one for one in SUITE if one["type"] != "expect_compound_columns_to_be_unique"]
    outcomes = run(entries, data.rows, data.cursor)
    for outcome, (success, tested, unexpected) in zip(outcomes, on_pandas(entries, frame), strict=True):
        assert outcome.problem == ""
        assert (outcome.unexpected == 0) == success
        if tested is not None:
            assert (outcome.type, outcome.tested, outcome.unexpected) == (outcome.type, tested, unexpected)


def test_wrong_type_is_wrong_in_every_row(assigned: Assigned) -> None:
    wrong = entry("column_values_to_be_of_type", VALID, column="income", type_="VARCHAR")
    right = entry("column_values_to_be_in_set", VALID, column="sex", value_set=["men", "women"])
    frame = frame_of().drop(columns="score")
    found = measured(assigned, frame, wrong, right)
    assert (found[f"{VALID} income"].value, found[RECORD].value) == (0.0, 1.0)


def test_what_is_wrong_with_the_table_is_wrong_in_every_row(assigned: Assigned) -> None:
    few = entry("table_row_count_to_be_between", VALID, min_value=9000)
    set_ = entry("table_columns_to_match_set", VALID, column_set=list(COLUMNS), exact_match=True)
    assert measured(assigned, frame_of().drop(columns="score"), set_)[RECORD].value == 1.0
    assert measured(assigned, frame_of().drop(columns="score"), few, set_)[RECORD].value == 0.0


def test_three_impossible_values_in_a_hundred_of_one_column_show_whatever_the_others_are(assigned: Assigned) -> None:
    frame = frame_of(1000).drop(columns="score").assign(income=30.0)
    frame.loc[:29, "income"] = -1.0
    more = [entry("column_values_to_not_be_in_set", VALID, column=name, value_set=["moon"]) for name in ("sex", "age")]
    found = measured(assigned, frame, *SUITE, *more * 20, entry("column_values_to_not_be_null", VALID, column="income"))
    assert (found[f"{VALID} income"].value, found[f"{VALID} region"].value, found[RECORD].value) == (0.97, 1.0, 1.0)


def test_a_rule_over_two_columns_counts_for_either_feature(assigned: Assigned) -> None:
    pair = entry("compound_columns_to_be_unique", VALID, column_list=["income", "region"])
    found = measured(assigned, frame_of(500).drop(columns="score").assign(income=30.0), *SUITE, pair)
    assert (found[f"{VALID} income"].value, found[f"{VALID} region"].value, found[RECORD].value) == (0.0, 0.0, 1.0)


def test_a_feature_without_a_rule_has_no_validity(assigned: Assigned) -> None:
    rest = [one for one in SUITE if one["meta"]["measure"] != VALID or one["kwargs"]["column"] != "region"]
    found = measured(assigned, frame_of(500).drop(columns="score").assign(income=30.0), *rest)
    assert (found[f"{VALID} income"].value, found[f"{VALID} region"].value) == (1.0, None)
    said = f"no expectation of the suite about 'region' carries the measure {VALID}"
    assert found[f"{VALID} region"].reason == said


def test_an_all_null_feature_has_no_validity_though_its_type_is_right(assigned: Assigned) -> None:
    frame = frame_of(500).drop(columns="score").assign(income=np.nan)
    found = measured(assigned, frame, *SUITE)
    assert found[f"{VALID} income"].value is None
    assert "expect_column_values_to_be_between on 'income' tested nothing" in found[f"{VALID} income"].reason


@pytest.mark.parametrize(
    ("broken", "measure", "reason"),
    [
        (entry("column_values_to_be_between", VALID, column="gone", min_value=0), RECORD, "on 'gone' raised an error"),
        (
            entry("column_values_to_be_between", VALID, column="region", min_value=0, max_value=1),
            f"{VALID} region",
            "raised an error",
        ),
        (entry("column_values_to_be_wonderful", VALID, column="sex"), RECORD, "is refused by Great Expectations"),
        (entry("column_values_to_be_in_set", VALID, column="sex", value_sett=["men"]), RECORD, "is refused"),
        (entry("column_mean_to_be_between", VALID, column="income", min_value=0), f"{VALID} income", "gives no counts"),
    ],
    ids=["absent-column", "wrong-type", "unknown-expectation", "unknown-argument", "no-counts"],
)
def test_what_does_not_run_leaves_its_measure_without_value(
    assigned: Assigned, broken: Mapping[str, Any], measure: str, reason: str
) -> None:
    found = measured(assigned, frame_of().drop(columns="score"), *SUITE, broken)
    assert found[measure].value is None
    assert reason in found[measure].reason
    assert broken["type"] in found[measure].reason
    assert found[UNIQUE].value == 1.0


def test_a_reason_quotes_no_value_of_a_row(assigned: Assigned) -> None:
    frame = frame_of().drop(columns="score").assign(sex="Jane Doe")
    broken = entry("column_values_to_be_between", VALID, column="sex", min_value=0, max_value=1)
    assessment = data_quality.assess(assigned(frame, suite=suite_of(*SUITE, broken)))
    assert by_key(assessment)[RECORD, "", "", ""].value is None
    assert "Jane" not in repr(assessment)


def test_an_expectation_that_stands_twice_counts_twice(opened: Opened) -> None:
    data = opened(dirty())
    twice = [entry("column_values_to_not_be_null", COMPLETE, column="income")] * 2
    assert [(one.tested, one.unexpected, one.problem) for one in run(twice, 500, data.cursor)] == [(500, 20, "")] * 2


def test_damaged_data_are_refused_without_a_foreign_error(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    frame_of(5000).drop(columns="score").to_parquet(path, index=False, compression="zstd")
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + bytes(255 - byte for byte in whole[4 : len(whole) // 2]) + whole[len(whole) // 2 :])
    with Dataset.open(manifest_of(), path, None, tmp_path) as data:
        outcomes = run(SUITE, data.rows, data.cursor)
        assert any(outcome.problem.startswith("raised an error") for outcome in outcomes)
        with pytest.raises(BadInput, match="cannot be read as Parquet"):
            data.missing()


def test_an_unknown_measure_could_belong_to_any(assigned: Assigned) -> None:
    stray = entry("column_values_to_not_be_null", "data_quality.completness", column="sex")
    found = measured(assigned, frame_of().drop(columns="score"), *SUITE, stray)
    for measure in EVERY:
        assert found[measure].value is None
        assert "carries the unknown measure 'data_quality.completness'" in found[measure].reason
    bare = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "sex"}}
    assert measured(assigned, frame_of().drop(columns="score"), *SUITE, bare)[RECORD].value is None


def test_a_measure_that_no_expectation_carries_has_no_value(assigned: Assigned) -> None:
    found = measured(
        assigned, frame_of().drop(columns="score"), *(one for one in SUITE if one["meta"]["measure"] != UNIQUE)
    )
    assert (found[UNIQUE].value, found[UNIQUE].reason) == (None, "no expectation of the suite carries this measure")


def test_an_empty_suite_measures_nothing(assigned: Assigned) -> None:
    found = measured(assigned, frame_of().drop(columns="score"))
    assert {found[measure].value for measure in EVERY} == {None}


def test_columns_outside_the_suite_and_outside_the_data_are_named(assigned: Assigned) -> None:
    frame = frame_of().drop(columns="score").assign(extra=1, more=2)
    gone = entry("column_values_to_not_be_null", UNIQUE, column="gone")
    found = measured(assigned, frame, *SUITE, gone)
    assert found[COMPLETE].value is None
    assert "no expectation looks into the columns 'extra', 'more'" in found[COMPLETE].reason
    assert "the data lack, though the suite expects, the columns 'gone'" in found[COMPLETE].reason
    assert found[RECORD].value is not None


def test_gaps_that_no_expectation_of_completeness_counts_leave_it_open(assigned: Assigned) -> None:
    """A rule of validity looks at the values that are there, and says nothing of those that are not."""
    frame = frame_of().drop(columns="score")
    fewer = [one for one in SUITE if one["meta"]["measure"] != COMPLETE or one["kwargs"].get("column") != "region"]
    assert measured(assigned, frame, *fewer)[COMPLETE].value == 1.0
    frame.loc[:199, "region"] = None
    assert measured(assigned, frame, *SUITE)[COMPLETE].value == pytest.approx(1 - 200 / 2800)
    found = measured(assigned, frame, *fewer)
    assert found[COMPLETE].value is None
    assert found[COMPLETE].reason == "no expectation of completeness looks into the gaps of the columns 'region'"
    assert found[f"{VALID} region"].value == 1.0


def test_rows_without_a_key_leave_uniqueness_open(assigned: Assigned) -> None:
    frame = frame_of().drop(columns="score").astype({"id": "Int64"})
    assert measured(assigned, frame, *SUITE)[UNIQUE].value == 1.0
    frame.loc[:199, "id"] = pd.NA
    found = measured(assigned, frame, *SUITE)
    assert (found[UNIQUE].value, found[UNIQUE].reason) == (
        None,
        "200 rows have no key, and nobody can tell whether they stand once",
    )


def test_a_measure_whose_columns_are_all_null_tested_nothing(assigned: Assigned) -> None:
    frame = frame_of().drop(columns="score").assign(region=None)
    region = entry("column_values_to_be_in_set", CONSISTENT, column="region", value_set=["north"])
    rest = [one for one in SUITE if one["meta"]["measure"] != CONSISTENT]
    found = measured(assigned, frame, *rest, region)
    assert (found[CONSISTENT].value, found[CONSISTENT].reason) == (
        None,
        "its expectations tested nothing: all values are null",
    )
    assert found[COMPLETE].value == pytest.approx(1 - 400 / 2800)


@pytest.mark.parametrize("name", ['"; drop table x; --', "100%", "a:b", "it's", "select", "Ünï", "a.b c"])
def test_hostile_names_are_only_names(opened: Opened, name: str) -> None:
    data = opened(frame_of().drop(columns="score").rename(columns={"income": name}), manifest_of(features=(name,)))
    entries = [
        entry("column_values_to_not_be_null", COMPLETE, column=name),
        entry("column_values_to_be_between", VALID, column=name, min_value=30.0),
        entry("column_pair_values_a_to_be_greater_than_b", CONSISTENT, column_A=name, column_B="late"),
        entry("column_values_to_be_of_type", VALID, column=name, type_="DOUBLE"),
        entry("column_values_to_be_unique", UNIQUE, column=name),
    ]
    outcomes = run(entries, data.rows, data.cursor)
    # The library's own conditions cannot quote a quote; then it says so instead of counting.
    unique = "raised an error (MetricResolutionError)" if '"' in name else ""
    assert [outcome.problem for outcome in outcomes] == ["", "", "", "", unique]
    assert outcomes[1].unexpected == int((frame_of()["income"] < 30).sum())
    assert data.rows == 400


@pytest.mark.parametrize(
    "bytes_", [b"", b"{", b"[]", b'{"expectations": 3}', b'{"expectations": [{"kwargs": {}}]}', b"\xff"]
)
def test_a_suite_that_is_none_is_refused(assigned: Assigned, bytes_: bytes) -> None:
    with pytest.raises(BadInput, match="not as Great Expectations writes it: export it again"):
        data_quality.assess(assigned(frame_of().drop(columns="score"), suite=bytes_))


def test_groups_declared_and_present(assigned: Assigned) -> None:
    frame = dirty()
    frame = frame[frame["age"] != "old"]
    found = measured(assigned, frame, *SUITE)
    declared = frame["sex"].isin(["men", "women"]) & frame["age"].isin(["young", "middle", "old"])
    assert found["data_quality.groups_declared"].value == declared.mean()
    assert declared.mean() < 1
    assert found["data_quality.groups_present"].value == 4 / 5


def test_without_attributes_groups_are_no_fact(assigned: Assigned) -> None:
    assignment = assigned(frame_of().drop(columns="score"), manifest_of(attributes=()), suite=suite_of(*SUITE))
    found = by_key(data_quality.assess(assignment))
    for measure in ("data_quality.groups_declared", "data_quality.groups_present"):
        assert found[measure, "", "", ""].value is None
        assert found[measure, "", "", ""].reason == "the manifest declares no attribute"


def test_an_absent_attribute_group_is_0_of_its_share(assigned: Assigned) -> None:
    other = Attribute(name="sex", column="sex", groups=("m", "f"), reference="m")
    assignment = assigned(frame_of().drop(columns="score"), manifest_of(attributes=(other,)), suite=suite_of(*SUITE))
    found = by_key(data_quality.assess(assignment))
    assert found["data_quality.groups_declared", "", "", ""].value == 0.0
    assert found["data_quality.groups_present", "", "", ""].value == 0.0


def test_evidence_is_counts_alone(assigned: Assigned) -> None:
    frame = dirty()
    assessment = data_quality.assess(assigned(frame, suite=suite_of(*SUITE)))
    blob = evidence_of(assessment, "data_quality.json")
    assert len(blob["expectations"]) == len(SUITE)
    assert all(set(one) == set(Outcome.__dataclass_fields__) for one in blob["expectations"])
    assert b"Jane" not in assessment.evidence["data_quality.json"]
    assert b"moon" not in assessment.evidence["data_quality.json"]
    own = [one for one in blob["expectations"] if one["measure"] == VALID and one["columns"] == ["income"]]
    share = min(1 - one["unexpected"] / one["tested"] for one in own)
    assert by_key(assessment)[VALID, "", "", "income"].value == pytest.approx(share)


def test_the_counts_in_the_evidence_give_every_share_again(assigned: Assigned) -> None:
    frame = dirty()
    frame.loc[::3, "income"] = np.nan
    assessment = data_quality.assess(assigned(frame, suite=suite_of(*SUITE)))
    evidence = {"data_quality.json": evidence_of(assessment, "data_quality.json")}
    again = {COMPLETE, VALID, RECORD, UNIQUE, CONSISTENT, "data_quality.groups_present"}
    crossed = {seen for seen in assessment.observations if seen.key.attribute == "sex*age" and seen.value is not None}
    assert len(crossed) == 2 * 6
    for seen in (*crossed, *(seen for seen in assessment.observations if seen.key.measure in again)):
        work = worked(seen, evidence, seen.reference if seen.key.group else "")
        assert work is not None and work.cells, seen.key
        assert work.value == pytest.approx(seen.value, abs=1e-12)


def test_the_library_stays_silent(assigned: Assigned, capfd: Any) -> None:
    heard: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.name)

    root, listener = logging.getLogger(), Listener(level=logging.INFO)
    root.addHandler(listener)
    try:
        measured(assigned, dirty(), *SUITE, entry("column_values_to_not_be_null", VALID, column="gone"))
        assert capfd.readouterr() == ("", "")
        logging.getLogger("hallmark").warning("the listener hears")
    finally:
        root.removeHandler(listener)
    assert heard == ["hallmark"]


def test_same_input_same_bytes_on_one_thread_and_on_two(assigned: Assigned) -> None:
    frame = dirty()
    once = data_quality.assess(assigned(frame, suite=suite_of(*SUITE), threads=1))
    assert once == data_quality.assess(assigned(frame, suite=suite_of(*SUITE), threads=2))
