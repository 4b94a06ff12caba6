"""The same pack as lines for a terminal or a log: verdict, why, every finding, what to do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from hallmark.evidence.statement import Certification, EarlierCase
from hallmark.policy.appetite import Status
from hallmark.policy.profile import Profile
from hallmark.report.columns import Cell, beside, wrapped
from hallmark.report.marks import DECISIONS, STATUSES, Mark
from hallmark.report.view import Task, View, view_of
from hallmark.report.words import control_name, in_force, moment
from hallmark.verdict.finding import Finding
from hallmark.verdict.observation import Observation
from hallmark.verdict.risk import spelled

_LEAST, _NARROW, _LABEL, _STATUS, _COUNT = 40, 72, 14, 15, 11
"""Least width, width below which a status has its own line, and the widths of three columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the output can do: its width in characters, whether it shows colour and characters beyond ASCII."""

    width: int = 100
    colour: bool = False
    unicode: bool = True

    def labelled(self, label: str, text: str, ansi: str = "") -> Iterator[str]:
        """A label in the first column and its text, wrapped, beside it."""
        text_cell = Cell(text=text, width=self.width - _LABEL - 4)
        yield from self.written(Cell(text=label, width=_LABEL, ansi=ansi), text_cell)

    def listed(self, label: str, texts: Iterable[str]) -> Iterator[str]:
        """Texts below each other, the first beside the label."""
        for number, text in enumerate(texts):
            yield from self.labelled("" if number else label, text)

    def written(self, *cells: Cell, indent: int = 2) -> Iterator[str]:
        """The cells side by side in the characters that the output has."""
        for line in beside(cells, indent=indent, colour=self.colour):
            yield line if self.unicode else line.encode("ascii", "backslashreplace").decode()

    def shape(self, mark: Mark) -> str:
        """The shape of a mark."""
        return mark.shape if self.unicode else mark.ascii


def page_of(*, width: int, colour: bool, encoding: str) -> Page:
    """The page of an output: at least 40 wide, and plain ASCII unless its encoding is UTF-8."""
    unicode = encoding.lower().replace("-", "") == "utf8"
    return Page(width=max(width, _LEAST), colour=colour, unicode=unicode)


def lines(
    certification: Certification,
    profile: Profile,
    observations: Iterable[Observation] = (),
    *,
    page: Page,
    rows: int | None = None,
) -> Iterator[str]:
    """Yield the lines without line ends; `rows` of the cohort where they are known."""
    view = view_of(certification, profile, observations)
    yield from _head(page, certification, profile, rows)
    yield ""
    yield from _verdict(page, certification, profile, view)
    yield ""
    yield from _findings(page, view)
    yield from _to_do(page, certification, view)
    yield from _rest(page, certification, profile, view)


def _head(page: Page, certification: Certification, profile: Profile, rows: int | None) -> Iterator[str]:
    opening, entry = certification.opening, profile.entry
    what = f"{opening.model} {opening.version} on cohort {opening.cohort}"
    if rows is not None:
        what += f" ({rows:,} rows)"
    rulebook = f"rulebook {profile.rulebook}" + (" (demo root)" if certification.demo else "")
    where = ", ".join((rulebook, f"tier {entry.tier}", entry.purpose, *entry.jurisdictions, f"{profile.phase} phase"))
    for line in wrapped(f"{what}    {where}", page.width):
        yield from page.written(Cell(text=line, width=page.width), indent=0)


def _verdict(page: Page, certification: Certification, profile: Profile, view: View) -> Iterator[str]:
    verdict = certification.verdict
    mark = DECISIONS[verdict.decision]
    yield from page.labelled(f"{page.shape(mark)} {mark.word}", verdict.because, mark.ansi)
    if verdict.expires_at is not None:
        yield from page.labelled("valid to", f"{moment(verdict.expires_at)} ({verdict.expires_because})")
    yield from page.listed("people", verdict.said)
    yield from page.labelled("risk score", spelled(verdict.risk, profile.entry.tier))
    yield from page.labelled("findings", ", ".join(f"{STATUSES[status].word} {count}" for status, count in view.counts))


def _findings(page: Page, view: View) -> Iterator[str]:
    """Everything that is open, worst first, then everything that is satisfied, each under its control."""
    in_order = sorted(view.findings, key=lambda finding: finding.status is Status.SATISFIED)
    for satisfied, part in groupby(in_order, key=lambda finding: finding.status is Status.SATISFIED):
        found = tuple(part)
        heading = f"{len(found)} {'satisfied' if satisfied else 'not satisfied, or not known to be'}"
        yield from page.written(Cell(text=heading, width=page.width - 2, ansi="1"))
        for _, group in groupby(found, key=lambda finding: control_name(finding.expected)):
            yield from _under_control(page, tuple(group), short=satisfied)
        yield ""


def _under_control(page: Page, findings: tuple[Finding, ...], *, short: bool) -> Iterator[str]:
    expected = findings[0].expected
    heading = f"{control_name(expected)}, {expected.severity}; {', '.join(expected.clauses) or 'no clause'}"
    yield from page.written(Cell(text=heading, width=page.width - 2))
    for finding in findings:
        yield from _finding(page, finding, short=short)


def _finding(page: Page, finding: Finding, *, short: bool) -> Iterator[str]:
    """The sentence with n at the right; the word of its status before it, unless the sentence alone says satisfied."""
    mark = STATUSES[finding.status]
    seen = finding.observation
    count = f"n {seen.n:,}" if seen is not None and seen.n is not None else ""
    if short or page.width < _NARROW:
        left = Cell(text=page.shape(mark), width=1, ansi=mark.ansi)
    else:
        left = Cell(text=f"{page.shape(mark)} {mark.word}", width=_STATUS, ansi=mark.ansi)
    if page.width < _NARROW and not short:
        yield from page.written(Cell(text=mark.word, width=page.width - 4, ansi=mark.ansi), indent=4)
    text = Cell(text=finding.sentence, width=page.width - 4 - left.width - 4 - _COUNT)
    yield from page.written(left, text, Cell(text=count, width=_COUNT, right=True), indent=4)


def _to_do(page: Page, certification: Certification, view: View) -> Iterator[str]:
    owners = {condition.control: condition.owner for condition in certification.verdict.conditions}
    tasks = [_task(task, owners.get(task.control, "")) for task in view.tasks]
    yield from page.listed("What to do", tasks or ["Nothing: every finding is satisfied."])


def _task(task: Task, owner: str) -> str:
    due = f" Condition due {moment(task.due)}, {owner}." if task.due is not None else ""
    return f"{task.control}: {task.sentence}{due}"


def _rest(page: Page, certification: Certification, profile: Profile, view: View) -> Iterator[str]:
    """What was left out, what was seen and not judged, what the numbers do not say, and what came before."""
    on = profile.opened_at.date()
    yield from page.listed("Clauses", (f"{clause.name} {in_force(clause, on)}" for clause in profile.clauses))
    yield from page.listed("Left out", (f"{choice.control}: {choice.because}" for choice in view.removed))
    if view.unjudged:
        yield from page.labelled("Not judged", f"{len(view.unjudged)} observations, each with its reason in the report")
    yield from page.listed("Limits", certification.limits)
    yield from page.listed("Not known", certification.notes)
    yield from page.listed("Before", (_before(case) for case in certification.earlier))


def _before(case: EarlierCase) -> str:
    return f"{case.decision}: version {case.version} on {case.cohort}, {moment(case.at)}, case {case.case}"
