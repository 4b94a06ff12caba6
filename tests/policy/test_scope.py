"""Whether a scope takes a model in, and whether one scope contains another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark.policy.control import Scope, Tier
from hallmark.policy.scope import contains, narrowness, takes_in

if TYPE_CHECKING:
    from tests.policy.conftest import Making

MATCHES: dict[str, tuple[Any, Any]] = {
    "purpose": (("credit-decision", "pricing"), ("pricing",)),
    "jurisdiction": (("EU", "UK"), ("UK",)),
    "tier": ((Tier.HIGH,), (Tier.MEDIUM, Tier.LOW)),
    "department": (("retail",), ("wholesale",)),
    "model": (("m",), ("n",)),
}


@pytest.mark.parametrize("field", MATCHES)
def test_each_field_restricts(make: Making, field: str) -> None:
    inside, outside = MATCHES[field]
    assert takes_in(Scope(**{field: inside}), make.entry())
    assert not takes_in(Scope(**{field: outside}), make.entry())
    assert takes_in(Scope(), make.entry())


def test_every_field_must_match(make: Making) -> None:
    assert not takes_in(Scope(purpose=("credit-decision",), jurisdiction=("UK",)), make.entry())


def test_a_model_of_two_jurisdictions_is_taken_in_by_either(make: Making) -> None:
    entry = replace(make.entry(), jurisdictions=("EU", "US"))
    assert takes_in(Scope(jurisdiction=("US",)), entry)
    assert not takes_in(Scope(jurisdiction=("US",)), replace(entry, jurisdictions=()))


words = st.lists(st.sampled_from(["a", "b", "c"]), unique=True, max_size=3).map(tuple)
scopes = st.builds(Scope, purpose=words, jurisdiction=words, department=words, model=words)


@settings(deadline=None)
@given(outer=scopes, inner=scopes, entry=st.tuples(*[st.sampled_from(["a", "b", "c"])] * 4))
def test_what_a_contained_scope_takes_in_the_outer_one_takes_in(
    make: Making, outer: Scope, inner: Scope, entry: tuple[str, str, str, str]
) -> None:
    purpose, jurisdiction, department, model = entry
    one = replace(make.entry(), purpose=purpose, jurisdictions=(jurisdiction,), department=department, model=model)
    assert not (contains(outer, inner) and takes_in(inner, one)) or takes_in(outer, one)


@settings(deadline=None)
@given(first=scopes, second=scopes, third=scopes)
def test_containing_is_an_order(first: Scope, second: Scope, third: Scope) -> None:
    assert contains(first, first)
    assert contains(Scope(), first)
    assert not (contains(first, second) and contains(second, third)) or contains(first, third)


def test_narrowness_counts_restricted_fields() -> None:
    assert narrowness(Scope()) == 0
    assert narrowness(Scope(tier=(Tier.HIGH,), model=("m", "n"))) == 2
