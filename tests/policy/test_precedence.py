"""Two controls that cannot both hold: authority, then scope, then an override, then an error."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from hallmark.errors import BadInput
from hallmark.policy.control import Authority, Bound, Control, Override, Phase, Policy, Scope
from hallmark.policy.precedence import Placed, settle

if TYPE_CHECKING:
    from tests.policy.conftest import Making

AUC = "performance.auc"
LOW, HIGH = Bound(at_most=0.6), Bound(at_least=0.7)  # no AUC meets both


def names(placed: tuple[Placed, ...]) -> list[str]:
    return [one.name for one in placed]


def placed(*policies: Policy) -> tuple[Placed, ...]:
    return tuple(Placed(policy=policy, control=control) for policy in policies for control in policy.controls)


@pytest.fixture
def low(make: Making) -> Policy:
    return make.policy(make.control("L", AUC, LOW), name="low")


@pytest.fixture
def high(make: Making) -> Policy:
    return make.policy(make.control("H", AUC, HIGH), name="high")


@pytest.mark.parametrize(
    ("winner", "loser"),
    [
        (Authority.REGULATION, Authority.ENTERPRISE),
        (Authority.ENTERPRISE, Authority.DIVISION),
        (Authority.DIVISION, Authority.TEAM),
    ],
)
def test_higher_authority_wins_even_over_a_narrower_scope(
    low: Policy, high: Policy, winner: Authority, loser: Authority
) -> None:
    narrow = replace(high, authority=loser, scope=Scope(model=("m",), purpose=("credit-decision",)))
    wide = replace(low, authority=winner)
    for order in permutations((narrow, wide)):
        stay, removed = settle(placed(*order))
        assert names(stay) == ["low/L"]
        assert [choice.control for choice in removed] == ["high/H"]
        assert removed[0].because == f"cannot hold beside low/L, which has the higher authority ({winner})"
        assert not removed[0].included


def test_narrower_scope_wins_under_one_authority(low: Policy, high: Policy) -> None:
    narrow = replace(high, scope=Scope(model=("m",)))
    for order in permutations((narrow, low)):
        stay, removed = settle(placed(*order))
        assert names(stay) == ["high/H"]
        assert removed[0].because == "cannot hold beside high/H, which has the narrower scope"


def test_a_tie_is_an_error(low: Policy, high: Policy) -> None:
    with pytest.raises(BadInput, match="low/L and high/H cannot both hold and neither gives way; add an override"):
        settle(placed(low, high))


def test_an_override_breaks_the_tie(low: Policy, high: Policy) -> None:
    by = replace(high, overrides=(Override(control="low/L", because="it was a slip"),))
    stay, removed = settle(placed(low, by))
    assert names(stay) == ["high/H"]
    assert removed[0].because == "overridden by high 1: it was a slip"


@pytest.mark.parametrize(
    ("by", "of", "works"),
    [
        (Authority.REGULATION, Authority.ENTERPRISE, True),
        (Authority.ENTERPRISE, Authority.ENTERPRISE, True),
        (Authority.TEAM, Authority.ENTERPRISE, False),
        (Authority.ENTERPRISE, Authority.REGULATION, False),
    ],
)
def test_an_override_needs_the_authority(make: Making, high: Policy, by: Authority, of: Authority, works: bool) -> None:
    override = Override(control="high/H", because="may not be collected")
    other = replace(make.policy(make.control("O"), name="other"), authority=by, overrides=(override,))
    stay, removed = settle(placed(replace(high, authority=of), other))
    assert names(stay) == (["other/O"] if works else ["high/H", "other/O"])
    assert len(removed) == works


def held(make: Making, one: Control, two: Control) -> int:
    stay, _ = settle(placed(make.policy(one, name="one"), make.policy(two, name="two")))
    return len(stay)


def test_the_stricter_of_two_that_can_both_hold_does_not_remove_the_other(make: Making) -> None:
    assert held(make, make.control("A", AUC, Bound(at_least=0.7)), make.control("B", AUC, Bound(at_least=0.9))) == 2
    assert held(make, make.control("A", AUC, Bound(at_least=0.7)), make.control("B", AUC, Bound(at_most=0.7))) == 2


def test_other_measures_and_other_attributes_do_not_clash(make: Making) -> None:
    brier = make.control("B", "performance.brier", LOW)
    assert held(make, make.control("A", AUC, HIGH), brier) == 2
    ratio = "fairness.selection_rate_ratio"
    sex = replace(make.control("A", ratio, Bound(between=(0.8, 0.9))), by=("sex",))
    band = replace(make.control("B", ratio, Bound(between=(1.1, 1.2))), by=("band",))
    assert held(make, sex, band) == 2
    with pytest.raises(BadInput):
        held(make, sex, replace(band, by=("band", "sex")))


def test_controls_of_different_phases_never_meet(make: Making) -> None:
    first = replace(make.control("A", AUC, HIGH), phase=(Phase.INITIAL,))
    second = replace(make.control("B", AUC, LOW), phase=(Phase.ONGOING,))
    assert held(make, first, second) == 2


def test_yes_and_no_clash(make: Making) -> None:
    with pytest.raises(BadInput):
        held(make, make.control("A"), make.control("B", require=Bound(is_=False)))
