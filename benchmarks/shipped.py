"""The shipped policies as the product reads them: the controls of a profile, and their bounds."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from hallmark import documents
from hallmark.policy.expected import Expected
from hallmark.policy.profile import Profile, profile_of
from hallmark.policy.rulebook import Rules
from hallmark.policy.subject import Cohort, Manifest, Subject
from hallmark.verdict.judge import Limits

ROOT = Path(__file__).resolve().parents[1]
OPENED = datetime(2026, 11, 24, 12, tzinfo=UTC)


@cache
def rules() -> Rules:
    """What stands in policies/; suites and keys have no part in a decision."""
    folder = ROOT / "policies"
    files = {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.yaml")}
    return documents.rules(files, keys=(), suites=(), assessors="0" * 64)


def profile(manifest: Manifest, cohort: Cohort) -> Profile:
    """What the shipped policies expect of this version on this cohort."""
    return profile_of(
        case="0" * 20,
        opened_at=OPENED,
        rules=rules(),
        rulebook=1,
        rulebook_sha256="0" * 64,
        subject=Subject(model=manifest.model, version=manifest.version, artifact_sha256=None, manifest_sha256="0" * 64),
        manifest=manifest,
        cohort=cohort,
    )


def only(whole: Profile, *dimensions: str) -> Profile:
    """The profile with the findings of these dimensions alone."""
    kept = tuple(one for one in whole.expected if one.key.measure.partition(".")[0] in dimensions)
    return replace(whole, expected=kept, unmet=())


def control(whole: Profile, name: str) -> Expected:
    """The first finding that is expected of the control called `name`."""
    return next(one for one in whole.expected if one.control == name)


def limits(expected: Expected) -> Limits:
    """Bound, tolerance and expectation as the judge takes them."""
    assert expected.expect is not None
    return Limits(bound=expected.require, tolerance=expected.tolerance, expect=expected.expect)
