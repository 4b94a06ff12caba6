"""Proxies: features that name the group are seen, features that do not are not, and nothing crashes."""

from dataclasses import replace
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu
from tests.assess.conftest import AGE, SEX, Assigned, frame_of, manifest_of

from hallmark.assess.fairness.proxies import proxies
from hallmark.assess.fairness.sample import drawn, sampled
from hallmark.assess.fairness.spelt import code
from hallmark.assess.relation import VIEW
from hallmark.policy.subject import POOLED
from hallmark.verdict.observation import Observation

ONE = manifest_of(attributes=(SEX,))


def seen(assigned: Assigned, frame: pd.DataFrame, seed: int = 1) -> Observation:
    (found,) = proxies(replace(assigned(frame, ONE), seed=seed))
    return found


def test_features_that_know_nothing_are_near_one_half(assigned: Assigned) -> None:
    found = seen(assigned, frame_of(3000))
    assert found.low is not None and found.high is not None
    assert found.low < 0.5 < found.high
    assert found.high < 0.6


@pytest.mark.parametrize("kind", ["number", "category"])
def test_a_proxy_is_seen(assigned: Assigned, kind: str) -> None:
    frame = frame_of(2000)
    women = (frame["sex"] == "women").to_numpy()
    if kind == "number":
        frame["income"] -= 14.0 * women
    else:
        frame["region"] = np.where(women & (frame.index % 10 != 0), "west", "north")
    found = seen(assigned, frame)
    assert found.low is not None and found.low > 0.8
    assert "HistGradientBoosting" in found.method and found.seed == 1


def test_a_number_alone_is_told_as_well_as_its_ranks_can(assigned: Assigned) -> None:
    """Another route: with one feature that moves monotonously, the best AUC is the Mann-Whitney share."""
    frame = frame_of(4000)
    frame["income"] -= 8.0 * (frame["sex"] == "women")
    women = frame["income"][frame["sex"] == "women"]
    statistic = mannwhitneyu(frame["income"][frame["sex"] == "men"], women).statistic
    share = statistic / len(women) / (len(frame) - len(women))
    assert seen(assigned, frame.assign(region="north")).value == pytest.approx(share, abs=0.03)


def test_the_attribute_itself_among_the_features_is_certain(assigned: Assigned) -> None:
    frame = frame_of(600).assign(region=lambda rows: rows["sex"])
    assert seen(assigned, frame).value == pytest.approx(1.0)


@pytest.mark.parametrize("income", [np.nan, np.inf, 5.0, None], ids=["nan", "inf", "constant", "null"])
def test_odd_features_lead_to_a_number_near_one_half(assigned: Assigned, income: float | None) -> None:
    frame = frame_of(600).assign(income=income)
    frame["region"] = [f"place {number}" for number in range(600)]
    value = seen(assigned, frame).value
    assert value is not None and 0.4 < value < 0.6


def test_a_column_of_times_is_a_feature_too(assigned: Assigned) -> None:
    frame = frame_of(800)
    frame["income"] = pd.to_datetime("2020-01-01") + pd.to_timedelta((frame["sex"] == "women") * 40, unit="D")
    assert seen(assigned, frame).value == pytest.approx(1.0)


@pytest.mark.parametrize("women", [0, 3])
def test_fewer_than_four_rows_of_a_side_have_no_number(assigned: Assigned, women: int) -> None:
    frame = frame_of(200).assign(sex=lambda rows: np.where(rows.index < women, "women", "men"))
    found = seen(assigned, frame)
    assert (found.value, found.n) == (None, 0)
    assert found.reason == f"sex 'women' has {women} rows; 4 are the least to fit and to try"


def test_a_few_rows_have_a_wide_interval(assigned: Assigned) -> None:
    frame = frame_of(300).assign(sex=lambda rows: np.where(rows.index < 8, "women", "men"))
    found = seen(assigned, frame)
    assert found.low is not None and found.high is not None
    assert found.n == 4
    assert found.high - found.low > 0.3


def test_it_depends_on_the_seed_and_neither_on_threads_nor_on_the_order_of_rows(
    assigned: Assigned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("hallmark.assess.fairness.proxies"), "MOST", 300)
    frame = frame_of(2000)
    first = seen(assigned, frame)
    assert list(proxies(assigned(frame.iloc[::-1], ONE, threads=2))) == [first]
    assert seen(assigned, frame, seed=2).value != first.value
    assert first.n is not None and first.n <= 150


@pytest.mark.parametrize("keys", ["own", "repeated", "null"])
@pytest.mark.parametrize("most", [5, 60, 5000])
def test_one_pass_finds_the_sample_that_each_group_has_by_itself(assigned: Assigned, keys: str, most: int) -> None:
    frame = frame_of(1500).assign(age=lambda rows: rows["age"].where(rows.index % 50 != 7, "old").mask(rows["id"] < 9))
    frame["id"] = {"own": frame["id"], "repeated": frame["id"] // 400, "null": None}[keys]
    data = assigned(frame.drop(columns="score"), manifest_of(attributes=(SEX, AGE))).data
    found = drawn(data, ["d.income", "d.region"], (SEX, AGE), most=most, seed=3)
    assert set(found.places) == {(one.name, group) for one in (SEX, AGE) for group in (*one.groups, POOLED)}
    for (name, group), places in found.places.items():
        attribute = {"sex": SEX, "age": AGE}[name]
        groups = attribute.others if group == POOLED else (group,)
        where = f"({code(data, attribute)}) in ({', '.join(str(attribute.groups.index(one)) for one in groups)})"
        alone = sampled(data, ["d.income", "d.region"], among=f"{VIEW} as d", where=where, most=most, seed=3)
        belong = frame[attribute.column].isin(groups)
        assert len(alone[0]) == min(most, belong.sum())
        assert set(alone[0]) <= set(frame["income"][belong])
        for one, other in zip(found.columns, alone, strict=True):
            assert np.array_equal(one[places], other)


def test_without_any_declared_group_there_is_nobody_to_draw(assigned: Assigned) -> None:
    data = assigned(frame_of(200).assign(sex="other"), ONE).data
    found = drawn(data, ["d.income"], (SEX,), most=50, seed=3)
    assert [len(places) for places in found.places.values()] == [0, 0, 0]


@pytest.mark.parametrize(("pattern", "least"), [("crossed", 0.85), ("spread", 0.6)])
def test_what_no_feature_tells_by_its_level_is_seen(assigned: Assigned, pattern: str, least: float) -> None:
    """Two features of which only the product tells the group, and one of which only the distance to its middle does."""
    frame, rng = frame_of(4000), np.random.default_rng(5)
    women, other = (frame["sex"] == "women").to_numpy(), rng.normal(size=4000)
    first = rng.normal(size=4000)
    if pattern == "crossed":
        frame["income"], frame["region"] = np.where(women, 1, -1) * np.sign(first) * np.abs(other), np.sign(first)
    else:
        frame["income"] = other * np.where(women, 2.0, 1.0)
    frame["region"] = frame["region"].astype(str)
    found = seen(assigned, frame)
    assert found.low is not None and found.low > least


def test_more_categories_than_it_can_tell_apart_leave_the_commonest(assigned: Assigned) -> None:
    frame, rng = frame_of(3000), np.random.default_rng(6)
    women = (frame["sex"] == "women").to_numpy()
    frame["region"] = np.where(women & (rng.random(3000) < 0.9), "west", [f"place {row % 900}" for row in range(3000)])
    found = seen(assigned, frame)
    assert found.low is not None and found.low > 0.85
