"""Fitting again: what planted features do, changes by hand and by a bootstrap over rows, and what has no answer."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from tests.assess.conftest import SEX, Assigned, frame_of, manifest_of

from hallmark.assess.intervals import kolmogorov_smirnov
from hallmark.assess.remedies.intercepts import intercepts
from hallmark.assess.remedies.refit import refits
from hallmark.assess.remedies.refit.distance import distance_change
from hallmark.assess.remedies.refit.paired import Decided, changes
from hallmark.measures import Task
from hallmark.policy.subject import Decision, Favourable, Label, LabelKind

FEATURES = ("income", "region", "leak", "moved", "proxy")


def planted(n: int, seed: int, shift: float = 0.0) -> pd.DataFrame:
    """`leak` gives the outcome away, `moved` moves by `shift`, `proxy` is the sex with noise."""
    frame, rng = frame_of(n, seed), np.random.default_rng(seed + 100)
    late, men = frame["late"].to_numpy(), (frame["sex"] == "men").to_numpy()
    frame["income"] = rng.normal(30, 9, n) - 8 * late
    frame["leak"] = late + rng.normal(0, 0.3, n)
    frame["moved"] = rng.normal(shift, 1, n) + 0.8 * late
    frame["proxy"] = men + rng.normal(0, 0.4, n)
    return frame


def tries(assigned: Assigned, **options: Any) -> dict[str, Any]:
    manifest = manifest_of(features=FEATURES, attributes=(SEX,))
    assignment = assigned(planted(1200, 1, shift=1.5), manifest, reference=planted(1200, 2), training=planted(1200, 3))
    found = refits(replace(assignment, **options))
    assert found == refits(replace(assignment, **options))
    return {one["name"]: one for one in found["tries"]} | {"": found}


def test_what_moved_what_leaks_and_what_names_the_group_are_tried(assigned: Assigned) -> None:
    found = tries(assigned)
    assert found["without moved"]["because"] == "moved" and found["without moved"]["amount"] > 0.4
    assert found["without leak"]["because"] in ("tells the outcome", "moved")
    assert found["without proxy"]["because"] in ("tells sex", "moved")
    assert "fitted on newer rows too" in found


def test_dropping_what_moved_helps_and_dropping_the_leak_costs(assigned: Assigned) -> None:
    found = tries(assigned)
    leak = found["without leak"]["change"]["auc"]
    assert leak["high"] < -0.05
    assert "the AUC loses" in found["without leak"]["says"]
    moved = found["without moved"]["change"]
    assert moved["auc"]["high"] > -0.02
    proxy = found["without proxy"]["change"]["auc"]
    assert proxy["low"] <= 0 <= proxy["high"]
    assert "no change of the AUC is shown" in found["without proxy"]["says"]
    assert all(one["low"] <= one["value"] <= one["high"] for one in (leak, moved["auc"], proxy))


def test_every_measure_and_group_has_a_change_with_an_interval_or_a_reason(assigned: Assigned) -> None:
    for one in tries(assigned)[""]["tries"]:
        assert set(one["change"]) == {"score_distance", "auc", "auc_drop", "calibration_in_the_large", "brier"}
        women = one["groups"]["sex"]["women"]
        assert set(women) == {
            "selection_rate_ratio",
            "selection_rate_difference",
            "true_positive_rate_difference",
            "false_positive_rate_difference",
            "calibration_within_group",
        }
        for estimate in (*one["change"].values(), *women.values()):
            assert estimate.get("reason") or estimate["low"] <= estimate["value"] <= estimate["high"]


def test_the_smallest_cell_of_the_policy_changes_nothing_that_is_tried(assigned: Assigned) -> None:
    assert tries(assigned, minimum_cell=5000) == tries(assigned, minimum_cell=1)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("few-rows", "60 rows with a label; 100 are the least"),
        ("one-class", "one class"),
        ("one-feature", "fewer than two features"),
        ("no-labels", "0 rows with a label"),
    ],
)
def test_what_cannot_be_fitted_says_why(assigned: Assigned, case: str, said: str) -> None:
    frame = planted(60 if case == "few-rows" else 300, 1)
    frame = frame.assign(late=1) if case == "one-class" else frame
    frame = frame.assign(late=pd.array([pd.NA] * len(frame), "Int64")) if case == "no-labels" else frame
    features = ("income",) if case == "one-feature" else FEATURES
    assert said in refits(assigned(frame, manifest_of(features=features)))["reason"]


@pytest.mark.parametrize("case", ["infinite", "empty-column", "text", "no-attributes"])
def test_odd_features_are_no_crash(assigned: Assigned, case: str) -> None:
    frame = planted(400, 1)
    if case == "infinite":
        frame.loc[::7, "income"] = np.inf
    frame = frame.assign(income=np.nan) if case == "empty-column" else frame
    frame = frame.assign(income=[f"job {place % 300}" for place in range(400)]) if case == "text" else frame
    manifest = manifest_of(features=FEATURES, attributes=() if case == "no-attributes" else (SEX,))
    assert refits(assigned(frame, manifest))["tries"]


def test_a_regression_has_errors_and_no_groups(assigned: Assigned) -> None:
    frame = planted(600, 1)
    frame["late"] = frame["income"] * 2 + np.random.default_rng(1).normal(0, 1, 600)
    label = Label(column="late", positive=None, source="books", kind=LabelKind.OBSERVED)
    manifest = manifest_of(task=Task.REGRESSION, label=label, decision=None, features=FEATURES, attributes=(SEX,))
    found = refits(assigned(frame, manifest))
    assert set(found["stand_in"]) == {"score_distance", "mae", "bias"}
    for one in found["tries"]:
        assert set(one["change"]) == {"score_distance", "mae", "bias"} and one["groups"] == {}
    assert intercepts(assigned(frame, manifest))["reason"]


def test_changes_of_rates_by_hand() -> None:
    rng = np.random.default_rng(5)
    n = 4000
    codes, earned = rng.integers(0, 2, n), rng.random(n) < 0.6
    before = rng.random(n) < np.where(codes == 1, 0.5, 0.7)
    after = before ^ (rng.random(n) < 0.1)
    found: Any = changes(Decided(before=before, after=after, earned=earned), codes, SEX, 1)["women"]

    def rate(given: Any, group: int, among: Any) -> float:
        return float(given[(codes == group) & among].mean())

    everyone = np.ones(n, dtype=bool)
    ratio = [rate(one, 1, everyone) / rate(one, 0, everyone) for one in (before, after)]
    assert found["selection_rate_ratio"]["value"] == pytest.approx(ratio[1] - ratio[0], abs=1e-4)
    for name, among in (("true_positive_rate_difference", earned), ("false_positive_rate_difference", ~earned)):
        both = [rate(one, 1, among) - rate(one, 0, among) for one in (before, after)]
        assert found[name]["value"] == pytest.approx(both[1] - both[0], abs=1e-4)


def test_the_interval_of_a_change_is_that_of_a_bootstrap_over_rows() -> None:
    rng = np.random.default_rng(6)
    n = 1500
    codes, earned = rng.integers(0, 2, n), np.ones(n, dtype=bool)
    before = rng.random(n) < 0.6
    after = before & (rng.random(n) < np.where(codes == 1, 0.8, 0.95))
    found: Any = changes(Decided(before=before, after=after, earned=earned), codes, SEX, 1)["women"]
    draws = []
    for _ in range(800):
        rows = rng.integers(0, n, n)
        one, then, now = codes[rows], before[rows], after[rows]
        draws.append(now[one == 1].mean() / now[one == 0].mean() - then[one == 1].mean() / then[one == 0].mean())
    low, high = np.quantile(draws, [0.025, 0.975])
    assert found["selection_rate_ratio"]["low"] == pytest.approx(low, abs=0.012)
    assert found["selection_rate_ratio"]["high"] == pytest.approx(high, abs=0.012)


def test_the_change_of_a_distance_is_that_of_both_distances() -> None:
    rng = np.random.default_rng(7)
    then, now = rng.normal(0, 1, 3000), rng.normal(0.5, 1, 3000)
    still = rng.normal(0, 1, 3000)
    seen = distance_change((then, then), (now, still), 1)
    apart = [kolmogorov_smirnov(np.sort(then), np.sort(one)).value for one in (now, still)]
    assert apart[0] is not None and apart[1] is not None and seen.value is not None and seen.high is not None
    assert seen.value == pytest.approx(apart[1] - apart[0], abs=0.02) and seen.high < 0


@pytest.mark.parametrize(("n", "m"), [(4000, 4000), (300, 1500)])
def test_the_interval_of_the_change_of_a_distance_is_that_of_a_bootstrap_over_rows(n: int, m: int) -> None:
    rng = np.random.default_rng(8)
    then, now = rng.normal(0, 1, n), rng.normal(0.6, 1, m)
    after = [one * 0.8 + shift + rng.normal(0, 0.3, len(one)) for one, shift in ((then, 0.0), (now, -0.3))]
    found = distance_change((then, after[0]), (now, after[1]), 1)
    draws = []
    for _ in range(600):
        rows, others = rng.integers(0, n, n), rng.integers(0, m, m)
        ways = [
            kolmogorov_smirnov(np.sort(one[rows]), np.sort(two[others])).value
            for one, two in ((then, now), (after[0], after[1]))
        ]
        draws.append(float(ways[1] or 0) - float(ways[0] or 0))
    assert [found.low, found.high] == pytest.approx(list(np.quantile(draws, [0.025, 0.975])), abs=0.012 + 0.3 / n**0.5)


def test_scores_that_stay_change_no_distance_and_scores_that_agree_almost_everywhere_do() -> None:
    rng = np.random.default_rng(9)
    then, now = rng.normal(0, 1, 500), rng.normal(0.2, 1, 500)
    assert distance_change((then, then.copy()), (now, now.copy()), 1).reason == "no score would change"
    other = np.where(np.arange(500) == 7, now + 3, now)
    seen = distance_change((then, then), (now, other), 1)
    assert seen.low is not None and seen.high is not None and seen.low <= 0 <= seen.high < 0.02


def test_recalibrating_by_group_mends_the_group_that_is_off_and_says_what_it_moves(assigned: Assigned) -> None:
    frame = frame_of(4000)
    women = frame["sex"] == "women"
    frame.loc[women, "score"] = np.clip(frame.loc[women, "score"] + 0.15, 0.01, 0.99)
    manifest = manifest_of(attributes=(SEX,), decision=Decision(cut_off=0.4, favourable=Favourable.BELOW))
    found = {one["attribute"]: one for one in intercepts(assigned(frame, manifest))["tries"]}
    residual = float((frame["late"] - frame["score"])[women].mean())
    group = found["sex"]["groups"]["sex"]["women"]
    assert group["calibration_within_group"]["value"] == pytest.approx(-residual, abs=0.04)
    assert group["selection_rate_ratio"]["low"] > 0
    assert found["sex"]["says"].startswith("It helps: the Brier score changes by -")
    assert set(found) == {"", "sex"}


def test_the_stand_in_ranks_as_scikit_learn_says(assigned: Assigned) -> None:
    found = tries(assigned)[""]["stand_in"]["auc"]
    frame = planted(1200, 1, shift=1.5)
    alone = roc_auc_score(frame["late"], frame["leak"])
    assert found["high"] > alone > 0.9
