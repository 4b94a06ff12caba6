"""Datasets: which files are refused and how, what is known of the others, and that memory is bounded."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.assess.conftest import Opened, frame_of, manifest_of, refused

from hallmark.assess.blocks import in_order
from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.outcomes import outcomes, unlabelled
from hallmark.assess.values import sorted_values, value_counts
from hallmark.errors import BadInput
from hallmark.policy.subject import Segment


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"^gone\.parquet does not exist: name a Parquet file that does\.$"):
        Dataset.open(manifest_of(), tmp_path / "gone.parquet", None, tmp_path)


@pytest.mark.parametrize("damage", ["cut", "empty-file", "text", "folder", "flipped-page"])
def test_damaged_file_is_refused_in_one_sentence(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "data.parquet"
    frame_of(5000).to_parquet(path, index=False, compression="zstd")
    whole = path.read_bytes()
    if damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        pages = whole[:4] + bytes(255 - byte for byte in whole[4 : len(whole) // 2]) + whole[len(whole) // 2 :]
        bytes_ = {"cut": whole[: len(whole) // 2], "empty-file": b"", "text": b"id,income\n", "flipped-page": pages}
        path.write_bytes(bytes_[damage])
    with pytest.raises(BadInput) as refusal, Dataset.open(manifest_of(), path, None, tmp_path) as data:
        sorted_values(data, "income")
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).startswith("data.parquet ")
    assert str(tmp_path) not in str(refusal.value)


def test_empty_data_are_refused(tmp_path: Path) -> None:
    assert "has no rows" in refused(frame_of().iloc[:0], None, tmp_path)


def test_all_missing_columns_are_named_at_once(tmp_path: Path) -> None:
    sentence = refused(frame_of().drop(columns=["age", "income"]), None, tmp_path)
    assert "lacks the columns 'age', 'income': add them, or correct the manifest." in sentence


def test_a_column_that_differs_in_case_is_another_column(tmp_path: Path) -> None:
    assert "'income'" in refused(frame_of().rename(columns={"income": "Income"}), None, tmp_path)


@pytest.mark.parametrize("role", ["challenger", "segment"])
def test_what_the_manifest_names_must_be_there(tmp_path: Path, role: str) -> None:
    named = (
        {"challenger": "other"}
        if role == "challenger"
        else {"segments": (Segment(name="s", column="other", groups=("1",)),)}
    )
    assert "lacks the columns 'other'" in refused(frame_of().drop(columns="score"), None, tmp_path, **named)


@pytest.mark.parametrize("folder", ["it's", "star*", "what?", "[ab]", "sex=other"])
def test_a_path_is_a_name_and_no_pattern(tmp_path: Path, folder: str) -> None:
    place = tmp_path / folder
    place.mkdir()
    frame_of().drop(columns="score").to_parquet(place / "data.parquet", index=False)
    with Dataset.open(manifest_of(), place / "data.parquet", None, tmp_path) as data:
        assert set(value_counts(data, "sex")) == {"men", "women"}
        assert "score" not in data.types


def test_a_relative_path_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame_of().drop(columns="score").to_parquet(tmp_path / "data.parquet", index=False)
    monkeypatch.chdir(tmp_path)
    with Dataset.open(manifest_of(), Path("data.parquet"), None, tmp_path) as data:
        assert data.rows == 400


def test_nan_is_missing_and_infinity_is_a_value(opened: Opened, tmp_path: Path) -> None:
    table = pa.Table.from_pandas(frame_of(3).drop(columns="score"), preserve_index=False)
    place = table.schema.get_field_index("income")
    table = table.set_column(place, "income", pa.array([float("nan"), 2.0, float("inf")], from_pandas=False))
    pq.write_table(table, tmp_path / "nan.parquet")
    with Dataset.open(manifest_of(), tmp_path / "nan.parquet", None, tmp_path) as data:
        assert data.missing()["income"] == 1
        assert sorted_values(data, "income").tolist() == [2.0, np.inf]


def test_nan_is_missing_where_the_file_says_that_all_values_lie_between_two_numbers(tmp_path: Path) -> None:
    """Arrow leaves NaN out of the statistics of a column, and an optimizer may believe these."""
    frame = frame_of(200).rename(columns={"score": "p"}).astype({"late": "float64"})
    table = pa.Table.from_pandas(frame, preserve_index=False)
    for name in ("late", "income"):
        values = pa.array(frame[name].where(frame.index >= 50).to_numpy(), from_pandas=False)
        table = table.set_column(table.schema.get_field_index(name), name, values)
    pq.write_table(table, tmp_path / "nan.parquet")
    manifest = manifest_of(artifact=None, predictions="p")
    with Dataset.open(manifest, tmp_path / "nan.parquet", None, tmp_path) as data:
        assert (data.missing()["income"], data.missing()["late"], unlabelled(data)) == (50, 50, 50)
        assert len(sorted_values(data, "income")) == len(outcomes(data)[0]) == 150
        assert [int(np.isnan(in_order(data, name)[0]).sum()) for name in ("income", "")] == [50, 50]


def test_scales(opened: Opened) -> None:
    frame = frame_of(2).assign(
        day=pd.to_datetime(["2005-01-01", "2005-01-02"]),
        flag=[True, False],
        both=pd.Series([[1], [2]], dtype=object),
        raw=[b"1", b"2"],
    )
    data = opened(frame)
    scales = {name: data.scale(name) for name in ("income", "region", "day", "flag", "both", "raw")}
    number, category = Scale.NUMBER, Scale.CATEGORY
    assert scales == {
        "income": number, "region": category, "day": number, "flag": category, "both": None, "raw": None
    }  # fmt: skip
    assert np.diff(sorted_values(data, "day")).tolist() == [86400.0]


def test_numbers_that_are_declared_codes_are_categories(opened: Opened) -> None:
    frame = frame_of(4).assign(branch=[1.0, 2.0, 2.0, np.nan])
    data = opened(frame, manifest_of(features=("income", "branch", "region"), categorical=("branch", "region")))
    assert [data.scale(name) for name in ("income", "branch", "region")] == ["number", "category", "category"]
    assert value_counts(data, "branch") == {"1": 1, "2": 2}


@pytest.mark.parametrize(
    "query",
    [
        "select * from read_text('/etc/hostname')",
        "copy (select 1) to 'out.csv'",
        "set memory_limit = '9GB'",
        "load httpfs",
    ],
)
def test_sql_of_a_suite_reaches_nothing_else(opened: Opened, query: str) -> None:
    with pytest.raises(duckdb.Error):
        opened(frame_of()).cursor().execute(query)


def test_memory_is_bounded_and_what_was_spilled_is_removed(tmp_path: Path) -> None:
    rows = 600_000
    frame = pd.concat([frame_of(6000).drop(columns="score")] * (rows // 6000), ignore_index=True).assign(id=range(rows))
    frame["region"] = "a long name of a region, number " + frame["id"].astype(str)
    frame.to_parquet(tmp_path / "data.parquet", index=False)
    with Dataset.open(manifest_of(), tmp_path / "data.parquet", None, tmp_path, memory="60MB", threads=1) as data:
        cursor = data.cursor().execute("select region, income from dataset order by region")
        assert (tmp_path / "spill").exists()
        cursor.close()
        assert sorted_values(data, "income").shape == (rows,)
    assert [path.name for path in tmp_path.iterdir()] == ["data.parquet"]
