"""Reviews: what is one, which count, and what follows; a person never certifies."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.errors import BadInput
from hallmark.policy.control import Tier
from hallmark.policy.profile import Profile
from hallmark.verdict.finding import Condition, Decision
from hallmark.verdict.review import Answer, Fallback, Review, hear
from hallmark.verdict.ruling import ATTESTED, Ruling, after_review

ASKED = Ruling(Decision.REFERRED, "One finding needs a person: FL-1.")


@pytest.fixture
def profile(make: Any) -> Profile:
    """A case of tier high, which needs two of ann, ben and eve; `owner` owns the model."""
    found: Profile = make.profile(tier=Tier.HIGH)
    return found


def review(profile: Profile, reviewer: str, answer: Answer = Answer.CONDITIONAL, **changes: Any) -> Review:
    at = changes.pop("at", profile.opened_at + timedelta(hours=2))
    due = Condition(control="review", owner="owner", action="Watch it", due=at + timedelta(days=20))
    parts: dict[str, Any] = {
        "case": profile.case,
        "pack_sha256": "e" * 64,
        "reviewer": reviewer,
        "seat": 2 if reviewer == "ben" else 1,
        "answer": answer,
        "rationale": "It is well understood.",
        "conditions": (due,) if answer is Answer.CONDITIONAL else (),
        "fallback": Fallback.RULE_BASED,
        "evidence_sha256": None,
        "minutes": 12,
        "at": at,
    }
    return Review(**(parts | changes))


def later(profile: Profile, **by: float) -> datetime:
    return profile.opened_at + timedelta(**by)


def test_one_of_two_leaves_the_case_open(profile: Profile) -> None:
    ruling = after_review(profile, ASKED, [review(profile, "ann")], later(profile, hours=3))
    assert (ruling.decision, ruling.conditions) == (Decision.REFERRED, ())


def test_two_of_two_agree_on_the_conditions_of_both(profile: Profile) -> None:
    both = [review(profile, "ann"), review(profile, "ben")]
    ruling = after_review(profile, ASKED, both, later(profile, hours=3))
    assert ruling.decision is Decision.CONDITIONAL
    assert ruling.because.startswith("ann and ben agreed on conditions.")
    assert len(ruling.conditions) == 2
    assert ruling.said[-1] == ATTESTED


def test_one_refusal_refuses_whatever_the_others_say(profile: Profile) -> None:
    said = [review(profile, "ann"), review(profile, "ben"), review(profile, "eve", Answer.REFUSE)]
    assert after_review(profile, ASKED, said, later(profile, hours=3)).decision is Decision.REFUSED


@pytest.mark.parametrize(
    ("case", "changes", "says"),
    [
        ("owner", {"reviewer": "owner"}, "owns"),
        ("unknown person", {"reviewer": "nobody"}, "may not review"),
        ("another case", {"case": "f" * 20}, "is about case"),
        ("before the opening", {"hours": -1}, "dated outside"),
        ("from the future", {"hours": 9}, "dated outside"),
        ("ann once more", {"reviewer": "ann"}, "had answered before"),
    ],
)
def test_what_is_not_a_review_changes_nothing_and_is_said(
    profile: Profile, case: str, changes: dict[str, Any], says: str
) -> None:
    at = later(profile, hours=changes.pop("hours", 2))
    owned = replace(profile, entry=replace(profile.entry, owner="owner"))
    reviewer = changes.pop("reviewer", "ben")
    given = [review(owned, "ann"), review(owned, reviewer, at=at, **changes)]
    ruling = after_review(owned, ASKED, given, later(owned, hours=3))
    assert ruling.decision is Decision.REFERRED
    assert ruling.said[1].startswith("Not a review: ") and says in ruling.said[1]


def test_an_answer_after_the_time_is_none_and_the_case_is_refused(profile: Profile) -> None:
    late = [review(profile, name, at=profile.answer_by) for name in ("ann", "ben")]
    ruling = after_review(profile, ASKED, late, profile.answer_by)
    assert ruling.decision is Decision.REFUSED
    assert ruling.because.startswith("no-answer: 0 of 2 reviewers had agreed")


def test_no_answer_in_time_refuses_and_not_a_second_before(profile: Profile) -> None:
    before = profile.answer_by - timedelta(seconds=1)
    assert after_review(profile, ASKED, (), before).decision is Decision.REFERRED
    assert after_review(profile, ASKED, (), profile.answer_by).decision is Decision.REFUSED


@pytest.mark.parametrize("numbers", [Decision.CERTIFIED, Decision.CONDITIONAL, Decision.REFUSED])
def test_where_the_numbers_decide_people_change_nothing(profile: Profile, numbers: Decision) -> None:
    said = [review(profile, "ann"), review(profile, "ben"), review(profile, "eve", Answer.REFUSE)]
    ruling = after_review(profile, Ruling(numbers, "because"), said, later(profile, hours=3))
    assert (ruling.decision, ruling.because, ruling.conditions) == (numbers, "because", ())
    assert all("the numbers had decided" in sentence for sentence in ruling.said)


@pytest.mark.parametrize(
    ("case", "changes", "says"),
    [
        ("no words", {"rationale": " \n "}, "rationale: is empty"),
        ("too long", {"rationale": "x" * 4001}, "4,001 characters"),
        ("escape sequence", {"rationale": "fine \x1b[2J"}, "control characters"),
        ("text that runs backwards", {"rationale": "fine \u202e"}, "control characters"),
        ("no condition", {"conditions": ()}, "at least one with a due date"),
        ("a third seat", {"seat": 3}, "seat: 3 is no seat"),
        ("negative effort", {"minutes": -1}, "no effort"),
        ("refusal with a condition", {"answer": Answer.REFUSE}, "a refusal has none"),
    ],
)
def test_words_that_are_no_answer_are_refused(profile: Profile, case: str, changes: dict[str, Any], says: str) -> None:
    whole = review(profile, "ann")
    with pytest.raises(BadInput, match=says):
        replace(whole, **changes)


def test_a_condition_that_is_due_before_the_answer_is_none(profile: Profile) -> None:
    whole = review(profile, "ann")
    with pytest.raises(BadInput, match="is not after the answer"):
        replace(whole, conditions=(replace(whole.conditions[0], due=whole.at),))


@given(st.lists(st.tuples(st.sampled_from(["ann", "ben", "eve", "owner", "zoe"]), st.sampled_from(Answer)), max_size=6))
def test_it_needs_two_different_reviewers_and_no_refusal(make: Any, said: list[tuple[str, Answer]]) -> None:
    profile = make.profile(tier=Tier.HIGH)
    known = [name for name, _ in said if name in profile.reviewers]
    given_ = [review(profile, name, answer, seat=1 if name in known[:1] else 2) for name, answer in said]
    decision = after_review(profile, ASKED, given_, later(profile, hours=3)).decision
    first: dict[str, Answer] = {}
    for name, answer in said:
        if name in profile.reviewers:
            first.setdefault(name, answer)
    if Answer.REFUSE in first.values():
        assert decision is Decision.REFUSED
    else:
        assert decision is (Decision.CONDITIONAL if len(first) >= 2 else Decision.REFERRED)


def test_each_form_counts_once(profile: Profile) -> None:
    heard = hear(profile, [review(profile, "ann"), review(profile, "ben", seat=1)], later(profile, hours=3))
    assert [one.objection for one in heard] == ["", "ben agreed on form 1, which had been answered before"]


def test_a_form_that_was_not_asked_adds_no_agreement(make: Any) -> None:
    alone = make.profile(tier=Tier.LOW)
    said = [review(alone, "ben", seat=2)]
    assert "agreed on form 2, and 1 was asked" in hear(alone, said, later(alone, hours=3))[0].objection
    assert after_review(alone, ASKED, said, later(alone, hours=3)).decision is Decision.REFERRED


def test_a_refusal_counts_on_whatever_form(profile: Profile) -> None:
    said = [review(profile, "ann"), review(profile, "eve", Answer.REFUSE, seat=1)]
    assert after_review(profile, ASKED, said, later(profile, hours=3)).decision is Decision.REFUSED


def test_each_person_counts_once(profile: Profile) -> None:
    heard = hear(profile, [review(profile, "ann")] * 3, later(profile, hours=3))
    assert [bool(one.objection) for one in heard] == [False, True, True]
