"""Numbers worked out by hand: the same limits as the assessors by another route, and nothing out of hidden counts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.assess.intervals import difference, ratio, share
from hallmark.policy.expected import Key
from hallmark.policy.subject import POOLED
from hallmark.report.by_hand import Z, difference_limits, koopman, number, wilson
from hallmark.report.formulas import worked
from hallmark.verdict.observation import Observation

sizes = st.integers(1, 3000)


@st.composite
def counts(draw: Any) -> tuple[int, int]:
    n = draw(sizes)
    return draw(st.integers(0, n)), n


@given(counts())
def test_wilson_is_that_of_the_assessors(one: tuple[int, int]) -> None:
    seen = share(*one)
    assert wilson(*one) == pytest.approx((seen.low, seen.high), abs=1e-9)


@given(counts(), counts())
def test_newcombe_is_that_of_the_assessors(one: tuple[int, int], other: tuple[int, int]) -> None:
    seen, lines = difference(*one, *other), difference_limits(*one, *other)
    printed = [float(line.rpartition(" = ")[2]) for line in lines[-2:]]
    assert printed == pytest.approx([seen.low, seen.high], abs=1e-6)


@given(counts(), counts())
def test_the_limits_of_koopman_solve_his_equation(one: tuple[int, int], other: tuple[int, int]) -> None:
    seen = ratio(*one, *other)
    if seen.low is None or seen.high is None:
        return
    for limit in (seen.low, seen.high):
        assert limit == 0 or koopman(limit, *one, *other) == pytest.approx(Z**2, abs=1e-5)


@pytest.mark.parametrize(("value", "said"), [(1234.0, "1,234"), (0.5, "0.500000"), (0, "0"), (-3, "-3")])
def test_numbers_in_formulas(value: float, said: str) -> None:
    assert number(value) == said


def observation(measure: str, group: str, attribute: str = "sex") -> Observation:
    key = Key(measure=measure, attribute=attribute, group=group)
    return Observation(key=key, value=0.5, low=0.3, high=0.8, n=10, method="x", tool="y")


def group(**changes: Any) -> dict[str, Any]:
    names = ("rows", "favourable", "earned", "unearned", "favourable_earned", "favourable_unearned", "positives")
    known = dict(zip(names, (100, 40, 50, 50, 30, 10, 50), strict=True))
    return known | {"scores": 48.5, "positive_scores": 25.0, "squared_scores": 24.0} | changes


def fairness(**groups: Any) -> dict[str, Any]:
    attribute = {"reference": "men", "sha256": "ab" * 32, "groups": {"men": group(), **groups}}
    return {"fairness.json": {"smallest_cell": 5, "attributes": {"sex": attribute}}}


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("fairness.selection_rate_ratio", (20 / 100) / (40 / 100)),
        ("fairness.selection_rate_difference", 20 / 100 - 40 / 100),
        ("fairness.true_positive_rate_difference", 15 / 50 - 30 / 50),
        ("fairness.false_positive_rate_difference", 5 / 50 - 10 / 50),
        ("fairness.precision_difference", 15 / 20 - 30 / 40),
        ("fairness.calibration_within_group", (50 - 48.5) / 100),
        ("fairness.calibration_difference", 0.0),
    ],
)
def test_each_measure_of_groups(measure: str, value: float) -> None:
    women = group(favourable=20, favourable_earned=15, favourable_unearned=5)
    work = worked(observation(measure, "women"), fairness(women=women), "men")
    assert work is not None and work.value == pytest.approx(value)
    assert work.cells and work.interval


def test_the_pooled_group_is_the_sum_of_the_others() -> None:
    evidence = fairness(women=group(favourable=20), others=group(favourable=10))
    work = worked(observation("fairness.selection_rate_ratio", POOLED), evidence, "men")
    assert work is not None and work.value == pytest.approx((30 / 200) / (40 / 100))


HIDDEN = dict.fromkeys(group()) | {"rows": 90, "few": ["favourable"]}


@pytest.mark.parametrize("asked", ["women", POOLED])
def test_of_counts_that_stay_out_there_are_words_the_formula_and_the_reported_value(asked: str) -> None:
    work = worked(observation("fairness.selection_rate_ratio", asked), fairness(women=HIDDEN), "men")
    assert work is not None and work.value == 0.5 and work.interval == ()
    assert work.cells[0] == f"{asked}: favourable fewer than 5, rows 90"
    assert work.formula.endswith("= (fewer than 5/90) / (40/100)")
    assert "fewer than 5 rows stay out of the tables" in work.withheld[0]
    assert work.withheld[-1] == f"the SHA-256 of the true counts of sex is {'ab' * 32}"


def test_a_sum_with_a_count_that_stays_out_is_not_told() -> None:
    evidence = fairness(women=HIDDEN, others=group())
    work = worked(observation("fairness.selection_rate_difference", POOLED), evidence, "men")
    assert work is not None and work.formula.endswith("= not told/190 - 40/100")


@pytest.mark.parametrize("measure", ["fairness.calibration_within_group", "fairness.calibration_difference"])
def test_sums_that_stay_out_leave_the_reported_value(measure: str) -> None:
    work = worked(observation(measure, "women"), fairness(women=HIDDEN), "men")
    assert work is not None and work.value == 0.5 and work.withheld
    assert "scores not told" in work.cells[0]


def test_rows_outside_the_groups_that_stay_out() -> None:
    evidence = fairness(women=group())
    few = {"rows": None, "favourable": None, "few": ["favourable", "rows"]}
    none = {"rows": 0, "favourable": 0}
    evidence["fairness.json"]["attributes"]["sex"] |= {"rows_without_group": few, "rows_of_undeclared_groups": none}
    work = worked(observation("fairness.unknown_selection_rate", "(no declared group)"), evidence)
    assert work is not None and work.withheld and work.formula == "favourable / rows = not told / not told"
    assert work.cells[0] == "rows without group: favourable fewer than 5, rows fewer than 5"


@pytest.mark.parametrize("evidence", [{}, {"fairness.json": {}}, {"fairness.json": {"attributes": {}}}])
def test_evidence_without_the_counts_needs_the_data(evidence: dict[str, Any]) -> None:
    assert worked(observation("fairness.selection_rate_ratio", "women"), evidence, "men") is None


def test_a_measure_without_a_formula_needs_the_data() -> None:
    assert worked(observation("performance.auc", ""), fairness(women=group())) is None


def test_shares_at_the_cut_off() -> None:
    names = ("true_positive", "false_negative", "false_positive", "true_negative")
    evidence = {"performance.json": {"cut_off": dict(zip(names, (8, 2, 4, 86), strict=True))}}
    values = {"recall": 8 / 10, "precision": 8 / 12, "specificity": 86 / 90, "accuracy": 94 / 100}
    for name, value in values.items():
        work = worked(observation(f"performance.{name}", "", ""), evidence)
        assert work is not None and work.value == pytest.approx(value)
