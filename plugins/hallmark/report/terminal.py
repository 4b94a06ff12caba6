"""The same pack as lines for a terminal or a log: verdict, why, every finding, what to do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from hallmark.evidence.statement import Certification
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
    yield from _findings(page, profile, view)
    yield from _to_do(page, certification, view)
    yield from _rest(page, certification, view)


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
    yield from page.labelled("risk score", spelled(verdict.risk, profile.entry.tier))
    yield from page.labelled("findings", ", ".join(f"{STATUSES[status].word} {count}" for status, count in view.counts))


def _findings(page: Page, profile: Profile, view: View) -> Iterator[str]:
    """Everything that is open, worst first, then everything that is satisfied, each under its control."""
    clauses = {clause.name: in_force(clause, profile.opened_at.date()) for clause in profile.clauses}
    in_order = sorted(view.findings, key=lambda finding: finding.status is Status.SATISFIED)
    for (name, satisfied), group in groupby(in_order, key=_control_and_outcome):
        found = tuple(group)
        yield from _control(page, name, found[0], clauses)
        for finding in found:
            yield from _finding(page, finding, short=satisfied)
        yield ""


def _control_and_outcome(finding: Finding) -> tuple[str, bool]:
    return control_name(finding.expected), finding.status is Status.SATISFIED


def _control(page: Page, name: str, first: Finding, clauses: dict[str, str]) -> Iterator[str]:
    cited = ", ".join(f"{one} ({clauses.get(one, 'not in the rulebook')})" for one in first.expected.clauses)
    words = f"{name}, {first.expected.severity}: {cited or 'no clause'}"
    yield from page.written(Cell(text=words, width=page.width - 2))


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
    for number, task in enumerate(view.tasks):
        yield from page.labelled("" if number else "What to do", _task(task, owners.get(task.control, "")))
    if not view.tasks:
        yield from page.labelled("What to do", "Nothing: every finding is satisfied.")


def _task(task: Task, owner: str) -> str:
    due = f" Condition due {moment(task.due)}, {owner}." if task.due is not None else ""
    return f"{task.control}: {task.sentence}{due}"


def _rest(page: Page, certification: Certification, view: View) -> Iterator[str]:
    """What was left out, what was seen and not judged, what the numbers do not say, and what came before."""
    for number, choice in enumerate(view.removed):
        yield from page.labelled("" if number else "Left out", f"{choice.control}: {choice.because}")
    if view.unjudged:
        yield from page.labelled("Not judged", f"{len(view.unjudged)} observations, each with its reason in the report")
    for label, texts in (("Limits", certification.limits), ("Not known", certification.notes)):
        if texts:
            yield from page.labelled(label, " ".join(texts))
    for number, case in enumerate(certification.earlier):
        words = f"{case.decision} {case.version} on {case.cohort}, {moment(case.at)}, case {case.case}"
        yield from page.labelled("" if number else "Before", words)
