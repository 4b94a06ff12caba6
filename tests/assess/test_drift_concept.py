"""Outcomes and what the scores say about them: second routes, planted defects with clean twins, and refusals."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import mean_absolute_error, roc_auc_score
from statsmodels.stats.proportion import confint_proportions_2indep
from tests.assess.conftest import Assigned, by_key, evidence_of, frame_of, label_of, manifest_of

from hallmark.assess import drift
from hallmark.assess.intervals import Z, area_under_curve, gap, relative_rise, two_class_distance
from hallmark.measures import Task

LABEL, DROP, RISE = (f"drift.{name}" for name in ("label_distance", "auc_drop", "error_rise"))
REGRESSION = manifest_of(
    task=Task.REGRESSION,
    decision=None,
    label=label_of("amount", None),  # type: ignore[arg-type]
    artifact=None,
    predictions="forecast",
    attributes=(),
)


def amounts(n: int, seed: int, noise: float = 1.0) -> pd.DataFrame:
    frame = frame_of(n, seed).drop(columns="score")
    rng = np.random.default_rng(seed + 100)
    return frame.assign(forecast=frame["income"], amount=frame["income"] + rng.normal(0, noise, n))


def test_label_distance_is_newcombes_without_sign(assigned: Assigned) -> None:
    then, now = frame_of(900, seed=1), frame_of(700, seed=2)
    seen = by_key(drift.assess(assigned(now, reference=then)))[LABEL, "", "", ""]
    hits, hits_then = int(now["late"].sum()), int(then["late"].sum())
    low, high = confint_proportions_2indep(hits, 700, hits_then, 900, method="newcomb", compare="diff")
    assert seen.value == pytest.approx(abs(hits / 700 - hits_then / 900))
    assert seen.low == pytest.approx(0.0 if low <= 0 <= high else min(abs(low), abs(high)))
    assert seen.high == pytest.approx(max(abs(low), abs(high)))
    assert seen.n == 700


def test_a_doubled_label_rate_is_seen_and_its_twin_is_not(assigned: Assigned) -> None:
    then, now = frame_of(2000, seed=1), frame_of(2000, seed=2)
    doubled = now.assign(late=np.where(np.random.default_rng(3).random(2000) < 0.4, 1, now["late"]))
    clean = by_key(drift.assess(assigned(now, reference=then)))[LABEL, "", "", ""]
    seen = by_key(drift.assess(assigned(doubled, reference=then)))[LABEL, "", "", ""]
    assert clean.low is not None and clean.low < 0.03
    assert seen.low is not None and seen.low > 0.15


def test_auc_drop_is_the_difference_of_two_aucs(assigned: Assigned) -> None:
    then, now = frame_of(900, seed=1), frame_of(700, seed=2)
    assessment = drift.assess(assigned(now, reference=then))
    seen = by_key(assessment)[DROP, "", "", ""]
    before, after = roc_auc_score(then["late"], then["score"]), roc_auc_score(now["late"], now["score"])
    assert seen.value == pytest.approx(before - after)
    half = Z * np.sqrt(sum(_delong(frame) for frame in (then, now)))
    assert (seen.low, seen.high) == pytest.approx((before - after - half, before - after + half), abs=2e-3)
    counts = evidence_of(assessment, "drift.json")["outcomes"]["auc_drop"]
    assert counts["cohort"]["positives"] == now["late"].sum()
    assert counts["reference"]["auc"]["value"] == pytest.approx(before)


def _delong(frame: pd.DataFrame) -> float:
    """The variance by the definition: the share of the other class that each row beats."""
    score, late = frame["score"].to_numpy(), frame["late"].to_numpy() == 1
    wins = (score[late][:, None] > score[~late][None, :]) + 0.5 * (score[late][:, None] == score[~late][None, :])
    return float(wins.mean(1).var(ddof=1) / late.sum() + wins.mean(0).var(ddof=1) / (~late).sum())


def test_permuted_labels_are_concept_drift_alone(assigned: Assigned) -> None:
    then, now = frame_of(3000, seed=1), frame_of(3000, seed=2)
    permuted = now.assign(late=now["late"].sample(frac=1, random_state=4).to_numpy())
    seen = by_key(drift.assess(assigned(permuted, reference=then)))
    clean = by_key(drift.assess(assigned(now, reference=then)))
    drop, twin = seen[DROP, "", "", ""], clean[DROP, "", "", ""]
    assert drop.low is not None and drop.low > 0.1
    assert twin.value is not None and twin.value < 0.03
    assert seen[LABEL, "", "", ""].value == clean[LABEL, "", "", ""].value


@pytest.mark.parametrize("side", ["the cohort", "the reference data"])
def test_one_class_is_no_drop(assigned: Assigned, side: str) -> None:
    whole, single = frame_of(), frame_of().assign(late=1)
    now, then = (single, whole) if side == "the cohort" else (whole, single)
    seen = by_key(drift.assess(assigned(now, reference=then)))
    assert (seen[DROP, "", "", ""].value, seen[DROP, "", "", ""].reason) == (
        None,
        f"all 400 labels of {side} are of one class",
    )
    assert seen[LABEL, "", "", ""].value is not None


def test_no_label_is_no_outcome(assigned: Assigned) -> None:
    bare = frame_of().assign(late=pd.Series([None] * 400, dtype="Int64"))
    seen = by_key(drift.assess(assigned(bare, reference=frame_of())))
    assert (seen[LABEL, "", "", ""].value, seen[LABEL, "", "", ""].reason) == (None, "no row of the cohort has a label")
    assert seen[DROP, "", "", ""].reason == "no row of the cohort has a label"


def test_without_scores_outcomes_are_compared_all_the_same(assigned: Assigned) -> None:
    frame = frame_of()
    seen = by_key(drift.assess(assigned(frame.drop(columns="score"), reference=frame)))
    assert seen[LABEL, "", "", ""].value == 0.0
    assert seen[DROP, "", "", ""].reason == "there are no scores"


def test_a_regression_has_a_distance_and_a_rise(assigned: Assigned) -> None:
    then, now = amounts(800, 1), amounts(600, 2, noise=1.5)
    seen = by_key(drift.assess(assigned(now, REGRESSION, reference=then)))
    expected = stats.ks_2samp(then["amount"], now["amount"]).statistic
    assert seen[LABEL, "", "", ""].value == pytest.approx(expected)
    after, before = (mean_absolute_error(side["amount"], side["forecast"]) for side in (now, then))
    rise = seen[RISE, "", "", ""]
    assert rise.value == pytest.approx(after / before - 1)
    assert rise.low is not None and rise.high is not None and rise.low < 0.5 < rise.high
    assert (DROP, "", "", "") not in seen


def test_an_infinite_outcome_is_no_number(assigned: Assigned) -> None:
    now = amounts(300, 1)
    now.loc[0, "amount"] = np.inf
    seen = by_key(drift.assess(assigned(now, REGRESSION, reference=amounts(300, 2))))
    assert (seen[LABEL, "", "", ""].value, seen[LABEL, "", "", ""].reason) == (None, "1 outcomes are infinite")
    assert (seen[RISE, "", "", ""].value, seen[RISE, "", "", ""].reason) == (None, "1 errors are infinite")


def test_coverage_of_what_this_dimension_added() -> None:
    """Two-sided 95 % limits hold the truth in about 95 of 100 draws (600 draws, so within three points)."""
    rng, draws = np.random.default_rng(11), 600
    shares, rises, gaps = 0, 0, 0
    for _ in range(draws):
        shares += _holds(two_class_distance(rng.binomial(300, 0.2), 300, rng.binomial(200, 0.35), 200), 0.15)
        rises += _holds(relative_rise(rng.gamma(1, 1.2, 150), rng.gamma(1, 1.0, 150)), 0.2)
        one, two = (area_under_curve(np.sort(rng.normal(d, 1, 60)), np.sort(rng.normal(0, 1, 120))) for d in (1.0, 0.5))
        gaps += _holds(gap(one, two), stats.norm.cdf(1 / np.sqrt(2)) - stats.norm.cdf(0.5 / np.sqrt(2)))
    assert all(0.92 <= hits / draws <= 0.985 for hits in (shares, rises, gaps)), (shares, rises, gaps)


def _holds(found: object, truth: float) -> bool:
    low, high = found.low, found.high  # type: ignore[attr-defined]
    return bool(low <= truth <= high)
