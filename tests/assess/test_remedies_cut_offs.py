"""What a remedy would do: against decisions taken on the rows themselves."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from fairlearn.postprocessing import ThresholdOptimizer
from tests.assess.conftest import SEX, Assigned, frame_of, manifest_of

from hallmark.assess.fairness.cube import cube_of
from hallmark.assess.intervals import difference, ratio
from hallmark.assess.remedies.cut_offs import cut_offs
from hallmark.assess.remedies.optimizer import Ready
from hallmark.policy.subject import Decision, Favourable


def tried(assigned: Assigned, frame: pd.DataFrame, favourable: Favourable = Favourable.BELOW, **options: Any) -> Any:
    manifest = manifest_of(attributes=(SEX,), decision=Decision(cut_off=0.4, favourable=favourable))
    assignment = assigned(frame, manifest, **options)
    return cut_offs(assignment, cube_of(assignment.data, 1), manifest.attributes)["sex"]


def harmed(n: int = 3000, seed: int = 1) -> pd.DataFrame:
    frame = frame_of(n, seed)
    women = frame["sex"] == "women"
    frame.loc[women, "score"] = np.minimum(frame.loc[women, "score"] + 0.15, 1.0)
    return frame


@pytest.mark.parametrize("favourable", list(Favourable))
def test_every_cut_off_of_the_sweep_by_hand(assigned: Assigned, favourable: Favourable) -> None:
    frame = frame_of(800)
    below = favourable is Favourable.BELOW
    found = tried(assigned, frame, favourable)
    assert found["cut_off_in_force"] == 0.4
    assert 0.4 in [one["cut_off"] for one in found["sweep"]]
    assert len(found["sweep"]) == 20
    earned, women = (frame["late"] == 0) == below, frame["sex"] == "women"
    for one in found["sweep"]:
        given = (frame["score"] < one["cut_off"]) == below
        assert one["selection_rate"]["value"] == pytest.approx(given.mean(), abs=1e-4)
        seen = one["groups"]["women"]
        counts = [int((given & women).sum()), int(women.sum()), int((given & ~women).sum()), int((~women).sum())]
        limits = ratio(*counts)
        assert seen["selection_rate_ratio"]["value"] == pytest.approx(limits.value, abs=1e-4)
        assert seen["selection_rate_ratio"]["low"] == pytest.approx(limits.low, abs=1e-4)
        counts = [int((given & earned & side).sum()) for side in (women, ~women)]
        sizes = [int((earned & side).sum()) for side in (women, ~women)]
        limits = difference(counts[0], sizes[0], counts[1], sizes[1])
        assert seen["true_positive_rate_difference"]["high"] == pytest.approx(limits.high, abs=1e-4)


@pytest.mark.parametrize("favourable", list(Favourable))
def test_cut_offs_by_group_do_what_fairlearn_expects_of_the_cohort(assigned: Assigned, favourable: Favourable) -> None:
    cohort, reference = harmed(1500), harmed(1500, seed=2)
    sign = -1 if favourable is Favourable.BELOW else 1
    found = tried(assigned, cohort, favourable, reference=reference)["cut_offs_by_group"]
    optimizer = ThresholdOptimizer(
        estimator=Ready(), constraints="demographic_parity", prefit=True, predict_method="predict"
    )
    earned = (reference["late"] == (1 if sign > 0 else 0)).astype(int)
    optimizer.fit(sign * reference[["score"]].to_numpy(), earned, sensitive_features=reference["sex"])
    chance = optimizer._pmf_predict(sign * cohort[["score"]].to_numpy(), sensitive_features=cohort["sex"])[:, 1]
    assert found["effect"]["selection_rate"]["value"] == pytest.approx(chance.mean(), abs=0.002)
    women = (cohort["sex"] == "women").to_numpy()
    expected = chance[women].mean() / chance[~women].mean()
    assert found["best_ratio"] == pytest.approx(expected, abs=0.005)


def test_a_harm_that_no_single_cut_off_mends_is_mended_by_two(assigned: Assigned) -> None:
    found = tried(assigned, harmed(), reference=harmed(seed=2))
    now = next(one for one in found["sweep"] if one["cut_off"] == 0.4)["groups"]["women"]["selection_rate_ratio"]
    assert now["high"] < 0.8
    assert found["cut_offs_by_group"]["best_ratio"] == pytest.approx(1.0, abs=0.1)
    assert set(found["cut_offs_by_group"]["cut_offs"]) == {"men", "women"}


def test_the_best_ratio_says_what_it_costs(assigned: Assigned) -> None:
    found = tried(assigned, harmed())
    ratios = [one["groups"]["women"]["selection_rate_ratio"]["value"] for one in found["sweep"]]
    assert found["best_ratio"]["ratio"] == max(ratio for ratio in ratios if ratio is not None)
    assert 0 < found["best_ratio"]["selection_rate"]["value"] <= 1


def test_no_cut_off_in_the_evidence_is_the_score_of_a_row(assigned: Assigned) -> None:
    frame = frame_of(900)
    found = tried(assigned, frame)
    places = [one["cut_off"] for one in found["sweep"]]
    places += [one["first"] for one in found["cut_offs_by_group"]["cut_offs"].values()]
    assert not set(places) & set(frame["score"])


@pytest.mark.parametrize("case", ["no women", "one class", "no labels", "no scores"])
def test_reference_data_that_it_cannot_be_fitted_on_leave_a_reason(assigned: Assigned, case: str) -> None:
    reference = frame_of(300)
    reference = {
        "no women": reference[reference["sex"] == "men"],
        "one class": reference.assign(late=0),
        "no labels": reference.assign(late=pd.Series([None] * 300, dtype="Int64")),
        "no scores": reference.drop(columns="score"),
    }[case]
    found = tried(assigned, frame_of(300), reference=reference)["cut_offs_by_group"]
    assert found["effect"].startswith(("the reference data", "it cannot be fitted"))
    assert found["best_ratio"] is None


def test_everyone_alike_leaves_one_cut_off_and_no_crash(assigned: Assigned) -> None:
    found = tried(assigned, frame_of(300).assign(score=0.4))
    assert [one["cut_off"] for one in found["sweep"]] == [0.4]
    assert found["best_ratio"] is None
