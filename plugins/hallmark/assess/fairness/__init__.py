"""Fairness: each group against the reference of its attribute and of its crossings, on counts from one pass."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from hallmark.assess.assignment import Assessment, Assignment
from hallmark.assess.fairness.calibration import CALIBRATIONS, HALLMARK, Calibration
from hallmark.assess.fairness.counts import counts_of
from hallmark.assess.fairness.cube import Cube, cube_of
from hallmark.assess.fairness.proxies import proxies
from hallmark.assess.fairness.rates import FAIRLEARN, RATES, SKLEARN, Rate
from hallmark.assess.fairness.shown import shown
from hallmark.assess.fairness.what_if import what_if
from hallmark.assess.intervals import Interval, undefined
from hallmark.evidence.canonical import encode
from hallmark.policy.expected import Key
from hallmark.policy.groups import CROSS, attribute_of
from hallmark.policy.subject import Attribute, Manifest
from hallmark.verdict.observation import Observation

COMPARISONS: tuple[Rate | Calibration, ...] = (*RATES, *CALIBRATIONS)
"""What compares a group, or all others pooled, with the reference group."""


def assess(assignment: Assignment) -> Assessment:
    """Compare the groups of every attribute, and of every pair of attributes crossed in the order of the manifest."""
    data, manifest = assignment.data, assignment.manifest
    found = tuple(proxies(assignment))
    if manifest.decision is None:
        return Assessment(observations=found, tools=(SKLEARN,))
    cube = cube_of(data) if data.scored else None
    attributes = (*manifest.attributes, *crossings(manifest))
    observations = (*_compared(cube, attributes), *shown(cube, manifest.attributes), *found)
    evidence = {} if cube is None else {"fairness.json": encode(counts_of(cube, attributes))}
    if cube is not None:
        evidence["fairness_what_if.json"] = encode(what_if(assignment, cube))
    return Assessment(observations=observations, evidence=evidence, tools=(FAIRLEARN, SKLEARN, HALLMARK))


def crossings(manifest: Manifest) -> tuple[Attribute, ...]:
    """Every pair of declared attributes, crossed in their declared order."""
    names = [CROSS.join(one.name for one in pair) for pair in combinations(manifest.attributes, 2)]
    return tuple(found for name in names if (found := attribute_of(manifest, name)) is not None)


def _compared(cube: Cube | None, attributes: Sequence[Attribute]) -> Iterator[Observation]:
    for comparison in COMPARISONS:
        for attribute in attributes:
            for group in attribute.compared:
                yield _observation(comparison, attribute, group, cube)


def _observation(comparison: Rate | Calibration, attribute: Attribute, group: str, cube: Cube | None) -> Observation:
    estimate, n = _estimate(comparison, attribute, group, cube)
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
    comparison: Rate | Calibration, attribute: Attribute, group: str, cube: Cube | None
) -> tuple[Interval, int]:
    if cube is None:
        return undefined("there are no scores"), 0
    asked = cube.tally(cube.members(attribute, group))
    reference = cube.tally(cube.members(attribute, attribute.reference))
    names = f"{attribute.name} {group!r}", f"{attribute.name} {attribute.reference!r}"
    return comparison.estimate(asked, reference, *names), comparison.n(asked)
