"""The register of measures: names, ranges and parities that hold together."""

from dataclasses import FrozenInstanceError

import pytest

from hallmark.assess.registry import DIMENSIONS
from hallmark.measures import MEASURES, Better, Kind, Measure, Spread
from hallmark.measures.measure import YES


@pytest.fixture(params=MEASURES.values(), ids=str)
def measure(request: pytest.FixtureRequest) -> Measure:
    found: Measure = request.param
    return found


def test_names_are_dimension_dot_name(measure: Measure) -> None:
    assert MEASURES[measure.name] is measure
    assert measure.name == f"{measure.dimension}.{measure.name.split('.')[1]}"
    assert measure.name.count(".") == 1


def test_the_dimension_is_assessed_or_belongs_to_the_process(measure: Measure) -> None:
    assert measure.dimension in {"process", "vet"} | {dimension.name for dimension in DIMENSIONS}


def test_parity_lies_within_the_range(measure: Measure) -> None:
    if measure.expect is not None:
        assert measure.low is None or measure.low <= measure.expect
        assert measure.high is None or measure.expect <= measure.high


def test_what_is_better_agrees_with_parity(measure: Measure) -> None:
    if measure.better is Better.HIGHER and measure.expect is not None:
        assert measure.expect == measure.high
    if measure.better is Better.PARITY:
        assert measure.expect is not None


def test_facts_are_shares_or_answers(measure: Measure) -> None:
    if measure.kind is Kind.FACT:
        assert (measure.low, measure.high) == (0.0, 1.0)
        assert measure.expect == (0.0 if measure.better is Better.LOWER else 1.0)
        assert measure.spread in (Spread.NONE, Spread.FEATURES)
        assert measure.interval == ""
    assert (measure.unit == YES) <= (measure.kind is Kind.FACT)


def test_the_sentence_fills_in(measure: Measure) -> None:
    fields = {"attribute": "sex", "group": "women", "reference": "men", "feature": "income"}
    said = measure.says.format(**fields)
    assert "{" not in said
    if measure.spread is Spread.FEATURES:
        assert "income" in said
    if measure.spread is Spread.ATTRIBUTES:
        assert "women" in said and "men" in said


def test_what_is_not_gated_says_why(measure: Measure) -> None:
    assert measure.gate or measure.note


def test_every_measure_says_where_it_comes_from(measure: Measure) -> None:
    assert measure.title and measure.unit and measure.source


def test_a_ratio_has_parity_one() -> None:
    ratios = [measure for measure in MEASURES.values() if measure.ratio]
    assert [ratio.name for ratio in ratios] == ["data_quality.representation_ratio", "fairness.selection_rate_ratio"]
    assert all(ratio.expect == 1.0 for ratio in ratios)


def test_the_register_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        MEASURES["x"] = MEASURES["vet.consent"]  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        MEASURES["vet.consent"].gate = False  # type: ignore[misc]
