"""What a reviewer is asked about a referred case, whom, and until when."""

from dataclasses import dataclass
from datetime import timedelta

from hallmark.report.question import headline, question
from hallmark.steps.context import Context
from hallmark.steps.review import Referred, answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One line, the text in Markdown, the people who may answer, and the time that is left."""

    subject: str
    body: str
    people: tuple[str, ...]
    left: timedelta


def asked(context: Context, case: Referred) -> Question:
    """Put the question as it stands now; when its time is over, a second is left, in which nobody can answer."""
    profile = case.subject.profile
    left = max(profile.answer_by - context.now(), timedelta()) + timedelta(seconds=1)
    ladder = f"/hallmark/cases/{case.first.case}/ladder.svg"
    return Question(
        subject=headline(case.first),
        body=question(case.first, profile, ladder),
        people=profile.reviewers,
        left=left,
    )


def taken(context: Context, case: Referred, seat: int) -> bool:
    """True when an answer of that seat counts: a form that is put again has nothing left to ask."""
    return any(one.review.seat == seat and not one.objection for one in answers(context, case))


def enough(context: Context, case: Referred) -> bool:
    """True when as many people have answered as the tier needs."""
    return sum(not one.objection for one in answers(context, case)) >= case.subject.profile.needed
