"""Assessing one dimension: observations of the registered assessor, or the reason why there are none."""

from dataclasses import replace
from typing import TYPE_CHECKING

from hallmark import __version__
from hallmark.assess.registry import assessor, dimension_of
from hallmark.errors import BadInput
from hallmark.evidence.case import read_blob
from hallmark.policy.expected import Expected
from hallmark.steps.context import Context
from hallmark.steps.opened import Opened, opened
from hallmark.steps.record import recording, required
from hallmark.steps.score import SCORE, scores
from hallmark.steps.vet import VET
from hallmark.verdict.observation import Observation

if TYPE_CHECKING:
    from hallmark.assess.assignment import Assessment


def assess(context: Context, case: str, dimension: str) -> None:
    """Measure `dimension`; data that cannot be measured leave a reason with every finding that is expected of it."""
    subject = opened(context, case)
    before = {task: required(context, case, task).outcome for task in (VET, SCORE)}
    with recording(context, case, dimension) as recorder:
        recorder.materials = {**before, "data": subject.cohort.sha256}
        try:
            assessment = _assessed(context, subject, dimension)
        except BadInput as error:
            recorder.observe(_unmeasured(subject, dimension, str(error)))
        else:
            recorder.observe(assessment.observations)
            recorder.products |= assessment.evidence
            recorder.tools = assessment.tools


def _assessed(context: Context, subject: Opened, dimension: str) -> "Assessment":
    from hallmark.assess.assignment import Assignment
    from hallmark.assess.blocks import widened
    from hallmark.assess.dataset import Dataset

    manifest, work = subject.manifest, subject.workspace(context)
    measured = dimension_of(dimension)
    predicted = scores(context, subject) if measured.scores else dict.fromkeys(subject.datasets)
    rules = context.chain().number(subject.opening.rulebook).rulebook.rules
    files = {role: subject.dataset(context, role) for role in subject.datasets}
    suite = read_blob(context.store, rules.suite(manifest.suite).sha256)
    with (
        Dataset.open(manifest, files["cohort"], predicted["cohort"], work) as now,
        Dataset.open(manifest, files["reference"], predicted["reference"], work) as then,
        Dataset.open(manifest, files["training"], predicted["training"], work) as first,
    ):
        assignment = Assignment(
            manifest=manifest,
            cohort=subject.cohort,
            data=now,
            reference=then,
            training=first,
            suite=suite,
            seed=subject.seed,
            minimum_cell=subject.profile.appetite.minimum_cell,
        )
        found = assessor(measured).assess(assignment)
        return replace(found, observations=widened(found.observations, assignment))


def _unmeasured(subject: Opened, dimension: str, reason: str) -> tuple[Observation, ...]:
    return tuple(
        _nothing(expected, reason)
        for expected in {expected.key: expected for expected in subject.profile.expected}.values()
        if expected.key.measure.partition(".")[0] == dimension
    )


def _nothing(expected: Expected, reason: str) -> Observation:
    return Observation(key=expected.key, value=None, method="none", tool=f"hallmark {__version__}", reason=reason)
