"""`hallmark explain CASE CONTROL`: the cells, the formula and the value behind a finding, to be done again by hand."""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hallmark.cli.cases import pack_of
from hallmark.cli.place import context
from hallmark.cli.say import say
from hallmark.errors import BadInput
from hallmark.evidence.case import SignedStep, evidence_of, read_step
from hallmark.evidence.statement import Certification
from hallmark.measures import MEASURES
from hallmark.policy.names import checked
from hallmark.policy.role import KeyUse
from hallmark.report.by_hand import Worked
from hallmark.report.formulas import worked
from hallmark.report.power import need_of
from hallmark.steps.context import Context
from hallmark.steps.packs import read_pack
from hallmark.verdict.finding import Finding
from hallmark.verdict.observation import Observation


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("case", metavar="CASE")
    parser.add_argument("control", metavar="CONTROL", help="FL-1, or fair-lending/FL-1 where two policies have one")
    parser.add_argument("--group", metavar="G", help="one group (or feature) of those that the control is spread over")


def run(options: argparse.Namespace) -> int:
    """Print each finding of the control with everything that its number was made of."""
    where = context()
    entry = pack_of(where, checked("case", options.case))
    certification = read_pack(where, entry.model, entry.version, entry.case, entry.number)
    findings = chosen(certification.verdict.findings, options.control, options.group)
    for number, finding in enumerate(findings):
        if number:
            say()
        for line in explained(finding, *_behind(where, certification, finding)):
            say(line)
    return 0


def chosen(findings: Sequence[Finding], control: str, group: str | None) -> list[Finding]:
    """The findings of a control, of one group or feature where it is named. Raises `BadInput` when there are none."""
    own = [
        one for one in findings if control in (one.expected.control, f"{one.expected.policy}/{one.expected.control}")
    ]
    if not own:
        known = sorted({f"{one.expected.policy}/{one.expected.control}" for one in findings})
        raise BadInput(f"the case has no control {control[:60]!r}; it has {', '.join(known)}")
    found = [one for one in own if group in (None, one.expected.key.group, one.expected.key.feature)]
    if not found:
        known = sorted({one.expected.key.group or one.expected.key.feature for one in own} - {""})
        names = ", ".join(map(repr, known)) or "neither groups nor features"
        raise BadInput(f"{control} has no finding for {str(group)[:60]!r}; it has {names}")
    return found


def explained(finding: Finding, evidence: Mapping[str, Any], step: SignedStep | None) -> Iterator[str]:
    """The lines of one finding."""
    yield finding.sentence
    observation, measure = finding.observation, MEASURES[finding.expected.key.measure]
    if observation is None or observation.value is None:
        yield "  There is no number to explain."
        return
    work = worked(observation, evidence, finding.expected.reference)
    if work:
        yield from _by_hand(work)
    missing = work.withheld if work else ("no counts of it are in the evidence",)
    for number, why in enumerate(missing):
        yield f"            {why}" if number else f"  By hand   the number needs the data: {why}"
    yield f"  Source    {measure.source}" + (f"; limits: {measure.interval}" if measure.interval else "")
    yield f"  Method    {observation.method}; {observation.tool}" + _seed(observation)
    yield f"  Reported  {_amount(observation)}"
    need = need_of(finding)
    if need is not None:
        yield f"  Power     a good model passes in 80 % of samples from n = {need} on; here n = {need.there:,}"
    if work and not missing:
        yield f"  Again     {work.value!r}"
    else:
        yield from _inputs(step)


def _by_hand(work: Worked) -> Iterator[str]:
    for number, cell in enumerate(work.cells):
        yield f"  {'' if number else 'Counts':<8}  {cell}"
    yield f"  Formula   {work.formula} = {work.value:.6f}"
    for number, line in enumerate(work.interval):
        yield f"  {'' if number else 'Limits':<8}  {line}"


def _seed(observation: Observation) -> str:
    return "" if observation.seed is None else f"; seed {observation.seed}"


def _amount(observation: Observation) -> str:
    limits = "" if observation.low is None else f" [{observation.low!r}, {observation.high!r}]"
    rows = "" if observation.n is None else f", n {observation.n:,}"
    return f"{observation.value!r}{limits}{rows}"


def _inputs(step: SignedStep | None) -> Iterator[str]:
    for material in step.statement.predicate.materials if step else ():
        yield f"  Input     {material.name} sha256 {material.digest.sha256}"


def _behind(
    where: Context, certification: Certification, finding: Finding
) -> tuple[Mapping[str, Any], SignedStep | None]:
    """The evidence beside the observations of the step that reported the finding, and the step."""
    keys = where.chain().number(certification.opening.rulebook).keys(KeyUse.WORKER)
    task = MEASURES[finding.expected.key.measure].dimension
    for one in certification.steps:
        if one.task == task:
            step = read_step(where.store, certification.case, one.task, one.sha256, keys)
            return {name: json.loads(data) for name, data in evidence_of(where.store, step).items()}, step
    return {}, None
