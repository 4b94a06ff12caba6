"""The smallest n at which a good model passes: by hand, and against the rule itself."""

import random
from dataclasses import replace

import pytest

from hallmark.policy.appetite import Status
from hallmark.policy.control import Bound, Proof
from hallmark.verdict.judge import MOST, Estimate, Limits, judge_sample
from hallmark.verdict.power import smallest_n

FLOOR = Limits(bound=Bound(at_least=0.75), tolerance=0.25, expect=1.0)
BOTH = Limits(bound=Bound(between=(0.8, 1.25)), tolerance=0.05, expect=1.0)
UNIT = Estimate(value=3.0, low=3.0 - 1.959963985, high=3.0 + 1.959963985, n=1)  # a standard error of 1 from one row
COMPLIANCE, BREACH = Proof.OF_COMPLIANCE, Proof.OF_BREACH


@pytest.mark.parametrize(
    ("limits", "proof", "keys", "rows"),
    [
        # within the edge: 0.5 / (1.644854 + 0.841621) = 0.201088; within the bound: 0.25 / 0.841621 = 0.297046
        (FLOOR, COMPLIANCE, 1, 25),  # 1 / 0.201088^2 = 24.73
        # beta 0.05: 0.5 / 3.289707 = 0.151989 and 0.25 / 1.644854 = 0.151989
        (FLOOR, COMPLIANCE, 4, 44),  # 43.29
        # 0.5 / 1.644854 = 0.303978 and 0.25 / 0.841621 = 0.297046
        (FLOOR, BREACH, 1, 12),  # 11.33
        # beta 0.1: 0.25 / (1.644854 + 1.281552) = 0.085429 and 0.2 / 1.281552 = 0.156061
        (BOTH, COMPLIANCE, 1, 138),  # 137.03
    ],
)
def test_by_hand(limits: Limits, proof: Proof, keys: int, rows: int) -> None:
    assert smallest_n(limits, proof, keys, UNIT) == rows


def test_precision_counts_and_the_value_does_not() -> None:
    twice_as_many = replace(UNIT, n=2)  # for the same precision
    moved = Estimate(value=0.0, low=UNIT.low - 3, high=UNIT.high - 3, n=1)
    assert smallest_n(FLOOR, COMPLIANCE, 1, twice_as_many) == 50
    assert smallest_n(FLOOR, COMPLIANCE, 1, moved) == 25


@pytest.mark.parametrize(
    ("limits", "estimate"),
    [
        (replace(FLOOR, expect=0.75), UNIT),
        (replace(FLOOR, expect=0.6), UNIT),
        (FLOOR, replace(UNIT, low=3.0, high=3.0)),
        (FLOOR, replace(UNIT, low=float("nan"))),
        (FLOOR, replace(UNIT, low=float("-inf"))),
        (FLOOR, replace(UNIT, n=0)),
    ],
)
def test_none_when_no_n_would_do(limits: Limits, estimate: Estimate) -> None:
    assert smallest_n(limits, COMPLIANCE, 1, estimate) is None


def test_an_absurd_interval_asks_for_no_more_than_anybody_could_have() -> None:
    assert smallest_n(FLOOR, COMPLIANCE, 1, replace(UNIT, low=-1e200)) == MOST


@pytest.mark.parametrize("proof", Proof)
@pytest.mark.parametrize("keys", [1, 4])
@pytest.mark.parametrize("limits", [FLOOR, BOTH], ids=["floor", "between"])
def test_at_that_n_a_good_model_passes_four_times_in_five(limits: Limits, keys: int, proof: Proof) -> None:
    rows = smallest_n(limits, proof, keys, UNIT)
    assert rows is not None
    assert passing(limits, proof, keys, rows) > 0.78  # 0.8 less two standard errors of 2,000 draws
    # with a third of the rows the half-width alone keeps most of them out
    assert passing(limits, proof, keys, rows // 3) < 0.7


def passing(limits: Limits, proof: Proof, keys: int, rows: int) -> float:
    """Share of 2,000 samples in which a model that shows `expect` passes every key."""
    draw = random.Random(0)
    return sum(all(one(limits, proof, keys, rows, draw) for _ in range(keys)) for _ in range(2000)) / 2000


def one(limits: Limits, proof: Proof, keys: int, rows: int, draw: random.Random) -> bool:
    error = rows**-0.5
    value = draw.gauss(limits.expect, error)
    seen = Estimate(value=value, low=value - 1.96 * error, high=value + 1.96 * error, n=rows)
    return judge_sample(limits, proof, keys, seen).status is Status.SATISFIED
