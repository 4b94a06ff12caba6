"""The domain classifier: it sees what no single feature shows, is silent on the clean twin, and splits by client."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from tests.assess.conftest import Assigned, Opened, by_key, evidence_of, frame_of, manifest_of

from hallmark.assess import drift
from hallmark.assess.dataset import Scale
from hallmark.assess.drift import domain
from hallmark.assess.drift.queries import sample
from hallmark.verdict.observation import Observation

PAIR = manifest_of(features=("x", "y"))
SCALES = {"income": Scale.NUMBER, "region": Scale.CATEGORY}


def pair(n: int, seed: int, correlation: float) -> pd.DataFrame:
    """Two standard normal features, whose marginals are the same at any correlation."""
    xy = np.random.default_rng(seed + 50).multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], n)
    return frame_of(n, seed).assign(x=xy[:, 0], y=xy[:, 1], id=np.arange(n) + seed * 100_000)


def told(assigned: Assigned, now: pd.DataFrame, then: pd.DataFrame, manifest: object = None) -> Observation:
    return by_key(drift.assess(assigned(now, manifest, reference=then)))["drift.domain_auc", "", "", ""]


def test_a_broken_joint_is_seen_and_the_clean_twin_is_not(assigned: Assigned) -> None:
    then = pair(3000, 1, 0.8)
    seen, clean = (told(assigned, pair(3000, 2, r), then, PAIR) for r in (-0.2, 0.8))
    assert seen.low is not None and seen.low > 0.6
    assert clean.low is not None and clean.high is not None and clean.low < 0.5 < clean.high
    assert (seen.seed, seen.tool[:12]) == (1, "scikit-learn")


def test_the_same_clients_again_are_told_apart_by_nothing(assigned: Assigned) -> None:
    frame = frame_of(2000)
    seen = told(assigned, frame, frame)
    assert seen.value == 0.5


def test_a_new_category_and_a_new_gap_are_seen(assigned: Assigned) -> None:
    then, now = frame_of(1500, seed=1), frame_of(1500, seed=2)
    gapped = now.assign(income=now["income"].where(np.arange(1500) % 2 == 0))
    renamed = now.replace({"region": {"west": "east"}})
    for planted in (gapped, renamed):
        low = told(assigned, planted, then).low
        assert low is not None and low > 0.55


def test_false_alarms_are_few(opened: Opened) -> None:
    """The 95 % limits of the clean twin hold one half about as often as they say (20 draws)."""
    misses = 0
    for seed in range(20):
        frames = (frame_of(600, seed=2 * seed + side) for side in (0, 1))
        now, then = (opened(frame.assign(id=frame["id"] + 600 * side)) for side, frame in enumerate(frames))
        estimate = domain.tell_apart(now, then, seed).estimate
        assert estimate.low is not None and estimate.high is not None
        misses += not estimate.low <= 0.5 <= estimate.high
    assert misses <= stats.binom.ppf(0.999, 20, 0.05)


def test_a_client_lies_in_one_half_in_both_datasets(opened: Opened) -> None:
    frame = frame_of(500)
    now, then = (
        opened(frame.assign(income=frame["id"])),
        opened(frame.sample(400, random_state=2).assign(income=lambda d: d["id"])),
    )
    halves = [
        dict(zip(one.features["income"], one.held_out, strict=True))
        for one in (sample(now, SCALES, 7, 300), sample(then, SCALES, 7, 300))
    ]
    shared = halves[0].keys() & halves[1].keys()
    assert len(shared) > 200
    assert all(halves[0][key] == halves[1][key] for key in shared)
    assert 0.4 < np.mean(list(halves[0].values())) < 0.6


def test_the_sample_is_bounded_and_depends_on_key_and_seed_alone(opened: Opened) -> None:
    frame = frame_of(500)
    first, again = opened(frame), opened(frame.sample(frac=1, random_state=3), threads=2)
    one, two, other = sample(first, SCALES, 7, 120), sample(again, SCALES, 7, 120), sample(first, SCALES, 8, 120)
    assert len(one.held_out) == 120
    assert (one.features["income"] == two.features["income"]).all()
    assert set(one.features["income"]) != set(other.features["income"])


@pytest.mark.parametrize("rows", [1, 99])
def test_too_few_rows_are_not_learnt_from(assigned: Assigned, rows: int) -> None:
    seen = told(assigned, frame_of(rows), frame_of())
    reason = f"{rows} rows in the cohort and 400 in the reference data: a classifier needs 100 on each side"
    assert (seen.value, seen.reason) == (None, reason)


def test_one_client_cannot_be_split(assigned: Assigned) -> None:
    frame = frame_of().assign(id=5, score=0.3)
    seen = told(assigned, frame, frame)
    assert seen.value is None and seen.reason == "the split by key leaves 0 rows in one part: too few clients"


def test_infinity_is_not_learnt_from(assigned: Assigned) -> None:
    frame = frame_of()
    frame.loc[0, "income"] = np.inf
    assert (told(assigned, frame, frame_of()).value, told(assigned, frame, frame_of()).reason) == (
        None,
        "'income' has infinite values",
    )


def test_another_type_enters_by_its_gaps_alone(assigned: Assigned) -> None:
    now = frame_of(1000, seed=2).assign(income=lambda d: d["income"].astype(str), id=lambda d: d["id"] + 5000)
    assessment = drift.assess(assigned(now, reference=frame_of(1000)))
    seen = by_key(assessment)["drift.domain_auc", "", "", ""]
    assert seen.high is not None and seen.high < 0.6
    assert evidence_of(assessment, "drift.json")["domain"]["left_out"] == ["income"]


def test_empty_and_constant_columns_do_not_break_it(assigned: Assigned) -> None:
    frame = frame_of().assign(income=7.0, region="north")
    assert told(assigned, frame, frame).value == 0.5
    assert told(assigned, frame.assign(income=None, region=None), frame).value == 1.0


def test_ten_thousand_categories_are_pooled(assigned: Assigned) -> None:
    frame = frame_of(3000).assign(region=lambda d: [f"street {i}" for i in d["id"]])
    other = frame_of(3000, seed=2).assign(
        region=lambda d: [f"street {i + 3000}" for i in d["id"]], id=lambda d: d["id"] + 3000
    )
    assert told(assigned, other, frame).value is not None
