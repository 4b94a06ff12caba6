"""What is published and said: places and purposes without a policy, attributes that nobody declares."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hallmark.policy.control import Scope
from hallmark.steps.unreached import unreached

if TYPE_CHECKING:
    from tests.conftest import Place

    from hallmark.policy.rulebook import Rules


def scoped(rules: Rules) -> Rules:
    """The rules of `small` for its own place and purpose."""
    scope = Scope(jurisdiction=("EU",), purpose=("credit-decision",))
    return replace(rules, policies=(replace(rules.policies[0], scope=scope),))


def by(rules: Rules, *names: str) -> Rules:
    policy = rules.policies[0]
    controls = tuple(replace(one, by=names) if one.by else one for one in policy.controls)
    return replace(rules, policies=(replace(policy, controls=controls),))


def test_nothing_is_said_of_rules_that_reach_everybody(small: Place) -> None:
    assert list(unreached(small.context, scoped(small.rules()))) == []


def test_a_place_without_a_policy_is_said(small: Place) -> None:
    rules = scoped(small.rules())
    entry = replace(rules.inventory[0], jurisdictions=("BR",))
    said = "small: no policy names jurisdiction BR; only policies without one reach it there"
    assert list(unreached(small.context, replace(rules, inventory=(entry,)))) == [said]


def test_an_attribute_that_no_version_declares_is_said(small: Place) -> None:
    (said,) = unreached(small.context, by(scoped(small.rules()), "sxe", "sex"))
    assert said.startswith("small/F-1: no registered version of small declares 'sxe': it would not be evaluated")
    (said,) = unreached(small.context, by(scoped(small.rules()), "sex*age_band"))
    assert "declares 'sex*age_band'" in said


def test_a_model_without_a_version_is_not_asked_yet(small: Place) -> None:
    rules = by(scoped(small.rules()), "sxe")
    entry = replace(rules.inventory[0], model="later")
    assert list(unreached(small.context, replace(rules, inventory=(entry,)))) == []
