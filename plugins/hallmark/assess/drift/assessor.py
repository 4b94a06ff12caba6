"""From comparisons to observations and evidence."""

import warnings
from collections.abc import Iterator, Mapping

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from hallmark.assess.assignment import Assessment, Assignment
from hallmark.assess.dataset import Dataset
from hallmark.assess.drift.classes import compare_classes
from hallmark.assess.drift.concept import Learnt, compare_outcomes
from hallmark.assess.drift.domain import METHOD, Told, tell_apart
from hallmark.assess.drift.features import Compared, compare_features, compare_numbers, nothing_of_numbers
from hallmark.assess.drift.holm import alarms
from hallmark.assess.drift.pinned import EVIDENTLY
from hallmark.assess.intervals import Interval, undefined
from hallmark.assess.tools import NUMPY, SCIPY, SKLEARN
from hallmark.assess.values import sorted_scores
from hallmark.evidence.canonical import encode
from hallmark.measures import Task
from hallmark.policy.expected import Key
from hallmark.verdict.observation import Observation

_MISSING = "difference of the shares of rows without a value, without sign; limits of Newcombe (method 10), folded at 0"
_INDEX = "PSI over deciles of the reference or categories, less (B - 1)(1/n + 1/m); an empty bin counts half a row"


def assess(assignment: Assignment) -> Assessment:
    """Report what moved from the reference data to the cohort: features, score, outcomes, and all features at once."""
    data, reference = assignment.data, assignment.reference
    # One thread: the last digits of a sum may depend on how many share it. SciPy warns where it leaves the exact p.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        multiclass = data.manifest.task is Task.MULTICLASS
        features = compare_features(data, reference)
        scores = None if multiclass else _scores(data, reference)
        learnt = (compare_classes if multiclass else compare_outcomes)(data, reference)
        told = tell_apart(data, reference, assignment.seed)
    observations = (*_of_features(features, assignment), *_of_whole(scores, learnt, told, assignment))
    return Assessment(
        observations=observations,
        evidence={"drift.json": encode(_evidence(features, scores, learnt, told))},
        tools=(NUMPY, SCIPY, EVIDENTLY, SKLEARN),
    )


def _scores(data: Dataset, reference: Dataset) -> Compared:
    if not (data.scored and reference.scored):
        return nothing_of_numbers("there are no scores")
    now, then = sorted_scores(data), sorted_scores(reference)
    return compare_numbers(now, then, data.rows, reference.rows, undefined("scores are never missing"))


def _of_features(features: Mapping[str, Compared], assignment: Assignment) -> Iterator[Observation]:
    for name, one in features.items():
        key, n = Key(measure="drift.feature_distance", feature=name), one.n
        yield _observation(key, one.distance, one.method, NUMPY, n, assignment)
    for name, one in features.items():
        key = Key(measure="drift.missing_distance", feature=name)
        yield _observation(key, one.missing, _MISSING, NUMPY, assignment.data.rows, assignment)
    for name, one in features.items():
        yield _observation(Key(measure="drift.psi", feature=name), one.index, _INDEX, NUMPY, one.n, assignment)
        for measure, score in one.scores.items():
            key = Key(measure=f"drift.{measure}", feature=name)
            yield _observation(key, score.estimate, score.method, score.tool, one.n, assignment)


def _of_whole(
    scores: Compared | None, learnt: Mapping[str, Learnt], told: Told, assignment: Assignment
) -> Iterator[Observation]:
    if scores is not None:
        yield _observation(
            Key(measure="drift.score_distance"), scores.distance, scores.method, NUMPY, assignment.data.rows, assignment
        )
    for measure, one in learnt.items():
        yield _observation(Key(measure=f"drift.{measure}"), one.estimate, one.method, NUMPY, one.n, assignment)
    yield _observation(
        Key(measure="drift.domain_auc"), told.estimate, METHOD, SKLEARN, told.n, assignment, seed=assignment.seed
    )


def _observation(
    key: Key, estimate: Interval, method: str, tool: str, n: int, assignment: Assignment, *, seed: int | None = None
) -> Observation:
    as_of, rows = assignment.manifest.reference.as_of.isoformat(), assignment.reference.rows
    return Observation(
        key=key,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        n=n,
        reference=f"reference data of {as_of}, {rows} rows",
        method=method,
        tool=tool,
        seed=seed,
        reason=estimate.reason,
    )


def _evidence(
    features: Mapping[str, Compared], scores: Compared | None, learnt: Mapping[str, Learnt], told: Told
) -> Mapping[str, object]:
    alarmed = alarms({name: (one.distance.value, one.p) for name, one in features.items()})
    return {
        "features": {name: {**one.counts, **alarmed[name]} for name, one in features.items()},
        **({} if scores is None else {"score": scores.counts}),
        "outcomes": {name: one.counts for name, one in learnt.items()},
        "domain": told.counts,
    }
