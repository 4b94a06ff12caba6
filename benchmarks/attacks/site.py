"""A real Airflow with scheduler and store, and what its users and whoever has a shell may do to a run."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from attacks.place import MODEL, Place
from shipped import ROOT

from hallmark import wiring
from hallmark.errors import Unavailable
from hallmark.local.rest import Rest
from hallmark.local.services import running

CERTIFY, REVIEW = "certify_model", "review_case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """An installation with its services; `rest` is the administrator's, who may do more than anybody should."""

    place: Place
    rest: Rest

    def start(self, run_id: str) -> Place:
        """Ask for a certificate, as anybody may; the place with the case that will be opened."""
        self.rest.trigger(CERTIFY, run_id=run_id, conf={"model": MODEL, "version": "1", "reason": "to break it"})
        return self.place.of(run_id)

    def ended(self, run_id: str, dag: str = CERTIFY) -> str:
        """The state in which a run ended."""
        self.until(lambda: self.rest.run(dag, run_id).finished, f"the end of {run_id}", seconds=300)
        return self.rest.run(dag, run_id).state

    def until(self, holds: Callable[[], object], what: str, seconds: float = 120) -> None:
        """Wait. Raises `Unavailable` when it takes too long."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise Unavailable(f"{what} did not come in {seconds:.0f} s")
            time.sleep(0.3)

    def state(self, run_id: str, task: str, dag: str = CERTIFY) -> str | None:
        """The state of a task."""
        return {one.task_id: one.state for one in self.rest.tasks(dag, run_id)}.get(task)

    def mark(self, run_id: str, task: str, dag: str = CERTIFY) -> None:
        """Mark a task successful, as the page does."""
        self.ask("PATCH", f"{_run(dag, run_id)}/taskInstances/{task}", json={"new_state": "success"})

    def ask(self, method: str, path: str, **content: Any) -> Any:
        """What Airflow's own API answers; `None` where it has nothing to say."""
        answer = self.rest._http.request(method, path, **content)
        if answer.status_code >= 400:
            raise Unavailable(f"Airflow answered {answer.status_code} to {method} {path}: {answer.text[:200]}")
        return answer.json() if answer.content else None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no task begin while the context lasts."""
        self._slots(0)
        try:
            yield
        finally:
            self._slots(128)

    def _slots(self, slots: int) -> None:
        self.ask("PATCH", "/api/v2/pools/default_pool", params={"update_mask": "slots"}, json={"slots": slots})

    def kill(self, run_id: str, task: str) -> None:
        """Kill the process of a task as soon as it works."""
        found: list[int] = []

        def works() -> bool:
            row = self.ask("GET", f"{_run(CERTIFY, run_id)}/taskInstances/{task}")
            found[:] = _titled(f"airflow worker -- {row['id']}")
            return bool(found)

        self.until(works, f"the process of {task}")
        os.kill(found[0], signal.SIGKILL)

    def hand_on(self, run_id: str, task: str, value: str) -> None:
        """Write what a task hands on, in its place."""
        body = {"key": "return_value", "value": value}
        self.ask("POST", f"{_run(CERTIFY, run_id)}/taskInstances/{task}/xcomEntries", json=body)

    def again(self, run_id: str, tasks: tuple[str, ...]) -> None:
        """Clear tasks of a run, so that they run once more."""
        body = {"dag_run_id": run_id, "task_ids": list(tasks), "dry_run": False, "only_failed": False}
        self.ask("POST", f"/api/v2/dags/{CERTIFY}/clearTaskInstances", json=body)

    def delete(self, run_id: str) -> None:
        """Delete a run with everything that Airflow knows of it."""
        self.ask("DELETE", _run(CERTIFY, run_id))


def _run(dag: str, run_id: str) -> str:
    return f"/api/v2/dags/{dag}/dagRuns/{quote(run_id, safe='')}"


def _titled(title: str) -> list[int]:
    """Ids of the processes that call themselves so."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if (entry / "cmdline").read_bytes().rstrip(b"\0").decode("utf-8", "replace") == title:
                    found.append(int(entry.name))
    return found


@contextmanager
def served(place: Place) -> Iterator[Site]:
    """The installation under its services, which end with the context."""
    with running(place.home, ROOT, say=lambda _: None) as services:
        context = wiring.context(place.home, endpoint=services.store_endpoint)
        password = place.home.administrator_password.read_text("utf-8").strip()
        with Rest(services.airflow_url, "administrator", password) as rest:
            for dag in (CERTIFY, REVIEW):
                rest.await_dag(dag)
            yield Site(place=replace(place, context=context), rest=rest)
