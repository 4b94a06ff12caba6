"""Vetting: is the artifact safe to load at all, are the files the declared ones, does the manifest say what it must?"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from hallmark import __version__
from hallmark.evidence.canonical import digest
from hallmark.evidence.files import sha256_of
from hallmark.policy.expected import Key
from hallmark.steps.context import Context
from hallmark.steps.opened import Opened, opened
from hallmark.steps.record import recording
from hallmark.verdict.observation import Observation

VET = "vet"

ALLOW_LIST, SHA, DECLARED = "allow-list, without loading", "SHA-256", "read from the manifest"


def vet(context: Context, case: str) -> None:
    """Observe the facts about artifact, data and manifest, before anything loads them."""
    subject = opened(context, case)
    with recording(context, case, VET) as recorder:
        recorder.materials = {"open_case": subject.step.outcome}
        recorder.observe(tuple(_facts(context, subject)))


def _facts(context: Context, subject: Opened) -> Iterator[Observation]:
    yield from _artifact(context, subject)
    yield _data(context, subject)
    yield from _manifest(subject)


def _artifact(context: Context, subject: Opened) -> Iterator[Observation]:
    artifact = subject.manifest.artifact
    if artifact is None:
        yield _fact("artifact_safe", True, "predictions alone: there is nothing to load")
        yield _fact("artifact_matches", True, "predictions alone: there is no artifact")
        return
    data = _bytes(subject.file(context, artifact.file))
    if data is None:
        yield _fact("artifact_safe", False, ALLOW_LIST, f"the artifact {artifact.file} cannot be read")
        yield _fact("artifact_matches", False, SHA, f"the artifact {artifact.file} cannot be read")
        return
    problems = context.inspect(data, artifact.format)
    yield _fact("artifact_safe", not problems, ALLOW_LIST, " ".join(problems)[:1000])
    found = digest(data)
    yield _fact("artifact_matches", found == artifact.sha256, SHA, f"declared {artifact.sha256}, found {found}")


def _data(context: Context, subject: Opened) -> Observation:
    manifest, cohort = subject.manifest, subject.cohort
    declared = {data.file: data.sha256 for data in (manifest.training, manifest.reference, cohort)}
    wrong = [name for name, sha256 in declared.items() if _digest(subject.file(context, name)) != sha256]
    return _fact("data_matches", not wrong, SHA, f"missing or changed: {', '.join(wrong)}")


def _manifest(subject: Opened) -> Iterator[Observation]:
    manifest, today = subject.manifest, subject.opening.opened_at.date()
    source = manifest.provenance
    consent, retention = manifest.consent, manifest.retention
    declared = all(word.strip() for word in (source.origin, source.licence, source.collected))
    yield _fact("provenance", declared, DECLARED, "origin, licence or collection is empty")
    in_force = bool(consent.basis.strip()) and _runs(consent.until, today)
    yield _fact("consent", in_force, DECLARED, f"basis {consent.basis!r} until {consent.until or 'no end'}")
    kept = bool(retention.rule.strip()) and _runs(retention.until, today)
    yield _fact("retention", kept, DECLARED, f"rule {retention.rule!r} until {retention.until or 'no end'}")


def _runs(until: date | None, today: date) -> bool:
    return until is None or today <= until


def _fact(name: str, holds: bool, method: str, otherwise: str = "") -> Observation:
    """A yes or a no; a no carries its reason."""
    return Observation(
        key=Key(measure=f"vet.{name}"),
        value=float(holds),
        method=method,
        tool=f"hallmark {__version__}",
        reason="" if holds else otherwise,
    )


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _digest(path: Path) -> str | None:
    try:
        return sha256_of(path)
    except OSError:
        return None
