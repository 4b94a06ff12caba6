"""What every output shows of one pack, in the order in which it shows it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hallmark.evidence.statement import Certification
from hallmark.measures import MEASURES
from hallmark.policy.appetite import Status
from hallmark.policy.control import Severity
from hallmark.policy.precedence import Choice
from hallmark.policy.profile import Profile
from hallmark.report.marks import STATUSES
from hallmark.report.words import control_name, topic
from hallmark.verdict.finding import Finding, Verdict
from hallmark.verdict.observation import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """The findings of one dimension, worst first."""

    name: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to do about one control, in one sentence; `due` only where it is a condition of the certificate."""

    control: str
    sentence: str
    statuses: tuple[Status, ...]
    due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """An observation that no finding rests on, and why."""

    observation: Observation
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Findings worst first, by dimension; all five counts; what to do; what was left out, each with its reason."""

    findings: tuple[Finding, ...]
    dimensions: tuple[Dimension, ...]
    counts: tuple[tuple[Status, int], ...]
    tasks: tuple[Task, ...]
    removed: tuple[Choice, ...]
    unjudged: tuple[Unjudged, ...]


def view_of(certification: Certification, profile: Profile, observations: Iterable[Observation]) -> View:
    """Arrange one pack for people; nothing of the verdict is left out or decided again."""
    verdict = certification.verdict
    findings = tuple(sorted(verdict.findings, key=_worst_first))
    counted = Counter(finding.status for finding in findings)
    return View(
        findings=findings,
        dimensions=_by_dimension(findings),
        counts=tuple((status, counted[status]) for status in STATUSES),
        tasks=(*_standards(profile), *_tasks(findings, verdict)),
        removed=tuple(choice for choice in profile.choices if not choice.included),
        unjudged=_unjudged(profile, tuple(observations)),
    )


def _worst_first(finding: Finding) -> tuple[int, int, float, str, str, str]:
    expected = finding.expected
    margin = float("-inf") if finding.margin is None else finding.margin
    severity = -list(Severity).index(expected.severity)
    return -finding.effect.weight, severity, margin, control_name(expected), expected.key.attribute, topic(expected)


def _by_dimension(findings: Sequence[Finding]) -> tuple[Dimension, ...]:
    """The dimension of the worst finding comes first."""
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(finding.expected.key.measure.partition(".")[0], []).append(finding)
    return tuple(Dimension(name=name.replace("_", " "), findings=tuple(of)) for name, of in grouped.items())


def _standards(profile: Profile) -> tuple[Task, ...]:
    unmet = profile.unmet if profile.unmet or profile.controlled else ("anything",)
    sentence = (
        "Add a control for {} to a policy whose scope takes in this model and publish a rulebook, then certify again."
    )
    return tuple(Task(control="no-standard", sentence=sentence.format(name), statuses=(), due=None) for name in unmet)


def _tasks(findings: Sequence[Finding], verdict: Verdict) -> tuple[Task, ...]:
    """First what reviewers asked for, then one for each control with a finding that is not satisfied, worst first."""
    open_: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.status is not Status.SATISFIED:
            open_.setdefault(control_name(finding.expected), []).append(finding)
    due = {condition.control: condition.due for condition in verdict.conditions}
    of_people = tuple(
        Task(control=one.control, sentence=_sentence(one.action), statuses=(), due=one.due)
        for one in verdict.conditions
        if one.control not in open_
    )
    return of_people + tuple(
        Task(
            control=name,
            sentence=_what_to_do(of),
            statuses=tuple(status for status in STATUSES if any(one.status is status for one in of)),
            due=due.get(name),
        )
        for name, of in open_.items()
    )


def _sentence(action: str) -> str:
    return f"{action.rstrip('.')}."


def _what_to_do(findings: Sequence[Finding]) -> str:
    """The remedy; data that are missing first, since no remedy helps without them."""
    remedy = findings[0].expected.remedy.rstrip(".")
    needed = [finding.needed for finding in findings if finding.needed]
    if not needed:
        return f"{remedy}."
    counts = MEASURES[findings[0].expected.key.measure].counts
    return f"Assess on at least {max(needed):,} more {counts}; where that does not settle it: {remedy}."


def _unjudged(profile: Profile, observations: tuple[Observation, ...]) -> tuple[Unjudged, ...]:
    expected = {one.key for one in profile.expected}
    delivered = Counter(observation.key for observation in observations)
    reasons = ((one, _why_unjudged(one, one.key in expected, delivered[one.key])) for one in observations)
    return tuple(Unjudged(observation=one, because=because) for one, because in reasons if because)


def _why_unjudged(observation: Observation, expected: bool, times: int) -> str:
    if expected:
        return f"delivered {times} times: it is not known which one holds" if times > 1 else ""
    measure = MEASURES.get(observation.key.measure)
    if measure is None:
        return "not in the register of measures"
    return measure.note if not measure.gate else "no control of this profile expects it"
