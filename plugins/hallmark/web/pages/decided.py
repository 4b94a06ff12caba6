"""A decided case as the pages show it: pack, profile, observations and evidence, each with its digest checked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hallmark.edges.index_sql import CaseRow
from hallmark.errors import Missing, Tampered
from hallmark.evidence.canonical import decode, digest
from hallmark.evidence.case import observations_of, read_blob, read_product, read_products, read_step
from hallmark.evidence.envelope import open_envelope
from hallmark.evidence.places import pack_key
from hallmark.evidence.statement import Certification, PackStatement
from hallmark.evidence.step import PAYLOAD
from hallmark.evidence.trust import Chain
from hallmark.policy.profile import Profile
from hallmark.policy.role import KeyUse
from hallmark.ports import Store
from hallmark.report.view import View, view_of
from hallmark.verdict.observation import Observation

REPORT = "report.html"
"""The name of the blob that holds the full report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One pack and what it rests on; `evidence` are JSON products of tasks by name, as the report takes them."""

    key: str
    certification: Certification
    profile: Profile
    observations: tuple[Observation, ...]
    evidence: Mapping[str, bytes]
    view: View


def read_decided(store: Store, chain: Chain, row: CaseRow, number: int) -> Decided:
    """Read pack `number` of a case. Raises `Missing` or `Tampered` when something is not there or does not hold."""
    key = pack_key(row.model, row.version, row.case, number)
    data = store.get(key)
    if number == row.number and digest(data) != row.sha256:
        raise Tampered(f"The pack {key} has another digest than the ledger says.")
    certification = decode(open_envelope(data, chain.keys(KeyUse.CERTIFIER), PAYLOAD).payload, PackStatement).predicate
    if (certification.case, certification.number) != (row.case, number):
        raise Tampered(f"The pack {key} is that of case {certification.case}.")
    keys = chain.keys(KeyUse.WORKER)
    steps = tuple(read_step(store, row.case, one.task, one.sha256, keys) for one in certification.steps)
    opening = next((step for step in steps if step.statement.predicate.task == "open_case"), None)
    if opening is None:
        raise Missing(f"The pack {key} names no opening.")
    profile = read_product(store, opening, "profile", Profile)
    observations = tuple(item for step in steps for item in observations_of(store, step))
    evidence = {
        name: data
        for step in steps
        for name, data in read_products(store, step).items()
        if name.startswith(step.statement.predicate.task) and name.endswith(".json")
    }
    return Decided(
        key=key,
        certification=certification,
        profile=profile,
        observations=observations,
        evidence=evidence,
        view=view_of(certification, profile, observations),
    )


def report_of(store: Store, certification: Certification) -> bytes:
    """The report that the pack names. Raises `Missing` when it names none, `Tampered` when it is another."""
    found = [blob.digest.sha256 for blob in certification.blobs if blob.name == REPORT]
    if not found:
        raise Missing(f"The pack of case {certification.case} names no report.")
    return read_blob(store, found[0])


def without_report(certification: Certification) -> Certification:
    """The pack as the page was made from: a page cannot hold a digest of itself."""
    return replace(certification, blobs=tuple(blob for blob in certification.blobs if blob.name != REPORT))
