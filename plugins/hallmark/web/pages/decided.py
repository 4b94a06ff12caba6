"""A decided case as the pages show it: pack, profile, observations and evidence, each with its digest checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from hallmark.edges.index_sql import CaseRow
from hallmark.errors import Missing, Tampered
from hallmark.evidence.canonical import digest
from hallmark.evidence.case import evidence_of, observations_of, open_pack, read_product, steps_of
from hallmark.evidence.places import pack_key
from hallmark.evidence.statement import Certification
from hallmark.evidence.trust import Chain
from hallmark.policy.profile import Profile
from hallmark.policy.role import KeyUse
from hallmark.ports import Store
from hallmark.report.view import View, view_of
from hallmark.verdict.observation import Observation


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
    certification = open_pack(data, chain.keys(KeyUse.CERTIFIER))
    if (certification.case, certification.number) != (row.case, number):
        raise Tampered(f"The pack {key} is that of case {certification.case}.")
    steps = steps_of(store, certification, chain.keys(KeyUse.WORKER))
    opening = next((step for step in steps if step.statement.predicate.task == "open_case"), None)
    if opening is None:
        raise Missing(f"The pack {key} names no opening.")
    profile = read_product(store, opening, "profile", Profile)
    observations = tuple(item for step in steps for item in observations_of(store, step))
    evidence = {name: data for step in steps for name, data in evidence_of(store, step).items()}
    return Decided(
        key=key,
        certification=certification,
        profile=profile,
        observations=observations,
        evidence=evidence,
        view=view_of(certification, profile, observations),
    )
