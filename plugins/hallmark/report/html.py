"""The page `report.html`: one self-contained file about one pack, the same bytes for the same pack."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from hallmark.evidence.statement import Certification
from hallmark.measures import MEASURES
from hallmark.policy.appetite import Status
from hallmark.policy.expected import Expected, Key
from hallmark.policy.profile import Profile
from hallmark.report import ladder, words
from hallmark.report.chapters import Case, Judged, chapters_of, tries_of
from hallmark.report.chapters.reading import rows_of
from hallmark.report.gaps import ALWAYS, gaps_beside
from hallmark.report.marks import DECISIONS, STATUSES
from hallmark.report.plain import printable
from hallmark.report.power import needs
from hallmark.report.view import View, view_of
from hallmark.verdict.finding import Finding
from hallmark.verdict.observation import Observation
from hallmark.verdict.risk import spelled
from hallmark.verdict.sentence import amount

COUNTS = {"data_quality": "valid", "performance": "outcomes", "fairness": "fairness", "drift": "drift"}
"""Where the counts behind the numbers of a dimension stand; those of the others are in the signed steps."""

_NONE: Mapping[str, bytes] = MappingProxyType({})


def render(
    certification: Certification,
    profile: Profile,
    observations: Iterable[Observation],
    *,
    evidence: Mapping[str, bytes] = _NONE,
    rows: int | None = None,
) -> bytes:
    """The page as UTF-8; `evidence` by name (`drift.json`), whatever it holds; `rows` of the cohort where known.

    `certification` comes without the blob of the page: a page cannot hold a digest of itself.
    """
    values = values_of(certification, profile, observations, evidence=evidence, rows=rows)
    return _PAGE.render(values).encode()


def values_of(
    certification: Certification,
    profile: Profile,
    observations: Iterable[Observation],
    *,
    evidence: Mapping[str, bytes] = _NONE,
    rows: int | None = None,
) -> dict[str, Any]:
    """What the templates show, for `render` and for the pages that show parts of the same."""
    seen = tuple(sorted(observations, key=lambda one: one.key))
    view = view_of(certification, profile, seen)
    anchors = _anchors(view, profile, seen)
    case = Case(
        evidence=evidence,
        seen=_delivered_once(seen),
        findings=view.findings,
        anchors=anchors["finding_anchor"],
        triggers=tuple(_triggers(profile)),
    )
    chapters = chapters_of(case)
    return {
        "certification": certification,
        "opening": certification.opening,
        "verdict": certification.verdict,
        "profile": profile,
        "view": view,
        "rows": rows_of(evidence) if rows is None else rows,
        "needs": needs(view.findings),
        "citing": _citing(view),
        "counts_anchor": COUNTS,
        "observations": seen,
        "risk": spelled(certification.verdict.risk, profile.entry.tier),
        "gaps": gaps_beside(_shown_here(view, seen)),
        "limits": (*certification.limits, *ALWAYS),
        "tools": sorted({one.tool for one in seen}),
        "controls": _controls(view),
        "kept": {choice.control: choice.because for choice in profile.choices if choice.included},
        "chapters": chapters,
        "tries": tries_of(case, chapters),
        **anchors,
    }


def _triggers(profile: Profile) -> Iterator[str]:
    """What ends the certificate and asks for another, in sentences."""
    for one in profile.expiries:
        yield f"Ends at {words.moment(one.at)} at the latest: {one.because}."
    yield f"A new rulebook ends it after {profile.appetite.grace_days} days; a new version or cohort is a new case."


def _citing(view: View) -> Mapping[str, Mapping[Status, tuple[str, ...]]]:
    """For each clause the controls that cite it, under the status of their worst finding."""
    worst: dict[str, dict[str, Status]] = {}
    for finding in view.findings:
        for clause in finding.expected.clauses:
            worst.setdefault(clause, {}).setdefault(words.control_name(finding.expected), finding.status)
    return {
        clause: {
            status: tuple(name for name, one in of.items() if one is status) for status in dict.fromkeys(of.values())
        }
        for clause, of in worst.items()
    }


def _delivered_once(seen: Sequence[Observation]) -> Mapping[Key, Observation]:
    """Of a number that was delivered twice nobody knows which one holds."""
    times = Counter(one.key for one in seen)
    return {one.key: one for one in seen if times[one.key] == 1}


def _shown_here(view: View, seen: Iterable[Observation]) -> frozenset[str]:
    """The dimensions that have findings and the measures that have numbers."""
    dimensions = (one.name.replace(" ", "_") for one in view.dimensions)
    return frozenset((*dimensions, *(one.key.measure for one in seen if one.value is not None)))


def _controls(view: View) -> Mapping[str, Expected]:
    """One expected finding of each control, in the order of the findings."""
    controls: dict[str, Expected] = {}
    for finding in view.findings:
        controls.setdefault(words.control_name(finding.expected), finding.expected)
    return controls


def _anchors(view: View, profile: Profile, observations: Iterable[Observation]) -> Mapping[str, Mapping[Any, str]]:
    """Numbered anchors, since names from a pack are no identifiers."""
    seen: dict[Key, str] = {}
    for number, observation in enumerate(observations, 1):
        seen.setdefault(observation.key, f"o{number}")
    return {
        "control_anchor": {name: f"c{number}" for number, name in enumerate(_controls(view), 1)},
        "clause_anchor": {clause.name: f"k{number}" for number, clause in enumerate(profile.clauses, 1)},
        "observation_anchor": seen,
        "finding_anchor": {id(finding): f"f{number}" for number, finding in enumerate(view.findings, 1)},
    }


def _rung(finding: Finding) -> Markup:
    """Safe to hand on as it is: `ladder` makes it of numbers and escaped text."""
    rung = ladder.rung_of(finding)
    return Markup(ladder.svg(rung))


def _judged(cell: object) -> bool:
    return isinstance(cell, Judged) and cell.status is not None


def _shown(value: object) -> object:
    """What the template prints: hostile characters made visible, then escaped by jinja."""
    return value if isinstance(value, Markup) else printable(str(value))


def environment() -> Environment:
    """A new environment of the templates: everything is escaped, and hostile characters are made visible."""
    environment = Environment(
        loader=PackageLoader("hallmark.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.globals |= {"MEASURES": MEASURES, "STATUSES": STATUSES, "DECISIONS": DECISIONS, "rung": _rung}
    environment.globals |= {"id_of": id, "told": ladder.told}
    environment.tests |= {"judged": _judged, "unasked": lambda cell: cell == Judged()}
    environment.filters |= {
        "moment": words.moment,
        "control_name": words.control_name,
        "topic": words.topic,
        "required": words.required,
        "counted": words.counted,
        "in_force": words.in_force,
        "subject": words.subject,
        "measured": words.measured,
        "amount": amount,
    }
    return environment


def _page() -> Template:
    """The page with all that it includes, compiled: the forks of a process that has them need not."""
    ours = environment()
    for name in ours.list_templates(extensions=["j2"]):
        ours.get_template(name)
    return ours.get_template("report.html.j2")


_PAGE = _page()
