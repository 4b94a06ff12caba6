"""What was tried: for each way out what it would change, and plainly where it does not help."""

from collections.abc import Mapping

from hallmark.policy.appetite import Status
from hallmark.report.chapters import cut_offs, recalibrated
from hallmark.report.chapters.parts import Case, Chapter, Part, parts_of
from hallmark.report.words import control_name
from hallmark.verdict.finding import Finding

_TRIED = {
    "performance.calibration_in_the_large": "",
    "performance.calibration_slope": "",
    "performance.segment_calibration": "",
    "fairness.calibration_within_group": "",
    **{f"fairness.{name}": "attribute" for name in cut_offs.BY_GROUP},
}
"""Measures that a try belongs to, and whether it is one of the attribute of the finding."""


def tried(case: Case) -> Chapter:
    """The chapter: recalibration, then cut-offs for each attribute, then what nobody tried."""
    parts = (
        *parts_of(case, recalibrated.TITLE, recalibrated.SAYS, recalibrated.recalibrated),
        *parts_of(case, cut_offs.TITLE, cut_offs.SAYS, cut_offs.cut_offs),
        Part(
            title="Fitting again",
            says="Dropping a drifted or leaking feature, or fitting on newer rows.",
            missing="Not tried: a case scores the model that was handed in and fits no other.",
        ),
    )
    says = "Ways out, tried on the rows of this case; numbers are what each would change, with 95 % intervals."
    return Chapter(anchor="tried", title="What was tried", says=says, parts=parts)


def links(findings: tuple[Finding, ...], chapter: Chapter) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """For each control with an unsatisfied finding the tries that belong to it, as pairs of anchor and title."""
    there = {part.anchor: part.title for part in chapter.parts if part.anchor}
    by_title = {title: anchor for anchor, title in there.items()}
    found: dict[str, dict[str, str]] = {}
    for finding in findings:
        key = finding.expected.key
        if finding.status is Status.SATISFIED or key.measure not in _TRIED:
            continue
        anchor = by_title.get(cut_offs.title_of(key.attribute)) if _TRIED[key.measure] else recalibrated.ANCHOR
        if anchor in there:
            found.setdefault(control_name(finding.expected), {})[anchor] = there[anchor]
    return {control: tuple(anchors.items()) for control, anchors in found.items()}
