"""A column of numbers in memory, held against plain counts of its rows; the columns that are the key."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.assess.conftest import Opened, frame_of, manifest_of

from hallmark.assess.arrays import Floats
from hallmark.assess.data_quality.queries import FIRST, are_the_key, ranges
from hallmark.assess.data_quality.ranked import UNLABELLED, Ranked, ranked
from hallmark.assess.intervals import area_by_value, area_under_curve

Rows = list[tuple[float, int]]

rows = st.lists(
    st.tuples(st.sampled_from([-np.inf, -2.0, -0.0, 0.0, 0.5, 1.0, 3.0, np.inf]), st.sampled_from([0, 1, UNLABELLED])),
    max_size=60,
)


def values_of(pairs: Rows, *labels: int) -> Floats:
    return np.array([value for value, label in pairs if label in labels], dtype=np.float64)


def ranked_of(pairs: Rows) -> Ranked:
    positive, negative, unlabelled = (np.sort(values_of(pairs, label)) for label in (1, 0, UNLABELLED))
    return Ranked(positive=positive, negative=negative, unlabelled=unlabelled)


@given(rows)
def test_the_area_of_the_classes_is_that_of_the_rows(pairs: Rows) -> None:
    classes = ranked_of(pairs).classes()
    by_rows = area_under_curve(values_of(pairs, 1), values_of(pairs, 0))
    by_place = area_by_value(classes.positive, classes.negative)
    assert (classes.positive.sum(), classes.negative.sum()) == (len(values_of(pairs, 1)), len(values_of(pairs, 0)))
    found, wanted = ((one.value, one.low, one.high) for one in (by_place, by_rows))
    assert found == (wanted if None in wanted else pytest.approx(wanted))


@given(rows, st.sampled_from([-5.0, -2.0, 0.0]), st.sampled_from([0.0, 1.0, 2.0]))
def test_counts_are_those_of_the_rows(pairs: Rows, low: float, high: float) -> None:
    column, every = ranked_of(pairs), values_of(pairs, 0, 1, UNLABELLED)
    assert column.values == len(every)
    assert column.outside(low, high) == int(((every < low) | (every > high)).sum())
    assert column.equal == (len(set(every.tolist())) == 1)
    finite = every[np.isfinite(every)]
    whole = bool((every == np.trunc(every)).all())
    assert column.dense(2) == (len(finite) > 0 and float(np.ptp(finite)) + 1 <= 2 * len(every) and whole)


def test_rows_are_parted_by_their_label_and_gaps_are_left_out(opened: Opened) -> None:
    frame = frame_of(300).drop(columns="score").astype({"late": "Int64"})
    frame.loc[:19, "late"] = pd.NA
    frame.loc[10:39, "income"] = np.nan
    found, known = ranked(opened(frame), "income"), frame.dropna(subset="income")
    for part, label in ((found.positive, 1), (found.negative, 0)):
        assert part.tolist() == sorted(known.loc[(known["late"] == label).fillna(False), "income"])
    assert found.unlabelled.tolist() == sorted(frame.loc[:9, "income"])


def test_the_range_is_that_of_finite_values(opened: Opened) -> None:
    income = [-np.inf, -3.0, np.nan, 7.0, np.inf]
    frame = frame_of(5).drop(columns="score").assign(income=income, none=np.inf)
    assert ranges(opened(frame), ["income", "none"]) == {"income": (-3.0, 7.0)}


@pytest.mark.parametrize(
    ("column", "is_the_key"),
    [
        (lambda key: key, True),
        (lambda key: key.astype("float64"), True),
        (lambda key: key.astype("float64").where(key > 20), True),
        (lambda key: key.where(key != key.iloc[-1], -1), False),
        (lambda key: key.where(key != key.iloc[0], -1), False),
        (lambda key: key + 1, False),
    ],
    ids=["equal", "as-float", "with-gaps", "but-the-last", "but-the-first", "shifted"],
)
def test_a_column_is_the_key_when_every_value_is(opened: Opened, column: Any, is_the_key: bool) -> None:
    frame = frame_of(FIRST * 2).drop(columns="score")
    key = manifest_of().key
    frame[key] = np.arange(len(frame))
    data = opened(frame.assign(income=column(frame[key])))
    assert are_the_key(data, ["income", "region"]) == (frozenset({"income"}) if is_the_key else frozenset())
