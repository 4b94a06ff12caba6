"""decide(): each cell of the appetite, the worst effect, what is missing or broken, conditions and expiry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from hallmark.policy.appetite import Effect, Status
from hallmark.policy.control import Bound, Severity
from hallmark.policy.profile import Expiry
from hallmark.verdict.decide import decide
from hallmark.verdict.finding import Decision
from hallmark.verdict.observation import Observation

if TYPE_CHECKING:
    from tests.verdict.conftest import Making

# The table of the design, word for word; "*": a condition, or a person when nothing of that attribute is established.
TABLE = {
    "low": {"satisfied": "pass", "insufficient": "condition", "inconclusive": "condition"}
    | {"not-satisfied": "condition", "not-evaluated": "refer"},
    "moderate": {"satisfied": "pass", "insufficient": "condition", "inconclusive": "condition"}
    | {"not-satisfied": "refer", "not-evaluated": "refer"},
    "high": {"satisfied": "pass", "insufficient": "*", "inconclusive": "refer"}
    | {"not-satisfied": "refuse", "not-evaluated": "refer"},
    "critical": {"satisfied": "pass", "insufficient": "refer", "inconclusive": "refer"}
    | {"not-satisfied": "refuse", "not-evaluated": "refuse"},
}
VERDICT = {"pass": "certified", "condition": "conditional", "refer": "referred", "refuse": "refused", "*": "referred"}
CELLS = [(Severity(severity), Status(status)) for severity, row in TABLE.items() for status in row]


def outcome(status: Status) -> str:
    return "absent" if status is Status.NOT_EVALUATED else status.value


@pytest.mark.parametrize(("severity", "status"), CELLS, ids=str)
def test_each_cell_of_the_appetite(make: Making, severity: Severity, status: Status) -> None:
    verdict = make.decided((make.expected("income", severity), outcome(status)))
    assert verdict.findings[0].status is status
    assert verdict.decision == VERDICT[TABLE[severity][status]]
    assert verdict.findings[0].expected.control in verdict.because or verdict.decision is Decision.CERTIFIED


@pytest.mark.parametrize(
    ("sibling", "effect", "decision"),
    [
        ("satisfied", Effect.CONDITION, Decision.CONDITIONAL),
        ("insufficient", Effect.REFER, Decision.REFERRED),
        ("absent", Effect.REFER, Decision.REFERRED),
        ("twice", Effect.REFER, Decision.REFERRED),
        ("inconclusive", Effect.CONDITION, Decision.REFERRED),  # the sibling refers by itself
        ("not-satisfied", Effect.CONDITION, Decision.REFUSED),  # the sibling refuses by itself
    ],
)
def test_a_high_insufficient_finding_is_a_condition_only_beside_an_established_one(
    make: Making, sibling: str, effect: Effect, decision: Decision
) -> None:
    small, other = make.expected("a", Severity.HIGH), make.expected("b", Severity.HIGH)
    verdict = make.decided((small, "insufficient"), (other, sibling))
    assert (verdict.findings[0].effect, verdict.decision) == (effect, decision)


def test_a_sibling_of_another_attribute_or_control_establishes_nothing(make: Making) -> None:
    small = make.expected("a", Severity.HIGH)
    other_attribute = replace(small, key=replace(small.key, feature="b", attribute="sex"))
    other_control = make.expected("c", Severity.HIGH, control="C-2")
    other_policy = replace(make.expected("d", Severity.HIGH), policy="q")
    for other in (other_attribute, other_control, other_policy):
        assert make.decided((small, "insufficient"), (other, "satisfied")).decision is Decision.REFERRED


@pytest.mark.parametrize(
    ("outcomes", "decision"),
    [
        (("satisfied", "satisfied", "satisfied"), Decision.CERTIFIED),
        (("satisfied", "insufficient", "satisfied"), Decision.CONDITIONAL),
        (("not-satisfied", "insufficient", "satisfied"), Decision.REFERRED),
        (("not-satisfied", "insufficient", "not-satisfied"), Decision.REFUSED),
    ],
)
def test_the_worst_effect_counts(make: Making, outcomes: tuple[str, ...], decision: Decision) -> None:
    severities = (Severity.MODERATE, Severity.LOW, Severity.HIGH)
    pairs = [
        (make.expected(str(place), severity, control=f"C-{place}"), result)
        for place, (severity, result) in enumerate(zip(severities, outcomes, strict=True))
    ]
    assert make.decided(*pairs).decision is decision


def test_one_measure_under_two_controls_is_judged_twice_and_the_stricter_binds(make: Making) -> None:
    strict = make.expected("income", Severity.HIGH, control="strict")
    lax = replace(make.expected("income", Severity.HIGH, control="lax"), require=Bound(at_most=0.9))
    profile = make.profile(strict, lax)
    verdict = decide(profile, make.observed(strict.key, "not-satisfied"), (), profile.opened_at)
    assert [finding.status for finding in verdict.findings] == [Status.NOT_SATISFIED, Status.SATISFIED]
    assert verdict.decision is Decision.REFUSED


def test_no_standard(make: Making) -> None:
    expected = make.expected("income", Severity.LOW)
    profile = make.profile(expected, unmet=("fairness", "drift"))
    verdict = decide(profile, make.observed(expected.key, "satisfied"), (), profile.opened_at)
    assert (verdict.decision, verdict.expires_at, verdict.conditions) == (Decision.REFUSED, None, ())
    assert verdict.because == "no-standard: no control in this rulebook covers fairness, drift for this model."


@pytest.mark.parametrize("with_process", [True, False])
def test_the_facts_of_the_process_alone_are_no_standard(make: Making, with_process: bool) -> None:
    process = replace(make.fact("process.completed", Severity.CRITICAL, Bound(is_=True)), policy="process")
    profile = make.profile(*([process] if with_process else []))
    seen = Observation(key=process.key, value=1.0, method="m", tool="t")
    verdict = decide(profile, [seen], (), profile.opened_at)
    assert verdict.decision is Decision.REFUSED
    assert verdict.because.startswith("no-standard")


def test_a_condition_for_each_control_with_its_owner_and_day(make: Making) -> None:
    pairs = [(make.expected(name, Severity.LOW, control=control), "insufficient") for name, control in
             (("a", "C-1"), ("b", "C-1"), ("c", "C-2"))]  # fmt: skip
    verdict = make.decided(*pairs)
    due = make.profile().opened_at + timedelta(days=30)
    assert [(one.control, one.action, one.owner, one.due) for one in verdict.conditions] == [
        ("p/C-1", "Mend C-1.", "the owner", due),
        ("p/C-2", "Mend C-2.", "the owner", due),
    ]
    assert (verdict.expires_at, verdict.expires_because) == (due, "condition of p/C-1")


@pytest.mark.parametrize(("result", "usable"), [("not-satisfied", False), ("absent", False), ("satisfied", True)])
def test_only_what_can_be_used_expires(make: Making, result: str, usable: bool) -> None:
    verdict = make.decided((make.expected("a", Severity.MODERATE), result))
    assert (verdict.expires_at is not None) == usable
    assert verdict.conditions == ()


def test_expiry_is_the_earliest(make: Making) -> None:
    expected = make.expected("a", Severity.HIGH)
    base = make.profile(expected)
    consent = Expiry(at=base.opened_at + timedelta(days=10), because="the basis for the processing ends")
    later = Expiry(at=base.opened_at + timedelta(days=11), because="a clause begins")
    profile = replace(base, expiries=(*base.expiries, later, consent))
    verdict = decide(profile, make.observed(expected.key, "satisfied"), (), base.opened_at + timedelta(days=1))
    assert (verdict.expires_at, verdict.expires_because) == (consent.at, consent.because)
    assert make.decided((expected, "satisfied")).expires_at == base.opened_at + timedelta(days=180)


OUT_OF_RANGE = {
    "share above 1": ("data_quality.completeness", Bound(at_least=0.9), 1.5),
    "share below 0": ("data_quality.completeness", Bound(at_most=0.9), -0.5),
    "yes and a half": ("vet.consent", Bound(is_=True), 1.5),
}


@pytest.mark.parametrize("case", OUT_OF_RANGE)
def test_a_fact_outside_the_range_of_its_measure_is_not_evaluated(make: Making, case: str) -> None:
    measure, require, value = OUT_OF_RANGE[case]
    expected = make.fact(measure, Severity.HIGH, require)
    profile = make.profile(expected)
    verdict = decide(profile, [Observation(key=expected.key, value=value, method="m", tool="t")], (), profile.opened_at)
    assert verdict.findings[0].status is Status.NOT_EVALUATED
    assert verdict.decision is Decision.REFERRED


def test_a_sample_outside_the_range_of_its_measure_is_not_evaluated(make: Making) -> None:
    expected = make.expected("income", Severity.HIGH)
    seen = Observation(key=expected.key, value=-0.3, low=-0.4, high=-0.2, n=1000, method="m", tool="t")
    profile = make.profile(expected)
    assert decide(profile, [seen], (), profile.opened_at).findings[0].status is Status.NOT_EVALUATED


@pytest.mark.parametrize("missing", ["value", "low", "high", "n"])
def test_a_sample_without_one_of_its_numbers_is_not_evaluated(make: Making, missing: str) -> None:
    expected = make.expected("income", Severity.HIGH)
    (good,) = make.observed(expected.key, "satisfied")
    profile = make.profile(expected)
    assert decide(profile, [good], (), profile.opened_at).decision is Decision.CERTIFIED
    broken = {
        "value": replace(good, value=None, reason="one class"),
        "low": replace(good, low=None),
        "high": replace(good, high=None),
        "n": replace(good, n=None),
    }[missing]
    verdict = decide(profile, [broken], (), profile.opened_at)
    assert (verdict.findings[0].status, verdict.decision) == (Status.NOT_EVALUATED, Decision.REFERRED)


def test_a_sample_for_which_nothing_is_expected_to_be_good_is_not_evaluated(make: Making) -> None:
    expected = replace(make.expected("income", Severity.HIGH), expect=None)
    assert make.decided((expected, "satisfied")).findings[0].status is Status.NOT_EVALUATED
