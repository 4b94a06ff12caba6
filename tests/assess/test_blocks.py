"""Rows in order of time: limits that hold for them, by simulation, and what happens where nothing can be told."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.assess.conftest import SEX, Assigned, Opened, frame_of, manifest_of, regression

from hallmark.assess import drift, fairness, performance
from hallmark.assess.blocks import FEWEST, Serial, in_order, inflation, widened
from hallmark.assess.blocks.inflation import inflations_within
from hallmark.assess.blocks.series import of_model
from hallmark.assess.data_quality.groups import groups
from hallmark.assess.fairness.shown import OUTSIDE
from hallmark.assess.intervals import mean, two_class_distance
from hallmark.policy.expected import Key
from hallmark.policy.subject import POOLED, Order, Segment


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


# Which series a number rests on


def runs(rng: np.random.Generator, rows: int, share: float, length: int) -> Any:
    """Whether each row is in a state that takes up `share` of the rows, in runs of `length` rows on average."""
    leave, draws = 1 / length, rng.random(rows + 1)
    come = leave * share / (1 - share)
    found, inside = np.empty(rows, bool), draws[rows] < share
    for row in range(rows):
        found[row] = inside
        inside = draws[row] >= leave if inside else draws[row] < come
    return found


def seen(found: Any, measure: str, group: str = "", feature: str = "") -> Any:
    return next(one for one in found if (one.key.measure, one.key.group, one.key.feature) == (measure, group, feature))


def test_errors_whose_size_follows_widen_what_counts_their_size() -> None:
    """Signed errors that do not follow each other at all, of a size that does: a mean absolute error of 2,500 rows."""
    rng, manifest, truth = np.random.default_rng(6), manifest_of(**regression()), np.sqrt(2 / np.pi) * np.exp(0.18)
    signed = sized = 0
    for _ in range(150):
        error = np.exp(0.6 * serial(rng, 2500, 0.98)) * rng.normal(size=2500)
        score = 2 * rng.normal(size=2500)
        found, columns = mean(np.abs(error), low=0, high=np.inf), [score + error, score]
        assert found.value is not None and found.low is not None and found.high is not None
        off = abs(truth - found.value) / ((found.high - found.low) / 2)
        signed += off <= np.sqrt(max(map(inflation, (*columns, error))))
        sized += off <= np.sqrt(max(map(inflation, of_model(columns, manifest))))
    assert signed / 150 < 0.45
    assert sized / 150 > 0.65


@pytest.mark.parametrize("quantile", [None, 0.9])
def test_the_loss_of_a_quantile_and_the_spread_of_the_outcome_are_series(quantile: float | None) -> None:
    label, score = np.arange(200.0), np.full(200, 100.0)
    found = list(of_model([label, score], manifest_of(**regression(), quantile=quantile)))
    assert len(found) == (5 if quantile is None else 6)
    assert any(np.array_equal(one, np.abs(label - label.mean())) for one in found)
    if quantile is not None:
        error = label - score
        loss = np.where(error > 0, 0.9 * error, -0.1 * error)
        assert any(np.allclose(one, loss) for one in found)


def test_outcomes_beyond_a_float_are_left_out_and_raise_nothing() -> None:
    label, score = np.r_[np.full(100, 1e308), np.full(100, np.inf)], np.full(200, -1e308)
    assert max(map(inflation, of_model([label, score], manifest_of(**regression(), quantile=0.9)))) > 1
    assert [inflation(one) for one in of_model([np.full(200, np.nan)], manifest_of(**regression()))] == [1.0]


def test_gaps_and_groups_in_runs_widen_what_counts_them(assigned: Assigned) -> None:
    """Gaps in runs, and a group in runs, with values, scores and outcomes that do not follow: nothing moved."""
    rng, manifest = np.random.default_rng(7), manifest_of(order=Order.TIME)
    draws, naive, wide = (
        25,
        dict.fromkeys(("gap", "weight", "missing"), 0),
        dict.fromkeys(("gap", "weight", "missing"), 0),
    )
    for draw in range(draws):
        now, then = frame_of(1600, 2 * draw), frame_of(1600, 2 * draw + 1)
        for one in (now, then):
            one.loc[runs(rng, 1600, 0.1, 30), "income"] = np.nan
            one["sex"] = np.where(runs(rng, 1600, 0.3, 30), "women", "men")
        assignment = assigned(now, manifest, reference=then)
        found = (*drift.assess(assignment).observations, *groups(assignment)[0]) if draw == 0 else groups(assignment)[0]
        gone = two_class_distance(int(now["income"].isna().sum()), 1600, int(then["income"].isna().sum()), 1600)
        if draw == 0:
            whole = seen(found, "drift.missing_distance", feature="income")
            assert (whole.value, whole.low, whole.high) == (gone.value, gone.low, gone.high)
        else:
            found = (*found, replace(whole, value=gone.value, low=gone.low, high=gone.high))
        for counted, those in ((naive, found), (wide, widened(found, assignment))):
            counted["gap"] += seen(those, "drift.missing_distance", feature="income").low <= 0
            weight = seen(those, "data_quality.representation_ratio", "women")
            counted["weight"] += weight.low <= 1 <= weight.high
            missing = seen(those, "data_quality.missingness_difference", "women")
            counted["missing"] += missing.low <= 0 <= missing.high
    assert max(naive.values()) / draws < 0.55
    assert min(wide.values()) / draws > 0.6


def test_rows_of_a_group_that_follow_widen_its_mean_however_small_it_is() -> None:
    """Members at random, whose outcomes follow those of the row before: a tenth of the rows tells a tenth of that."""
    rng = np.random.default_rng(8)
    state, found = [runs(rng, 4000, 0.3, 40) for _ in range(60)], []
    for outcome in state:
        member = rng.random(4000) < 0.1
        values = np.where(member, outcome, rng.random(4000) < 0.3).astype(float)
        found.append((*inflations_within(values, [member, ~member]), inflation(values)))
    inside, others, everyone = np.mean(found, axis=0)
    assert inside > 2.5 > 1.5 > others
    assert everyone < 1.5
    nobody = np.zeros(4000, bool)
    assert list(inflations_within(values, [nobody])) == [1.0]
    assert list(inflations_within(values, [~nobody])) == [pytest.approx(inflation(values))]


def test_what_a_key_rests_on_is_what_is_looked_at(opened: Opened) -> None:
    rng, rows = np.random.default_rng(9), 1600
    women, gap = runs(rng, rows, 0.3, 40), runs(rng, rows, 0.2, 40)
    frame = frame_of(rows, 9).assign(sex=np.where(women, "women", "men"), other=serial(rng, rows, 0.95))
    frame.loc[gap, "region"] = None
    manifest = manifest_of(challenger="other", segments=(Segment(name="part", column="sex", groups=("men", "women")),))
    serial_ = Serial(data=opened(frame, manifest))

    def needs(measure: str, attribute: str = "", group: str = "", feature: str = "") -> float:
        return serial_.of(Key(measure=measure, attribute=attribute, group=group, feature=feature))

    plain, member, gapped = needs("performance.auc"), inflation(women * 1.0), inflation(gap * 1.0)
    assert plain < 2.5 < 8 < min(member, gapped)
    assert needs("drift.missing_distance", feature="income") < 2.5
    assert needs("drift.missing_distance", feature="region") >= gapped
    assert needs("drift.domain_auc") >= gapped
    assert needs("fairness.proxy_auc", "sex", "women") >= max(gapped, member)
    assert needs("data_quality.missingness_difference", "sex", "women") >= max(gapped, member)
    assert needs("data_quality.representation_ratio", "sex", "women") == member
    others = women | (frame["age"] != "middle").to_numpy()
    assert needs("fairness.selection_rate_ratio", "sex*age", POOLED) >= inflation(others * 1.0) > 2.5
    assert needs("fairness.unknown_selection_rate", "sex", OUTSIDE) >= member
    assert needs("fairness.selection_rate_ratio", "sex", "children") == np.inf
    assert needs("performance.segment_auc", "part", "women") >= member
    assert needs("performance.auc_gain") > 10 > plain
    assert needs("fairness.selection_rate_ratio", "nobody", "women") == np.inf


def test_without_labels_scores_still_move(assigned: Assigned) -> None:
    manifest = manifest_of(order=Order.TIME)
    late = frame_of(2500, 2).assign(late=pd.array([None] * 2500, dtype="Int64"))
    assignment = assigned(late, manifest, reference=frame_of(2500, 1))
    found = widened(drift.assess(assignment).observations, assignment)
    moved = seen(found, "drift.score_distance")
    assert moved.low is not None and "rows in order of time" in moved.method
    some = late.assign(late=pd.array([1] * 30 + [0] * 30 + [None] * 2440, dtype="Int64"))
    assignment = assigned(some, manifest, reference=frame_of(2500, 1))
    assert seen(widened(drift.assess(assignment).observations, assignment), "drift.label_distance").value is None


def test_data_without_scores_have_an_order_too(assigned: Assigned) -> None:
    frame = frame_of(900, 3).drop(columns="score")
    assignment = assigned(frame, manifest_of(order=Order.TIME), suite=b'{"expectations": []}')
    before, after = width(groups(assignment)[0]), width(widened(groups(assignment)[0], assignment))
    assert len(before) > 4 and before.keys() == after.keys()
    assert all(after[key] >= before[key] for key in before)


def width(found: Any) -> dict[Key, float]:
    """The width of the interval of every sample, by key."""
    return {one.key: one.high - one.low for one in found if one.value is not None and one.low is not None}


def test_every_comparison_of_groups_is_widened(assigned: Assigned) -> None:
    rng = np.random.default_rng(10)
    frame = frame_of(900, 4).assign(sex=np.where(runs(rng, 900, 0.4, 30), "women", "men"))
    assignment = assigned(frame, manifest_of(order=Order.TIME, attributes=(SEX,)))
    found = fairness.assess(assignment).observations
    before, after = width(found), width(widened(found, assignment))
    assert len(before) > 5 and before.keys() == after.keys()
    assert all(after[key] > 1.3 * before[key] for key in before)


def test_a_feature_that_nobody_compares_has_gaps_all_the_same(assigned: Assigned) -> None:
    rng = np.random.default_rng(11)
    gap = runs(rng, 900, 0.3, 30)
    frame = frame_of(900, 5).assign(income=pd.Series([None if one else [1.0] for one in gap], dtype=object))
    assignment = assigned(frame, manifest_of(order=Order.TIME))
    found = drift.assess(assignment).observations
    wide = seen(widened(found, assignment), "drift.missing_distance", feature="income")
    naive = seen(found, "drift.missing_distance", feature="income")
    assert seen(found, "drift.feature_distance", feature="income").value is None
    assert wide.high == pytest.approx(naive.high * np.sqrt(inflation(gap * 1.0))) and inflation(gap * 1.0) > 5
