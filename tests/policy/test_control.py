"""Bounds, dates and what a control expects."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark.errors import BadInput
from hallmark.policy.control import Authority, Bound, Effective

if TYPE_CHECKING:
    from tests.policy.conftest import Making


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ({}, "exactly one"),
        ({"at_least": 0.1, "at_most": 0.9}, "exactly one"),
        ({"at_least": 0.0, "is_": False}, "exactly one"),
        ({"at_least": math.nan}, "finite"),
        ({"at_most": math.inf}, "finite"),
        ({"between": (-math.inf, 1.0)}, "finite"),
        ({"between": (1.0, 0.5)}, "wrong order"),
        ({"between": (0.5, 0.5)}, "wrong order"),
    ],
)
def test_a_bound_is_one_finite_kind(kinds: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Bound(**kinds)


@pytest.mark.parametrize("bound", [Bound(at_least=0.0), Bound(at_most=1.0), Bound(between=(0.0, 1.0)), Bound(is_=True)])
def test_nan_meets_no_bound(bound: Bound) -> None:
    assert not bound.met_by(math.nan)
    assert bound.met_by(1.0)


@settings(deadline=None)
@given(value=st.floats(allow_nan=False), low=st.floats(-9, 9), width=st.floats(0.1, 9))
def test_between_is_at_least_and_at_most(value: float, low: float, width: float) -> None:
    both = Bound(at_least=low).met_by(value) and Bound(at_most=low + width).met_by(value)
    assert Bound(between=(low, low + width)).met_by(value) == both


@pytest.mark.parametrize(
    ("day", "inside"),
    [(date(2026, 6, 30), False), (date(2026, 7, 1), True), (date(2026, 7, 31), True), (date(2026, 8, 1), False)],
)
def test_both_days_of_a_period_belong_to_it(day: date, inside: bool) -> None:
    assert Effective(from_=date(2026, 7, 1), until=date(2026, 7, 31)).on(day) == inside
    assert Effective(from_=date(2026, 7, 1)).on(day) == (day >= date(2026, 7, 1))


def test_authorities_in_their_order() -> None:
    assert [authority.rank for authority in Authority] == [0, 1, 2, 3]
    assert sorted(Authority, key=lambda one: one.rank)[0] is Authority.REGULATION


def test_an_unknown_measure_is_named(make: Making) -> None:
    with pytest.raises(BadInput, match=r"no measure is called 'fairness\.luck'"):
        _ = make.control(measure="fairness.luck").measured
