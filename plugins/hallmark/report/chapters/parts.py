"""What a chapter is made of: parts with one sentence each, a chart, and a table that says all that the chart says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from hallmark.policy.appetite import Status
from hallmark.policy.expected import Expected, Key
from hallmark.report.chapters.reading import Absent, Unreadable
from hallmark.verdict.finding import Finding
from hallmark.verdict.observation import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A finding as a cell of a table; `anchor` leads to it. Without a status no control asks."""

    status: Status | None = None
    anchor: str = ""


Cell = str | Markup | Judged
"""Text, a drawing made here, or a finding."""

FINDING = "Finding"
"""The heading of the column of findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns, and rows of as many cells, the first of them the heading of its row; `words` are columns of prose."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    words: tuple[int, ...] = ()

    def counts(self, column: int) -> bool:
        """Whether a column holds numbers, which stand to the right."""
        return column > 0 and column not in self.words and self.head[column] != FINDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A heading, a sentence on what is shown, answers above the table, notes below; `missing`: why there is nothing.

    `below`: the table is broad, and stands under the chart.
    """

    title: str
    says: str
    chart: Markup | None = None
    table: Table | None = None
    answers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    missing: str = ""
    anchor: str = ""
    below: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A section of the report."""

    anchor: str
    title: str
    says: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What chapters are written from: the evidence by name, what was observed, and the findings, worst first.

    `triggers` are sentences on what ends the certificate and asks for the next one.
    """

    evidence: Mapping[str, bytes]
    seen: Mapping[Key, Observation]
    findings: tuple[Finding, ...]
    anchors: Mapping[int, str]
    triggers: tuple[str, ...] = ()

    def observed(self, measure: str) -> list[Observation]:
        """The observations of a measure, in the order of their keys."""
        return [self.seen[key] for key in sorted(self.seen) if key.measure == measure]

    def controls(self, dimension: str) -> list[Expected]:
        """One expected finding of each control of a dimension, in the order of the findings."""
        found: dict[tuple[str, str], Expected] = {}
        for one in self.findings:
            if one.expected.key.measure.partition(".")[0] == dimension:
                found.setdefault((one.expected.policy, one.expected.control), one.expected)
        return list(found.values())

    def judged(self, *keys: Key) -> Cell:
        """The worst finding at the keys; "not judged" where no control asks."""
        worst = next((one for one in self.findings if one.expected.key in keys), None)
        return Judged() if worst is None else Judged(status=worst.status, anchor=self.anchors[id(worst)])


Build = Callable[[Case], Iterable[Part]]
"""What makes the parts of a chapter; it may stop with `Unreadable`."""


def parts_of(case: Case, title: str, says: str, build: Build) -> tuple[Part, ...]:
    """The parts, or one that says why they cannot be read: the evidence of a task is no reason to have no report."""
    try:
        return tuple(build(case))
    except Absent as error:
        return (Part(title=title, says=says, missing=f"Nothing to show: {error}."),)
    except Unreadable as error:
        missing = f"This cannot be read: {error}. The findings and observations below stand without it."
        return (Part(title=title, says=says, missing=missing),)


def limits(observation: Observation | None) -> str:
    """The value with its interval in three digits, or why there is none."""
    if observation is None:
        return "not measured"
    if observation.value is None:
        return observation.reason or "none"
    return interval(observation.value, observation.low, observation.high)


def interval(value: float, low: float | None, high: float | None, digits: int = 3) -> str:
    """`0.970 [0.955, 0.985]` that no line breaks, the limits where there are any."""
    bare = f"{value:z.{digits}f}"
    words = bare if low is None or high is None else f"{bare} [{low:z.{digits}f}, {high:z.{digits}f}]"
    return words.replace(" ", "\N{NO-BREAK SPACE}")
