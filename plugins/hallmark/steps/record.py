"""Recording what a task did: products become blobs, the step is signed, and only then is it in the store."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from hallmark.errors import Missing, Tampered
from hallmark.evidence.canonical import digest, encode
from hallmark.evidence.case import OBSERVATIONS, SignedStep, agreed, read_steps
from hallmark.evidence.envelope import seal
from hallmark.evidence.places import blob_key, step_key
from hallmark.evidence.step import PAYLOAD, STATEMENT, STEP, Resource, Step, StepStatement, resource
from hallmark.policy.role import KeyUse
from hallmark.steps.context import Context
from hallmark.verdict.observation import Observation, Observations


@dataclass(slots=True, kw_only=True)
class Recorder:
    """What a task hands in while it works; nothing leaves it before the task is done.

    `sha256` is that of the signed step, once it is in the store.
    """

    task: str
    products: dict[str, bytes] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    materials: dict[str, str] = field(default_factory=dict)
    tools: tuple[str, ...] = ()
    sha256: str = ""

    def observe(self, observations: tuple[Observation, ...]) -> None:
        """Hand in the observations of the task."""
        items = tuple(sorted(observations, key=lambda one: one.key))
        self.products[OBSERVATIONS] = encode(Observations(task=self.task, items=items))


@contextmanager
def recording(context: Context, case: str, task: str, use: KeyUse = KeyUse.WORKER) -> Iterator[Recorder]:
    """Run a task and sign what it produced with the key of `use`; an exception leaves no step."""
    recorder = Recorder(task=task)
    started, cpu = context.now(), time.process_time()
    yield recorder
    step = Step(
        case=case,
        task=task,
        materials=_resources(recorder.materials),
        started_at=started,
        ended_at=context.now(),
        cpu_seconds=round(time.process_time() - cpu, 3),
        tools=recorder.tools,
    )
    _write(context, recorder, step, use)


def _write(context: Context, recorder: Recorder, step: Step, use: KeyUse) -> None:
    for data in recorder.products.values():
        context.store.put(blob_key(digest(data)), data)
    made = {name: digest(data) for name, data in recorder.products.items()} | recorder.references
    statement = StepStatement(_type=STATEMENT, subject=_resources(made), predicateType=STEP, predicate=step)
    envelope = seal(encode(statement), PAYLOAD, context.signer(use))
    context.store.put(step_key(step.case, step.task, digest(envelope)), envelope)
    recorder.sha256 = digest(envelope)


def _resources(named: Mapping[str, str]) -> tuple[Resource, ...]:
    return tuple(resource(name, sha256) for name, sha256 in sorted(named.items()))


def required(context: Context, case: str, task: str) -> SignedStep:
    """The signed step of a predecessor. Raises `Missing` when there is none, `Tampered` when two disagree."""
    steps = read_steps(context.store, case, task, context.chain().keys(KeyUse.WORKER))
    if not steps:
        raise Missing(f"Case {case} has no signed step of {task}; a task that was marked successful has done nothing.")
    step = agreed(steps)
    if step is None:
        raise Tampered(f"Case {case} has steps of {task} that disagree; certify again.")
    return step
