"""The policies that are shipped: sound, complete, reasoned, and pointing at remedies that exist."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hallmark.measures import MEASURES, Kind
from hallmark.policy.appetite import Effect, Status
from hallmark.policy.control import Authority, Bound, Proof, Severity, Tier
from hallmark.policy.lint import lint
from hallmark.policy.lint_reach import beyond
from hallmark.verdict.judge import Limits

if TYPE_CHECKING:
    from tests.policy.conftest import Making

    from hallmark.policy.control import Control, Policy

ROOT = Path(__file__).parents[2]


def controls(make: Making) -> list[tuple[Policy, Control]]:
    return [(policy, control) for policy in make.shipped.policies for control in policy.controls]


def test_lint_has_nothing_to_say(make: Making) -> None:
    assert lint(make.shipped, date(2026, 11, 24)) == []
    assert list(beyond(make.shipped)) == []


def test_every_measure_that_can_be_gated_is(make: Making) -> None:
    gated = {control.measure for _, control in controls(make)}
    wanted = {name for name, measure in MEASURES.items() if measure.gate and measure.dimension != "process"}
    assert gated == wanted


def test_every_sample_has_room(make: Making) -> None:
    for policy, control in controls(make):
        if control.measured.kind is Kind.SAMPLE:
            assert control.expected_value is not None
            limits = Limits(bound=control.require, tolerance=control.tolerance, expect=control.expected_value)
            assert limits.room > 0, f"{policy.policy}/{control.id}"


def test_what_is_presumed_is_never_high_except_drift(make: Making) -> None:
    presumed = {c.measure for _, c in controls(make) if c.proof is Proof.OF_BREACH and c.severity is Severity.HIGH}
    assert presumed == {
        "drift.score_distance",
        "drift.class_distance",
        "drift.auc_drop",
        "drift.accuracy_drop",
        "drift.error_rise",
    }
    shown = {c.measure for _, c in controls(make) if c.proof is Proof.OF_COMPLIANCE and c.measured.kind is Kind.SAMPLE}
    assert shown == {
        "data_quality.single_feature_auc",
        "fairness.selection_rate_ratio",
        "fairness.true_positive_rate_difference",
        "performance.auc",
        "performance.auc_gain",
        "performance.balanced_accuracy",
        "performance.calibration_in_the_large",
        "performance.mae",
        "performance.pinball",
        "performance.r2",
    }


def test_every_bound_has_a_reason_and_every_remedy_a_place(make: Making) -> None:
    titles = re.findall(r"^## (.+)$", (ROOT / "docs/remedies.md").read_text(), re.MULTILINE)
    anchors = {title.lower().replace(" ", "-") for title in titles}
    for policy, control in controls(make):
        found = re.search(r"docs/remedies\.md#([a-z-]+)\.$", control.remedy)
        assert found and found[1] in anchors, f"{policy.policy}/{control.id}: {control.remedy}"
        assert len(control.because.split()) > 12, f"{policy.policy}/{control.id}"


def test_four_fifths_in_credit_calls_itself_a_standard_of_our_own(make: Making) -> None:
    found = [one for one in controls(make) if one[1].measure == "fairness.selection_rate_ratio"]
    ratios = {policy.policy: control for policy, control in found if control.severity is Severity.HIGH}
    crossed = {control.by for _, control in found if control not in ratios.values()}
    assert crossed == {("sex*age_band",), ("race*sex",)}
    by = {"fair-lending": ("sex", "age_band"), "fair-lending-us": ("race", "sex", "marital")}
    assert {name: ratio.by for name, ratio in ratios.items()} == by
    for ratio in ratios.values():
        assert ratio.require == Bound(between=(0.8, 1.25))
        assert "our own standard and no law" in ratio.because


def test_no_effect_on_a_group_cites_the_equal_credit_opportunity_act(make: Making) -> None:
    for policy, control in controls(make):
        if control.measured.dimension == "fairness" and "proxy" not in control.measure:
            assert not any(clause.startswith("reg-b/") for clause in control.satisfies), f"{policy.policy}/{control.id}"


def test_policies_speak_for_the_enterprise_and_their_owners_exist(make: Making) -> None:
    people = {person.name: person.roles for person in make.shipped.roles.people}
    for policy in make.shipped.policies:
        assert policy.authority is Authority.ENTERPRISE
        assert "policy-owner" in people[policy.owner]
    assert {"model-owner", "reviewer", "policy-owner", "auditor", "risk-analyst"} == {
        role for roles in people.values() for role in roles
    }


def test_the_owner_of_a_model_reviews_nothing(make: Making) -> None:
    people = {person.name: person.roles for person in make.shipped.roles.people}
    assert all("reviewer" not in people[entry.owner] for entry in make.shipped.inventory)


def test_high_risk_duties_of_the_ai_act_wait_for_their_day(make: Making) -> None:
    dates = {clause.name: clause.effective_from for clause in make.shipped.clauses}
    for article in ("9(8)", "10(2)", "10(3)", "13(3)(b)", "14(4)", "15(3)"):
        assert dates[f"eu-ai-act/{article}"] == date(2027, 12, 2)
    assert "eu-ai-act/10(5)" not in dates


def test_what_was_superseded_has_an_end_and_an_heir_and_is_not_cited(make: Making) -> None:
    clauses = {clause.name: clause for clause in make.shipped.clauses}
    ended = {name for name, clause in clauses.items() if clause.superseded_by is not None}
    assert ended == {"sr-11-7/V", "sr-21-8/all", "reg-b/1002.6(a) before 2026-07-21"}
    for name in ended:
        assert clauses[name].effective_until is not None
        assert clauses[str(clauses[name].superseded_by)].effective_until is None
    assert not ended & {name for _, control in controls(make) for name in control.satisfies}


@pytest.mark.parametrize("framework", ["nist-ai-rmf", "iso-42001", "iso-24029", "gdpr", "ueg-1978"])
def test_what_nobody_has_read_in_the_original_is_unconfirmed(make: Making, framework: str) -> None:
    found = [clause.confirmed for clause in make.shipped.clauses if clause.framework == framework]
    assert found and not any(found)


def test_employment_clauses_are_for_employment(make: Making) -> None:
    for clause in make.shipped.clauses:
        if clause.framework in ("nyc-ll144", "ueg-1978"):
            assert clause.scope.purpose and "credit-decision" not in clause.scope.purpose


def test_the_tiers(make: Making) -> None:
    tiers = make.appetite.tiers
    assert [tiers.of(tier).validity_days for tier in (Tier.HIGH, Tier.MEDIUM, Tier.LOW)] == [180, 365, 730]
    assert set(tiers.high.mandatory) == {"vet", "data_quality", "drift", "fairness", "performance"}
    assert (make.appetite.condition_days, make.appetite.undecided_hours) == (30, 24)


@pytest.mark.parametrize("severity", Severity)
def test_effects_get_no_milder_with_a_worse_status(make: Making, severity: Severity) -> None:
    order = [Status.SATISFIED, Status.INSUFFICIENT, Status.INCONCLUSIVE, Status.NOT_SATISFIED]
    weights = [make.appetite.effects.of(severity, status).weight for status in order]
    assert weights == sorted(weights)
    assert make.appetite.effects.of(severity, Status.NOT_EVALUATED).weight >= Effect.REFER.weight


def test_effects_get_no_milder_with_a_higher_severity(make: Making) -> None:
    for status in Status:
        weights = [make.appetite.effects.of(severity, status).weight for severity in Severity]
        assert weights == sorted(weights)


def test_the_example_meets_a_standard_in_every_mandatory_dimension(make: Making) -> None:
    card = make.shipped.inventory[0]
    assert (card.model, card.owner, card.tier) == ("card_default", "card-risk-team", Tier.HIGH)
    dimensions = {control.measured.dimension for _, control in controls(make)}
    assert set(make.appetite.tiers.of(card.tier).mandatory) <= dimensions
