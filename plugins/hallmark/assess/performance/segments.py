"""Each declared segment by itself: how well the score ranks and is calibrated there."""

from collections.abc import Mapping

from hallmark.assess.dataset import Dataset
from hallmark.assess.intervals import Interval, undefined
from hallmark.assess.outcomes import outcomes_by
from hallmark.assess.performance.calibration import LARGE, in_the_large
from hallmark.assess.performance.ranking import AREA, auc
from hallmark.assess.performance.sample import Found, Sample, counts, nothing
from hallmark.assess.tools import SKLEARN

Parts = Mapping[tuple[str, str], Sample]
"""The labelled rows of each declared group, by the name of the segment and of the group."""


def parts_of(data: Dataset) -> Parts:
    """Return the parts of every declared segment; a group without labelled rows says so."""
    found: dict[tuple[str, str], Sample] = {}
    for segment in data.manifest.segments:
        if not data.scored:
            found |= {(segment.name, group): nothing(data, "there are no scores") for group in segment.groups}
            continue
        for group, (outcome, score) in outcomes_by(data, segment.column, segment.groups).items():
            problem = "" if len(outcome) else f"{segment.name} {group!r} has no row with a label"
            found[segment.name, group] = Sample(outcome=outcome, score=score, problem=problem)
    return found


def segmented(parts: Parts) -> list[Found]:
    """Return AUC and calibration in the large of every part."""
    return [found for (segment, group), sample in parts.items() for found in _measured(segment, group, sample)]


def table(parts: Parts) -> list[Mapping[str, object]]:
    """Return the counts of every part."""
    return [{"segment": segment, "group": group, **counts(sample)} for (segment, group), sample in parts.items()]


def _measured(segment: str, group: str, sample: Sample) -> list[Found]:
    def area(one: Sample) -> Interval:
        one_class = undefined(f"all {len(one)} labels of {segment} {group!r} are of one class")
        return auc(one) if one.smaller else one_class

    return [
        Found(
            measure="segment_auc",
            estimate=sample.measured(area),
            n=sample.smaller,
            method=AREA,
            tool=SKLEARN,
            segment=segment,
            group=group,
        ),
        Found(
            measure="segment_calibration",
            estimate=sample.measured(in_the_large),
            n=len(sample),
            method=LARGE,
            segment=segment,
            group=group,
        ),
    ]
