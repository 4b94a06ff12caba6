"""What was tried: for each way out what it would change, and plainly where it does not help."""

from collections.abc import Mapping

from hallmark.policy.appetite import Status
from hallmark.report.chapters import cut_offs, recalibrated, refitted
from hallmark.report.chapters.parts import Case, Chapter, parts_of
from hallmark.report.words import control_name
from hallmark.verdict.finding import Finding

_CUT_OFFS = "cut-offs"
_MOVED = ("feature_distance", "missing_distance", "score_distance", "domain_auc", "auc_drop", "error_rise")
TRIED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((f"drift.{name}" for name in _MOVED), (refitted.REFITS,)),
    "drift.label_distance": (recalibrated.ANCHOR, refitted.REFITS),
    "data_quality.single_feature_auc": (refitted.REFITS,),
    "fairness.proxy_auc": (refitted.REFITS,),
    **dict.fromkeys((f"fairness.{name}" for name in cut_offs.BY_GROUP), (_CUT_OFFS, refitted.REFITS)),
    "fairness.calibration_within_group": (refitted.GROUPS, recalibrated.ANCHOR),
    "fairness.calibration_difference": (refitted.GROUPS,),
    "performance.calibration_in_the_large": (recalibrated.ANCHOR,),
    "performance.calibration_slope": (recalibrated.ANCHOR,),
    "performance.segment_calibration": (recalibrated.ANCHOR,),
    "performance.bias": (refitted.REFITS,),
}
"""The ways out that belong to a measure, by their anchors; cut-offs have one for each attribute."""


def tried(case: Case) -> Chapter:
    """The chapter: recalibration for all and by group, cut-offs for each attribute, and fitting again."""
    parts = (
        *parts_of(case, recalibrated.TITLE, recalibrated.SAYS, recalibrated.recalibrated),
        *parts_of(case, refitted.GROUP_TITLE, refitted.GROUP_SAYS, refitted.recalibrated_by_group),
        *parts_of(case, cut_offs.TITLE, cut_offs.SAYS, cut_offs.cut_offs),
        *parts_of(case, refitted.REFIT_TITLE, refitted.REFIT_SAYS, refitted.refitted),
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
        if finding.status is Status.SATISFIED:
            continue
        for way in TRIED.get(key.measure, ()):
            anchor = by_title.get(cut_offs.title_of(key.attribute)) if way == _CUT_OFFS else way
            if anchor in there:
                found.setdefault(control_name(finding.expected), {})[anchor] = there[anchor]
    return {control: tuple(anchors.items()) for control, anchors in found.items()}
