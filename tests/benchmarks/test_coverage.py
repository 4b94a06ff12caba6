"""The simulations of the error rates: complete, right where the answer is known, and equal on every run."""

import inspect
import re
from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    f1_score,
    roc_auc_score,
)

from hallmark.assess import intervals
from hallmark.assess.performance.calibration import slope
from hallmark.measures import MEASURES, Kind
from hallmark.policy.appetite import Status
from hallmark.verdict.decide import decide

Script = Callable[[str], ModuleType]


def test_every_interval_method_has_a_case(script: Script) -> None:
    functions = {
        name
        for name, one in vars(intervals).items()
        if inspect.isfunction(one) and inspect.signature(one).return_annotation is intervals.Interval
    }
    methods = {name for name in functions if not name.startswith("_")} - {"interval", "on_logits", "undefined"}
    assert len(methods) > 10
    of_classes = {"balanced_accuracy", "macro_f1"}
    assert methods | of_classes <= {one.name for one in script("error_rates.interval_coverage").EVERY}


def test_every_truth_is_the_limit_of_its_draws(script: Script) -> None:
    biased = {"two_class_distance", "total_variation", "kolmogorov_smirnov", "largest_gap", "average_precision"}
    for method in script("error_rates.interval_coverage").EVERY:
        found = method.draw(np.random.default_rng(5), 40_000)
        assert found.low < found.high
        near = 0.03 if method.name in biased else 0.06
        assert found.value == pytest.approx(method.truth, abs=near), method.case


def test_truths_of_classes_are_what_scikit_learn_says_of_a_million_rows(script: Script) -> None:
    classes = script("error_rates.classes_measured")
    truths = {(one.name, one.case.partition("; ")[2]): one.truth for one in classes.OF_CLASSES}
    rng = np.random.default_rng(7)
    for case, chances, _ in classes.WORLDS:
        table = classes.drawn(rng, chances, 1_000_000)
        label, answer = (np.repeat(one.ravel(), table.ravel()) for one in np.indices(table.shape))
        assert truths["balanced_accuracy", case] == pytest.approx(balanced_accuracy_score(label, answer), abs=0.005)
        assert truths["macro_f1", case] == pytest.approx(f1_score(label, answer, average="macro"), abs=0.005)


def test_a_small_class_has_few_rows(script: Script) -> None:
    """The smallest of the sizes leaves the smallest class three rows, and sometimes none: then there is no number."""
    coverage, classes = script("error_rates.interval_coverage"), script("error_rates.classes_measured")
    (few,) = [one for one in classes.OF_CLASSES if one.name == "macro_f1" and "smallest" in one.case]
    assert few.sizes[0] * classes.UNEVEN.sum(axis=1)[classes.SMALLEST] == pytest.approx(3.0)
    cell = coverage.cell(few, few.sizes[0], 400, [1])
    assert 5 < cell.none < 50
    assert str(cell).endswith(f" ({cell.none} none)")


@pytest.mark.parametrize(
    ("covered", "none", "named"), [(950, 0, False), (925, 0, False), (900, 0, True), (900, 60, False)]
)
def test_a_cell_that_is_too_narrow_beyond_chance_is_named(script: Script, covered: int, none: int, named: bool) -> None:
    coverage = script("error_rates.interval_coverage")
    cell, good = (coverage.Cell(n=20, draws=1000, covered=one, none=none) for one in (covered, 950 - none))
    text = coverage.too_narrow([[cell], *([good] for _ in coverage.EVERY[1:])])
    assert ("n = 20" in text) is named
    assert text.endswith("in no cell.") is not named


def test_every_cell_is_measured_and_those_that_are_too_narrow_are_named_once(script: Script) -> None:
    coverage = script("error_rates.interval_coverage")
    text = coverage.interval_coverage(2, 1)
    assert len(re.findall(r"n = [\d,]+: \d+\.\d ±", text)) == 3 * len(coverage.EVERY)
    assert text.count("Of the intervals that were made") == 1


def test_the_performance_of_a_simulated_case_is_what_the_assessor_reports(script: Script) -> None:
    """The same rows through the assessor's functions, from a score and an outcome each."""
    whole, population = script("error_rates.whole_measured"), script("error_rates.population")
    cells = population.drawn(np.random.default_rng(4), 3_000)
    found = {
        key.measure: i
        for key, i, _ in whole.whole_findings(np.random.default_rng(4), population.manifest(), *[cells] * 3)
    }
    sample = whole.sample_of(cells.by_level)
    assert len(sample) == 3_000 and (np.diff(sample.score) >= 0).all()
    assert found["performance.calibration_slope"] == slope(sample)
    assert found["performance.auc"].value == pytest.approx(roc_auc_score(sample.outcome, sample.score))
    assert found["performance.average_precision"].value == pytest.approx(
        average_precision_score(sample.outcome, sample.score)
    )
    assert found["performance.brier"].value == pytest.approx(brier_score_loss(sample.outcome, sample.score))


def test_the_simulated_case_answers_every_shipped_control(script: Script) -> None:
    models = script("error_rates.models")
    profile = models.parts()[0].profile
    seen = {one.key for one in models.observations(profile, np.random.default_rng(1), 2000, None)}
    wanted = {one.key for one in profile.expected if MEASURES[one.key.measure].kind is Kind.SAMPLE}
    assert len(wanted) > 70
    assert wanted - seen == set()


def test_a_fair_model_with_many_rows_is_nowhere_refused_and_a_harmed_one_is_where_it_harms(script: Script) -> None:
    models, opened = script("error_rates.models"), script("shipped").OPENED
    profile = models.parts()[0].profile
    for harm, refused in ((None, set()), (("55+", 0.3), {"55+", "men*55+", "women*55+"})):
        seen = models.observations(profile, np.random.default_rng(2), 60_000, harm)
        findings = decide(profile, seen, (), opened).findings
        found = {one.expected.key.group for one in findings if one.status is Status.NOT_SATISFIED}
        assert found == refused


def test_decisions_of_a_group_are_counted_as_they_fell(script: Script) -> None:
    groups, population = script("error_rates.groups_measured"), script("error_rates.population")
    rng, model = np.random.default_rng(3), population.manifest()
    cells, training = (population.drawn(rng, 50_000) for _ in range(2))
    for kept in (1.0, 0.5):
        found = groups.group_findings(rng, model, cells, training, ("under 25", kept))
        ratios = {key.group: i.value for key, i, _ in found if key.measure == "fairness.selection_rate_ratio"}
        assert ratios["under 25"] == pytest.approx(kept, abs=0.03)
        assert ratios["women"] == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize(("hits", "draws", "said"), [(0, 100, "0.0 ±2.7"), (50, 100, "50.0 ±9.8")])
def test_a_share_states_its_error(script: Script, hits: int, draws: int, said: str) -> None:
    assert script("error_rates.page").share(hits, draws) == said


def test_equal_draws_and_seed_give_equal_bytes(script: Script) -> None:
    small, profile = script("error_rates.small_groups").small_groups, script("error_rates.models").parts()[0].profile
    assert small(profile, 20, 1) == small(profile, 20, 1) != small(profile, 20, 2)
