"""Short wordings that terminal and report share, beside the sentence of a finding."""

from datetime import UTC, date, datetime

from hallmark.measures import MEASURES, Kind
from hallmark.policy.clause import Clause
from hallmark.policy.expected import Expected, Key
from hallmark.verdict.observation import Observation
from hallmark.verdict.sentence import amount, bound


def moment(at: datetime) -> str:
    """An aware time in UTC, ISO with zone, to the second: `2026-11-24T08:01:00Z`."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def control_name(expected: Expected) -> str:
    """`policy/control`, as conditions, choices and overrides name it."""
    return f"{expected.policy}/{expected.control}"


def topic(expected: Expected) -> str:
    """What a finding is about, in a few words: the measure, and the feature or the groups that it is spread over."""
    where = spread(expected.key, expected.reference)
    measure = expected.key.measure.partition(".")[2].replace("_", " ")
    return f"{measure}: {where}" if where else measure


def spread(key: Key, reference: str) -> str:
    """The feature, the groups or the attribute of a key; empty when it stands for the whole cohort."""
    if key.group:
        return f"{key.group} to {reference} ({key.attribute})" if reference else f"{key.group} ({key.attribute})"
    return key.feature or key.attribute


def required(expected: Expected) -> str:
    """The bound in words with the tolerance beyond it: `at most 0.03, tolerance 0.03`."""
    words = bound(expected.require)
    return f"{words}, tolerance {expected.tolerance:g}" if expected.tolerance else words


def counted(observation: Observation | None) -> str:
    """N with what it counts, `12,000 rows`; empty where nothing was counted."""
    if observation is None or observation.n is None:
        return ""
    measure = MEASURES.get(observation.key.measure)
    return f"{observation.n:,} {measure.counts if measure else 'rows'}"


def subject(observation: Observation) -> str:
    """What an observation is of: the title of its measure, or its bare name, and what it is spread over."""
    key = observation.key
    measure = MEASURES.get(key.measure)
    where = spread(key, observation.reference if key.group else "")
    title = measure.title if measure else key.measure
    return f"{title}: {where}" if where else title


def measured(observation: Observation) -> str:
    """The value with its interval and unit, also of a measure that is not in the register."""
    measure = MEASURES.get(observation.key.measure)
    if measure is None or observation.value is None:
        return "none" if observation.value is None else f"{observation.value:g}"
    unit = "" if measure.unit in ("yes/no", "ratio", "slope", "score") else f" {measure.unit}"
    return f"{amount(observation)}{unit}"


def is_fact(expected: Expected) -> bool:
    """True for what a file or a manifest says: it has no interval."""
    return MEASURES[expected.key.measure].kind is Kind.FACT


def in_force(clause: Clause, on: date) -> str:
    """When a clause applies as seen on a day, and whether anybody has read the original."""
    words = [f"{'applies from' if clause.effective_from > on else 'in force since'} {clause.effective_from}"]
    if clause.effective_until is not None:
        words.append(f"until {clause.effective_until}")
    if clause.superseded_by is not None:
        words.append(f"superseded by {clause.superseded_by}")
    return ", ".join(words if clause.confirmed else [*words, "unconfirmed"])
