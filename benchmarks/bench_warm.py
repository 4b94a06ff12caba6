"""From trigger to sealed pack with Airflow warm: where the seconds of a real run go."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shipped import ROOT

from hallmark import wiring
from hallmark.evidence.case import read_steps
from hallmark.local.environment import HOME
from hallmark.local.home import Home
from hallmark.local.rest import Rest, TaskState
from hallmark.local.services import Services, running
from hallmark.policy.role import KeyUse
from hallmark.steps.open_case import case_of

MODEL, VERSION, DAG = "card_default", "1", "certify_model"
SEALS = "gate"
LIMIT_SECONDS = 300
REST_SECONDS = 20
"""Between the two runs: what is warm is at rest too, and has a child ready for scoring again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One task: seconds from the trigger to its start and end, and what it is made of.

    `prepared` are the seconds from its start until our own code ran (a process, the DAG file, what Airflow checks),
    `code` those of our own code, `work` the CPU seconds in it that its signed step tells; None without a step.
    """

    name: str
    start: float
    end: float
    prepared: float
    code: float
    work: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A run: its tasks in the order of their start, and the seconds from the trigger to the sealed pack."""

    spans: tuple[Span, ...]
    sealed: float

    @property
    def waited(self) -> float:
        """Seconds before the pack in which no task ran: Airflow decided what comes next."""
        until, waited = 0.0, 0.0
        for span in self.spans:
            waited += max(0.0, min(span.start, self.sealed) - until)
            until = max(until, span.end)
        return waited


def warm() -> Split:
    """Start services in a home of their own, certify twice, and return the second run."""
    with tempfile.TemporaryDirectory(prefix="hallmark-warm-") as folder:
        home = Home(root=Path(folder) / ".hallmark")
        hallmark = [sys.executable, "-m", "hallmark.cli.main"]
        # The example is built, registered and certified once, and the rulebook published.
        environment = os.environ | {HOME: str(home.root)}
        subprocess.run([*hallmark, "demo", MODEL, VERSION], env=environment, check=True, stdout=subprocess.DEVNULL)
        with running(home, ROOT, say=lambda _: None) as services:
            _certified(services, "first")
            time.sleep(REST_SECONDS)
            return _certified(services, "second")


def _certified(services: Services, run_id: str) -> Split:
    conf = {"model": MODEL, "version": VERSION, "cohort": "", "reason": "speed"}
    with services.rest() as rest:
        rest.await_dag(DAG)
        began = time.time()
        rest.trigger(DAG, run_id=run_id, conf=conf)
        _await(rest, run_id)
        tasks = [task for task in rest.tasks(DAG, run_id) if task.state == "success"]
    spans = sorted((_span(services, task, run_id, began) for task in tasks), key=lambda one: one.start)
    return Split(spans=tuple(spans), sealed=next(span.end for span in spans if span.name == SEALS))


def _await(rest: Rest, run_id: str) -> None:
    until = time.monotonic() + LIMIT_SECONDS
    while not rest.run(DAG, run_id).finished:
        if time.monotonic() > until:
            raise RuntimeError(f"the run {run_id} has not ended after {LIMIT_SECONDS} s")
        time.sleep(0.5)


def _span(services: Services, task: TaskState, run_id: str, began: float) -> Span:
    assert task.start is not None
    assert task.end is not None
    begun, done = _of_own_code(services.home, task, run_id)
    return Span(
        name=task.task_id,
        start=task.start.timestamp() - began,
        end=task.end.timestamp() - began,
        prepared=begun - task.start.timestamp(),
        code=done - begun,
        work=_work(services, task.task_id, run_id),
    )


def _of_own_code(home: Home, task: TaskState, run_id: str) -> tuple[float, float]:
    """Return when Airflow handed over to our own code, and when that came back."""
    folder = home.logs / "tasks" / f"dag_id={DAG}" / f"run_id={run_id}" / f"task_id={task.task_id}"
    log = (folder / f"attempt={task.try_number}.log").read_text(encoding="utf-8")
    marks = list(_marks(log))
    begun = next(at for at, event in marks if event == "::endgroup::")
    return begun, next(at for at, event in marks if event.startswith(("Done. Returned", "::group::Post")))


def _marks(log: str) -> Iterator[tuple[float, str]]:
    for line in log.splitlines():
        said = json.loads(line)
        yield datetime.fromisoformat(said["timestamp"]).timestamp(), str(said["event"])


def _work(services: Services, task: str, run_id: str) -> float | None:
    context = wiring.context(services.home, endpoint=services.store_endpoint)
    steps = read_steps(context.store, case_of(DAG, run_id), task, context.chain().keys(KeyUse.WORKER))
    return steps[0].statement.predicate.cpu_seconds if steps else None
