"""Scores, predictions and labels that are refused, and with which words."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.assess.conftest import Opened, frame_of, label_of, manifest_of, refused, regression, scores_of

from hallmark.assess.dataset import Dataset
from hallmark.assess.values import sorted_scores
from hallmark.errors import BadInput


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


@pytest.mark.parametrize("place", ["predictions", "scores"])
def test_nan_is_refused_where_the_file_says_that_all_values_lie_between_two_numbers(tmp_path: Path, place: str) -> None:
    frame = frame_of()
    score = pa.array(frame["score"].where(frame.index >= 5).to_numpy(), from_pandas=False)
    table = pa.table({"key": frame["id"].to_numpy(), "score": score})
    if place == "predictions":
        table = pa.Table.from_pandas(frame, preserve_index=False)
        table = table.set_column(table.schema.get_field_index("score"), "score", score)
    pq.write_table(table, tmp_path / f"{place}.parquet")
    frame.drop(columns="score").to_parquet(tmp_path / "data.parquet", index=False)
    column, file = manifest_of(artifact=None, predictions="score"), tmp_path / f"{place}.parquet"
    with pytest.raises(BadInput, match="5 scores that are NaN or missing"):
        if place == "predictions":
            Dataset.open(column, file, None, tmp_path)
        Dataset.open(manifest_of(), tmp_path / "data.parquet", file, tmp_path)


def test_predictions_of_another_type_are_refused_without_quoting_one(tmp_path: Path) -> None:
    frame = frame_of().assign(score="Jane Doe")
    sentence = refused(frame, None, tmp_path, artifact=None, predictions="score")
    assert "'score'" in sentence
    assert "are VARCHAR: write them as numbers in [0, 1]." in sentence
    assert "Jane" not in sentence


def test_a_repeated_row_keeps_its_score_and_a_contradiction_is_refused(opened: Opened, tmp_path: Path) -> None:
    frame = frame_of()
    twice = pd.concat([frame, frame.iloc[:20]])
    assert len(sorted_scores(opened(twice))) == 420
    other = twice.assign(score=np.linspace(0, 1, 420))
    assert "40 scores under a key" in refused(other.drop(columns="score"), scores_of(other), tmp_path)


def test_an_infinite_forecast_is_refused(tmp_path: Path) -> None:
    frame = frame_of().assign(score=lambda one: one["score"].where(one["id"] > 1, np.inf))
    sentence = refused(frame.drop(columns="score"), scores_of(frame), tmp_path, **regression())
    assert sentence == "scores.parquet has 2 scores that are infinite: the model must return finite numbers."


def test_a_label_that_can_never_be_positive_is_refused(tmp_path: Path) -> None:
    sentence = refused(frame_of(), None, tmp_path, label=label_of("late", "yes"))
    assert "can never be 'yes': correct label.positive in the manifest." in sentence


@pytest.mark.parametrize("late", ["much", pd.Timestamp("2005-01-01"), True], ids=["text", "time", "boolean"])
def test_a_regression_needs_a_number_for_a_label(tmp_path: Path, late: Any) -> None:
    sentence = refused(frame_of().drop(columns="score").assign(late=late), None, tmp_path, **regression())
    assert sentence.startswith("The label 'late' is of type ")
    assert sentence.endswith(": a regression needs a number there.")
