"""Joining what was registered with the rules of the clone: names and places are asked before anything is taken in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from hallmark.errors import BadInput
from hallmark.policy.role import Person
from hallmark.steps.intake import Proposal, with_own

if TYPE_CHECKING:
    from tests.conftest import Place

    from hallmark.policy.rulebook import Rules


@pytest.fixture
def rules(small: Place) -> Rules:
    return small.rules()


def proposal(rules: Rules, **changes: Any) -> Proposal:
    return Proposal(entry=replace(rules.inventory[0], model="other", **changes), text="", suites={})


def test_a_sound_entry_is_joined(rules: Rules) -> None:
    joined = with_own(rules, [proposal(rules)])
    assert [entry.model for entry in joined.inventory] == ["small", "other"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"owner": "Model-Validation"}, "'Model-Validation' and 'model-validation' are one name in two spellings"),
        ({"owner": "The-Owner"}, "'The-Owner' and 'the-owner' are one name in two spellings"),
        ({"owner": "the other owner"}, "owner of other: 'the other owner' is the name of no account"),
        ({"jurisdictions": ("eu",)}, "other: jurisdiction 'eu' is no code; write it in capitals"),
        ({"jurisdictions": ()}, "other: jurisdictions is empty, so it would escape every policy of a country"),
    ],
)
def test_an_entry_that_would_escape_is_refused(rules: Rules, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        with_own(rules, [proposal(rules, **changes)])


def test_what_is_wrong_in_the_clone_is_left_to_lint(rules: Rules) -> None:
    people = (*rules.roles.people, Person(name="Internal-Audit", roles=("auditor",)))
    wrong = replace(rules, roles=replace(rules.roles, people=people))
    assert with_own(wrong, [proposal(wrong)]).inventory[-1].model == "other"


def test_a_team_of_a_model_that_comes_along_is_known(small: Place, rules: Rules) -> None:
    people = (*rules.roles.people, Person(name="kim", roles=("reviewer",), teams=("others",)))
    wider = replace(rules, roles=replace(rules.roles, people=people))
    with pytest.raises(BadInput, match="person kim: team 'others' owns no model of the inventory"):
        small.publish(wider)
    small.publish(with_own(wider, [proposal(wider, owner="others")]))
    assert small.context.chain().latest.rulebook.number == 2
