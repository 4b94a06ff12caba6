"""Outcomes and scores: in pairs, in order, and the same whether scores are a column or a file."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.assess.conftest import NAMES, Opened, frame_of, label_of, manifest_of, regression

from hallmark.assess.outcomes import challenged, label_counts, outcomes, outcomes_by, unlabelled
from hallmark.assess.values import sorted_scores
from hallmark.errors import BadInput
from hallmark.policy.subject import Segment


def test_outcomes_are_the_rows_with_a_label_in_order_of_their_scores(opened: Opened) -> None:
    frame = frame_of().assign(score=lambda one: one["score"].round(1))
    frame.loc[:9, "late"] = np.nan
    outcome, score = outcomes(opened(frame))
    expected = frame.dropna(subset="late").sort_values(["score", "late"])
    assert np.array_equal(score, expected["score"])
    assert np.array_equal(outcome, expected["late"] == 1)


def test_labels_are_counted_by_class(opened: Opened) -> None:
    frame = frame_of()
    frame.loc[:9, "late"] = np.nan
    data = opened(frame)
    assert label_counts(data) == ((frame["late"] == 1).sum(), (frame["late"] == 0).sum())
    assert unlabelled(data) == 10


def test_a_number_is_neither_a_positive_nor_a_negative_label(opened: Opened) -> None:
    assert label_counts(opened(frame_of(), manifest_of(**regression()))) == (0, 0)


def test_predictions_and_a_file_of_scores_give_the_same(opened: Opened) -> None:
    frame = frame_of()
    by_column, by_file = opened(frame, manifest_of(artifact=None, predictions="score")), opened(frame)
    for left, right in zip(outcomes(by_column), outcomes(by_file), strict=True):
        assert np.array_equal(left, right)
    assert np.array_equal(sorted_scores(by_column), sorted_scores(by_file))


def test_without_scores_there_are_none_to_ask_for(opened: Opened) -> None:
    data = opened(frame_of().drop(columns="score"))
    assert not data.scored
    for asked in (outcomes, sorted_scores):
        with pytest.raises(BadInput, match="no scores yet"):
            asked(data)


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
    outcome, score = outcomes(data)
    assert sorted(outcome.tolist()) == [False, True]
    assert len(score) == 2
    assert unlabelled(data) == 1


def test_a_regression_has_numbers_for_outcomes_and_scores_of_any_size(opened: Opened) -> None:
    frame = frame_of(50).assign(late=lambda one: one["income"] * 7, score=lambda one: one["income"] - 100)
    outcome, score = outcomes(opened(frame, manifest_of(**regression())))
    assert outcome.dtype == np.float64
    assert np.array_equal(score, np.sort(frame["score"]))
    assert outcome == pytest.approx((score + 100) * 7)


def test_outcomes_by_segment_are_the_outcomes_in_parts(opened: Opened) -> None:
    frame = frame_of()
    frame.loc[::5, "region"] = None
    parts = outcomes_by(opened(frame), "region", ("west", "east", "north"))
    assert list(parts) == ["west", "east", "north"]
    for region, (outcome, score) in parts.items():
        expected = frame[frame["region"] == region].sort_values(["score", "late"])
        assert np.array_equal(score, expected["score"])
        assert np.array_equal(outcome, expected["late"] == 1)
    assert len(parts["east"][0]) == 0


def test_the_challenger_is_paired_with_the_score(opened: Opened) -> None:
    frame = frame_of().assign(other=lambda one: one["income"])
    frame.loc[::4, "other"] = np.nan
    outcome, score, challenger = challenged(opened(frame, manifest_of(challenger="other")))
    expected = frame.dropna(subset="other").sort_values("score")
    assert np.array_equal(score, expected["score"])
    assert np.array_equal(challenger, expected["other"])
    assert np.array_equal(outcome, expected["late"] == 1)


@pytest.mark.parametrize("name", [*NAMES, "place", "outcome"])
def test_hostile_and_colliding_names_are_only_names(opened: Opened, name: str) -> None:
    """A part of a query that has a name of its own is never taken for a column of the data."""
    frame = frame_of()
    frame.loc[::5, "region"] = None
    plain = outcomes_by(opened(frame), "region", ("west", "north"))
    segment = Segment(name="s", column=name, groups=("west", "north"))
    manifest = manifest_of(features=("income", name), segments=(segment,), artifact=None, predictions="p")
    data = opened(frame.rename(columns={"score": "p"}).rename(columns={"region": name}), manifest)
    found = outcomes_by(data, name, ("west", "north"))
    for group, parts in plain.items():
        for left, right in zip(parts, found[group], strict=True):
            assert np.array_equal(left, right)


def test_threads_and_memory_change_nothing(opened: Opened) -> None:
    frame = frame_of(60_000)
    one, two = opened(frame, threads=1), opened(frame, threads=2, memory="100MB")
    for left, right in zip(outcomes(one), outcomes(two), strict=True):
        assert np.array_equal(left, right)
