"""Data quality: the model's expectation suite, run by Great Expectations, as exact shares; and who is in the data."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from hallmark.assess.assignment import Assessment, Assignment
from hallmark.assess.dataset import Dataset
from hallmark.assess.gx_engine import Outcome, run
from hallmark.errors import BadInput
from hallmark.evidence.canonical import encode
from hallmark.policy.profile import Key
from hallmark.verdict.observation import Observation

GREAT_EXPECTATIONS = f"great_expectations {version('great_expectations')}"
DUCKDB = f"duckdb {version('duckdb')}"

COMPLETENESS = "data_quality.completeness"
MEASURES = (COMPLETENESS, "data_quality.validity", "data_quality.uniqueness", "data_quality.consistency")
"""What an expectation may say in its meta that it measures."""

_NAMED = 5


def assess(assignment: Assignment) -> Assessment:
    """Report a share for each measure over all its expectations, and the shares of declared and of present groups."""
    data = assignment.data
    outcomes = run(_expectations(assignment.suite), data.rows, data.cursor)
    groups = {one.name: data.value_counts(one.column) for one in data.manifest.attributes}
    declared = data.declared()
    evidence = {
        "expectations": [asdict(outcome) for outcome in outcomes],
        "rows": data.rows,
        "rows_with_declared_groups": declared,
        "groups": {
            one.name: {group: groups[one.name].get(group, 0) for group in one.groups}
            for one in data.manifest.attributes
        },
    }
    shares = [_share(measure, outcomes, data) for measure in MEASURES]
    return Assessment(
        observations=(*shares, _declared(data, declared), _present(data, groups)),
        evidence={"data_quality.json": encode(evidence)},
        tools=(GREAT_EXPECTATIONS, DUCKDB),
    )


def _expectations(suite: bytes) -> Sequence[Mapping[str, Any]]:
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


def _share(measure: str, outcomes: Sequence[Outcome], data: Dataset) -> Observation:
    own = [outcome for outcome in outcomes if outcome.measure == measure]
    tested = sum(outcome.tested or 0 for outcome in own)
    unexpected = sum(outcome.unexpected or 0 for outcome in own)
    problems = _problems(measure, own, outcomes, data)
    if not problems and tested == 0:
        problems = ["its expectations tested nothing: all values are null"]
    return _fact(
        measure,
        None if problems else (tested - unexpected) / tested,
        reason="; ".join(problems),
        method=f"1 - unexpected / tested over {len(own)} expectations",
        tool=GREAT_EXPECTATIONS,
        reference=f"suite {data.manifest.suite}",
    )


def _problems(measure: str, own: Sequence[Outcome], outcomes: Sequence[Outcome], data: Dataset) -> list[str]:
    """Return every reason why the share would leave something out; one that fits no measure could belong to any."""
    problems = [] if own else ["no expectation of the suite carries this measure"]
    problems += [f"{_name(outcome)} {outcome.problem}" for outcome in own if outcome.problem]
    strays = [outcome for outcome in outcomes if outcome.measure not in MEASURES]
    problems += [f"{_name(outcome)} carries the unknown measure {outcome.measure!r}" for outcome in strays]
    if measure == COMPLETENESS:
        covered = {column for outcome in outcomes for column in outcome.columns}
        problems += _lists("no expectation looks into", set(data.types) - covered)
        problems += _lists("the data lack, though the suite expects,", covered - set(data.types))
    return problems


def _lists(what: str, columns: set[str]) -> list[str]:
    return [f"{what} the columns {', '.join(map(repr, sorted(columns)))}"] if columns else []


def _name(outcome: Outcome) -> str:
    columns = ", ".join(map(repr, outcome.columns[:_NAMED]))
    return f"{outcome.type} on {columns}" if columns else outcome.type


def _declared(data: Dataset, declared: int) -> Observation:
    named = bool(data.manifest.attributes)
    return _fact(
        "data_quality.groups_declared",
        declared / data.rows if named else None,
        reason="" if named else "the manifest declares no attribute",
        method="rows whose group is declared in every attribute, over all rows",
        tool=DUCKDB,
        reference="manifest",
    )


def _present(data: Dataset, groups: Mapping[str, Mapping[str, int]]) -> Observation:
    present = [groups[one.name].get(group, 0) > 0 for one in data.manifest.attributes for group in one.groups]
    return _fact(
        "data_quality.groups_present",
        sum(present) / len(present) if present else None,
        reason="" if present else "the manifest declares no attribute",
        method="declared groups with at least one row, over all declared groups",
        tool=DUCKDB,
        reference="manifest",
    )


def _fact(measure: str, value: float | None, *, reason: str, method: str, tool: str, reference: str) -> Observation:
    return Observation(
        key=Key(measure=measure), value=value, reason=reason, method=method, tool=tool, reference=reference
    )
