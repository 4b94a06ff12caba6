"""Reading what the tasks of a case have signed: steps, their products, their observations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hallmark.errors import Missing, Tampered
from hallmark.evidence.canonical import decode, digest, encode
from hallmark.evidence.envelope import open_envelope
from hallmark.evidence.places import blob_key, step_key, step_prefix
from hallmark.evidence.statement import REPORT, Certification, PackStatement
from hallmark.evidence.step import PAYLOAD, STATEMENT, STEP, StepStatement
from hallmark.measures import MEASURES
from hallmark.ports import Store
from hallmark.verdict.observation import Observation, Observations

OBSERVATIONS = "observations"
"""The name of the product that holds the observations of a step."""

WORKSPACE = "workspace:"
"""A resource of this prefix lies in the workspace only: its digest is evidence, its bytes never leave."""

TASKS_BEFORE = ("open_case", "vet", "score")
"""Tasks whose steps are materials of later ones."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedStep:
    """A step whose signature holds, and the SHA-256 of its envelope file."""

    statement: StepStatement
    sha256: str

    @property
    def products(self) -> dict[str, str]:
        """SHA-256 by name."""
        return {product.name: product.digest.sha256 for product in self.statement.subject}

    @property
    def outcome(self) -> str:
        """SHA-256 over all products: the same for every retry that produced the same."""
        return digest(encode(self.products))


def open_pack(data: bytes, keys: Mapping[str, bytes]) -> Certification:
    """The certification in the envelope of a pack. Raises `Tampered` unless one of `keys` signed it."""
    return decode(open_envelope(data, keys, PAYLOAD).payload, PackStatement).predicate


def read_step(store: Store, case: str, task: str, sha256: str, keys: Mapping[str, bytes]) -> SignedStep:
    """Read one step by the digest of its envelope. Raises `Missing`, or `Tampered` when anything does not hold."""
    data = store.get(step_key(case, task, sha256))
    if digest(data) != sha256:
        raise Tampered(f"The step {task} of case {case} has another digest than its name says.")
    opened = open_envelope(data, keys, PAYLOAD)
    statement = decode(opened.payload, StepStatement)
    if (statement._type, statement.predicateType) != (STATEMENT, STEP):
        raise Tampered(f"The step {task} of case {case} is a statement of another type.")
    if (statement.predicate.case, statement.predicate.task) != (case, task):
        raise Tampered(f"A step of {statement.predicate.task} in {statement.predicate.case} lies under {case}/{task}.")
    return SignedStep(statement=statement, sha256=sha256)


def read_steps(store: Store, case: str, task: str, keys: Mapping[str, bytes]) -> tuple[SignedStep, ...]:
    """Read every step of a task, in the order of their digests; none is an empty tuple."""
    prefix = step_prefix(case, task)
    names = [key.removeprefix(prefix).removesuffix(".json") for key in store.keys(prefix)]
    return tuple(read_step(store, case, task, name, keys) for name in names)


def agreed(steps: tuple[SignedStep, ...], preferred: str = "") -> SignedStep | None:
    """The step of a task: None when there is none or when two differ in their outcome.

    Equal outcomes are a retry; the one with the digest `preferred` stands for them, else the first.
    """
    if len({step.outcome for step in steps}) != 1:
        return None
    return next((step for step in steps if step.sha256 == preferred), steps[0])


def chained(steps: Sequence[SignedStep]) -> None:
    """Raise `Tampered` when a step rests on the step of another task that is not among `steps`."""
    known = {(step.statement.predicate.task, step.outcome) for step in steps}
    for step in steps:
        for material in step.statement.predicate.materials:
            if material.name in TASKS_BEFORE and (material.name, material.digest.sha256) not in known:
                task = step.statement.predicate.task
                raise Tampered(f"The step {task} rests on a step of {material.name} that is not there.")


def read_products(store: Store, step: SignedStep) -> dict[str, bytes]:
    """Every product of a step that lies in the store, by name. Raises `Missing` or `Tampered` for any of them."""
    stored = {name: sha256 for name, sha256 in step.products.items() if not name.startswith(WORKSPACE)}
    return {name: read_blob(store, sha256) for name, sha256 in stored.items()}


def steps_of(store: Store, certification: Certification, keys: Mapping[str, bytes]) -> tuple[SignedStep, ...]:
    """The steps that a pack names, in its order. Raises as `read_step` does."""
    return tuple(read_step(store, certification.case, one.task, one.sha256, keys) for one in certification.steps)


def evidence_of(store: Store, step: SignedStep) -> dict[str, bytes]:
    """The counts beside the observations of a step, which bear the name of its own task.

    None shows its counts as those of another. Raises `Missing` or `Tampered`.
    """
    task = step.statement.predicate.task
    own = [name for name in step.products if name.startswith(task) and name.endswith(".json")]
    return {name: read_blob(store, step.products[name]) for name in own}


def read_blob(store: Store, sha256: str) -> bytes:
    """Read bytes by their own digest. Raises `Missing`, or `Tampered` when they have another one."""
    data = store.get(blob_key(sha256))
    if digest(data) != sha256:
        raise Tampered(f"The blob {sha256} has another digest than its name says.")
    return data


def report_of(store: Store, certification: Certification) -> bytes:
    """The report that the pack names. Raises `Missing` when it names none, `Tampered` when it is another."""
    found = [blob.digest.sha256 for blob in certification.blobs if blob.name == REPORT]
    if not found:
        raise Missing(f"The pack of case {certification.case} names no report.")
    return read_blob(store, found[0])


def read_product(store: Store, step: SignedStep, name: str, kind: type[T]) -> T:
    """Decode one product of a step. Raises `Missing` when the step has none of that name."""
    if name not in step.products:
        raise Missing(f"The step {step.statement.predicate.task} has no product {name!r}.")
    return decode(read_blob(store, step.products[name]), kind)


def observations_of(store: Store, step: SignedStep) -> tuple[Observation, ...]:
    """The observations of a step; a task reports on its own dimension only, else `Tampered`."""
    if OBSERVATIONS not in step.products:
        return ()
    task = step.statement.predicate.task
    report = read_product(store, step, OBSERVATIONS, Observations)
    if report.task != task:
        raise Tampered(f"The step {task} hands in the report of {report.task!r}.")
    for item in report.items:
        measure = MEASURES.get(item.key.measure)
        if measure is None or REPORTER.get(measure.dimension, measure.dimension) != task:
            raise Tampered(f"The step {task} reports {item.key.measure!r}, which is not its own to report.")
    return report.items


REPORTER = {"process": "gate"}
"""Dimensions that are reported by a task of another name."""
