"""Builders for expected findings, observations and profiles, on the appetite that is shipped."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from hallmark import documents
from hallmark.policy.appetite import Appetite
from hallmark.policy.control import Bound, Phase, Proof, Severity, Tier
from hallmark.policy.expected import Expected, Key
from hallmark.policy.profile import Expiry, Profile
from hallmark.policy.rulebook import Entry
from hallmark.policy.subject import Cohort, CohortRole, Subject
from hallmark.verdict.decide import decide
from hallmark.verdict.finding import Verdict
from hallmark.verdict.observation import Observation

OPENED = datetime(2026, 11, 24, 12, tzinfo=UTC)
POLICIES = Path(__file__).parents[2] / "policies"
DRIFT = "drift.feature_distance"


@dataclass(frozen=True)
class Making:
    appetite: Appetite

    def expected(self, feature: str, severity: Severity, control: str = "C-1", keys: int = 1) -> Expected:
        """At most 0.25 with an edge at 0.5, of compliance: what `observed` below is judged against."""
        return Expected(
            key=Key(measure=DRIFT, feature=feature),
            policy="p",
            control=control,
            title="a control",
            because="a reason",
            owner="somebody",
            reference="",
            require=Bound(at_most=0.25),
            tolerance=0.25,
            expect=0.0,
            proof=Proof.OF_COMPLIANCE,
            severity=severity,
            keys=keys,
            clauses=(),
            remedy=f"Mend {control}.",
        )

    def fact(self, measure: str, severity: Severity, require: Bound) -> Expected:
        made = self.expected("", severity)
        return replace(made, key=Key(measure=measure), require=require, tolerance=0.0)

    def observed(self, key: Key, outcome: str) -> tuple[Observation, ...]:
        """Observations that a control of `expected` with one key gives the status `outcome`."""
        value, low, high = {
            "satisfied": (0.1, 0.05, 0.15),
            "inconclusive": (0.3, 0.25, 0.35),
            "insufficient": (0.3, 0.0, 0.9),
            "not-satisfied": (0.7, 0.65, 0.75),
            "absent": (0.0, 0.0, 0.0),
            "twice": (0.1, 0.05, 0.15),
            "nan": (float("nan"), 0.05, 0.15),
            "no width": (0.1, 0.1, 0.1),
        }[outcome]
        one = Observation(key=key, value=value, low=low, high=high, n=1000, method="by hand", tool="a pencil")
        return {"absent": (), "twice": (one, one)}.get(outcome, (one,))

    def profile(self, *expected: Expected, tier: Tier = Tier.HIGH, unmet: tuple[str, ...] = ()) -> Profile:
        return Profile(
            case="0" * 20,
            opened_at=OPENED,
            subject=Subject(model="m", version="1", artifact_sha256="a" * 64, manifest_sha256="b" * 64),
            cohort=Cohort(
                model="m",
                version="1",
                name="july",
                role=CohortRole.HOLDOUT,
                as_of=date(2026, 7, 31),
                file="data/july.parquet",
                sha256="c" * 64,
            ),
            rulebook=1,
            rulebook_sha256="d" * 64,
            reviewers=("ann", "ben", "eve"),
            entry=Entry(
                model="m",
                owner="the owner",
                purpose="credit-decision",
                tier=tier,
                jurisdictions=("EU",),
                department="retail",
            ),
            appetite=self.appetite,
            phase=Phase.INITIAL,
            expected=expected,
            choices=(),
            clauses=(),
            expiries=(Expiry(at=OPENED + timedelta(days=180), because="tier high: 180 days"),),
            unmet=unmet,
        )

    def decided(self, *pairs: tuple[Expected, str], tier: Tier = Tier.HIGH) -> Verdict:
        """The verdict over expected findings, each with an outcome of `observed`."""
        profile = self.profile(*(expected for expected, _ in pairs), tier=tier)
        seen = [one for expected, result in pairs for one in self.observed(expected.key, result)]
        return decide(profile, seen, (), profile.opened_at + timedelta(hours=1))


@pytest.fixture(scope="session")
def make() -> Making:
    files = {str(path.relative_to(POLICIES)): path.read_text() for path in POLICIES.rglob("*.yaml")}
    rules = documents.rules(files, keys=(), suites=(), assessors="0" * 64)
    return Making(appetite=rules.appetite)
