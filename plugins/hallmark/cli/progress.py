"""Following a run: a line for each task as it ends, and one that moves while it runs."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence

from hallmark.cli.say import move, say
from hallmark.errors import Unavailable
from hallmark.local.rest import Rest, Run, TaskState

SECONDS = 1800
"""How long a run is followed at most."""

CLOSING_SECONDS = 300
"""How long is waited for runs that were broken off earlier."""

ENDED = {"success": "", "failed": "failed", "upstream_failed": "not run", "skipped": "skipped", "removed": "removed"}


def follow(rest: Rest, run: Run, look: Callable[[], None]) -> None:
    """Return when Airflow will do nothing more for `run`; `look` is called again and again meanwhile.

    Raises `Unavailable` when that takes too long.
    """
    told: set[str] = set()
    until = time.monotonic() + SECONDS
    while not (done := rest.run(run.dag_id, run.run_id).finished) or not told:
        tasks = rest.tasks(run.dag_id, run.run_id)
        _tell(tasks, told)
        look()
        if done:
            break
        if time.monotonic() > until:
            raise Unavailable(f"run {run.run_id} has not ended in {SECONDS} s; look at it in the UI (`hallmark up`)")
        time.sleep(0.3)
    _tell(rest.tasks(run.dag_id, run.run_id), told)
    _clear()


def close(rest: Rest, runs: Sequence[Run]) -> None:
    """Wait until runs that were broken off have come to their end, and say so of each; what takes longer goes on."""
    until = time.monotonic() + CLOSING_SECONDS
    for run in runs:
        while not (ended := rest.run(run.dag_id, run.run_id).finished) and time.monotonic() < until:
            time.sleep(0.3)
        say(f"  {run.run_id} was broken off; it {'is closed now' if ended else 'goes on while Airflow runs'}")


def _tell(tasks: list[TaskState], told: set[str]) -> None:
    for task in sorted(tasks, key=_by_end):
        if task.state in ENDED and task.task_id not in told and not _other_mark(task):
            told.add(task.task_id)
            _clear()
            seconds = f"{task.seconds:6.1f} s" if task.seconds is not None else " " * 8
            say(f"  {task.name:<14}{seconds}  {ENDED[task.state or '']}".rstrip())
    _moving(tasks)


def _by_end(task: TaskState) -> tuple[bool, str]:
    return task.end is None, task.end.isoformat() if task.end else ""


def _other_mark(task: TaskState) -> bool:
    """The end marks of the verdicts that it is not skip themselves; that is no news."""
    return task.state == "skipped"


def _moving(tasks: list[TaskState]) -> None:
    if sys.stdout.isatty():
        at_work = ", ".join(_at_work(tasks))
        move(f"  ... {at_work or 'waiting for the scheduler'}")


def _at_work(tasks: list[TaskState]) -> Iterator[str]:
    yield from (task.name for task in tasks if task.state in ("running", "up_for_retry"))


def _clear() -> None:
    if sys.stdout.isatty():
        move("")
