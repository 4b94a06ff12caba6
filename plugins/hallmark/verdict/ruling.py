"""What people make of a case that the numbers refer to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hallmark.policy.profile import Profile
from hallmark.verdict.finding import Condition, Decision
from hallmark.verdict.review import Answer, Heard, Review, hear

ATTESTED = "The review service attests who answered; nobody signed with a key of their own."
"""Stands in every output that shows a review: a click in a page is no signature."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision with its reason; conditions and sentences are those of the people who took part."""

    decision: Decision
    because: str
    conditions: tuple[Condition, ...] = ()
    said: tuple[str, ...] = ()


def after_review(profile: Profile, numbers: Ruling, reviews: Sequence[Review], at: datetime) -> Ruling:
    """Return what follows from what the numbers say and what people answered until `at`.

    One refusal refuses. As many as the tier needs must agree for a conditional certificate. When the time to answer is
    over and they do not, the case is refused. Where the numbers decide, answers change nothing.
    """
    if numbers.decision is not Decision.REFERRED:
        return Ruling(numbers.decision, numbers.because, said=tuple(_ignored(one) for one in reviews))
    heard = hear(profile, reviews, at)
    counted = [one.review for one in heard if not one.objection]
    decision, because = _decided(profile, counted, numbers.because, at)
    conditions = tuple(condition for review in counted for condition in review.conditions)
    said = tuple(_sentence(one) for one in heard)
    return Ruling(
        decision,
        because,
        conditions if decision is Decision.CONDITIONAL else (),
        (*said, ATTESTED) if said else (),
    )


def _decided(profile: Profile, counted: Sequence[Review], referred: str, at: datetime) -> tuple[Decision, str]:
    refusals = [review.reviewer for review in counted if review.answer is Answer.REFUSE]
    agreed = [review.reviewer for review in counted if review.answer is Answer.CONDITIONAL]
    if refusals:
        return Decision.REFUSED, f"{_people(refusals)} refused. Asked because: {referred}"
    if len(agreed) >= profile.needed:
        return Decision.CONDITIONAL, f"{_people(agreed)} agreed on conditions. Asked because: {referred}"
    if at >= profile.answer_by:
        lacking = f"{len(agreed)} of {profile.needed} reviewers had agreed by {profile.answer_by:%Y-%m-%d}"
        return Decision.REFUSED, f"no-answer: {lacking}. Asked because: {referred}"
    return Decision.REFERRED, referred


def _people(names: Sequence[str]) -> str:
    return " and ".join(names)


def _sentence(heard: Heard) -> str:
    review = heard.review
    if heard.objection:
        return f"Not a review: {heard.objection}."
    effort = f"{review.minutes} minutes, fallback {review.fallback}"
    return f"{review.reviewer} answered {review.answer} ({effort}): {review.rationale}"


def _ignored(review: Review) -> str:
    return f"Not a review: {review.reviewer} answered, and the numbers had decided."
