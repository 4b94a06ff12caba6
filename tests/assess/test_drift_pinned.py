"""Evidently's scores are those of its own preset, by its own functions and by our sums over merged values."""

import numpy as np
import pandas as pd
import pytest
from evidently import DataDefinition, Report
from evidently import Dataset as Frame
from evidently.presets import DataDriftPreset
from tests.assess.conftest import Assigned, by_key, frame_of, manifest_of

from hallmark.assess import drift
from hallmark.assess.drift import pinned
from hallmark.assess.drift.merged import kolmogorov_smirnov_p, merge

BESIDE = {"wasserstein": "drift.evidently_wasserstein", "ks": "drift.evidently_ks_p"}


def preset(now: pd.DataFrame, then: pd.DataFrame, numbers: str) -> dict[str, float]:
    """The preset's own scores by column, its methods named."""
    definition = DataDefinition(numerical_columns=["income"], categorical_columns=["region"])
    sides = [Frame.from_pandas(side[["income", "region"]], data_definition=definition) for side in (now, then)]
    ran = Report([DataDriftPreset(num_method=numbers, cat_method="jensenshannon")]).run(*sides)
    found = [metric for metric in ran.dict()["metrics"] if metric["metric_name"].startswith("ValueDrift")]
    return {metric["config"]["column"]: float(metric["value"]) for metric in found}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("n", [300, 3000])
@pytest.mark.parametrize("numbers", ["wasserstein", "ks"])
def test_scores_are_the_presets(assigned: Assigned, n: int, numbers: str) -> None:
    then, now = frame_of(n, seed=1), frame_of(n - 100, seed=2).assign(income=lambda d: d["income"] + 2)
    now.loc[:50, "income"] = np.nan
    now.loc[:40, "region"] = None
    now.loc[60:90, "region"] = "east"
    expected = preset(now, then, numbers)
    seen = by_key(drift.assess(assigned(now, reference=then)))
    assert seen[BESIDE[numbers], "", "", "income"].value == pytest.approx(expected["income"], rel=1e-9)
    assert seen["drift.evidently_jensen_shannon", "", "", "region"].value == pytest.approx(expected["region"], rel=1e-9)
    assert all(seen[BESIDE[numbers], "", "", "income"].tool.startswith(start) for start in ("evidently 0.7",))


@pytest.mark.parametrize(("n", "m"), [(15_000, 12_000), (11_000, 11_000)])
@pytest.mark.parametrize("ties", [False, True])
def test_our_sums_are_evidentlys(monkeypatch: pytest.MonkeyPatch, n: int, m: int, ties: bool) -> None:
    rng = np.random.default_rng(5)
    now, then = rng.gamma(2, 3, n), rng.gamma(2, 3.1, m)
    now, then = (np.sort(np.round(side) if ties else side) for side in (now, then))
    merged = merge(now, then)
    theirs = pinned.of_numbers(now, then, merged, kolmogorov_smirnov_p(merged))
    monkeypatch.setattr(pinned, "ROWS", 1000)
    ours = pinned.of_numbers(now, then, merged, kolmogorov_smirnov_p(merged))
    for name in pinned.NUMBERS:
        assert ours[name].estimate.value == pytest.approx(theirs[name].estimate.value, rel=1e-9)
        assert (theirs[name].tool[:9], ours[name].tool[:5]) == ("evidently", "numpy")
        assert "our own sum" in ours[name].method and "our own sum" not in theirs[name].method


def test_each_type_has_its_own_scores(assigned: Assigned) -> None:
    seen = by_key(drift.assess(assigned(frame_of())))
    shown = {(key[0].removeprefix("drift."), key[3]) for key in seen if "evidently" in key[0]}
    assert shown == {(name, "income") for name in pinned.NUMBERS} | {(name, "region") for name in pinned.CATEGORIES}


def test_booleans_are_categories(assigned: Assigned) -> None:
    frame = frame_of().assign(income=lambda d: d["income"] > 30)
    seen = by_key(drift.assess(assigned(frame, manifest_of(features=("income",)))))
    assert seen["drift.evidently_jensen_shannon", "", "", "income"].value == 0.0
    assert seen["drift.feature_distance", "", "", "income"].value == 0.0
