"""Packs to look at: hand-made rules and numbers, judged by the real `profile_of` and `decide`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from hallmark.evidence.statement import Certification, EarlierCase, Opening, StepReference
from hallmark.evidence.step import resource
from hallmark.measures import Task
from hallmark.policy.appetite import Appetite, Effect, Effects, Row, TierRule, Tiers
from hallmark.policy.clause import Clause
from hallmark.policy.control import Authority, Bound, Control, Effective, Phase, Policy, Proof, Scope, Severity, Tier
from hallmark.policy.expected import Key
from hallmark.policy.profile import Profile, profile_of
from hallmark.policy.role import Roles
from hallmark.policy.rulebook import Entry, Rules
from hallmark.policy.subject import (
    POOLED,
    Artifact,
    ArtifactFormat,
    Attribute,
    Cohort,
    CohortRole,
    Consent,
    DataFile,
    Decision,
    Deployment,
    Favourable,
    Label,
    LabelKind,
    Manifest,
    Order,
    Provenance,
    Retention,
    Subject,
)
from hallmark.verdict.decide import decide
from hallmark.verdict.observation import Observation

OPENED = datetime(2026, 11, 24, 8, 1, tzinfo=UTC)
CASE = "3f2a91c07d54e8b1a6c0"
HOSTILE = "<script>alert(1)</script>\"' onload=x \x1b[31m\u202egnp.exe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One pack with everything that it is shown from."""

    certification: Certification
    profile: Profile
    observations: tuple[Observation, ...]


def _effects() -> Effects:
    def row(insufficient: Effect, inconclusive: Effect, missed: Effect, absent: Effect) -> Row:
        return Row(
            satisfied=Effect.PASS,
            insufficient=insufficient,
            inconclusive=inconclusive,
            not_satisfied=missed,
            not_evaluated=absent,
        )

    return Effects(
        low=row(Effect.CONDITION, Effect.CONDITION, Effect.CONDITION, Effect.REFER),
        moderate=row(Effect.CONDITION, Effect.CONDITION, Effect.REFER, Effect.REFER),
        high=row(Effect.CONDITION_OR_REFER, Effect.REFER, Effect.REFUSE, Effect.REFER),
        critical=row(Effect.REFER, Effect.REFER, Effect.REFUSE, Effect.REFUSE),
    )


def _controls() -> tuple[Control, ...]:
    def control(name: str, measure: str, require: Bound, severity: Severity, **more: object) -> Control:
        made = Control(
            id=name,
            title=f"Title of {name}",
            measure=measure,
            require=require,
            because="our own standard",
            remedy=f"Mend what {name} found.",
            severity=severity,
            satisfies=("eu-ai-act/10(2)", "iso-42001/A.7.4"),
        )
        return replace(made, **more)  # type: ignore[arg-type]

    return (
        control("Q-1", "data_quality.completeness", Bound(at_least=0.998), Severity.HIGH),
        control("V-1", "vet.consent", Bound(is_=True), Severity.HIGH),
        control(
            "D-1",
            "drift.feature_distance",
            Bound(at_most=0.03),
            Severity.LOW,
            by=("features",),
            tolerance=0.03,
            proof=Proof.OF_BREACH,
        ),
        control(
            "F-1",
            "fairness.selection_rate_ratio",
            Bound(between=(0.8, 1.25)),
            Severity.HIGH,
            by=("age",),
            tolerance=0.05,
        ),
        control("A-1", "performance.auc", Bound(at_least=0.7), Severity.HIGH, tolerance=0.02, expect=0.76),
        control("A-2", "performance.brier", Bound(at_most=0.2), Severity.LOW, phase=(Phase.ONGOING,), expect=0.1),
    )


def _clause(framework: str, clause: str, begins: date, *, confirmed: bool) -> Clause:
    return Clause(
        framework=framework,
        clause=clause,
        meaning="Data are examined.",
        effective_from=begins,
        effective_until=None,
        superseded_by=None,
        source="https://example.org/law",
        checked=date(2026, 11, 1),
        confirmed=confirmed,
        scope=Scope(),
    )


def rules_of(controls: tuple[Control, ...], mandatory: tuple[str, ...] = ("drift",)) -> Rules:
    tier = TierRule(validity_days=180, reviewers=1, mandatory=mandatory)
    policy = Policy(
        policy="lending",
        version=1,
        title="Lending",
        owner="compliance",
        authority=Authority.ENTERPRISE,
        scope=Scope(),
        effective=Effective(from_=date(2026, 1, 1)),
        controls=controls,
    )
    return Rules(
        policies=(policy,) if controls else (),
        clauses=(
            _clause("eu-ai-act", "10(2)", date(2027, 12, 2), confirmed=True),
            _clause("iso-42001", "A.7.4", date(2023, 12, 18), confirmed=False),
        ),
        roles=Roles(people=(), keys=()),
        appetite=Appetite(
            effects=_effects(),
            tiers=Tiers(high=tier, medium=tier, low=tier),
            condition_days=30,
            undecided_hours=24,
            answer_days=14,
            grace_days=30,
        ),
        inventory=(
            Entry(
                model="card",
                owner="card-team",
                purpose="credit-decision",
                tier=Tier.HIGH,
                jurisdictions=("EU",),
                department="retail",
            ),
        ),
        suites=(),
        assessors="0" * 64,
    )


def _manifest(features: tuple[str, ...], groups: tuple[str, ...]) -> Manifest:
    data = DataFile(file="x.parquet", sha256="b" * 64, as_of=date(2005, 6, 30))
    return Manifest(
        model="card",
        version="1",
        task=Task.BINARY,
        artifact=Artifact(file="model.skops", format=ArtifactFormat.SKOPS, sha256="a" * 64),
        predictions=None,
        decision=Decision(cut_off=0.2, favourable=Favourable.BELOW),
        key="id",
        features=features,
        label=Label(column="late", positive="1", source="books", kind=LabelKind.OBSERVED),
        attributes=(Attribute(name="age", column="age", groups=groups, reference=groups[0]),),
        training=data,
        reference=data,
        order=Order.NONE,
        suite="card",
        provenance=Provenance(origin="o", licence="l", collected="c", citation="c"),
        consent=Consent(basis="b", until=None),
        retention=Retention(until=None, rule="r"),
        deployment=Deployment(as_if="offered in the EU", description="d"),
        limits=("The data are Taiwanese and from 2005.",),
    )


def profile_for(features: tuple[str, ...], groups: tuple[str, ...], rules: Rules) -> Profile:
    return profile_of(
        case=CASE,
        opened_at=OPENED,
        rules=rules,
        rulebook=1,
        rulebook_sha256="d" * 64,
        subject=Subject(model="card", version="1", artifact_sha256="a" * 64, manifest_sha256="e" * 64),
        manifest=_manifest(features, groups),
        cohort=Cohort(
            model="card",
            version="1",
            name="2005-07",
            role=CohortRole.HOLDOUT,
            as_of=date(2005, 7, 31),
            file="c.parquet",
            sha256="f" * 64,
        ),
    )


def seen(key: Key, value: float | None, half: float | None = None, n: int | None = None) -> Observation:
    interval = value is not None and half is not None
    return Observation(
        key=key,
        value=value,
        low=value - half if value is not None and half is not None else None,
        high=value + half if value is not None and half is not None else None,
        n=n if interval else None,
        reference="June",
        method="counted",
        tool="library 1.0",
        reason="" if value is not None else "one class only",
    )


def certified(
    profile: Profile, observations: Iterable[Observation], limits: tuple[str, ...] = ("The data are old.",)
) -> Sample:
    items = tuple(observations)
    step = StepReference(
        task="drift", sha256="1" * 64, cpu_seconds=0.5, started_at=OPENED, ended_at=OPENED + timedelta(seconds=1)
    )
    earlier = EarlierCase(case="0" * 20, version="0", cohort="2005-06", decision="refused", at=OPENED)
    certification = Certification(
        case=CASE,
        number=1,
        opening=Opening(
            case=CASE,
            model="card",
            version="1",
            cohort="2005-07",
            rulebook=1,
            dag_id="certify_model",
            run_id="manual__1",
            asked_by="maria",
            reason="yearly",
            opened_at=OPENED,
        ),
        rule="1",
        rulebook_sha256="d" * 64,
        demo=True,
        verdict=decide(profile, items, (), OPENED + timedelta(seconds=3)),
        limits=limits,
        first_sha256=None,
        reviews=(),
        steps=(step,),
        blobs=(resource("manifest.yaml", "2" * 64),),
        earlier=(earlier,),
        cpu_seconds=9.0,
        reviewer_minutes=0.0,
        notes=("The log of drift was cut short.",),
        hallmark="0.1.0",
    )
    return Sample(certification=certification, profile=profile, observations=items)


def _process() -> tuple[Observation, ...]:
    return tuple(seen(Key(measure=f"process.{name}"), 1.0) for name in ("completed", "steps_agree"))


def _mixed(features: tuple[str, ...], groups: tuple[str, ...], auc: float | None = None) -> Sample:
    """Drift missed and near, two groups too small, the rest satisfied; without AUC all five statuses."""
    drift, ratio = "drift.feature_distance", "fairness.selection_rate_ratio"
    numbers = [(0.068, 0.017), (0.047, 0.017), *[(0.005, 0.01)] * len(features)]
    observations = [
        *_process(),
        seen(Key(measure="data_quality.completeness"), 0.9999),
        seen(Key(measure="vet.consent"), 1.0),
        *(seen(Key(measure=drift, feature=name), *of, 12000) for name, of in zip(features, numbers, strict=False)),
        seen(Key(measure=ratio, attribute="age", group=groups[1]), 1.01, 0.04, 7200),
        *(seen(Key(measure=ratio, attribute="age", group=name), 0.98, 0.5, 40) for name in (*groups[2:], POOLED)),
        seen(Key(measure="drift.evidently_wasserstein", feature=features[0]), 0.02),
        seen(Key(measure="performance.unheard_of"), 7.0),
        *([seen(Key(measure="performance.auc"), auc, 0.01, 900)] if auc is not None else []),
    ]
    return certified(profile_for(features, groups, rules_of(_controls())), observations)


def _spotless() -> Sample:
    profile = profile_for(("paid",), ("old", "young"), rules_of(_controls()))
    numbers = {"drift": (0.005, 0.01, 12000), "fairness": (1.0, 0.04, 7200), "performance": (0.8, 0.01, 900)}
    observations = (
        seen(expected.key, *numbers.get(expected.key.measure.partition(".")[0], (1.0,)))
        for expected in profile.expected
    )
    return certified(profile, observations)


SAMPLES: dict[str, Callable[[], Sample]] = {
    "five-statuses": lambda: _mixed(("paid", "used", "limit"), ("old", "young", "very young")),
    "conditional": lambda: _mixed(("paid", "used", "limit"), ("old", "young", "very young"), auc=0.8),
    "spotless": _spotless,
    "hostile-names": lambda: _mixed((HOSTILE, "used"), ("old", HOSTILE, "<b>x</b>")),
    "long-names": lambda: _mixed(("f" * 300, "used"), ("old", "g " * 100, "h")),
    "no-standard": lambda: certified(profile_for(("paid",), ("old", "young"), rules_of(())), _process()),
    "two-hundred": lambda: _mixed(tuple(f"feature_{number}" for number in range(200)), ("old", "young", "x")),
    "nothing-delivered": lambda: certified(profile_for(("paid",), ("old", "young"), rules_of(_controls())), ()),
    "delivered-twice": lambda: certified(
        profile_for(("paid",), ("old", "young"), rules_of(_controls())),
        [*_process(), *[seen(Key(measure="drift.feature_distance", feature="paid"), 0.01, 0.01, 9)] * 2],
    ),
}


@pytest.fixture(params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> Sample:
    """Each of the packs in turn."""
    return SAMPLES[request.param]()


@pytest.fixture
def samples() -> dict[str, Callable[[], Sample]]:
    """The packs by name."""
    return SAMPLES
