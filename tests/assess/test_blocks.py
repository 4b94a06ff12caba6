"""Rows in order of time: limits that hold for them, by simulation, and what happens where nothing can be told."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.assess.conftest import Assigned, frame_of, manifest_of

from hallmark.assess import drift, performance
from hallmark.assess.blocks import FEWEST, in_order, inflation, widened
from hallmark.policy.subject import Order


def serial(rng: np.random.Generator, rows: int, follows: float) -> Any:
    """An autoregressive series of order one with variance 1: row t is `follows` times row t - 1 and something new."""
    fresh = rng.normal(size=rows) * np.sqrt(1 - follows**2)
    series = np.empty(rows)
    series[0] = rng.normal()
    for row in range(1, rows):
        series[row] = follows * series[row - 1] + fresh[row]
    return series


def test_independent_rows_count_as_they_are() -> None:
    rng = np.random.default_rng(1)
    found = [inflation(rng.normal(size=2000)) for _ in range(200)]
    assert np.mean(found) < 1.25


@pytest.mark.parametrize("follows", [0.5, 0.8])
def test_the_inflation_is_that_of_an_autoregressive_series(follows: float) -> None:
    """The variance of a mean is (1 + f) / (1 - f) times that of independent rows; ranks follow a little less."""
    rng = np.random.default_rng(2)
    found = float(np.mean([inflation(serial(rng, 4000, follows)) for _ in range(60)]))
    truth = (1 + follows) / (1 - follows)
    assert 0.75 * truth < found < 1.1 * truth


def test_widened_limits_hold_the_mean_where_naive_ones_do_not() -> None:
    rng = np.random.default_rng(3)
    naive = wide = 0
    for _ in range(300):
        series = serial(rng, 1600, 0.8)
        half = 1.96 * series.std(ddof=1) / np.sqrt(len(series))
        naive += abs(series.mean()) <= half
        wide += abs(series.mean()) <= half * np.sqrt(inflation(series))
    assert naive / 300 < 0.6
    assert wide / 300 > 0.88


@pytest.mark.parametrize(
    ("name", "values"), [("constant", np.ones(500)), ("with gaps", np.r_[np.ones(200), [np.nan] * 9])]
)
def test_a_constant_says_nothing_about_order(name: str, values: Any) -> None:
    assert inflation(values) == 1.0


def test_a_monotone_series_counts_as_its_blocks() -> None:
    assert inflation(np.arange(10_000.0)) == pytest.approx(100, rel=0.02)


def frame(rows: int, seed: int, follows: float) -> pd.DataFrame:
    """Rows of the small world whose income, region and score follow those of the row before."""
    rng = np.random.default_rng(seed)
    income = serial(rng, rows, follows)
    score = 1 / (1 + np.exp(-income))
    region = np.where(serial(rng, rows, follows) > 0, "north", "south")
    made = frame_of(rows, seed).assign(income=income, region=region, score=score)
    return made.assign(late=(rng.random(rows) < score).astype("int64"))


def limits(found: Any) -> dict[str, float]:
    """The width of the interval of every sample, by measure and feature."""
    return {
        f"{one.key.measure} {one.key.feature}": one.high - one.low
        for one in found
        if one.value is not None and one.low is not None
    }


@pytest.mark.parametrize("assess", [drift.assess, performance.assess], ids=["drift", "performance"])
def test_every_sample_is_widened_by_what_it_rests_on(assigned: Assigned, assess: Any) -> None:
    manifest = manifest_of(order=Order.TIME)
    data, before = frame(900, 1, 0.9), frame(900, 2, 0.9)
    assignment = assigned(data, manifest, reference=before)
    found = assess(assignment).observations
    wide, naive = limits(widened(found, assignment)), limits(found)
    assert wide.keys() == naive.keys() and len(wide) > 4
    assert all(wide[name] >= naive[name] for name in naive)
    assert sum(wide[name] > 1.2 * naive[name] for name in naive) > len(naive) / 2
    if assess is drift.assess:
        factor = np.sqrt(max(inflation(one["income"].to_numpy()) for one in (data, before)))
        seen = {
            one.key.feature: one for one in widened(found, assignment) if one.key.measure == "drift.feature_distance"
        }
        was = next(one for one in found if one.key.measure == "drift.feature_distance" and one.key.feature == "income")
        assert seen["income"].high - was.value == pytest.approx((was.high - was.value) * factor)
        assert "rows in order of time" in seen["income"].method


def test_the_order_is_that_of_the_file_and_not_of_the_scores(assigned: Assigned) -> None:
    data = frame(1600, 3, 0.9)
    shuffled = data.sample(frac=1, random_state=1)
    assert inflation(in_order(assigned(data).data, "income")[0]) > 3 * inflation(
        in_order(assigned(shuffled).data, "income")[0]
    )
    outcome, score = in_order(assigned(data).data)
    assert np.array_equal(outcome, data["late"]) and np.allclose(score, data["score"])


def test_rows_without_an_order_are_left_as_they_are(assigned: Assigned) -> None:
    assignment = assigned(frame(400, 4, 0.9))
    found = drift.assess(assignment).observations
    assert widened(found, assignment) == found


def test_with_few_rows_nothing_is_established(assigned: Assigned) -> None:
    assignment = assigned(frame(FEWEST - 1, 5, 0.0), manifest_of(order=Order.TIME))
    found = widened(performance.assess(assignment).observations, assignment)
    assert [one for one in found if one.value is not None and one.low is not None] == []
    assert any("fewer than 100 rows" in one.reason for one in found)
