"""Issuing a pack: the report becomes a blob, the certification is sealed and stored, and the ledger gets its entry."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hallmark.evidence.canonical import digest, encode
from hallmark.evidence.case import SignedStep, read_products
from hallmark.evidence.entry import of_pack
from hallmark.evidence.envelope import seal
from hallmark.evidence.places import blob_key, pack_key
from hallmark.evidence.statement import CERTIFICATION, Certification, PackStatement
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
    blobs = (*certification.blobs, resource("report.html", digest(page)))
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

    products = {name: data for step in evidence.steps for name, data in _of_dimension(context, step)}
    products["manifest.json"] = encode(subject.manifest)
    return render(certification, subject.profile, evidence.observations, evidence=products)


def _of_dimension(context: Context, step: SignedStep) -> Iterator[tuple[str, bytes]]:
    """The evidence of a step, which bears the name of its own task: none shows its counts as those of another."""
    for name, data in read_products(context.store, step).items():
        if name.startswith(step.statement.predicate.task) and name.endswith(".json"):
            yield name, data


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
