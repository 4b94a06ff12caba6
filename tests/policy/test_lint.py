"""Each sentence of lint: said about rules that break one thing, and about nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hallmark.errors import BadInput
from hallmark.policy import lint as room
from hallmark.policy.appetite import Effect
from hallmark.policy.control import FEATURES, Bound, Effective, Override, Proof, Scope, Severity
from hallmark.policy.lint_reach import beyond
from hallmark.policy.names import checked
from hallmark.policy.role import Key, KeyUse, Person, Roles
from hallmark.web.accounts import Role, add

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.policy.conftest import Making

    from hallmark.policy.control import Control
    from hallmark.policy.rulebook import Rules

ON = date(2026, 6, 1)
AUC, RATIO, DRIFT = "performance.auc", "fairness.selection_rate_ratio", "drift.feature_distance"


def lint(rules: Rules) -> list[str]:
    """What lint says on a day on which every policy of these tests is in force."""
    return room.lint(rules, ON)


def sound(make: Making, measure: str) -> Control:
    """A control on `measure` that lint has nothing to say about."""
    return {
        AUC: replace(make.control("C", AUC, Bound(at_least=0.7)), tolerance=0.02, expect=0.8),
        RATIO: replace(make.control("C", RATIO, Bound(between=(0.8, 1.25))), tolerance=0.05, by=("sex",)),
        DRIFT: replace(make.control("C", DRIFT, Bound(at_most=0.03)), tolerance=0.03, by=(FEATURES,)),
        "vet.consent": make.control("C"),
        "data_quality.completeness": make.control("C", "data_quality.completeness", Bound(at_least=0.99)),
    }[measure]


@pytest.mark.parametrize("measure", [AUC, RATIO, DRIFT, "vet.consent", "data_quality.completeness"])
def test_sound_controls_pass(make: Making, measure: str) -> None:
    assert lint(make.rules(make.policy(sound(make, measure)))) == []


BROKEN: list[tuple[str, dict[str, Any], str]] = [
    (AUC, {"measure": "performance.auk"}, "no measure is called 'performance.auk'"),
    (
        DRIFT,
        {"measure": "drift.evidently_wasserstein"},
        "drift.evidently_wasserstein is shown and never judged: one missing-code destroys it; "
        "shown beside D and never judged",
    ),
    (
        RATIO,
        {"require": Bound(at_least=0.8)},
        "a ratio needs `between`: whoever picks the reference group could pick a disadvantaged one",
    ),
    ("vet.consent", {"require": Bound(at_least=1.0)}, "`is` goes with a yes/no measure and with no other"),
    (
        "data_quality.completeness",
        {"require": Bound(is_=True)},
        "`is` goes with a yes/no measure and with no other",
    ),
    (
        "data_quality.completeness",
        {"require": Bound(at_least=1.5)},
        "the bound 1.5 lies outside the range of data_quality.completeness",
    ),
    (DRIFT, {"require": Bound(between=(-0.5, 0.03))}, f"the bound -0.5 lies outside the range of {DRIFT}"),
    (AUC, {"by": ("sex",)}, "performance.auc is not spread; remove `by`"),
    (DRIFT, {"by": ()}, f"{DRIFT} needs `by: features`"),
    (DRIFT, {"by": ("sex",)}, f"{DRIFT} needs `by: features`"),
    (RATIO, {"by": ()}, f"{RATIO} needs `by` with the names of attributes"),
    (RATIO, {"by": (FEATURES,)}, f"{RATIO} needs `by` with the names of attributes"),
    (RATIO, {"by": ("sex", "sex")}, "`by` names something twice"),
    (
        RATIO,
        {"proof": Proof.OF_BREACH, "severity": Severity.CRITICAL},
        "a critical control is never of-breach",
    ),
    (AUC, {"tolerance": 0.0}, "a sample needs a tolerance above 0"),
    (AUC, {"tolerance": -0.1}, "a sample needs a tolerance above 0"),
    (AUC, {"expect": None}, "performance.auc has no parity; say with `expect` what a good model shows"),
    (AUC, {"expect": 0.69}, "`expect` 0.69 does not meet the bound, so no good model could pass"),
    (RATIO, {"expect": 1.3}, "`expect` 1.3 does not meet the bound, so no good model could pass"),
    ("vet.consent", {"phase": ()}, "is part of no phase, so it would never be asked; name initial, ongoing or both"),
    (RATIO, {"by": ("sex*sex",)}, "`by` names 'sex*sex'; cross attributes that differ, as sex*age_band"),
    (RATIO, {"by": ("sex*",)}, "`by` names 'sex*'; cross attributes that differ, as sex*age_band"),
    (AUC, {"satisfies": ("law/9",)}, "cites law/9, which is not among the clauses"),
]


@pytest.mark.parametrize(("measure", "broken", "sentence"), BROKEN, ids=[case[2][:60] for case in BROKEN])
def test_each_sentence_about_a_control(make: Making, measure: str, broken: dict[str, Any], sentence: str) -> None:
    control = replace(sound(make, measure), **broken)
    assert f"p/C: {sentence}" in lint(make.rules(make.policy(control)))


@pytest.mark.parametrize("measure", [AUC, RATIO, DRIFT])
@pytest.mark.parametrize("tolerance", [float("nan"), float("inf")])
def test_a_tolerance_is_finite(make: Making, measure: str, tolerance: float) -> None:
    rules = make.rules(make.policy(replace(sound(make, measure), tolerance=tolerance)))
    assert "p/C: a tolerance is a finite number" in lint(rules)


@pytest.mark.parametrize(
    ("measure", "tolerance", "said"),
    [
        (AUC, 0.71, "the tolerance moves the floor below 0, so nothing could be shown"),
        (RATIO, 0.81, "the tolerance moves the floor below 0, so nothing could be shown"),
        (DRIFT, 0.98, "the tolerance moves the ceiling above 1, so nothing could be shown"),
    ],
)
def test_a_tolerance_leaves_something_beyond_it(make: Making, measure: str, tolerance: float, said: str) -> None:
    control = sound(make, measure)
    assert lint(make.rules(make.policy(replace(control, tolerance=tolerance)))) == [f"p/C: {said}"]
    assert lint(make.rules(make.policy(replace(control, tolerance=tolerance - 0.02)))) == []


@pytest.mark.parametrize(
    ("until", "fits"),
    [(None, False), (date(2026, 7, 21), False), (date(2026, 7, 20), True), (date(2026, 7, 19), True)],
)
def test_a_policy_does_not_outlive_a_clause_that_it_cites(make: Making, until: date | None, fits: bool) -> None:
    control = replace(sound(make, "vet.consent"), satisfies=("law/1",))
    policy = replace(make.policy(control), effective=Effective(from_=date(2026, 1, 1), until=until))
    clause = replace(make.clause("law/1"), effective_until=date(2026, 7, 20))
    said = "p/C: cites law/1, which ends on 2026-07-20; let the policy end by then or cite another"
    assert lint(make.rules(policy, clauses=(clause,))) == ([] if fits else [said])


def test_a_policy_begins_before_it_ends(make: Making) -> None:
    policy = make.policy(make.control("C"))
    day = date(2026, 6, 1)
    backwards = replace(policy, effective=Effective(from_=day, until=date(2026, 5, 31)))
    assert lint(make.rules(backwards)) == ["p: is over before it begins; put its dates in order"]
    assert lint(make.rules(replace(policy, effective=Effective(from_=day, until=day)))) == []


def test_an_override_names_a_control_that_exists(make: Making) -> None:
    one, two = make.policy(make.control("C"), name="one"), make.policy(make.control("C"), name="two")
    good, bad = (Override(control=name, because="for the test") for name in ("one/C", "one/D"))
    assert lint(make.rules(one, replace(two, overrides=(good,)))) == []
    assert lint(make.rules(one, replace(two, overrides=(good, bad)))) == ["two: overrides one/D, which does not exist"]


@pytest.mark.parametrize(
    ("clause", "policy", "fits"),
    [
        (Scope(), Scope(), True),
        (Scope(jurisdiction=("EU",)), Scope(jurisdiction=("EU",)), True),
        (Scope(jurisdiction=("EU", "UK")), Scope(jurisdiction=("EU",), purpose=("credit-decision",)), True),
        (Scope(jurisdiction=("EU",)), Scope(), False),
        (Scope(jurisdiction=("EU",)), Scope(jurisdiction=("EU", "US")), False),
        (Scope(purpose=("employment",)), Scope(purpose=("credit-decision",)), False),
    ],
)
def test_a_clause_is_cited_inside_its_scope_only(make: Making, clause: Scope, policy: Scope, fits: bool) -> None:
    control = replace(sound(make, "vet.consent"), satisfies=("law/1",))
    rules = make.rules(make.policy(control, scope=policy), clauses=(make.clause("law/1", scope=clause),))
    said = "p/C: cites law/1, whose scope does not contain that of the policy"
    assert [problem for problem in lint(rules) if "p/C" in problem] == ([] if fits else [said])


def test_every_name_stands_once(make: Making) -> None:
    control = make.control("C")
    rules = make.rules(
        make.policy(control, control), make.policy(name="q"), make.policy(name="q"), clauses=(make.clause(),) * 3
    )
    key = Key(use=KeyUse.WORKER, key_id="f" * 64, public="0" * 64)
    person = Person(name="ada", roles=("auditor",))
    people = (*rules.roles.people, person, person)
    broken = replace(rules, inventory=rules.inventory * 2, roles=Roles(people=people, keys=(key,) * 2))
    assert lint(broken) == [
        "policy q stands 2 times; a name stands once",
        "control p/C stands 2 times; a name stands once",
        "clause law/1 stands 3 times; a name stands once",
        "model m stands 2 times; a name stands once",
        "person ada stands 2 times; a name stands once",
        f"key {'f' * 64} stands 2 times; a name stands once",
    ]


def with_row(rules: Rules, severity: str, **effects: Effect) -> Rules:
    table = rules.appetite.effects
    row = replace(getattr(table, severity), **effects)
    return replace(rules, appetite=replace(rules.appetite, effects=replace(table, **{severity: row})))


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("effect", [Effect.PASS, Effect.CONDITION, Effect.CONDITION_OR_REFER])
def test_absence_never_ends_without_a_person(make: Making, severity: Severity, effect: Effect) -> None:
    assert lint(with_row(make.rules(), severity.value, not_evaluated=effect)) == [
        f"appetite: {severity} not-evaluated must refer or refuse, else absence reads as a pass"
    ]


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("status", ["insufficient", "inconclusive", "not_satisfied"])
def test_nothing_but_satisfied_passes(make: Making, severity: Severity, status: str) -> None:
    said = f"appetite: {severity} passes something that is not satisfied"
    assert said in lint(with_row(make.rules(), severity.value, **{status: Effect.PASS}))


def test_satisfied_passes(make: Making) -> None:
    assert lint(with_row(make.rules(), "low", satisfied=Effect.REFER)) == ["appetite: low satisfied must pass"]


@pytest.mark.parametrize("effect", [Effect.CONDITION, Effect.REFER])
def test_a_critical_breach_refuses(make: Making, effect: Effect) -> None:
    assert lint(with_row(make.rules(), "critical", not_satisfied=effect)) == [
        "appetite: critical not-satisfied must refuse"
    ]


def test_two_controls_that_cannot_both_hold_are_a_problem_before_a_case_is_opened(make: Making) -> None:
    low = replace(sound(make, AUC), id="L", require=Bound(at_most=0.6), expect=0.5)
    one, two = make.policy(sound(make, AUC), name="one"), make.policy(low, name="two")
    (problem,) = lint(make.rules(one, two))
    assert "one/C and two/L cannot both hold and neither gives way; add an override to one" in problem
    override = Override(control="two/L", because="for the test")
    assert lint(make.rules(replace(one, overrides=(override,)), two)) == []


def test_all_problems_at_once(make: Making) -> None:
    one = replace(sound(make, AUC), id="A", expect=None, by=("sex",), tolerance=0.0)
    two = replace(sound(make, RATIO), id="B", by=())
    assert len(lint(make.rules(make.policy(one, two)))) == 4


@pytest.mark.parametrize(
    ("case", "people", "says"),
    [
        ("nobody", (), "needs 2 reviewers, and its owner aside there are: nobody"),
        ("one", (Person(name="ann", roles=("reviewer",)),), "there are: ann"),
        ("another role", (Person(name="ann", roles=("reviewer",)), Person(name="ben", roles=("auditor",))), "are: ann"),
        (
            "the owner and his team",
            (
                Person(name="the-owner", roles=("reviewer",)),
                Person(name="ann", roles=("reviewer",), teams=("the-owner",)),
            ),
            "there are: nobody",
        ),
    ],
)
def test_a_model_needs_enough_people_who_may_review_it(
    make: Making, case: str, people: tuple[Person, ...], says: str
) -> None:
    rules = make.rules(make.policy(sound(make, AUC)))
    entry = replace(rules.inventory[0], owner="the-owner")
    rules = replace(rules, inventory=(entry,), roles=Roles(people=people, keys=()))
    assert [says in problem for problem in lint(rules)] == [True]


def test_the_time_to_answer_is_a_day_at_least_and_a_tier_asks_somebody(make: Making) -> None:
    rules = make.rules(make.policy(sound(make, AUC)))
    tiers = replace(rules.appetite.tiers, high=replace(rules.appetite.tiers.high, reviewers=0))
    found = lint(replace(rules, appetite=replace(rules.appetite, answer_days=0, tiers=tiers)))
    assert ["answer_days" in found[0], "decide itself" in found[1], len(found)] == [True, True, 2]


@pytest.mark.parametrize(("cell", "fits"), [(1, True), (5, True), (0, False), (-3, False)])
def test_the_smallest_cell_is_one_at_least(make: Making, cell: int, fits: bool) -> None:
    rules = make.rules()
    found = lint(replace(rules, appetite=replace(rules.appetite, minimum_cell=cell)))
    assert found == ([] if fits else ["appetite: minimum_cell must be 1 or more; 1 tells every count"])


def test_overrides_do_not_point_at_each_other(make: Making) -> None:
    one, two = (make.policy(make.control("C"), name=name) for name in ("one", "two"))
    both = [
        replace(policy, overrides=(Override(control=f"{other}/C", because="ours is stricter"),))
        for policy, other in ((one, "two"), (two, "one"))
    ]
    assert lint(make.rules(both[0], two)) == []
    assert lint(make.rules(*both)) == [
        "one: overrides two/C, whose policy overrides it in turn; remove one of the overrides",
        "two: overrides one/C, whose policy overrides it in turn; remove one of the overrides",
    ]


def test_a_policy_that_is_over_is_not_published_again(make: Making) -> None:
    policy = make.policy(make.control("C"))
    ended = replace(policy, effective=Effective(from_=date(2026, 1, 1), until=ON - timedelta(days=1)))
    said = "p: ended on 2026-05-31 and asks nothing any more; remove it, or let it end later"
    assert lint(make.rules(ended)) == [said]
    assert lint(make.rules(replace(ended, effective=replace(ended.effective, until=ON)))) == []


# Numbers and words of the appetite

DURATIONS = [
    ("validity_days", 1, 36_500),
    ("condition_days", 1, 36_500),
    ("answer_days", 1, 36_500),
    ("grace_days", 0, 36_500),
    ("undecided_hours", 1, 876_000),
]


def lasting(rules: Rules, name: str, value: Any) -> Rules:
    appetite = rules.appetite
    if name != "validity_days":
        return replace(rules, appetite=replace(appetite, **{name: value}))
    low = replace(appetite.tiers.low, validity_days=value)
    return replace(rules, appetite=replace(appetite, tiers=replace(appetite.tiers, low=low)))


@pytest.mark.parametrize(("name", "least", "most"), DURATIONS)
def test_every_duration_has_two_ends(make: Making, name: str, least: int, most: int) -> None:
    for value in (least, most):
        assert lint(lasting(make.rules(), name, value)) == []
    shown = f"tier low: {name}" if name == "validity_days" else name
    for value in (least - 1, -180, most + 1, 10**7, 10**15):
        said = f"appetite: {shown} is {value} and must be from {least} to {most:,}"
        assert lint(lasting(make.rules(), name, value)) == [said]


@pytest.mark.parametrize(
    ("mandatory", "said"),
    [
        ((), "tier high has no mandatory dimension; name one at least of data_quality, drift, fairness"),
        (("fairnes",), "tier high demands 'fairnes', which is no dimension; there are data_quality, drift, fairness"),
        (("process", "vet"), "tier high demands 'process', which is no dimension"),
    ],
)
def test_what_is_mandatory_is_a_dimension(make: Making, mandatory: tuple[str, ...], said: str) -> None:
    (problem,) = lint(make.rules(make.policy(make.control("C")), mandatory=mandatory))
    assert said in problem


# Words that would reach nobody


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (Scope(jurisdiction=("eu",)), "jurisdiction 'eu', which no model has and no clause names (did you mean EU?)"),
        (Scope(jurisdiction=("EU", "BR")), "jurisdiction 'BR', which no model has and no clause names"),
        (Scope(model=("mm",)), "model 'mm', which no model has and no clause names"),
        (Scope(purpose=("credit-decison",)), "purpose 'credit-decison', which no model has and no clause names (did"),
        (Scope(department=("retial",)), "department 'retial', which no model has and no clause names (did you mean re"),
    ],
)
def test_a_scope_names_what_somebody_has(make: Making, scope: Scope, said: str) -> None:
    (problem,) = lint(make.rules(make.policy(make.control("C"), scope=scope)))
    assert problem.startswith(f"p: its scope names {said}")
    assert "register such a model first (`hallmark register`), then publish" in problem


def test_a_policy_may_be_written_for_what_a_clause_or_a_new_model_names(make: Making) -> None:
    policy = make.policy(make.control("C"), scope=Scope(jurisdiction=("BR",), purpose=("capital",)))
    clause = make.clause(scope=Scope(jurisdiction=("BR",), purpose=("capital",)))
    assert lint(make.rules(policy, clauses=(clause,))) == []
    rules = make.rules(make.policy(make.control("C"), scope=Scope(model=("new",), jurisdiction=("BR",))))
    new = replace(make.entry(), model="new", jurisdictions=("BR",))
    assert lint(replace(rules, inventory=(*rules.inventory, new))) == []


@pytest.mark.parametrize("place", ["eu", "Eu", "EU ", "", "EUROPE", "US_CA", "\u0395U"])
def test_a_jurisdiction_is_a_code(make: Making, place: str) -> None:
    rules = make.rules(make.policy(make.control("C")), clauses=(make.clause(scope=Scope(jurisdiction=(place,))),))
    rules = replace(rules, inventory=(replace(make.entry(), jurisdictions=("EU", place)),))
    said = f"jurisdiction {place!r} is no code; write it in capitals, as EU, US or US-NYC"
    assert lint(rules) == [f"law/1: {said}", f"m: {said}"]


def test_a_model_is_used_somewhere(make: Making) -> None:
    rules = replace(make.rules(), inventory=(replace(make.entry(), jurisdictions=()),))
    assert lint(rules) == ["m: jurisdictions is empty, so it would escape every policy of a country; name one, as [EU]"]


def test_a_country_and_a_purpose_without_a_policy_are_allowed_and_said(make: Making) -> None:
    here = make.policy(make.control("C"), scope=Scope(jurisdiction=("EU",), purpose=("credit-decision",)))
    rules = make.rules(here)
    assert list(beyond(rules)) == []
    away = replace(rules.inventory[0], model="away", jurisdictions=("BR", "EU"), purpose="capital")
    rules = replace(rules, inventory=(*rules.inventory, away))
    assert lint(rules) == []
    assert list(beyond(rules)) == [
        "away: no policy names jurisdiction BR; only policies without one reach it there",
        "away: no policy names purpose capital; only policies without one reach it",
    ]


# Names of people


def with_person(make: Making, name: str, *teams: str) -> Rules:
    rules = make.rules(make.policy(make.control("C")))
    people = (*rules.roles.people, Person(name=name, roles=("reviewer",), teams=teams))
    return replace(rules, roles=replace(rules.roles, people=people))


TWO = "are one name in two spellings; write it in one of them in roles.yaml and inventory.yaml"


@pytest.mark.parametrize(
    ("name", "teams", "said"),
    [
        ("kim", ("The-Owner",), f"'The-Owner' and 'the-owner' {TWO}"),
        (
            "kim",
            ("the-ownre",),
            "person kim: team 'the-ownre' owns no model of the inventory; did you mean the-owner? S",
        ),
        ("kim", ("others",), "person kim: team 'others' owns no model of the inventory; spell it as the owner there"),
        ("THE-OWNER", (), f"'THE-OWNER' and 'the-owner' {TWO}"),
        ("Ann", (), f"'Ann' and 'ann' {TWO}"),
        ("ann ", (), f"'ann' and 'ann ' {TWO}"),
        ("\uff41nn", (), f"'ann' and '\\uff41nn' {TWO}"),
        ("\u0430nn", (), "person: '\\u0430nn' is the name of no account"),
        ("", (), "person: '' is the name of no account"),
    ],
)
def test_one_name_has_one_spelling(make: Making, name: str, teams: tuple[str, ...], said: str) -> None:
    assert any(problem.startswith(said) for problem in lint(with_person(make, name, *teams)))


def test_people_of_the_team_that_owns_are_no_problem_and_review_nothing(make: Making) -> None:
    rules = with_person(make, "kim", "the-owner")
    assert lint(rules) == []
    assert rules.roles.reviewers("the-owner") == ("ann", "ben")


@pytest.mark.parametrize("name", ["ann", "Ann.B@x-1", "a" * 63, "a" * 64, "", "-a", "a b", "\u0430nn", "ann\n"])
def test_a_person_may_be_called_what_an_account_may(tmp_path: Path, name: str) -> None:
    def refused(ask: Callable[[], object]) -> bool:
        try:
            ask()
        except BadInput:
            return True
        return False

    password = "correct horse battery"
    account = refused(lambda: add(tmp_path, name, Role.REVIEWER, password))
    assert refused(lambda: checked("person", name)) == account
