"""What is asked of a verification, and what its steps establish on the way."""

from dataclasses import dataclass, field
from datetime import datetime

from hallmark.errors import Undecidable
from hallmark.evidence.canonical import rfc3339
from hallmark.evidence.case import SignedStep
from hallmark.evidence.envelope import Opened
from hallmark.evidence.ledger import Ledger
from hallmark.evidence.statement import Certification, PackStatement
from hallmark.evidence.trust import Accepted, Chain
from hallmark.policy.profile import Profile
from hallmark.ports import Store
from hallmark.verdict.review import Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be verified: a pack in a store, against a root; `at` is the time for which the answer holds.

    `model`, `version` and `cohort` are what the pack has to be about, where somebody says so.
    """

    store: Store
    pack: str
    root: bytes | None
    at: datetime
    artifact_sha256: str | None = None
    seen: bytes | None = None
    model: str | None = None
    version: str | None = None
    cohort: str | None = None


@dataclass(slots=True, kw_only=True)
class Trail:
    """What the steps before have established for the steps after."""

    question: Question
    chain: Chain = field(init=False)
    envelope: bytes = field(init=False)
    opened: Opened = field(init=False)
    certification: Certification | None = None
    statement: PackStatement = field(init=False)
    rulebook: Accepted = field(init=False)
    steps: list[SignedStep] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    ledger: Ledger = field(init=False)
    profile: Profile = field(init=False)
    usable: bool = False

    @property
    def certified(self) -> Certification:
        """The predicate of the pack. Raises `Undecidable` before step 3 has read it."""
        if self.certification is None:
            raise Undecidable("The form of the pack has not been established.")
        return self.certification

    @property
    def opening(self) -> SignedStep:
        """The signed opening of the case, which step 5 has read."""
        return next(step for step in self.steps if step.statement.predicate.task == "open_case")

    @property
    def as_of(self) -> str:
        """Up to where the ledger is known."""
        checkpoint = self.ledger.checkpoint
        return f"as of checkpoint {checkpoint.size}, {rfc3339(checkpoint.at)}"
