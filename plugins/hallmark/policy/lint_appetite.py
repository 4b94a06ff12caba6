"""What a risk appetite may not say."""

from collections.abc import Iterator

from hallmark.measures import MEASURES
from hallmark.policy.appetite import LONGEST, Appetite, Effect
from hallmark.policy.control import Severity, Tier
from hallmark.policy.expected import PROCESS

_DIMENSIONS = sorted({measure.dimension for measure in MEASURES.values()} - {PROCESS})


def of_appetite(appetite: Appetite) -> Iterator[str]:
    """Return a sentence for each problem of an appetite."""
    yield from _effects(appetite)
    yield from _durations(appetite)
    yield from _mandatory(appetite)
    if appetite.minimum_cell < 1:
        yield "appetite: minimum_cell must be 1 or more; 1 tells every count"


def _effects(appetite: Appetite) -> Iterator[str]:
    for severity in Severity:
        row = getattr(appetite.effects, severity.value)
        if row.not_evaluated not in (Effect.REFER, Effect.REFUSE):
            yield f"appetite: {severity} not-evaluated must refer or refuse, else absence reads as a pass"
        if row.satisfied is not Effect.PASS:
            yield f"appetite: {severity} satisfied must pass"
        if severity is Severity.CRITICAL and row.not_satisfied is not Effect.REFUSE:
            yield "appetite: critical not-satisfied must refuse"
        if Effect.PASS in (row.insufficient, row.inconclusive, row.not_satisfied):
            yield f"appetite: {severity} passes something that is not satisfied"


def _durations(appetite: Appetite) -> Iterator[str]:
    """No time is negative, endless or too long for a calendar; only grace may be none at all."""
    lasting = [(f"tier {tier}: validity_days", appetite.tiers.of(tier).validity_days, 1, LONGEST) for tier in Tier]
    lasting += [
        ("condition_days", appetite.condition_days, 1, LONGEST),
        ("answer_days", appetite.answer_days, 1, LONGEST),
        ("grace_days", appetite.grace_days, 0, LONGEST),
        ("undecided_hours", appetite.undecided_hours, 1, 24 * LONGEST),
    ]
    for name, value, least, most in lasting:
        if not least <= value <= most:
            yield f"appetite: {name} is {value} and must be from {least:,} to {most:,}"


def _mandatory(appetite: Appetite) -> Iterator[str]:
    for tier in Tier:
        mandatory = appetite.tiers.of(tier).mandatory
        if not mandatory:
            yield f"appetite: tier {tier} has no mandatory dimension; name one at least of {', '.join(_DIMENSIONS)}"
        for name in sorted(set(mandatory) - set(_DIMENSIONS)):
            yield f"appetite: tier {tier} demands {name!r}, which is no dimension; there are {', '.join(_DIMENSIONS)}"
