"""Performance of one case: every number of it, and the counts behind them."""

from collections.abc import Mapping

from hallmark.assess.assignment import Assessment, Assignment
from hallmark.assess.outcomes import unlabelled
from hallmark.assess.performance import calibration, forecast, threshold
from hallmark.assess.performance.classes import of_classes
from hallmark.assess.performance.ranking import gain, ranking
from hallmark.assess.performance.sample import Found, Sample, counts, sample_of
from hallmark.assess.performance.segments import parts_of, segmented, table
from hallmark.assess.tools import NUMPY, SKLEARN
from hallmark.evidence.canonical import encode
from hallmark.measures import Task
from hallmark.policy.subject import CutOff


def assess(assignment: Assignment) -> Assessment:
    """Measure over the rows with a label: classes, or errors of a regression, else ranking, calibration and cut-off."""
    manifest = assignment.manifest
    if manifest.task is Task.MULTICLASS:
        return _classes(assignment)
    sample = sample_of(assignment.data)
    decision = manifest.cut_off
    if decision is None:
        found, shown, tools = forecast.forecast(sample, manifest.quantile), _errors(sample), [NUMPY]
    else:
        found, shown = _scores(assignment, sample, decision)
        tools = [SKLEARN, NUMPY]
    evidence = {
        "rows": assignment.data.rows,
        "without_label": unlabelled(assignment.data),
        "n": len(sample),
        **shown,
    }
    return Assessment(
        observations=tuple(one.observation(manifest.label.column) for one in found),
        evidence={"performance.json": encode(evidence)},
        tools=tuple(tools),
    )


def _classes(assignment: Assignment) -> Assessment:
    data = assignment.data
    found, shown = of_classes(data)
    evidence = {"rows": data.rows, "without_label": unlabelled(data), **shown}
    return Assessment(
        observations=tuple(one.observation(data.manifest.label.column) for one in found),
        evidence={"performance.json": encode(evidence)},
        tools=(NUMPY,),
    )


def _scores(assignment: Assignment, sample: Sample, decision: CutOff) -> tuple[list[Found], Mapping[str, object]]:
    data, seed = assignment.data, assignment.seed
    training = sample if assignment.training is data else sample_of(assignment.training)
    parts = parts_of(data)
    found = [
        *ranking(sample, training),
        *([gain(data)] if assignment.manifest.challenger is not None else []),
        *calibration.calibration(sample, seed),
        *threshold.at_cut_off(sample, decision),
        *segmented(parts),
    ]
    counted = {"cohort": counts(sample), "training": counts(training), "segments": table(parts)}
    return found, {**counted, **_curves(sample, decision, seed)}


def _curves(sample: Sample, decision: CutOff, seed: int) -> Mapping[str, object]:
    known = not sample.problem
    return {
        "positives": sample.positives,
        "cut_off": {"cut_off": decision.cut_off, **threshold.confusion(sample, decision.cut_off)},
        "calibration": calibration.table(sample),
        "calibration_error": calibration.error(sample, seed) if known else None,
        "curves": threshold.curves(sample) if known else [],
        "sweep": threshold.sweep(sample, decision.cut_off) if known else [],
    }


def _errors(sample: Sample) -> Mapping[str, object]:
    return {
        "errors_by_forecast": forecast.table(sample),
        "outcome_variance": forecast.spread(sample),
        "largest_hundredth_of_squares": forecast.largest(sample),
    }
