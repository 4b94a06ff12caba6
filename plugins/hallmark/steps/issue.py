"""Issuing a pack: the report becomes a blob, the certification is sealed and stored, and the ledger gets its entry."""

from dataclasses import dataclass, replace

from hallmark.evidence.canonical import digest, encode
from hallmark.evidence.case import SignedStep, evidence_of
from hallmark.evidence.entry import of_pack
from hallmark.evidence.envelope import seal
from hallmark.evidence.places import blob_key, pack_key
from hallmark.evidence.statement import CERTIFICATION, REPORT, Certification, PackStatement
from hallmark.evidence.step import PAYLOAD, STATEMENT, Resource, resource
from hallmark.policy.role import KeyUse
from hallmark.steps.context import Context
from hallmark.steps.ledger import append
from hallmark.steps.opened import Opened
from hallmark.steps.packs import read_pack
from hallmark.verdict.observation import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a pack rests on: the steps that count, all that was observed, and notes in words."""

    steps: tuple[SignedStep, ...]
    observations: tuple[Observation, ...]
    notes: tuple[str, ...]


def issue(context: Context, subject: Opened, certification: Certification, evidence: Evidence) -> None:
    """Write report and pack; nothing of the pack is in its place before everything that it names is."""
    page = _report(context, subject, certification, evidence)
    context.store.put(blob_key(digest(page)), page)
    blobs = (*certification.blobs, resource(REPORT, digest(page)))
    _seal(context, subject, replace(certification, blobs=blobs))


def entered(context: Context, subject: Opened, number: int) -> Certification:
    """Read a pack back and give it its place in the ledger; once more changes nothing."""
    told = subject.opening
    certification = read_pack(context, told.model, told.version, told.case, number)
    sha256 = digest(context.store.get(pack_key(told.model, told.version, told.case, number)))
    append(context, of_pack(certification, sha256))
    return certification


def _report(context: Context, subject: Opened, certification: Certification, evidence: Evidence) -> bytes:
    from hallmark.report.html import render

    products = {name: data for step in evidence.steps for name, data in evidence_of(context.store, step).items()}
    products["manifest.json"] = encode(subject.manifest)
    return render(certification, subject.profile, evidence.observations, evidence=products)


def _seal(context: Context, subject: Opened, certification: Certification) -> None:
    told = certification.opening
    statement = PackStatement(
        _type=STATEMENT, subject=_subjects(subject), predicateType=CERTIFICATION, predicate=certification
    )
    envelope = seal(encode(statement), PAYLOAD, context.signer(KeyUse.CERTIFIER))
    context.store.put(pack_key(told.model, told.version, told.case, certification.number), envelope)


def _subjects(subject: Opened) -> tuple[Resource, ...]:
    sha256 = subject.profile.subject
    manifest = resource("manifest", sha256.manifest_sha256)
    return (manifest,) if sha256.artifact_sha256 is None else (resource("artifact", sha256.artifact_sha256), manifest)
