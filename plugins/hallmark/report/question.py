"""What a reviewer is asked, as the text of Airflow's form: why, over what, what each answer leads to, and by when."""

import re
from collections.abc import Iterator

from hallmark.evidence.statement import Certification
from hallmark.policy.appetite import Effect, Status
from hallmark.policy.profile import Profile
from hallmark.report.marks import STATUSES
from hallmark.report.plain import printable
from hallmark.report.words import control_name, moment
from hallmark.verdict.finding import Finding
from hallmark.verdict.ruling import ATTESTED

# Everything that Markdown acts on; names of groups and columns come from data that nobody vouches for.
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+!|~])")


def headline(certification: Certification) -> str:
    """The subject of the form, one line."""
    told = certification.opening
    return f"{told.model} {told.version} on {told.cohort}: may it be used?"


def question(certification: Certification, profile: Profile, ladder: str) -> str:
    """The body of the form, in Markdown; `ladder` is the address of the picture of the rows that decided."""
    return "\n".join(_lines(certification, profile, ladder))


def _lines(certification: Certification, profile: Profile, ladder: str) -> Iterator[str]:
    told, verdict = certification.opening, certification.verdict
    asking = [finding for finding in verdict.findings if finding.effect is Effect.REFER]
    yield f"**Why you are asked.** {_plain(verdict.because)}"
    yield ""
    yield f"![The findings that need a person, each interval against its bound]({ladder})"
    yield ""
    yield "| status | control | finding | clauses |"
    yield "|---|---|---|---|"
    yield from _rows(asking)
    yield ""
    others = len(verdict.findings) - len(asking)
    yield (
        f"{others} other findings, every count and method, and the report stand in the *Certificate* tab of this run. "
        f"Case `{told.case}`, opened {moment(told.opened_at)} under rulebook {told.rulebook}, "
        f"tier {profile.entry.tier}, asked for by {_plain(told.asked_by)}: {_plain(told.reason)}"
    )
    yield ""
    yield from _answers(profile)
    yield ""
    yield from _before(certification)


def _rows(findings: list[Finding]) -> Iterator[str]:
    """One row for each control and status; a control that is spread over thirty features is read once."""
    alike: dict[tuple[str, Status], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((control_name(finding.expected), finding.status), []).append(finding)
    for (control, status), found in alike.items():
        first, mark = found[0], STATUSES[status]
        more = f" And {len(found) - 1} more like it." if found[1:] else ""
        clauses = ", ".join(first.expected.clauses) or "none"
        cells = (f"{mark.shape} {mark.word}", control, first.sentence + more, clauses)
        yield f"| {' | '.join(_plain(cell) for cell in cells)} |"


def _answers(profile: Profile) -> Iterator[str]:
    yield "**What happens with each answer.**"
    names = _plain(", ".join(profile.reviewers))
    yield (
        f"- *conditional*: once {profile.needed} of {names} agree, a second pack makes the version usable until the "
        "first condition is due. Give at least one condition."
    )
    yield "- *refuse*: one refusal is enough; only a better model or a waiver in a new rulebook changes it."
    yield f"- no answer by {moment(profile.answer_by)}: refused."
    yield f"- {ATTESTED}"


def _before(certification: Certification) -> Iterator[str]:
    """What this model got before; a reviewer should know when the answer would break with it."""
    if not certification.earlier:
        yield "**Before.** This is the first decided case of this model."
        return
    yield "**Before.**"
    for case in certification.earlier[-5:]:
        yield f"- {moment(case.at)}: {_plain(case.version)} on {_plain(case.cohort)} was {case.decision}"


def _plain(text: str) -> str:
    return _MARKS.sub(r"\\\1", printable(text))
