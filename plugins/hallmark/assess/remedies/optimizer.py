"""Cut-offs by group: Fairlearn's ThresholdOptimizer, fitted on the reference data and tried on the cohort."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from fairlearn.postprocessing import ThresholdOptimizer
from sklearn.base import BaseEstimator

from hallmark.assess import sql
from hallmark.assess.arrays import Floats, Integers
from hallmark.assess.assignment import Assignment
from hallmark.assess.dataset import Dataset
from hallmark.assess.fairness.cube import CUT_OFF_DIGITS, Tally, decided
from hallmark.assess.fairness.rates import FAIRLEARN
from hallmark.assess.fairness.sample import sampled
from hallmark.assess.fairness.spelt import code, outcome_of, score
from hallmark.policy.subject import Attribute, Favourable

MOST = 4_000
"""Rows of the reference data that it is fitted on at most."""

METHOD = (
    f"{FAIRLEARN} ThresholdOptimizer(demographic_parity, accuracy_score) on up to {MOST} rows of the reference data; "
    "the group decides between two cut-offs by chance, so its counts on the cohort are the expected ones, rounded"
)


class Ready(BaseEstimator):  # type: ignore[misc]
    """An estimator that needs no fit: its prediction is its input."""

    def fit(self, table: Floats, outcome: Floats) -> "Ready":
        """Learn nothing; without this method scikit-learn takes nothing for an estimator."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        """It is."""
        return True

    def predict(self, table: Floats) -> Floats:
        """The first column."""
        return table[:, 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """The favourable decision above `first` with the chance `weight`, else above `second`; all in signed scores."""

    weight: float
    first: float
    second: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimized:
    """What came of it: counts on the cohort by group with the cut-offs, or None and the reason."""

    tallies: Mapping[str, Tally] | None
    cut_offs: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""
    method: str = METHOD


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Labelled rows of the reference data: `codes` of each attribute by name, outcome 0 or 1, score."""

    codes: Mapping[str, Integers]
    outcome: Integers
    score: Floats


def sample_of(assignment: Assignment) -> Sample | None:
    """Take the rows to fit on; None when the reference data have no scores."""
    data = assignment.reference
    if not data.scored:
        return None
    attributes = data.manifest.attributes
    *codes, came, scores = sampled(
        data,
        [*(code(data, one) for one in attributes), outcome_of(data), score(data)],
        among=sql.scored_rows(data),
        where=f"({outcome_of(data)}) is not null",
        most=MOST,
        seed=assignment.seed,
    )
    return Sample(
        codes={one.name: np.asarray(column, np.int64) for one, column in zip(attributes, codes, strict=True)},
        outcome=np.asarray(came, np.int64),
        score=np.asarray(scores, np.float64),
    )


def optimized(data: Dataset, attribute: Attribute, sample: Sample | None) -> Optimized:
    """Fit on `sample` and count the decisions on the cohort `data`."""
    if sample is None:
        return Optimized(tallies=None, reason="the reference data have no scores")
    if attribute.name not in sample.codes:
        return Optimized(tallies=None, reason="cut-offs by crossed groups are not tried")
    lacking = set(range(len(attribute.groups))) - set(sample.codes[attribute.name].tolist())
    if lacking:
        groups = ", ".join(repr(attribute.groups[place]) for place in sorted(lacking))
        return Optimized(tallies=None, reason=f"the reference data have no labelled rows of {groups}")
    try:
        found = fitted(sample, attribute, _sign(data))
    except ValueError as error:
        return Optimized(tallies=None, reason=f"it cannot be fitted on the reference data: {str(error).rstrip('.')}")
    told = {group: _told(mixture, _sign(data)) for group, mixture in found.items()}
    return Optimized(tallies=_tallies(data, attribute, found), cut_offs=told)


def fitted(sample: Sample, attribute: Attribute, sign: int) -> Mapping[str, Mixture]:
    """Return the cut-offs of each group in scores times `sign`. Raises `ValueError` where Fairlearn does."""
    declared = sample.codes[attribute.name] >= 0
    scores, came = sign * sample.score[declared].reshape(-1, 1), sample.outcome[declared]
    optimizer = ThresholdOptimizer(
        estimator=Ready(),
        constraints="demographic_parity",
        objective="accuracy_score",
        prefit=True,
        predict_method="predict",
    )
    optimizer.fit(scores, came if sign > 0 else 1 - came, sensitive_features=sample.codes[attribute.name][declared])
    found = optimizer.interpolated_thresholder_.interpolation_dict
    return {
        attribute.groups[int(place)]: Mixture(
            weight=float(one.p0), first=float(one.operation0.threshold), second=float(one.operation1.threshold)
        )
        for place, one in sorted(found.items(), key=lambda item: int(item[0]))
    }


def _sign(data: Dataset) -> int:
    """Scores are turned round where the favourable decision lies below the cut-off."""
    return -1 if decided(data.manifest).favourable is Favourable.BELOW else 1


def _tallies(data: Dataset, attribute: Attribute, found: Mapping[str, Mixture]) -> Mapping[str, Tally]:
    sign, places = _sign(data), range(len(attribute.groups))
    above = {
        name: " ".join(
            f"when {place} then signed > {_spelt(getattr(found[attribute.groups[place]], name))}" for place in places
        )
        for name in ("first", "second")
    }
    query = f"""
        with every as (select {code(data, attribute)} as code, coalesce({outcome_of(data)}, -1) as outcome,
                              {sign} * {score(data)} as signed from {sql.scored_rows(data)})
        select code, outcome, count(*) as rows, count(*) filter (case code {above["first"]} end) as first,
               count(*) filter (case code {above["second"]} end) as second
        from every where code >= 0 group by all order by all"""
    columns = data.fetch(query)
    rows = list(zip(*(columns[name].tolist() for name in ("code", "outcome", "rows", "first", "second")), strict=True))
    earned = 1 if sign > 0 else 0
    return {
        group: _tally([row[1:] for row in rows if row[0] == place], found[group].weight, earned)
        for place, group in enumerate(attribute.groups)
    }


def _tally(cells: list[tuple[int, int, int, int]], weight: float, earned: int) -> Tally:
    given = {came: round(weight * first + (1 - weight) * second) for came, _, first, second in cells}
    rows = {came: count for came, count, _, _ in cells}
    return Tally(
        rows=sum(rows.values()),
        favourable=sum(given.values()),
        earned=rows.get(earned, 0),
        unearned=rows.get(1 - earned, 0),
        favourable_earned=given.get(earned, 0),
        favourable_unearned=given.get(1 - earned, 0),
        positives=rows.get(1, 0),
        scores=0,
        positive_scores=0,
        squared_scores=0,
    )


def _spelt(threshold: float) -> str:
    return f"'{threshold}'::double"


def _told(mixture: Mixture, sign: int) -> Mapping[str, object]:
    """The cut-offs in the scores of the model; one that nobody or everybody passes is a word."""

    def place(threshold: float) -> object:
        if np.isinf(threshold):
            return "nobody" if threshold > 0 else "everybody"
        return round(sign * threshold, CUT_OFF_DIGITS)

    places = {"first": place(mixture.first), "second": place(mixture.second)}
    return {"chance_of_first": round(mixture.weight, CUT_OFF_DIGITS)} | places
