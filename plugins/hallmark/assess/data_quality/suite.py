"""The model's expectation suite, run by Great Expectations, as one exact share for each measure."""

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from hallmark.assess.data_quality.reported import fact
from hallmark.assess.dataset import Dataset
from hallmark.assess.gx_engine import Outcome
from hallmark.errors import BadInput
from hallmark.verdict.observation import Observation

GREAT_EXPECTATIONS = f"great_expectations {version('great_expectations')}"

COMPLETENESS, VALIDITY, UNIQUENESS = "data_quality.completeness", "data_quality.validity", "data_quality.uniqueness"
MEASURES = (COMPLETENESS, VALIDITY, UNIQUENESS, "data_quality.consistency")
"""What an expectation may say in its meta that it measures."""

SUMMED = tuple(measure for measure in MEASURES if measure != VALIDITY)
"""The measures that are one share over all of their expectations."""

_NAMED = 5


def expectations(suite: bytes) -> Sequence[Mapping[str, Any]]:
    """Return the entries of a suite as Great Expectations writes it. Raises `BadInput` for anything else."""
    try:
        entries = json.loads(suite)["expectations"]
        sound = isinstance(entries, list) and all(isinstance(one["type"], str) for one in entries)
        sound = sound and all(isinstance(one.get(key, {}), dict) for one in entries for key in ("kwargs", "meta"))
    except (ValueError, TypeError, KeyError, AttributeError):
        sound = False
    if not sound:
        raise BadInput("The expectation suite is not as Great Expectations writes it: export it again as JSON.")
    return [{"kwargs": {}, "meta": {}} | one for one in entries]


def shares(outcomes: Sequence[Outcome], data: Dataset) -> tuple[Observation, ...]:
    """Return, for each of `SUMMED`, what was as expected over what was tested, summed over its expectations."""
    return tuple(_share(measure, outcomes, data) for measure in SUMMED)


def strays(outcomes: Sequence[Outcome]) -> list[str]:
    """Return a sentence for each expectation that fits no measure: it could belong to any."""
    own = [outcome for outcome in outcomes if outcome.measure not in MEASURES]
    return [f"{named(outcome)} carries the unknown measure {outcome.measure!r}" for outcome in own]


def named(outcome: Outcome) -> str:
    """Return an expectation by its type and the first of its columns."""
    columns = ", ".join(map(repr, outcome.columns[:_NAMED]))
    return f"{outcome.type} on {columns}" if columns else outcome.type


def _share(measure: str, outcomes: Sequence[Outcome], data: Dataset) -> Observation:
    own = [outcome for outcome in outcomes if outcome.measure == measure]
    tested = sum(outcome.tested or 0 for outcome in own)
    unexpected = sum(outcome.unexpected or 0 for outcome in own)
    problems = _problems(measure, own, outcomes, data)
    if not problems and tested == 0:
        problems = ["its expectations tested nothing: all values are null"]
    return fact(
        measure.partition(".")[2],
        None if problems else (tested - unexpected) / tested,
        reason="; ".join(problems),
        method=f"1 - unexpected / tested over {len(own)} expectations",
        tool=GREAT_EXPECTATIONS,
        reference=f"suite {data.manifest.suite}",
    )


def _problems(measure: str, own: Sequence[Outcome], outcomes: Sequence[Outcome], data: Dataset) -> list[str]:
    """Return every reason why the share would leave something out."""
    problems = [] if own else ["no expectation of the suite carries this measure"]
    problems += [f"{named(outcome)} {outcome.problem}" for outcome in own if outcome.problem]
    problems += strays(outcomes)
    if measure == COMPLETENESS:
        covered, counted = _columns(outcomes), _columns(own)
        gapped = {column for column in covered & set(data.types) if data.missing()[column]}
        problems += _lists("no expectation looks into", set(data.types) - covered)
        problems += _lists("no expectation of completeness looks into the gaps of", gapped - counted)
        problems += _lists("the data lack, though the suite expects,", covered - set(data.types))
    if measure == UNIQUENESS and (without := data.missing()[data.manifest.key]):
        problems.append(f"{without} rows have no key, and nobody can tell whether they stand once")
    return problems


def _columns(outcomes: Sequence[Outcome]) -> set[str]:
    return {column for outcome in outcomes for column in outcome.columns}


def _lists(what: str, columns: set[str]) -> list[str]:
    return [f"{what} the columns {', '.join(map(repr, sorted(columns)))}"] if columns else []
