"""The pack: an in-toto statement whose predicate is the certification with everything that it rests on."""

from dataclasses import dataclass, replace
from datetime import datetime

from hallmark.evidence.step import Resource
from hallmark.verdict.finding import Verdict

CERTIFICATION = "urn:hallmark:certification:v1"

REPORT = "report.html"
"""The name of the blob that holds the full report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Who asked for a case, why, and through which run of Airflow; the first product of every case."""

    case: str
    model: str
    version: str
    cohort: str
    rulebook: int
    dag_id: str
    run_id: str
    asked_by: str
    reason: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReference:
    """A signed step of the case, by the SHA-256 of its envelope file."""

    task: str
    sha256: str
    cpu_seconds: float
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCase:
    """A pack of the same model that the ledger held when this one was decided."""

    case: str
    version: str
    cohort: str
    decision: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Certification:
    """The predicate. `blobs` are what it rests on by name; `notes` say what could not be established about the process.

    `limits` repeats what the manifest says about the data, for page one. Number 2 is what people made of a referred
    case: it names the envelope of number 1 by `first_sha256` and the signed reviews in the order of the ledger.
    """

    case: str
    number: int
    opening: Opening
    rule: str
    rulebook_sha256: str
    demo: bool
    verdict: Verdict
    limits: tuple[str, ...]
    first_sha256: str | None
    reviews: tuple[StepReference, ...]
    steps: tuple[StepReference, ...]
    blobs: tuple[Resource, ...]
    earlier: tuple[EarlierCase, ...]
    cpu_seconds: float
    reviewer_minutes: float
    notes: tuple[str, ...]
    hallmark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackStatement:
    """The in-toto statement of a pack; its subjects are the artifact, where there is one, and the manifest."""

    _type: str
    subject: tuple[Resource, ...]
    predicateType: str
    predicate: Certification


def without_report(certification: Certification) -> Certification:
    """The pack as its report was made from: a page cannot hold a digest of itself."""
    return replace(certification, blobs=tuple(blob for blob in certification.blobs if blob.name != REPORT))
