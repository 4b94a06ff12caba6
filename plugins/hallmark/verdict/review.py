"""A review: what a person decided about a referred case, and whether it counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hallmark.errors import BadInput
from hallmark.policy.profile import Profile
from hallmark.verdict.finding import Condition

MAX_WORDS = 4000
"""The longest text of a reviewer, in characters."""


class Answer(StrEnum):
    """What a person may decide. `certified` is not among them: it means that the numbers alone sufficed."""

    CONDITIONAL = "conditional"
    REFUSE = "refuse"


class Fallback(StrEnum):
    """What takes the place of the model when it has to be switched off."""

    PREVIOUS_VERSION = "previous-version"
    RULE_BASED = "rule-based"
    HUMAN_DECISION = "human-decision"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One answer of one person about one referred case.

    `pack_sha256` is that of the first pack, which the reviewer was shown; `evidence_sha256` that of what the reviewer
    added, a blob, or None. `seat` is the form that was filled in, 1 or 2; `minutes` the stated effort.
    Raises `BadInput` for words that are empty, longer than 4,000 characters or hold control characters, and for an
    answer that is incomplete.
    """

    case: str
    pack_sha256: str
    reviewer: str
    seat: int
    answer: Answer
    rationale: str
    conditions: tuple[Condition, ...]
    fallback: Fallback
    evidence_sha256: str | None
    minutes: int
    at: datetime

    def __post_init__(self) -> None:
        words = {"rationale": self.rationale, "reviewer": self.reviewer}
        words |= {f"condition {number}": one.action for number, one in enumerate(self.conditions, start=1)}
        for name, text in words.items():
            _require_words(name, text)
        if self.seat not in (1, 2):
            raise BadInput(f"seat: {self.seat} is no seat; there are 1 and 2")
        if not 0 <= self.minutes <= 10_000:
            raise BadInput(f"minutes: {self.minutes} is no effort in minutes; give 0 to 10000")
        if self.answer is Answer.REFUSE and self.conditions:
            raise BadInput("conditions: a refusal has none; remove them or answer `conditional`")
        if self.answer is Answer.CONDITIONAL and not self.conditions:
            raise BadInput("conditions: a conditional answer needs at least one with a due date")
        for condition in self.conditions:
            if condition.due <= self.at:
                raise BadInput(f"conditions: {condition.due:%Y-%m-%d} is not after the answer; give a later due date")


def _require_words(name: str, text: str) -> None:
    if not text.strip():
        raise BadInput(f"{name}: is empty; say it in words")
    if len(text) > MAX_WORDS:
        raise BadInput(f"{name}: {len(text):,} characters are more than {MAX_WORDS:,}; attach the rest as evidence")
    if not all(letter.isprintable() or letter == "\n" for letter in text):
        raise BadInput(f"{name}: holds control characters; write plain text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A review and why it does not count; an empty objection means that it does."""

    review: Review
    objection: str


def hear(profile: Profile, reviews: Iterable[Review], at: datetime) -> tuple[Heard, ...]:
    """Ask of each review, in the order of the ledger, whether it counts at `at`; of one person the first counts."""
    heard: list[Heard] = []
    for review in reviews:
        before = [one.review for one in heard if not one.objection]
        heard.append(Heard(review=review, objection=_objection(profile, review, at, before)))
    return tuple(heard)


def _objection(profile: Profile, review: Review, at: datetime, before: list[Review]) -> str:
    entry, who = profile.entry, review.reviewer
    if review.case != profile.case:
        return f"the answer of {who} is about case {review.case}"
    if who == entry.owner:
        return f"{who} owns {entry.model}, and an owner does not review"
    if who not in profile.reviewers:
        may = ", ".join(profile.reviewers) or "nobody"
        return f"{who} may not review {entry.model}: under rulebook {profile.rulebook} that is for {may}"
    if not profile.opened_at <= review.at <= at:
        return f"the answer of {who} is dated outside the case"
    if review.at >= profile.answer_by:
        return f"the answer of {who} came after {profile.answer_by:%Y-%m-%d}, when the time to answer was over"
    if who in [one.reviewer for one in before]:
        return f"{who} had answered before; the first answer counts"
    # a refusal counts wherever it was written; no form that was not asked, or had been answered, adds an agreement
    if review.answer is Answer.CONDITIONAL:
        if review.seat > profile.needed:
            return f"{who} agreed on form {review.seat}, and {profile.needed} was asked"
        if review.seat in [one.seat for one in before]:
            return f"{who} agreed on form {review.seat}, which had been answered before"
    return ""
