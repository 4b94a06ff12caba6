"""Fairness: each group against the reference of its attribute and of its crossings, on counts from one pass."""

from collections.abc import Iterator, Mapping, Sequence

from hallmark.assess.assignment import Assessment, Assignment
from hallmark.assess.fairness.calibration import CALIBRATIONS, HALLMARK, Calibration
from hallmark.assess.fairness.counts import counts_of
from hallmark.assess.fairness.crossings import crossings
from hallmark.assess.fairness.cube import cube_of
from hallmark.assess.fairness.disclosure import Told, told
from hallmark.assess.fairness.proxies import proxies
from hallmark.assess.fairness.rates import FAIRLEARN, RATES, Rate
from hallmark.assess.fairness.shown import shown
from hallmark.assess.intervals import Interval, undefined
from hallmark.assess.tools import SKLEARN
from hallmark.evidence.canonical import encode
from hallmark.measures import Task
from hallmark.policy.expected import Key
from hallmark.policy.subject import Attribute
from hallmark.verdict.observation import Observation

COMPARISONS: tuple[Rate | Calibration, ...] = (*RATES, *CALIBRATIONS)
"""What compares a group, or all others pooled, with the reference group."""

Tables = Mapping[str, Told]
"""The tallies of each attribute and crossing by name."""


def assess(assignment: Assignment) -> Assessment:
    """Compare the groups of every attribute, and of every pair of attributes crossed in the order of the manifest."""
    data, manifest = assignment.data, assignment.manifest
    found = tuple(proxies(assignment))
    if manifest.decision is None:
        return Assessment(observations=found, tools=(SKLEARN,))
    attributes = (*manifest.attributes, *crossings(manifest))
    tables, evidence = None, {}
    if data.scored:
        cube = cube_of(data, assignment.minimum_cell)
        tables = {one.name: told(cube, one) for one in attributes}
        evidence["fairness.json"] = encode(counts_of(cube, tuple(tables.values())))
    # A class is no probability, so that nothing can be calibrated.
    comparisons = RATES if manifest.task is Task.MULTICLASS else COMPARISONS
    observations = (*_compared(comparisons, tables, attributes), *shown(tables, manifest.attributes), *found)
    return Assessment(observations=observations, evidence=evidence, tools=(FAIRLEARN, SKLEARN, HALLMARK))


def _compared(
    comparisons: Sequence[Rate | Calibration], tables: Tables | None, attributes: Sequence[Attribute]
) -> Iterator[Observation]:
    for comparison in comparisons:
        for attribute in attributes:
            for group in attribute.compared:
                yield _observation(comparison, attribute, group, None if tables is None else tables[attribute.name])


def _observation(comparison: Rate | Calibration, attribute: Attribute, group: str, table: Told | None) -> Observation:
    estimate, n = _estimate(comparison, attribute, group, table)
    return Observation(
        key=Key(measure=comparison.measure, attribute=attribute.name, group=group),
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        n=n,
        reference=attribute.reference,
        method=comparison.method,
        tool=comparison.tool,
        reason=estimate.reason,
    )


def _estimate(
    comparison: Rate | Calibration, attribute: Attribute, group: str, table: Told | None
) -> tuple[Interval, int]:
    if table is None:
        return undefined("there are no scores"), 0
    names = f"{attribute.name} {group!r}", f"{attribute.name} {attribute.reference!r}"
    asked = table.of(group)
    return comparison.estimate(asked, table.of(attribute.reference), *names), comparison.n(asked)
