"""Forecasts of a number: each error by another route, the limits against resampling, and where there are none."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn import metrics
from tests.assess.conftest import Assigned, by_key, evidence_of, frame_of, manifest_of

from hallmark.assess import performance
from hallmark.assess.assignment import Assessment
from hallmark.assess.performance.means import function_of_means
from hallmark.measures import MEASURES, Task
from hallmark.policy.subject import Label, LabelKind, Manifest
from hallmark.verdict.observation import Observation

NAMES = ("mae", "bias", "rmse", "r2")


def regression(**changes: Any) -> Manifest:
    label = Label(column="late", positive=None, source="books", kind=LabelKind.OBSERVED)
    return manifest_of(task=Task.REGRESSION, decision=None, label=label, **changes)


def sales(n: int = 500, seed: int = 1, tails: float = 0.0) -> pd.DataFrame:
    """Rows whose label is the forecast and an error; `tails` makes some errors large."""
    rng = np.random.default_rng(seed)
    forecast = rng.normal(200.0, 40.0, n)
    error = stats.t(1 / tails).rvs(n, random_state=rng) if tails else rng.normal(size=n)
    return frame_of(n).assign(score=forecast, late=forecast + 5 + 20 * error)


def number(assessment: Assessment, name: str) -> Observation:
    return by_key(assessment)[f"performance.{name}", "", "", ""]


def test_the_errors_are_those_of_the_library(assigned: Assigned) -> None:
    frame = sales()
    found = performance.assess(assigned(frame, regression()))
    assert {seen.key.measure for seen in found.observations} == {f"performance.{name}" for name in NAMES}
    pair = frame["late"], frame["score"]
    assert number(found, "mae").value == pytest.approx(metrics.mean_absolute_error(*pair))
    assert number(found, "rmse").value == pytest.approx(metrics.root_mean_squared_error(*pair))
    assert number(found, "r2").value == pytest.approx(metrics.r2_score(*pair))
    assert number(found, "bias").value == pytest.approx((frame["late"] - frame["score"]).mean())
    for seen in found.observations:
        assert MEASURES[seen.key.measure].admits(seen.value)
        assert seen.low is not None and seen.high is not None and seen.low < seen.high
        assert seen.n == 500


def test_mae_and_bias_have_the_limits_of_t(assigned: Assigned) -> None:
    frame = sales()
    found = performance.assess(assigned(frame, regression()))
    error = frame["late"] - frame["score"]
    for name, values in (("mae", error.abs()), ("bias", error)):
        limits = stats.t.interval(0.95, 499, loc=values.mean(), scale=stats.sem(values))
        assert (number(found, name).low, number(found, name).high) == pytest.approx(limits)


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9])
def test_the_pinball_loss_is_that_of_the_library_with_limits_of_t(assigned: Assigned, quantile: float) -> None:
    frame = sales()
    found = performance.assess(assigned(frame, regression(quantile=quantile)))
    seen, error = number(found, "pinball"), frame["late"] - frame["score"]
    assert seen.value == pytest.approx(metrics.mean_pinball_loss(frame["late"], frame["score"], alpha=quantile))
    loss = np.where(error > 0, quantile, quantile - 1) * error
    assert (seen.low, seen.high) == pytest.approx(stats.t.interval(0.95, 499, loc=loss.mean(), scale=stats.sem(loss)))
    if quantile == 0.5:
        assert seen.value == pytest.approx((number(found, "mae").value or math.nan) / 2)


@pytest.mark.parametrize("case", ["no-label", "infinite", "exact"])
def test_without_errors_there_is_no_pinball_loss(assigned: Assigned, case: str) -> None:
    frame = sales()
    frame["late"] = {"no-label": np.nan, "infinite": np.inf, "exact": 0.0}[case] + frame["score"]
    seen = number(performance.assess(assigned(frame, regression(quantile=0.9))), "pinball")
    assert seen.value is None and seen.reason


@pytest.mark.parametrize("name", ["rmse", "r2"])
def test_the_limits_are_those_of_bca(assigned: Assigned, name: str) -> None:
    frame = sales(200)
    came, forecast = frame["late"].to_numpy(), frame["score"].to_numpy()
    score = {"rmse": metrics.root_mean_squared_error, "r2": metrics.r2_score}[name]
    resampled = stats.bootstrap(
        (came, forecast), lambda a, b: score(a, b), paired=True, vectorized=False, n_resamples=2000, method="BCa", rng=1
    ).confidence_interval
    seen = number(performance.assess(assigned(frame, regression())), name)
    width = resampled.high - resampled.low
    assert (seen.low, seen.high) == pytest.approx((resampled.low, resampled.high), abs=0.08 * width)


def test_the_limits_cover_the_truth() -> None:
    rng, inside = np.random.default_rng(2), 0
    for _ in range(600):
        squares = rng.normal(0, 3.0, (80, 1)) ** 2
        seen = function_of_means(squares, lambda means: math.sqrt(max(means[0], 0.0)))
        assert seen.low is not None and seen.high is not None
        inside += seen.low <= 3.0 <= seen.high
    assert 0.91 <= inside / 600 <= 0.975


def test_the_mean_itself_has_the_limits_of_the_normal_distribution_corrected_for_skewness() -> None:
    """Of the identity, bias and curvature are zero, and what is left is the acceleration."""
    values = np.random.default_rng(3).exponential(size=400)
    seen = function_of_means(values[:, None], lambda means: float(means[0]))
    error, acceleration = values.std() / 20, stats.skew(values) / (6 * 20)
    z0 = acceleration  # which is normal.ppf(2 normal.cdf(a) normal.cdf(0))
    w = [z0 + stats.norm.ppf(tail) for tail in (0.025, 0.975)]
    limits = [values.mean() + one / (1 - acceleration * one) ** 2 * error for one in w]
    assert (seen.low, seen.high) == pytest.approx(limits, rel=1e-6)


def test_heavy_tails_are_warned_of(assigned: Assigned) -> None:
    calm, wild = (performance.assess(assigned(sales(2000, tails=one), regression())) for one in (0.0, 0.5))
    assert "too narrow" not in number(calm, "rmse").method
    for name in ("rmse", "r2"):
        assert "of their squares, so these limits are too narrow" in number(wild, name).method
    assert "too narrow" not in number(wild, "mae").method
    share = evidence_of(calm, "performance.json")["largest_hundredth_of_squares"]
    assert share == pytest.approx(0.085, abs=0.02)


def test_the_errors_by_decile_add_up(assigned: Assigned) -> None:
    frame = sales(1000)
    table = evidence_of(performance.assess(assigned(frame, regression())), "performance.json")["errors_by_forecast"]
    assert [part["rows"] for part in table] == [100] * 10
    assert np.mean([part["mean_error"] for part in table]) == pytest.approx((frame["late"] - frame["score"]).mean())
    for part in table:
        assert part["mean_error_by_fifth"] == sorted(part["mean_error_by_fifth"])
        assert np.mean(part["mean_error_by_fifth"]) == pytest.approx(part["mean_error"])
    assert math.sqrt(np.mean([part["mean_squared_error"] for part in table])) == pytest.approx(
        metrics.root_mean_squared_error(frame["late"], frame["score"])
    )
    means = [part["mean_forecast"] for part in table]
    assert means == sorted(means)


def test_few_rows_show_no_fifths_of_errors(assigned: Assigned) -> None:
    table = evidence_of(performance.assess(assigned(sales(40), regression())), "performance.json")["errors_by_forecast"]
    assert [part["rows"] for part in table] == [10] * 4
    assert [part["mean_error_by_fifth"] for part in table] == [[]] * 4


CASES = {
    "no-label": (sales().assign(late=np.nan), dict.fromkeys(NAMES, "no row has a label")),
    "infinite": (
        sales().assign(late=lambda one: one["late"].where(one["id"] > 2, np.inf)),
        dict.fromkeys(NAMES, "3 of 500 labels are infinite"),
    ),
    "no-scores": (sales().drop(columns="score"), dict.fromkeys(NAMES, "there are no scores")),
    "constant": (sales().assign(late=7.0), {"r2": "all 500 labels are equal, so there is no variance to explain"}),
    "perfect": (
        sales().assign(late=lambda one: one["score"]),
        dict.fromkeys(NAMES, "all values are equal, so nothing is known about their spread"),
    ),
    "one-row": (sales().head(1), {"mae": "1 rows have no spread", "rmse": "1 rows have no spread"}),
    "huge": (sales().assign(late=lambda one: one["late"] * 1e300), {"rmse": "the errors are too large to be squared"}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_has_no_number_has_a_reason(assigned: Assigned, case: str) -> None:
    frame, reasons = CASES[case]
    found = performance.assess(assigned(frame, regression()))
    assert len(found.observations) == 4
    for name, reason in reasons.items():
        assert (number(found, name).value, number(found, name).reason) == (None, reason)


def test_same_input_same_bytes_on_one_thread_and_on_two(assigned: Assigned) -> None:
    frame = sales(5000)
    once = performance.assess(assigned(frame, regression(), threads=1))
    assert once == performance.assess(assigned(frame.iloc[::-1], regression(), threads=2))
