"""Datasets: what is refused and how, what is counted, and that neither threads nor names change a number."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from tests.assess.conftest import Opened, frame_of, label_of, manifest_of

from hallmark.assess.dataset import Cell, Dataset, Scale
from hallmark.errors import BadInput
from hallmark.measures import Task
from hallmark.policy.subject import Attribute, Decision, Favourable, Label, LabelKind, Segment

HOSTILE = '"; drop table x; --'


def refused(frame: pd.DataFrame, scores: pd.DataFrame | None, place: Path, **changes: Any) -> str:
    """Return the sentence with which the frame and its scores are refused."""
    frame.to_parquet(place / "data.parquet", index=False)
    if scores is not None:
        scores.to_parquet(place / "scores.parquet", index=False)
    with pytest.raises(BadInput) as refusal:
        Dataset.open(
            manifest_of(**changes),
            place / "data.parquet",
            None if scores is None else place / "scores.parquet",
            place,
        )
    return str(refusal.value)


def scores_of(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[["id", "score"]].rename(columns={"id": "key"})


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
        data.sorted_values("income")
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


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda s: pd.concat([s, s.iloc[:3]]), "6 scores under a key that stands twice"),
        (lambda s: s.iloc[:-7], "no score for 7 of 400 rows"),
        (lambda s: pd.concat([s, s.iloc[:3].assign(key=[901, 902, 903])]), "403 scores for 400 rows"),
        (lambda s: s.assign(key=s["key"] + 1), "no score for 1 of 400 rows"),
        (lambda s: s.assign(score=s["score"].where(s["key"] > 4)), "5 scores that are NaN or missing"),
        (lambda s: s.assign(score=s["score"].where(s["key"] != 4, 1.2)), "1 scores outside [0, 1]"),
        (lambda s: s.assign(score=s["score"].where(s["key"] != 4, np.inf)), "1 scores outside [0, 1]"),
        (lambda s: s.rename(columns={"score": "p"}), "is no file of scores"),
        (lambda s: s.assign(score=s["score"].astype(str)), "is no file of scores"),
    ],
    ids=["duplicate", "missing", "longer", "other-keys", "nan", "beyond-1", "infinite", "misnamed", "text"],
)
def test_bad_scores_are_refused(tmp_path: Path, change: Any, sentence: str) -> None:
    frame = frame_of()
    assert sentence in refused(frame.drop(columns="score"), change(scores_of(frame)), tmp_path)


def test_predictions_are_checked_like_scores(tmp_path: Path) -> None:
    frame = frame_of()
    frame.loc[0, "score"] = np.nan
    assert "1 scores that are NaN" in refused(frame, None, tmp_path, artifact=None, predictions="score")
    frame.loc[0, "score"] = -0.1
    assert "1 scores outside" in refused(frame, None, tmp_path, artifact=None, predictions="score")


def test_predictions_of_another_type_are_refused_without_quoting_one(tmp_path: Path) -> None:
    frame = frame_of().assign(score="Jane Doe")
    sentence = refused(frame, None, tmp_path, artifact=None, predictions="score")
    assert "'score'" in sentence
    assert "are VARCHAR: write them as numbers in [0, 1]." in sentence
    assert "Jane" not in sentence


def test_predictions_and_a_file_of_scores_give_the_same(opened: Opened) -> None:
    frame = frame_of()
    by_column = opened(frame, manifest_of(artifact=None, predictions="score"))
    by_file = opened(frame)
    assert by_column.cells("sex") == by_file.cells("sex")
    assert np.array_equal(by_column.sorted_scores(), by_file.sorted_scores())


def test_a_repeated_row_keeps_its_score_and_a_contradiction_is_refused(opened: Opened, tmp_path: Path) -> None:
    frame = frame_of()
    twice = pd.concat([frame, frame.iloc[:20]])
    assert len(opened(twice).sorted_scores()) == 420
    other = twice.assign(score=np.linspace(0, 1, 420))
    assert "40 scores under a key" in refused(other.drop(columns="score"), scores_of(other), tmp_path)


def test_without_scores_there_is_no_decision(opened: Opened) -> None:
    data = opened(frame_of().drop(columns="score"))
    assert not data.scored
    with pytest.raises(BadInput, match="no scores yet"):
        data.cells("sex")


def test_cells_agree_with_pandas(opened: Opened) -> None:
    frame = frame_of()
    frame.loc[:9, "late"] = np.nan
    frame.loc[5:14, "sex"] = None
    cells = opened(frame).cells("sex")
    counted = {(c.group, c.earned, c.favourable): c.rows for c in cells}
    assert len(counted) == len(cells)
    assert sum(counted.values()) == len(frame)
    for (group, earned, favourable), rows in counted.items():
        same = frame["sex"].isna() if group is None else frame["sex"] == group
        same &= frame["late"].isna() if earned is None else frame["late"] == (0 if earned else 1)
        same &= (frame["score"] < 0.4) == favourable
        assert rows == int(same.sum())


def test_at_or_above_turns_decision_and_merit_round(opened: Opened) -> None:
    frame = frame_of(2).assign(sex="men", late=[1, 0], score=[0.4, 0.39])
    above = manifest_of(decision=Decision(cut_off=0.4, favourable=Favourable.AT_OR_ABOVE))
    assert opened(frame, above).cells("sex") == (
        Cell(group="men", earned=False, favourable=False, rows=1),
        Cell(group="men", earned=True, favourable=True, rows=1),
    )
    assert {(c.earned, c.favourable) for c in opened(frame).cells("sex")} == {(False, False), (True, True)}


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        ([1, 0, None], "1"),
        (["1", "0", None], "1"),
        ([1.0, 0.0, None], "1"),
        ([True, False, None], "1"),
        ([True, False, None], "true"),
        ([1, 0, None], "true"),
        (["1.0", "0.0", None], "1"),
        ([0, 1, None], "0"),
        ([False, True, None], "false"),
        (["yes", "no", None], "yes"),
        (["it's", "no", None], "it's"),
    ],
)
def test_positive_labels_are_recognised_however_spelt(opened: Opened, values: list[Any], positive: str) -> None:
    column = pd.Series(values, dtype="Int64" if type(values[0]) is int else None)
    if isinstance(values[0], bool):
        column = column.astype("boolean")
    data = opened(frame_of(3).assign(late=column), manifest_of(label=label_of("late", positive)))
    outcome, score = data.outcomes()
    assert sorted(outcome.tolist()) == [False, True]
    assert len(score) == 2
    assert data.unlabelled() == 1


def test_a_label_that_can_never_be_positive_is_refused(tmp_path: Path) -> None:
    sentence = refused(frame_of(), None, tmp_path, label=label_of("late", "yes"))
    assert "can never be 'yes': correct label.positive in the manifest." in sentence


@pytest.mark.parametrize("name", [HOSTILE, "g", "v", "s", "group", "a b.c", "100%", "d", "état"])
def test_hostile_and_colliding_names_are_only_names(opened: Opened, name: str) -> None:
    frame = frame_of()
    plain = opened(frame)
    score = frame["score"]
    renamed = frame.drop(columns="score").rename(columns={"sex": name})
    manifest = manifest_of(
        attributes=(Attribute(name="sex", column=name, groups=("men", "women"), reference="men"),),
        artifact=None,
        predictions="p",
    )
    data = opened(renamed.assign(p=score), manifest)
    assert data.cells(name) == plain.cells("sex")
    assert data.value_counts(name) == plain.value_counts("sex")
    income = opened(renamed.assign(p=score).rename(columns={name: "sex", "income": name}), manifest_of(
        artifact=None, predictions="p", features=(name, "region")
    ))  # fmt: skip
    assert np.array_equal(income.sorted_values(name), plain.sorted_values("income"))


def test_a_hostile_group_is_only_a_value(opened: Opened) -> None:
    group = "o'x'; drop view dataset; --"
    attribute = Attribute(name="sex", column="sex", groups=("men", group), reference="men")
    frame = frame_of().replace({"sex": {"women": group}})
    data = opened(frame, manifest_of(attributes=(attribute,)))
    assert data.declared() == len(frame)
    assert data.value_counts("sex")[group] == int((frame["sex"] == group).sum())


@pytest.mark.parametrize("folder", ["it's", "star*", "what?", "[ab]", "sex=other"])
def test_a_path_is_a_name_and_no_pattern(tmp_path: Path, folder: str) -> None:
    place = tmp_path / folder
    place.mkdir()
    frame_of().drop(columns="score").to_parquet(place / "data.parquet", index=False)
    with Dataset.open(manifest_of(), place / "data.parquet", None, tmp_path) as data:
        assert set(data.value_counts("sex")) == {"men", "women"}
        assert "score" not in data.types


def test_nan_is_missing_and_infinity_is_a_value(opened: Opened, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame_of(3).drop(columns="score"), preserve_index=False)
    place = table.schema.get_field_index("income")
    table = table.set_column(place, "income", pa.array([float("nan"), 2.0, float("inf")], from_pandas=False))
    pq.write_table(table, tmp_path / "nan.parquet")
    with Dataset.open(manifest_of(), tmp_path / "nan.parquet", None, tmp_path) as data:
        assert data.missing()["income"] == 1
        assert data.sorted_values("income").tolist() == [2.0, np.inf]


def test_whole_numbers_are_spelt_alike_beside_nulls(opened: Opened) -> None:
    attribute = Attribute(name="sex", column="sex", groups=("1", "2"), reference="1")
    data = opened(frame_of(4).assign(sex=[1.0, 2.0, 2.0, np.nan]), manifest_of(attributes=(attribute,)))
    assert data.value_counts("sex") == {"1": 1, "2": 2}
    assert data.declared() == 3


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
    assert np.diff(data.sorted_values("day")).tolist() == [86400.0]


def test_numbers_that_are_declared_codes_are_categories(opened: Opened) -> None:
    frame = frame_of(4).assign(branch=[1.0, 2.0, 2.0, np.nan])
    data = opened(frame, manifest_of(features=("income", "branch", "region"), categorical=("branch", "region")))
    assert [data.scale(name) for name in ("income", "branch", "region")] == ["number", "category", "category"]
    assert data.value_counts("branch") == {"1": 1, "2": 2}


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
        assert data.sorted_values("income").shape == (rows,)
    assert [path.name for path in tmp_path.iterdir()] == ["data.parquet"]


def test_a_relative_path_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame_of().drop(columns="score").to_parquet(tmp_path / "data.parquet", index=False)
    monkeypatch.chdir(tmp_path)
    with Dataset.open(manifest_of(), Path("data.parquet"), None, tmp_path) as data:
        assert data.rows == 400


def test_threads_and_memory_change_nothing(opened: Opened) -> None:
    frame = frame_of(60_000)
    one, two = opened(frame, threads=1), opened(frame, threads=2, memory="100MB")
    assert one.cells("age") == two.cells("age")
    assert one.value_counts("region") == two.value_counts("region")
    for left, right in zip(one.outcomes(), two.outcomes(), strict=True):
        assert np.array_equal(left, right)


def regression(**changes: Any) -> dict[str, Any]:
    label = Label(column="late", positive=None, source="books", kind=LabelKind.OBSERVED)
    return {"task": Task.REGRESSION, "decision": None, "label": label, **changes}


def test_a_regression_has_numbers_for_outcomes_and_scores_of_any_size(opened: Opened) -> None:
    frame = frame_of(50).assign(late=lambda one: one["income"] * 7, score=lambda one: one["income"] - 100)
    outcome, score = opened(frame, manifest_of(**regression())).outcomes()
    assert outcome.dtype == np.float64
    assert np.array_equal(score, np.sort(frame["score"]))
    assert outcome == pytest.approx((score + 100) * 7)


def test_a_regression_decides_nothing_and_has_no_cells(opened: Opened) -> None:
    with pytest.raises(BadInput, match="has no cut-off: without a decision there are no cells"):
        opened(frame_of(), manifest_of(**regression())).cells("sex")


def test_an_infinite_forecast_is_refused(tmp_path: Path) -> None:
    frame = frame_of().assign(score=lambda one: one["score"].where(one["id"] > 1, np.inf))
    sentence = refused(frame.drop(columns="score"), scores_of(frame), tmp_path, **regression())
    assert sentence == "scores.parquet has 2 scores that are infinite: the model must return finite numbers."


@pytest.mark.parametrize("late", ["much", pd.Timestamp("2005-01-01"), True], ids=["text", "time", "boolean"])
def test_a_regression_needs_a_number_for_a_label(tmp_path: Path, late: Any) -> None:
    sentence = refused(frame_of().drop(columns="score").assign(late=late), None, tmp_path, **regression())
    assert sentence.startswith("The label 'late' is of type ")
    assert sentence.endswith(": a regression needs a number there.")


def test_outcomes_by_segment_are_the_outcomes_in_parts(opened: Opened) -> None:
    frame = frame_of()
    frame.loc[::5, "region"] = None
    parts = opened(frame).outcomes_by("region", ("west", "east", "north"))
    assert list(parts) == ["west", "east", "north"]
    for region, (outcome, score) in parts.items():
        expected = frame[frame["region"] == region].sort_values(["score", "late"])
        assert np.array_equal(score, expected["score"])
        assert np.array_equal(outcome, expected["late"] == 1)
    assert len(parts["east"][0]) == 0


def test_the_challenger_is_paired_with_the_score(opened: Opened) -> None:
    frame = frame_of().assign(other=lambda one: one["income"])
    frame.loc[::4, "other"] = np.nan
    outcome, score, challenger = opened(frame, manifest_of(challenger="other")).challenged()
    expected = frame.dropna(subset="other").sort_values("score")
    assert np.array_equal(score, expected["score"])
    assert np.array_equal(challenger, expected["other"])
    assert np.array_equal(outcome, expected["late"] == 1)


@pytest.mark.parametrize("role", ["challenger", "segment"])
def test_what_the_manifest_names_must_be_there(tmp_path: Path, role: str) -> None:
    named = (
        {"challenger": "other"}
        if role == "challenger"
        else {"segments": (Segment(name="s", column="other", groups=("1",)),)}
    )
    assert "lacks the columns 'other'" in refused(frame_of().drop(columns="score"), None, tmp_path, **named)


def test_crossed_columns_are_joined_like_their_groups(opened: Opened) -> None:
    frame = frame_of()
    frame.loc[0, "sex"] = None
    cells = opened(frame).cells("sex*age")
    crossed = frame["sex"] + "*" + frame["age"]
    counted = {name: sum(cell.rows for cell in cells if cell.group == name) for name in {c.group for c in cells}}
    assert counted == {**crossed.value_counts().to_dict(), None: 1}
