"""The profile: which findings are expected, by which key, and why others are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from hallmark.errors import BadInput
from hallmark.measures import Task
from hallmark.policy.appetite import Status
from hallmark.policy.control import FEATURES, Authority, Bound, Effective, Override, Phase, Scope, Severity
from hallmark.policy.expected import Key
from hallmark.policy.subject import POOLED, CohortRole, Consent
from hallmark.verdict.decide import decide
from hallmark.verdict.finding import Decision
from hallmark.verdict.observation import Observation

if TYPE_CHECKING:
    from tests.policy.conftest import Making

    from hallmark.policy.expected import Expected
from hallmark.policy.profile import Profile

RATIO = "fairness.selection_rate_ratio"
FOUR_FIFTHS = Bound(between=(0.8, 1.25))

OPENED = datetime(2026, 11, 24, 12, tzinfo=UTC)


def of(profile: Profile, control: str) -> list[Expected]:
    return [expected for expected in profile.expected if expected.control == control]


def why(profile: Profile, control: str) -> tuple[bool, str]:
    (choice,) = [choice for choice in profile.choices if choice.control == control]
    return choice.included, choice.because


def test_the_two_facts_of_the_process_are_in_every_profile(make: Making) -> None:
    profile = make.profile(make.rules())
    assert [(one.key.measure, one.severity, one.require) for one in profile.expected] == [
        ("process.completed", Severity.CRITICAL, Bound(is_=True)),
        ("process.steps_agree", Severity.CRITICAL, Bound(is_=True)),
    ]
    assert not profile.controlled


def test_groups_against_the_reference_and_pooled_from_two_on(make: Making) -> None:
    control = replace(make.control("F", RATIO, FOUR_FIFTHS), by=("sex", "band"), tolerance=0.05)
    found = of(make.profile(make.rules(make.policy(control))), "F")
    assert [(one.key.attribute, one.key.group, one.reference) for one in found] == [
        ("sex", "women", "men"),
        ("band", "young", "middle"),
        ("band", "old", "middle"),
        ("band", POOLED, "middle"),
    ]
    assert {one.keys for one in found} == {4}
    assert {one.expect for one in found} == {1.0}


def test_an_attribute_that_is_not_declared_keeps_one_key_that_nothing_can_fill(make: Making) -> None:
    control = replace(make.control("F", RATIO, FOUR_FIFTHS), by=("religion", "sex"), tolerance=0.05)
    found = of(make.profile(make.rules(make.policy(control))), "F")
    assert [one.key for one in found] == [
        Key(measure=RATIO, attribute="religion"),
        Key(measure=RATIO, attribute="sex", group="women"),
    ]
    assert {one.keys for one in found} == {2}


def test_an_attribute_that_is_not_declared_is_not_evaluated_whatever_is_delivered(make: Making) -> None:
    control = replace(make.control("F", RATIO, FOUR_FIFTHS), by=("religion",), tolerance=0.05)
    profile = make.profile(make.rules(make.policy(control)))
    (expected,) = of(profile, "F")
    seen = Observation(key=expected.key, value=1.0, low=0.99, high=1.01, n=10_000, method="m", tool="t")
    (finding,) = [one for one in decide(profile, [seen], (), OPENED).findings if one.expected == expected]
    assert finding.status is Status.NOT_EVALUATED


def test_features_each_by_itself(make: Making) -> None:
    control = replace(make.control("D", "drift.feature_distance", Bound(at_most=0.03)), by=(FEATURES,), tolerance=0.03)
    found = of(make.profile(make.rules(make.policy(control))), "D")
    assert [one.key.feature for one in found] == ["income", "limit", "age"]
    assert {one.keys for one in found} == {3}


def test_a_control_that_is_not_spread_has_one_key(make: Making) -> None:
    (found,) = of(make.profile(make.rules(make.policy(make.control("V")))), "V")
    assert (found.key, found.keys) == (Key(measure="vet.consent"), 1)


@pytest.mark.parametrize(
    ("role", "phase", "there"),
    [
        (CohortRole.HOLDOUT, Phase.INITIAL, True),
        (CohortRole.HOLDOUT, Phase.ONGOING, False),
        (CohortRole.PRODUCTION, Phase.ONGOING, True),
        (CohortRole.PRODUCTION, Phase.INITIAL, False),
    ],
)
def test_a_control_counts_in_its_phases(make: Making, role: CohortRole, phase: Phase, there: bool) -> None:
    control = replace(make.control("V"), phase=(phase,))
    profile = make.profile(make.rules(make.policy(control), mandatory=("vet",)), role=role)
    assert bool(of(profile, "V")) == there
    assert why(profile, "p/V")[0] == there
    assert profile.unmet == (), "mandatory dimensions are counted before phase"
    if not there:
        assert why(profile, "p/V")[1] == f"not part of the {profile.phase} phase"


def test_a_task_that_does_not_fit_is_said_and_covers_nothing(make: Making) -> None:
    auc = replace(make.control("A", "performance.auc", Bound(at_least=0.7)), tolerance=0.02, expect=0.8)
    rules = make.rules(make.policy(auc, make.control("V")), mandatory=("vet", "performance"))
    assert make.profile(rules).unmet == ()
    number = replace(make.manifest().label, positive=None)
    regression = replace(make.manifest(), task=Task.REGRESSION, decision=None, label=number)
    profile = make.profile(rules, manifest=regression)
    assert of(profile, "A") == []
    assert why(profile, "p/A") == (False, "performance.auc does not apply to regression")
    assert profile.unmet == ("performance",)
    assert decide(profile, (), (), profile.opened_at).decision is Decision.REFUSED


def test_the_loss_at_a_quantile_applies_where_the_manifest_declares_one(make: Making) -> None:
    pinball = replace(make.control("A", "performance.pinball", Bound(at_most=3)), tolerance=1.0, expect=2.0)
    rules = make.rules(make.policy(pinball, make.control("V")))
    number = replace(make.manifest().label, positive=None)
    regression = replace(make.manifest(), task=Task.REGRESSION, decision=None, label=number)
    assert of(make.profile(rules, manifest=regression), "A") == []
    included, because = why(make.profile(rules, manifest=regression), "p/A")
    assert not included and "declares no quantile" in because
    asked = replace(rules, appetite=make.rules(mandatory=("vet", "performance")).appetite)
    assert make.profile(asked, manifest=regression).unmet == ("performance",), "what has no object covers nothing"
    assert make.profile(asked, manifest=replace(regression, quantile=0.9)).unmet == ()
    assert len(of(make.profile(rules, manifest=replace(regression, quantile=0.9)), "A")) == 1
    with pytest.raises(BadInput, match="a quantile lies between 0 and 1"):
        replace(regression, quantile=1.0)


def test_a_mandatory_dimension_without_a_control_is_unmet(make: Making) -> None:
    profile = make.profile(make.rules(make.policy(make.control("V")), mandatory=("vet", "drift")))
    assert profile.unmet == ("drift",)


def test_an_overridden_control_leaves_its_dimension_unmet(make: Making) -> None:
    override = Override(control="p/V", because="may not be collected here")
    other = replace(make.policy(name="other"), controls=(make.control("D", "vet.retention"),), overrides=(override,))
    both = make.rules(make.policy(make.control("V")), other, mandatory=("vet",))
    assert make.profile(both).unmet == ()
    assert why(make.profile(both), "p/V") == (False, "overridden by other 1: may not be collected here")
    lonely = replace(other, controls=(make.control("Q", "data_quality.validity", Bound(at_least=0.9)),))
    profile = make.profile(make.rules(make.policy(make.control("V")), lonely, mandatory=("vet",)))
    assert profile.unmet == ("vet",)


def test_scope_and_dates_are_reasons(make: Making) -> None:
    elsewhere = make.policy(make.control("V"), name="elsewhere", scope=Scope(jurisdiction=("US",)))
    ended = replace(
        make.policy(make.control("V"), name="ended"),
        effective=Effective(from_=date(2026, 1, 1), until=date(2026, 11, 23)),
    )
    today = replace(
        make.policy(make.control("V"), name="today"),
        effective=Effective(from_=date(2026, 11, 24), until=date(2026, 11, 24)),
    )
    profile = make.profile(make.rules(elsewhere, ended, today))
    assert why(profile, "elsewhere/V") == (False, "elsewhere 1 does not take in m: its scope is another")
    assert why(profile, "ended/V") == (False, "ended 1 is not in force on 2026-11-24")
    assert why(profile, "today/V") == (True, "today 1 takes the model in")
    assert [one.policy for one in profile.expected if one.control == "V"] == ["today"]


def test_a_model_that_is_not_in_the_inventory_has_no_profile(make: Making) -> None:
    with pytest.raises(BadInput, match="'other' is not in the inventory"):
        make.profile(make.rules(), manifest=replace(make.manifest(), model="other"))


def test_expiries_of_tier_consent_and_cited_clauses(make: Making) -> None:
    cited = replace(make.clause("law/1"), effective_from=date(2027, 1, 1), effective_until=date(2027, 2, 1))
    unused = replace(make.clause("law/2"), effective_from=date(2026, 12, 1))
    control = replace(make.control("V"), satisfies=("law/1",))
    manifest = replace(make.manifest(), consent=Consent(basis="contract", until=date(2026, 12, 31)))
    profile = make.profile(make.rules(make.policy(control), clauses=(cited, unused)), manifest=manifest)
    assert [clause.name for clause in profile.clauses] == ["law/1"]
    assert [(one.at, one.because) for one in profile.expiries] == [
        (datetime(2027, 1, 1, tzinfo=UTC), "law/1 begins to apply"),
        (datetime(2027, 1, 1, tzinfo=UTC), "the basis for the processing ends"),
        (datetime(2027, 2, 2, tzinfo=UTC), "law/1 ceases to apply"),
        (datetime(2027, 5, 23, 12, tzinfo=UTC), "tier high: 180 days"),
    ]


def test_what_is_over_already_is_no_expiry(make: Making) -> None:
    control = replace(make.control("V"), satisfies=("law/1",))
    profile = make.profile(make.rules(make.policy(control), clauses=(make.clause("law/1"),)))
    assert [one.because for one in profile.expiries] == ["tier high: 180 days"]


def test_the_profile_is_the_same_in_any_order_of_policies_up_to_order(make: Making) -> None:
    one, two = make.policy(make.control("A"), name="a"), make.policy(make.control("B", "vet.retention"), name="b")
    forth, back = make.profile(make.rules(one, two)), make.profile(make.rules(two, one))
    assert set(forth.expected) == set(back.expected)
    assert set(forth.choices) == set(back.choices)


def test_a_dimension_is_covered_by_what_the_loser_still_asks_in_another_phase(make: Making) -> None:
    auc = replace(make.control("A", "performance.auc", Bound(at_least=0.7)), tolerance=0.02, expect=0.8)
    initial = replace(auc, id="B", require=Bound(at_most=0.6), expect=0.55, phase=(Phase.INITIAL,))
    winner = replace(make.policy(initial, name="won"), authority=Authority.REGULATION)
    rules = make.rules(make.policy(auc, name="lost"), winner, mandatory=("performance",))
    first, later = (make.profile(rules, role=role) for role in (CohortRole.HOLDOUT, CohortRole.PRODUCTION))
    assert [one.control for one in first.expected if one.policy != "process"] == ["B"]
    assert [one.control for one in later.expected if one.policy != "process"] == ["A"]
    assert why(first, "lost/A")[1].startswith("cannot hold beside won/B")
    assert why(later, "won/B") == (False, "not part of the ongoing phase")
    assert first.unmet == later.unmet == ()


def test_a_control_that_gave_way_in_part_says_where(make: Making) -> None:
    sex = replace(make.control("W", RATIO, Bound(between=(1.1, 1.2))), by=("sex",), tolerance=0.05, expect=1.15)
    both = replace(make.control("L", RATIO, Bound(between=(0.8, 0.95))), by=("sex", "band"), tolerance=0.05, expect=0.9)
    winner = replace(make.policy(sex, name="won"), authority=Authority.REGULATION)
    profile = make.profile(make.rules(make.policy(both, name="lost"), winner))
    assert {one.key.attribute for one in of(profile, "L")} == {"band"}
    assert {one.keys for one in of(profile, "L")} == {3}
    assert why(profile, "lost/L") == (
        True,
        "lost 1 takes the model in; not by sex, where it cannot hold beside won/W, which has the higher authority "
        "(regulation)",
    )


# Times


def ended(make: Making, until: date | None) -> Profile:
    manifest = replace(make.manifest(), consent=Consent(basis="contract", until=until))
    return make.profile(make.rules(make.policy(make.control("V", "vet.provenance"))), manifest=manifest)


@pytest.mark.parametrize("until", [date(2026, 11, 23), date(2020, 1, 1)])
def test_a_consent_that_is_over_gives_no_certificate(make: Making, until: date) -> None:
    profile = ended(make, until)
    delivered = [Observation(key=one.key, value=1.0, method="m", tool="t") for one in profile.expected]
    verdict = decide(profile, delivered, (), OPENED)
    assert (verdict.decision, verdict.expires_at) == (Decision.REFUSED, None)
    assert verdict.because == (
        "out-of-date: a certificate would have ended before the opening "
        "(the basis for the processing ends, and did before the opening)."
    )


def test_a_control_that_refuses_says_so_also_when_the_consent_is_over(make: Making) -> None:
    manifest = replace(make.manifest(), consent=Consent(basis="contract", until=date(2026, 11, 23)))
    profile = make.profile(make.rules(make.policy(make.control("V"))), manifest=manifest)
    delivered = [
        Observation(key=one.key, value=float(one.control != "V"), method="m", tool="t") for one in profile.expected
    ]
    verdict = decide(profile, delivered, (), OPENED)
    assert verdict.decision is Decision.REFUSED
    assert verdict.because.startswith("One finding refuses: V.")


def test_a_consent_of_today_ends_tonight(make: Making) -> None:
    (first, _) = ended(make, date(2026, 11, 24)).expiries
    assert (first.at, first.because) == (datetime(2026, 11, 25, tzinfo=UTC), "the basis for the processing ends")


@pytest.mark.parametrize("until", [date(9999, 12, 30), date(9999, 12, 31), None])
def test_an_end_at_the_end_of_the_calendar_is_far_away(make: Making, until: date | None) -> None:
    assert ended(make, until).expiries[0].because == "tier high: 180 days"


def test_a_clause_may_end_at_the_end_of_the_calendar(make: Making) -> None:
    control = replace(make.control("V"), satisfies=("law/1",))
    policy = replace(make.policy(control), effective=Effective(from_=date(2026, 1, 1), until=date.max))
    clause = replace(make.clause("law/1"), effective_until=date.max)
    profile = make.profile(make.rules(policy, clauses=(clause,)))
    assert [one.because for one in profile.expiries] == ["tier high: 180 days"]


@pytest.mark.parametrize("days", [0, -180, -(10**12)])
def test_a_validity_without_days_certifies_nothing(make: Making, days: int) -> None:
    """Rulebooks of before lint asked may say so."""
    rules = make.rules(make.policy(make.control("V")))
    high = replace(rules.appetite.tiers.high, validity_days=days)
    appetite = replace(rules.appetite, tiers=replace(rules.appetite.tiers, high=high))
    profile = make.profile(replace(rules, appetite=appetite))
    delivered = [Observation(key=one.key, value=1.0, method="m", tool="t") for one in profile.expected]
    assert decide(profile, delivered, (), OPENED).decision is Decision.REFUSED


def test_a_policy_that_begins_ends_a_certificate_of_the_models_that_it_takes_in(make: Making) -> None:
    day = date(2026, 12, 1)
    soon, elsewhere = (
        replace(make.policy(make.control("N"), name=name, scope=scope), effective=Effective(from_=day))
        for name, scope in (("soon", Scope()), ("elsewhere", Scope(jurisdiction=("US",))))
    )
    profile = make.profile(make.rules(make.policy(make.control("V")), soon, elsewhere))
    assert [(one.at, one.because) for one in profile.expiries] == [
        (datetime(2026, 12, 1, tzinfo=UTC), "policy soon begins to apply"),
        (datetime(2027, 5, 23, 12, tzinfo=UTC), "tier high: 180 days"),
    ]
