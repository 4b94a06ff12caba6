"""The page `report.html`: one self-contained file about one pack, the same bytes for the same pack."""

from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from hallmark.evidence.statement import Certification
from hallmark.measures import MEASURES
from hallmark.policy.expected import Expected, Key
from hallmark.policy.profile import Profile
from hallmark.report import ladder, words
from hallmark.report.gaps import ALWAYS, gaps_beside
from hallmark.report.marks import DECISIONS, STATUSES
from hallmark.report.plain import printable
from hallmark.report.view import View, view_of
from hallmark.verdict.finding import Finding
from hallmark.verdict.observation import Observation
from hallmark.verdict.risk import spelled
from hallmark.verdict.sentence import amount


def render(
    certification: Certification, profile: Profile, observations: Iterable[Observation], *, rows: int | None = None
) -> bytes:
    """The page as UTF-8; `rows` of the cohort where they are known.

    `certification` comes without the blob of the page: a page cannot hold a digest of itself.
    """
    seen = tuple(sorted(observations, key=lambda one: one.key))
    view = view_of(certification, profile, seen)
    context = {
        "certification": certification,
        "opening": certification.opening,
        "verdict": certification.verdict,
        "profile": profile,
        "view": view,
        "rows": rows,
        "observations": seen,
        "risk": spelled(certification.verdict.risk, profile.entry.tier),
        "gaps": gaps_beside({one.name.replace(" ", "_") for one in view.dimensions}),
        "limits": (*certification.limits, *ALWAYS),
        "tools": sorted({one.tool for one in seen}),
        "controls": _controls(view),
        "kept": {choice.control: choice.because for choice in profile.choices if choice.included},
        **_anchors(view, profile, seen),
    }
    return _PAGE.render(context).encode()


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


def _shown(value: object) -> object:
    """What the template prints: hostile characters made visible, then escaped by jinja."""
    return value if isinstance(value, Markup) else printable(str(value))


def _environment() -> Environment:
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


_PAGE = _environment().get_template("report.html.j2")
