"""Two controls that cannot both hold: authority, then scope, then an override, then an error."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.conftest import Making

from hallmark.errors import BadInput
from hallmark.policy.control import Authority, Bound, Control, Override, Phase, Policy, Scope
from hallmark.policy.precedence import Placed, circles, settle

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
        stay, removed = settle(placed(*order), Phase.INITIAL)
        assert names(stay) == ["low/L"]
        assert [choice.control for choice in removed] == ["high/H"]
        assert removed[0].because == f"cannot hold beside low/L, which has the higher authority ({winner})"
        assert not removed[0].included


def test_narrower_scope_wins_under_one_authority(low: Policy, high: Policy) -> None:
    narrow = replace(high, scope=Scope(model=("m",)))
    for order in permutations((narrow, low)):
        stay, removed = settle(placed(*order), Phase.INITIAL)
        assert names(stay) == ["high/H"]
        assert removed[0].because == "cannot hold beside high/H, which has the narrower scope"


def test_a_tie_is_an_error(low: Policy, high: Policy) -> None:
    with pytest.raises(BadInput, match="low/L and high/H cannot both hold and neither gives way; add an override"):
        settle(placed(low, high), Phase.INITIAL)


def test_an_override_breaks_the_tie(low: Policy, high: Policy) -> None:
    by = replace(high, overrides=(Override(control="low/L", because="it was a slip"),))
    stay, removed = settle(placed(low, by), Phase.INITIAL)
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
    stay, removed = settle(placed(replace(high, authority=of), other), Phase.INITIAL)
    assert names(stay) == (["other/O"] if works else ["high/H", "other/O"])
    assert len(removed) == works


def held(make: Making, one: Control, two: Control) -> int:
    both = placed(make.policy(one, name="one"), make.policy(two, name="two"))
    return len({control.name for phase in Phase for control in settle(both, phase)[0]})


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


# Only what is shared goes, and only what stays removes

RATIO = "fairness.selection_rate_ratio"


def asked(policies: tuple[Policy, ...], phase: Phase) -> dict[str, tuple[str, ...]]:
    stay, _ = settle(placed(*policies), phase)
    return {one.name: one.control.by for one in stay}


def test_a_winner_of_one_phase_leaves_the_other_to_the_loser(low: Policy, high: Policy) -> None:
    initial = replace(low.controls[0], phase=(Phase.INITIAL,))
    winner = replace(low, authority=Authority.REGULATION, controls=(initial,))
    assert asked((winner, high), Phase.INITIAL) == {"low/L": ()}
    assert asked((winner, high), Phase.ONGOING) == {"high/H": ()}


def test_a_winner_by_one_attribute_leaves_the_others_to_the_loser(make: Making) -> None:
    sex = replace(make.control("W", RATIO, Bound(between=(1.1, 1.2))), by=("sex",))
    both = replace(make.control("L", RATIO, Bound(between=(0.8, 0.95))), by=("sex", "band"))
    winner = replace(make.policy(sex, name="won"), authority=Authority.REGULATION)
    stay, removed = settle(placed(make.policy(both, name="lost"), winner), Phase.INITIAL)
    assert {one.name: one.control.by for one in stay} == {"lost/L": ("band",), "won/W": ("sex",)}
    assert {one.name: one.lost for one in stay} == {
        "lost/L": "not by sex, where it cannot hold beside won/W, which has the higher authority (regulation)",
        "won/W": "",
    }
    assert removed == ()


def test_what_is_itself_removed_removes_nothing(make: Making) -> None:
    bounds = {"a": Bound(at_least=0.9), "b": Bound(between=(0.65, 0.75)), "c": Bound(at_least=0.8)}
    authorities = {"a": Authority.TEAM, "b": Authority.DIVISION, "c": Authority.ENTERPRISE}
    policies = [
        replace(make.policy(make.control("C", AUC, bounds[name]), name=name), authority=authorities[name])
        for name in bounds
    ]
    for order in permutations(policies):
        assert asked(order, Phase.INITIAL) == {"a/C": (), "c/C": ()}


def overriding(policy: Policy, control: str) -> Policy:
    return replace(policy, overrides=(*policy.overrides, Override(control=control, because="ours is stricter")))


def test_of_overrides_that_point_at_each_other_none_counts(make: Making) -> None:
    one, two, three = (make.policy(make.control("C"), name=name) for name in ("one", "two", "three"))
    mutual = (overriding(one, "two/C"), overriding(two, "one/C"), three)
    round_ = (overriding(one, "two/C"), overriding(two, "three/C"), overriding(three, "one/C"))
    for policies in (mutual, round_, (overriding(one, "one/C"), two, three)):
        assert set(asked(policies, Phase.INITIAL)) == {"one/C", "two/C", "three/C"}
    line = (overriding(one, "two/C"), overriding(two, "three/C"), three)
    assert set(asked(line, Phase.INITIAL)) == {"one/C"}
    assert circles(line) == ()
    lower = overriding(replace(two, authority=Authority.TEAM), "one/C")
    assert circles((overriding(one, "two/C"), lower)) == (), "an override without the authority closes no circle"


def test_policies_that_override_each_other_and_cannot_both_hold_are_a_tie(low: Policy, high: Policy) -> None:
    with pytest.raises(BadInput, match="cannot both hold and neither gives way"):
        settle(placed(overriding(low, "high/H"), overriding(high, "low/L")), Phase.INITIAL)


@st.composite
def rulebooks(draw: st.DrawFn) -> tuple[Placed, ...]:
    """Up to five policies of one control on one measure: any authority, scope, bound, attributes and phases."""
    making = Making.__new__(Making)
    policies = []
    for number in range(draw(st.integers(1, 5))):
        least = draw(st.integers(0, 6)) / 10
        by = draw(st.lists(st.sampled_from(["sex", "band", "race"]), min_size=1, unique=True))
        phase = draw(st.lists(st.sampled_from(Phase), min_size=1, unique=True))
        bound = Bound(between=(least, least + draw(st.integers(1, 4)) / 10))
        control = replace(making.control("C", RATIO, bound), by=tuple(by), phase=tuple(phase))
        scope = Scope(model=("m",)) if draw(st.booleans()) else Scope()
        policy = making.policy(control, name=f"p{number}", scope=scope)
        policies.append(replace(policy, authority=draw(st.sampled_from(Authority))))
    return placed(*policies)


def clash(one: Control, two: Control) -> bool:
    (low, high), (least, most) = one.require.between or (0, 0), two.require.between or (0, 0)
    return max(low, least) > min(high, most)


@given(rulebooks(), st.sampled_from(Phase))
def test_nothing_that_was_asked_is_asked_by_nobody(rules: tuple[Placed, ...], phase: Phase) -> None:
    try:
        stay, _ = settle(rules, phase)
    except BadInput:
        with pytest.raises(BadInput):
            settle(rules[::-1], phase)
        return
    kept = {(one.name, key): one for one in stay for key in one.control.by}
    assert {key: by.control for key, by in kept.items()} == {
        (one.name, key): one.control for one in settle(rules[::-1], phase)[0] for key in one.control.by
    }, "in any order"
    for (name, key), one in kept.items():
        beside = [two for (other, at), two in kept.items() if at == key and other != name]
        assert not any(clash(one.control, two.control) for two in beside)
    for one in rules:
        for key in one.control.by if phase in one.control.phase else ():
            stronger = [two for (_, at), two in kept.items() if at == key and two.strength < one.strength]
            assert (one.name, key) in kept or any(clash(one.control, two.control) for two in stronger)
