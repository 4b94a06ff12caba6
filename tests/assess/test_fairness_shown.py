"""What is shown and never judged, against Fairlearn on rows; and Fairlearn's own intervals from cells."""

from importlib import import_module

import fairlearn.metrics as metrics
import numpy as np
import pytest
from tests.assess.conftest import Assigned, by_key, frame_of

from hallmark.assess import fairness
from hallmark.measures import MEASURES


@pytest.fixture(autouse=True)
def small_classifiers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies have tests of their own; here they take a few rows, and time."""
    monkeypatch.setattr(import_module("hallmark.assess.fairness.proxies"), "MOST", 100)


def test_extremes_are_those_of_fairlearn_on_rows(assigned: Assigned) -> None:
    frame = frame_of(1500)
    found = by_key(fairness.assess(assigned(frame)))
    rows = {"y_true": frame["late"] == 0, "y_pred": frame["score"] < 0.4, "sensitive_features": frame["age"]}
    rows = {name: column.astype("int64") if name != "sensitive_features" else column for name, column in rows.items()}
    expected = {
        "fairness.equalized_odds_difference": metrics.equalized_odds_difference(**rows),
        "fairness.selection_rate_ratio_minimum": metrics.demographic_parity_ratio(**rows),
        "fairness.selection_rate_minimum": metrics.MetricFrame(metrics=metrics.selection_rate, **rows).group_min(),
    }
    for measure, value in expected.items():
        seen = found[measure, "age", "", ""]
        assert seen.value == pytest.approx(value, abs=1e-12)
        assert seen.low is seen.high is None
        assert not MEASURES[measure].gate
    lowest = metrics.MetricFrame(metrics=metrics.selection_rate, **rows).by_group.idxmin()
    assert repr(lowest) in found["fairness.selection_rate_minimum", "age", "", ""].reference


def test_a_group_without_merit_has_no_equalized_odds(assigned: Assigned) -> None:
    frame = frame_of()
    frame.loc[frame["sex"] == "women", "late"] = 1
    seen = by_key(fairness.assess(assigned(frame)))["fairness.equalized_odds_difference", "sex", "", ""]
    assert seen.value is None and "a group lacks rows" in seen.reason


def test_nobody_favoured_has_no_ratio(assigned: Assigned) -> None:
    found = by_key(fairness.assess(assigned(frame_of().assign(score=0.9))))
    assert found["fairness.selection_rate_ratio_minimum", "sex", "", ""].value is None
    assert found["fairness.selection_rate_minimum", "sex", "", ""].value == 0.0


def test_one_group_alone_has_no_extremes(assigned: Assigned) -> None:
    found = by_key(fairness.assess(assigned(frame_of().assign(sex="men"))))
    assert found["fairness.selection_rate_minimum", "sex", "", ""].reason == "fewer than two groups have rows"


def test_nobody_outside_is_no_rate(assigned: Assigned) -> None:
    seen = by_key(fairness.assess(assigned(frame_of())))[
        "fairness.unknown_selection_rate", "sex", "(no declared group)", ""
    ]
    assert (seen.value, seen.n, seen.reason) == (None, 0, "every row has a declared group of sex")


@pytest.mark.parametrize("seed", [0, 7])
def test_bootstrap_intervals_of_fairlearn_come_bit_for_bit_from_resampled_cells(seed: int) -> None:
    frame, times, quantiles = frame_of(500, seed=3), 60, [0.025, 0.975]
    earned, given = (frame["late"] == 0).to_numpy().astype(int), (frame["score"] < 0.4).to_numpy().astype(int)
    chosen = {
        "selection": metrics.selection_rate,
        "tpr": metrics.true_positive_rate,
        "fpr": metrics.false_positive_rate,
    }
    whole = metrics.MetricFrame(
        metrics=chosen,
        y_true=earned,
        y_pred=given,
        sensitive_features=frame["age"],
        n_boot=times,
        ci_quantiles=quantiles,
        random_state=seed,
    )
    groups = sorted(frame["age"].unique())
    cell = np.searchsorted(groups, frame["age"]) * 4 + earned * 2 + given
    draws = np.empty((times, len(groups), 3))
    for place, one in enumerate(np.random.default_rng(seed).integers(0, 2**32 - 1, times, dtype=np.uint32)):
        drawn = np.random.RandomState(one).choice(len(frame), len(frame))
        counts = np.bincount(cell[drawn], minlength=4 * len(groups)).reshape(len(groups), 2, 2)
        draws[place, :, 0] = counts[:, :, 1].sum(axis=1) / counts.sum(axis=(1, 2))
        draws[place, :, 1] = counts[:, 1, 1] / counts[:, 1].sum(axis=1)
        draws[place, :, 2] = counts[:, 0, 1] / counts[:, 0].sum(axis=1)
    own = np.quantile(draws, quantiles, axis=0)
    for place, interval in enumerate(whole.by_group_ci):
        assert list(interval.index) == groups
        assert np.array_equal(interval.to_numpy(float), own[place])
