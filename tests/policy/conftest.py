"""Builders for policies, rules, manifests and cohorts that are sound; a test breaks one thing."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hallmark import documents
from hallmark.measures import Task
from hallmark.policy.appetite import Appetite
from hallmark.policy.clause import Clause
from hallmark.policy.control import Authority, Bound, Control, Effective, Policy, Scope, Severity
from hallmark.policy.profile import Profile, profile_of
from hallmark.policy.role import Person, Roles
from hallmark.policy.rulebook import Entry, Rules
from hallmark.policy.subject import (
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

OPENED = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = date(2026, 6, 30)
SHA = "a" * 64
POLICIES = Path(__file__).parents[2] / "policies"


PEOPLE = tuple(Person(name=name, roles=("reviewer",)) for name in ("ann", "ben"))


@dataclass(frozen=True)
class Making:
    """Everything with the values that a sound case has."""

    shipped: Rules

    @property
    def appetite(self) -> Appetite:
        return self.shipped.appetite

    def control(self, id_: str = "C-1", measure: str = "vet.consent", require: Bound | None = None) -> Control:
        return Control(
            id=id_,
            title="a control",
            measure=measure,
            require=require or Bound(is_=True),
            because="for the test",
            remedy="Mend it.",
            severity=Severity.HIGH,
        )

    def policy(self, *controls: Control, name: str = "p", scope: Scope | None = None) -> Policy:
        return Policy(
            policy=name,
            version=1,
            title="a policy",
            owner="somebody",
            authority=Authority.ENTERPRISE,
            scope=scope or Scope(),
            effective=Effective(from_=date(2026, 1, 1)),
            controls=controls,
        )

    def clause(self, name: str = "law/1", scope: Scope | None = None) -> Clause:
        framework, _, clause = name.partition("/")
        return Clause(
            framework=framework,
            clause=clause,
            meaning="Something holds.",
            effective_from=date(2020, 1, 1),
            effective_until=None,
            superseded_by=None,
            source="https://example.org",
            checked=date(2026, 11, 24),
            confirmed=True,
            scope=scope or Scope(),
        )

    def entry(self) -> Entry:
        return Entry(
            model="m",
            owner="the-owner",
            purpose="credit-decision",
            tier=self.shipped.inventory[0].tier,
            jurisdictions=("EU",),
            department="retail",
        )

    def rules(
        self, *policies: Policy, clauses: tuple[Clause, ...] = (), mandatory: tuple[str, ...] = ("vet",)
    ) -> Rules:
        appetite = self.appetite
        high = replace(appetite.tiers.high, mandatory=mandatory)
        return Rules(
            policies=policies,
            clauses=clauses,
            roles=Roles(people=PEOPLE, keys=()),
            appetite=replace(appetite, tiers=replace(appetite.tiers, high=high)),
            inventory=(self.entry(),),
            suites=(),
            assessors="0" * 64,
        )

    def manifest(self) -> Manifest:
        return Manifest(
            model="m",
            version="1",
            task=Task.BINARY,
            artifact=Artifact(file="model.skops", format=ArtifactFormat.SKOPS, sha256=SHA),
            predictions=None,
            decision=Decision(cut_off=0.2, favourable=Favourable.BELOW),
            key="id",
            features=("income", "limit", "age"),
            label=Label(column="late", positive="1", source="books", kind=LabelKind.OBSERVED),
            attributes=(
                Attribute(name="sex", column="sex", groups=("men", "women"), reference="men"),
                Attribute(name="band", column="band", groups=("young", "middle", "old"), reference="middle"),
            ),
            training=DataFile(file="data/train.parquet", sha256=SHA, as_of=DAY),
            reference=DataFile(file="data/reference.parquet", sha256=SHA, as_of=DAY),
            order=Order.NONE,
            suite="m",
            provenance=Provenance(origin="here", licence="ours", collected="2026", citation="none"),
            consent=Consent(basis="contract", until=None),
            retention=Retention(until=None, rule="ten years"),
            deployment=Deployment(as_if="offered in the EU", description="credit lines"),
            limits=(),
        )

    def cohort(self, role: CohortRole = CohortRole.HOLDOUT) -> Cohort:
        return Cohort(model="m", version="1", name="july", role=role, as_of=DAY, file="data/july.parquet", sha256=SHA)

    def profile(
        self, rules: Rules, *, manifest: Manifest | None = None, role: CohortRole = CohortRole.HOLDOUT
    ) -> Profile:
        return profile_of(
            case="0" * 20,
            opened_at=OPENED,
            rules=rules,
            rulebook=1,
            rulebook_sha256=SHA,
            subject=Subject(model="m", version="1", artifact_sha256=SHA, manifest_sha256=SHA),
            manifest=manifest or self.manifest(),
            cohort=self.cohort(role),
        )


@pytest.fixture(scope="session")
def make() -> Making:
    files = {str(path.relative_to(POLICIES)): path.read_text() for path in POLICIES.rglob("*.yaml")}
    return Making(shipped=documents.rules(files, keys=(), suites=(), assessors="0" * 64))
