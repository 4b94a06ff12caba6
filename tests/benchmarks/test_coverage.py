"""The simulations of the error rates: complete, right where the answer is known, and equal on every run."""

import inspect
from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

from hallmark.assess import intervals
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
    methods = {name for name in functions if not name.startswith("_")} - {"interval", "undefined"}
    assert len(methods) > 10
    assert methods <= {one.name for one in script("error_rates.methods").METHODS}


def test_every_truth_is_the_limit_of_its_draws(script: Script) -> None:
    biased = {"two_class_distance", "total_variation", "kolmogorov_smirnov", "largest_gap", "average_precision"}
    for method in script("error_rates.methods").METHODS:
        found = method.draw(np.random.default_rng(5), 40_000)
        assert found.low < found.high
        near = 0.03 if method.name in biased else 0.06
        assert found.value == pytest.approx(method.truth, abs=near), method.case


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
