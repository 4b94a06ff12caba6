"""What one task of a case produced: an in-toto statement over its products, signed by the worker."""

from dataclasses import dataclass
from datetime import datetime

STATEMENT = "https://in-toto.io/Statement/v1"
PAYLOAD = "application/vnd.in-toto+json"
STEP = "urn:hallmark:step:v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A digest set of one algorithm, as in-toto spells it."""

    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """Named bytes: a product or a material of a step, or a subject of a pack."""

    name: str
    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One run of one task: what it used, when, at what cost, with which tools (`name version`)."""

    case: str
    task: str
    materials: tuple[Resource, ...]
    started_at: datetime
    ended_at: datetime
    cpu_seconds: float
    tools: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStatement:
    """The in-toto statement of a step; its subjects are the products."""

    _type: str
    subject: tuple[Resource, ...]
    predicateType: str
    predicate: Step


def resource(name: str, sha256: str) -> Resource:
    """A resource by name and SHA-256."""
    return Resource(name=name, digest=Digest(sha256=sha256))
