"""What would help: ways out tried on the rows of the case. Evidence for people, never a number that is judged."""

from typing import Any

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from hallmark.assess.assignment import Assessment, Assignment
from hallmark.assess.fairness.crossings import crossings
from hallmark.assess.fairness.cube import cube_of
from hallmark.assess.fairness.rates import FAIRLEARN
from hallmark.assess.performance.sample import sample_of
from hallmark.assess.remedies.cut_offs import cut_offs
from hallmark.assess.remedies.intercepts import intercepts
from hallmark.assess.remedies.recalibration import recalibration
from hallmark.assess.remedies.refit import refits
from hallmark.assess.tools import SKLEARN
from hallmark.evidence.canonical import encode
from hallmark.policy.subject import CutOff


def assess(assignment: Assignment) -> Assessment:
    """Try other cut-offs, recalibration for all and by group, and fitting again; nothing of it is an observation."""
    # One thread: the last digits of a sum depend on how many share it.
    with threadpool_limits(1):
        found = _tried(assignment)
    evidence = {f"remedies_{name}.json": encode(tried) for name, tried in found.items()}
    return Assessment(observations=(), evidence=evidence, tools=(FAIRLEARN, SKLEARN))


def _tried(assignment: Assignment) -> dict[str, Any]:
    found: dict[str, Any] = {"refits": {"refits": refits(assignment), "intercepts": intercepts(assignment)}}
    decision = assignment.manifest.cut_off
    return found if decision is None else found | _of_decisions(assignment, decision)


def _of_decisions(assignment: Assignment, decision: CutOff) -> dict[str, Any]:
    data, manifest = assignment.data, assignment.manifest
    found: dict[str, Any] = {"recalibration": recalibration(sample_of(data), decision.cut_off, assignment.seed)}
    if data.scored:
        cube = cube_of(data, assignment.minimum_cell)
        found["cut_offs"] = cut_offs(assignment, cube, (*manifest.attributes, *crossings(manifest)))
    return found
