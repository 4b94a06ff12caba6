"""The published rule at, just inside and just outside each of its boundaries; expected values by hand."""

from typing import NamedTuple

import pytest

from hallmark.policy.appetite import Status
from hallmark.policy.control import Bound, Proof
from hallmark.verdict.judge import Estimate, Judgement, Limits, judge_fact, judge_sample

S, N, I, U, X = (  # noqa: E741
    Status.SATISFIED,
    Status.NOT_SATISFIED,
    Status.INCONCLUSIVE,
    Status.INSUFFICIENT,
    Status.NOT_EVALUATED,
)
COMPLIANCE, BREACH = Proof.OF_COMPLIANCE, Proof.OF_BREACH
EPS = 1e-9

# From a table of the normal distribution: z(1 - alpha) by alpha.
Z = {0.0125: 2.241402727605, 0.025: 1.959963984540, 0.05: 1.644853626951, 0.125: 1.150349380376, 0.25: 0.674489750196}


def around(value: float, width: float, alpha: float, n: int = 100) -> Estimate:
    """An estimate whose one-sided limits at `alpha` lie `width` away on both sides."""
    half = width * Z[0.025] / Z[alpha]
    return Estimate(value=value, low=value - half, high=value + half, n=n)


class Case(NamedTuple):
    name: str
    value: float
    width: float
    alpha: float
    keys: int
    proof: Proof
    status: Status
    needed: int | None = None
    adverse: bool = False


# Bound 0.75, tolerance 0.25, so edge 0.5; a good model shows 1, so room 0.5.
# Target width: k = 1: 0.5 x 1.6449 / (1.6449 + 0.8416) = 0.3308; k = 4: beta = 0.05, so 0.5 / 2 = 0.25.
ONE_SIDED = [
    Case("the value on the bound, the limit just within the edge", 0.75, 0.25 - EPS, 0.05, 1, COMPLIANCE, S),
    Case("the value on the bound, the limit just beyond the edge", 0.75, 0.25 + EPS, 0.05, 1, COMPLIANCE, I),
    Case("the value just inside the bound", 0.75 + EPS, 0.1, 0.05, 1, COMPLIANCE, S),
    Case("the value just outside the bound", 0.75 - EPS, 0.1, 0.05, 1, COMPLIANCE, I),
    Case("certifying is not corrected for keys", 0.75, 0.25 - EPS, 0.05, 4, COMPLIANCE, S),
    Case("of breach: the width just below the room", 0.75, 0.5 - EPS, 0.05, 1, BREACH, S),
    Case("of breach: the width just above the room", 0.75, 0.5 + EPS, 0.05, 1, BREACH, U, needed=129),
    Case("of breach: the value just outside the bound", 0.75 - EPS, 0.1, 0.05, 1, BREACH, I),
    Case("of breach: the limit beyond the edge does not matter", 0.75, 0.4, 0.05, 1, BREACH, S),
    Case("of compliance: a narrow interval inside the bound", 1.0, 0.5 - EPS, 0.05, 1, COMPLIANCE, S),
    Case("of compliance: wide, and still all within the edge", 1.5, 1.0 - EPS, 0.05, 1, COMPLIANCE, S),
    Case("the value on the edge is not beyond it", 0.5, 0.1, 0.05, 1, COMPLIANCE, I),
    Case("the value just inside the edge", 0.5 + EPS, 0.1, 0.05, 1, COMPLIANCE, I),
    Case("the value just beyond the edge", 0.5 - EPS, 0.1, 0.05, 1, COMPLIANCE, N),
    Case("k = 1: the limit at 0.05 just short of the bound", 0.4, 0.35 - EPS, 0.05, 1, COMPLIANCE, N),
    Case("k = 1: the limit at 0.05 just across the bound", 0.4, 0.35 + EPS, 0.05, 1, COMPLIANCE, I, adverse=True),
    Case("k = 4: the limit at 0.0125 just short of the bound", 0.4, 0.35 - EPS, 0.0125, 4, COMPLIANCE, N),
    Case("k = 4: the limit at 0.0125 just across the bound", 0.4, 0.35 + EPS, 0.0125, 4, COMPLIANCE, I, adverse=True),
    Case("k = 4: the limit at 0.125 just short of the bound", 0.4, 0.35 - EPS, 0.125, 4, COMPLIANCE, I, adverse=True),
    # half-width 0.35 x 1.6449 / 1.1503 = 0.50046; 100 x (0.50046 / 0.25)^2 = 400.73, so 401 in all
    Case("k = 4: the limit at 0.125 just across the bound", 0.4, 0.35 + EPS, 0.125, 4, COMPLIANCE, U, needed=301),
    Case("k = 1: an adverse signal at any width", 0.4, 50.0, 0.05, 1, COMPLIANCE, I, adverse=True),
    Case("of breach refuses like of compliance", 0.4, 0.35 - EPS, 0.0125, 4, BREACH, N),
    Case("of breach signals like of compliance", 0.4, 0.35 + EPS, 0.0125, 4, BREACH, I, adverse=True),
    Case("k = 4: the width just below the target", 0.7, 0.25 - EPS, 0.05, 4, COMPLIANCE, I),
    Case("k = 4: the width just above the target", 0.7, 0.25 + EPS, 0.05, 4, COMPLIANCE, U, needed=1),
    Case("k = 4: twice the target needs four times the rows", 0.7, 0.5 - 1e-6, 0.05, 4, COMPLIANCE, U, needed=300),
    # 0.5 x 1.644853627 / 2.486474860 = 0.330760
    Case("k = 1: the width just below the target", 0.7, 0.330760, 0.05, 1, COMPLIANCE, I),
    Case("k = 1: the width just above the target", 0.7, 0.330761, 0.05, 1, COMPLIANCE, U, needed=1),
]


@pytest.mark.parametrize("case", ONE_SIDED, ids=lambda case: case.name)
@pytest.mark.parametrize("side", ["floor", "ceiling"])
def test_one_sided(case: Case, side: str) -> None:
    if side == "floor":
        limits = Limits(bound=Bound(at_least=0.75), tolerance=0.25, expect=1.0)
        estimate = around(case.value, case.width, case.alpha)
    else:  # the same, seen in a mirror at 0.5
        limits = Limits(bound=Bound(at_most=0.25), tolerance=0.25, expect=0.0)
        estimate = around(1 - case.value, case.width, case.alpha)
    check(case, judge_sample(limits, case.proof, case.keys, estimate))


# Between 0.75 and 1.25, edges 0.5 and 1.5, a good model shows 1; k = 2, so beta = 0.2 / 2 / 2 = 0.05 and target 0.25.
TWO_SIDED = [
    Case("the limit just within the edge", 0.75, 0.25 - EPS, 0.05, 2, COMPLIANCE, S),
    Case("the limit just beyond the edge", 0.75, 0.25 + EPS, 0.05, 2, COMPLIANCE, U, needed=1),
    Case("in the middle, both limits just within the edges", 1.0, 0.5 - EPS, 0.05, 2, COMPLIANCE, S),
    Case("in the middle, both limits just beyond the edges", 1.0, 0.5 + EPS, 0.05, 2, COMPLIANCE, U, needed=301),
    Case("the value just outside the bound", 0.75 - EPS, 0.1, 0.05, 2, COMPLIANCE, I),
    Case("the value on the edge", 0.5, 0.1, 0.05, 2, COMPLIANCE, I),
    Case("the value just beyond the edge", 0.5 - EPS, 0.1, 0.05, 2, COMPLIANCE, N),
    Case("the limit at 0.025 just short of the bound", 0.4, 0.35 - EPS, 0.025, 2, COMPLIANCE, N),
    Case("the limit at 0.025 just across the bound", 0.4, 0.35 + EPS, 0.025, 2, COMPLIANCE, I, adverse=True),
    Case("the limit at 0.25 just short of the bound", 0.4, 0.35 - EPS, 0.25, 2, COMPLIANCE, I, adverse=True),
    # half-width 0.35 x 1.6449 / 0.6745 = 0.85354; 100 x (0.85354 / 0.25)^2 = 1165.6, so 1,166 in all
    Case("the limit at 0.25 just across the bound", 0.4, 0.35 + EPS, 0.25, 2, COMPLIANCE, U, needed=1066),
    Case("of breach: the width just below the room", 1.0, 0.5 - EPS, 0.05, 2, BREACH, S),
    Case("of breach: the width just above the room", 1.0, 0.5 + EPS, 0.05, 2, BREACH, U, needed=301),
    Case("the width just below the target", 0.7, 0.25 - EPS, 0.05, 2, COMPLIANCE, I),
    Case("the width just above the target", 0.7, 0.25 + EPS, 0.05, 2, COMPLIANCE, U, needed=1),
]


@pytest.mark.parametrize("case", TWO_SIDED, ids=lambda case: case.name)
@pytest.mark.parametrize("side", ["lower", "upper"])
def test_two_sided(case: Case, side: str) -> None:
    limits = Limits(bound=Bound(between=(0.75, 1.25)), tolerance=0.25, expect=1.0)
    estimate = around(case.value if side == "lower" else 2 - case.value, case.width, case.alpha)
    check(case, judge_sample(limits, case.proof, case.keys, estimate))


def check(case: Case, judgement: Judgement) -> None:
    assert (judgement.status, judgement.needed, judgement.adverse) == (case.status, case.needed, case.adverse)
    distance = case.value - 0.75  # to the nearer end, which every case of the two tables is at or below 1 from
    assert judgement.margin == pytest.approx(distance, abs=1e-12)


FLOOR = Limits(bound=Bound(at_least=0.75), tolerance=0.25, expect=1.0)
GOOD = around(1.0, 0.1, 0.05)


def test_the_room_is_the_smaller_one_and_the_width_the_larger_one() -> None:
    limits = Limits(bound=Bound(between=(0.5, 1.25)), tolerance=0.25, expect=1.0)
    skewed = Estimate(value=1.0, low=0.9, high=1.4, n=10)
    assert limits.room == 0.5  # 1.25 + 0.25 - 1, where the other side has 0.75
    assert limits.half_width(skewed) == pytest.approx(0.4 * Z[0.05] / Z[0.025])


def test_only_sides_with_a_bound_count() -> None:
    skewed = Estimate(value=1.0, low=0.9, high=9.0, n=10)
    assert FLOOR.half_width(skewed) == pytest.approx(0.1 * Z[0.05] / Z[0.025])
    assert judge_sample(FLOOR, BREACH, 1, skewed).status is S


BROKEN = {
    "nothing": None,
    "value is NaN": Estimate(value=float("nan"), low=0.9, high=1.1, n=100),
    "low is NaN": Estimate(value=1.0, low=float("nan"), high=1.1, n=100),
    "high is NaN": Estimate(value=1.0, low=0.9, high=float("nan"), n=100),
    "value is infinite": Estimate(value=float("inf"), low=0.9, high=float("inf"), n=100),
    "high is infinite": Estimate(value=1.0, low=0.9, high=float("inf"), n=100),
    "n is 0": Estimate(value=1.0, low=0.9, high=1.1, n=0),
    "n is negative": Estimate(value=1.0, low=0.9, high=1.1, n=-5),
    "low above value": Estimate(value=1.0, low=1.05, high=1.1, n=100),
    "value above high": Estimate(value=1.0, low=0.8, high=0.95, n=100),
    "no width": Estimate(value=1.0, low=1.0, high=1.0, n=100),
}


@pytest.mark.parametrize("proof", Proof)
@pytest.mark.parametrize("case", BROKEN)
def test_broken_estimates_are_not_evaluated(case: str, proof: Proof) -> None:
    assert judge_sample(FLOOR, proof, 1, BROKEN[case]) == Judgement(status=X)
    assert judge_sample(FLOOR, proof, 1, GOOD).status is S


@pytest.mark.parametrize("proof", Proof)
def test_an_interval_without_width_on_the_side_of_the_bound_is_no_proof(proof: Proof) -> None:
    assert judge_sample(FLOOR, proof, 1, Estimate(value=1.0, low=1.0, high=1.1, n=1)).status is not S


@pytest.mark.parametrize("proof", Proof)
@pytest.mark.parametrize(("low", "high"), [(1.0, 1.1), (0.9, 1.0)])
def test_of_two_sides_each_needs_a_width(proof: Proof, low: float, high: float) -> None:
    ratio = Limits(bound=Bound(between=(0.8, 1.25)), tolerance=0.05, expect=1.0)
    assert judge_sample(ratio, proof, 1, Estimate(value=1.0, low=low, high=high, n=100)).status is not S
    assert judge_sample(ratio, proof, 1, Estimate(value=1.0, low=0.9, high=1.1, n=100)).status is S


def test_an_interval_without_width_on_one_side_can_still_refuse() -> None:
    ratio = Limits(bound=Bound(between=(0.8, 1.25)), tolerance=0.05, expect=1.0)
    assert judge_sample(ratio, COMPLIANCE, 1, Estimate(value=0.0, low=0.0, high=0.1, n=50)).status is N


@pytest.mark.parametrize("expect", [0.5, 0.4, float("nan")])
def test_a_control_without_room_is_not_evaluated(expect: float) -> None:
    limits = Limits(bound=Bound(at_least=0.75), tolerance=0.25, expect=expect)
    assert judge_sample(limits, COMPLIANCE, 1, GOOD).status is X


def test_a_control_without_keys_is_not_evaluated() -> None:
    assert judge_sample(FLOOR, COMPLIANCE, 0, GOOD).status is X


@pytest.mark.parametrize("size", [1e9, 1e160, 1.7e308])
def test_an_absurdly_wide_interval_is_judged_without_failing(size: float) -> None:
    wide = Estimate(value=0.7, low=-size, high=size, n=1)
    assert judge_sample(FLOOR, COMPLIANCE, 1, wide).status in (U, X)


@pytest.mark.parametrize(
    ("require", "value", "status", "margin"),
    [
        (Bound(at_least=0.75), 0.75, S, 0.0),
        (Bound(at_least=0.75), 0.75 + EPS, S, EPS),
        (Bound(at_least=0.75), 0.75 - EPS, N, -EPS),
        (Bound(at_most=0.25), 0.25, S, 0.0),
        (Bound(at_most=0.25), 0.25 - EPS, S, EPS),
        (Bound(at_most=0.25), 0.25 + EPS, N, -EPS),
        (Bound(between=(0.25, 0.75)), 0.25, S, 0.0),
        (Bound(between=(0.25, 0.75)), 0.75, S, 0.0),
        (Bound(between=(0.25, 0.75)), 0.5, S, 0.25),
        (Bound(between=(0.25, 0.75)), 0.25 - EPS, N, -EPS),
        (Bound(between=(0.25, 0.75)), 0.75 + EPS, N, -EPS),
        (Bound(is_=True), 1.0, S, 0.0),
        (Bound(is_=True), 0.0, N, -1.0),
        (Bound(is_=True), 0.5, N, -0.5),
        (Bound(is_=False), 0.0, S, 0.0),
        (Bound(is_=False), 1.0, N, -1.0),
    ],
)
def test_facts(require: Bound, value: float, status: Status, margin: float) -> None:
    judgement = judge_fact(require, value)
    assert judgement.status is status
    assert judgement.margin == pytest.approx(margin, abs=1e-12)


@pytest.mark.parametrize("require", [Bound(at_least=0.0), Bound(at_most=1.0), Bound(is_=False), Bound(is_=True)])
@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), float("-inf")])
def test_a_fact_without_a_number_is_not_evaluated(require: Bound, value: float | None) -> None:
    assert judge_fact(require, value) == Judgement(status=X)
