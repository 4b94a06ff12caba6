"""Airflow's REST API as far as a certification needs it: log in, trigger, look."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx

from hallmark.errors import BadInput, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a DAG; times are aware, or None while they have not come."""

    dag_id: str
    run_id: str
    state: str
    start: datetime | None
    end: datetime | None
    note: str

    @property
    def finished(self) -> bool:
        """Whether Airflow will do nothing more for this run."""
        return self.state in {"success", "failed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """One task of a run; `state` is None before the scheduler has looked at it."""

    task_id: str
    name: str
    state: str | None
    start: datetime | None
    end: datetime | None
    seconds: float | None
    try_number: int


class Rest:
    """A logged-in client; every method raises `Unavailable` when Airflow does not answer or refuses the login."""

    def __init__(self, url: str, name: str, password: str) -> None:
        self._url = url
        # Loopback is never reached through a proxy, and no .netrc may replace the login.
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=False)
        token = self._ask("POST", "/auth/token", json={"username": name, "password": password})["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> "Rest":
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self._http.close()

    def await_dag(self, dag_id: str, *, seconds: float = 60.0) -> None:
        """Return when Airflow knows `dag_id`; `BadInput` with the import error, `Unavailable` when time is up."""
        until = time.monotonic() + seconds
        while not self._known(dag_id):
            for file, error in self.import_errors().items():
                raise BadInput(f"Airflow cannot import the DAG file {file}: {error}")
            if time.monotonic() > until:
                raise Unavailable(f"Airflow did not find the DAG {dag_id} in {seconds:.0f} s: see its log folder.")
            time.sleep(0.2)

    def trigger(self, dag_id: str, *, run_id: str, conf: Mapping[str, Any], note: str = "") -> Run:
        """Start a run under the given id; `BadInput` for an unknown DAG, refused parameters or a taken id."""
        body = {"dag_run_id": run_id, "logical_date": None, "conf": dict(conf), "note": note}
        return _run(self._ask("POST", f"{_dag(dag_id)}/dagRuns", json=body))

    def run(self, dag_id: str, run_id: str) -> Run:
        """Return a run as it is now; `BadInput` when there is none."""
        return _run(self._ask("GET", _of(dag_id, run_id)))

    def unfinished(self, dag_id: str) -> list[Run]:
        """Return the runs of a DAG that have not ended, oldest first, at most 100."""
        asked = {"state": ["queued", "running"], "order_by": "id", "limit": 100}
        return [_run(row) for row in self._ask("GET", f"{_dag(dag_id)}/dagRuns", params=asked)["dag_runs"]]

    def tasks(self, dag_id: str, run_id: str) -> list[TaskState]:
        """Return the tasks of a run as they are now, in Airflow's order; `BadInput` when there is no such run."""
        rows = self._ask("GET", f"{_of(dag_id, run_id)}/taskInstances", params={"limit": 100})["task_instances"]
        return [_task(row) for row in rows]

    def import_errors(self) -> dict[str, str]:
        """Return the last line of what went wrong for every DAG file that does not import."""
        rows = self._ask("GET", "/api/v2/importErrors")["import_errors"]
        return {row["filename"]: row["stack_trace"].strip().splitlines()[-1] for row in rows}

    def run_url(self, dag_id: str, run_id: str) -> str:
        """Return where a person sees the run."""
        return f"{self._url}/dags/{quote(dag_id, safe='')}/runs/{quote(run_id, safe='')}"

    def _known(self, dag_id: str) -> bool:
        try:
            self._ask("GET", _dag(dag_id))
        except BadInput:
            return False
        return True

    def _ask(self, method: str, path: str, **content: Any) -> Any:
        try:
            answer = self._http.request(method, path, **content)
            if answer.status_code < 400:
                return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable(
                f"Airflow on {self._url} does not answer ({error}): run make up, or try again."
            ) from error
        why = f"Airflow on {self._url} answered {answer.status_code} to {method} {path}: {_detail(answer)}"
        raise (Unavailable if answer.status_code in {401, 403} or answer.status_code >= 500 else BadInput)(why)


def _dag(dag_id: str) -> str:
    return f"/api/v2/dags/{quote(dag_id, safe='')}"


def _of(dag_id: str, run_id: str) -> str:
    return f"{_dag(dag_id)}/dagRuns/{quote(run_id, safe='')}"


def _run(row: Mapping[str, Any]) -> Run:
    return Run(
        dag_id=row["dag_id"],
        run_id=row["dag_run_id"],
        state=row["state"],
        start=_time(row["start_date"]),
        end=_time(row["end_date"]),
        note=row["note"] or "",
    )


def _task(row: Mapping[str, Any]) -> TaskState:
    return TaskState(
        task_id=row["task_id"],
        name=row["task_display_name"],
        state=row["state"],
        start=_time(row["start_date"]),
        end=_time(row["end_date"]),
        seconds=row["duration"],
        try_number=row["try_number"],
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _detail(answer: httpx.Response) -> str:
    try:
        detail = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase
    return str(detail.get("reason", answer.reason_phrase) if isinstance(detail, dict) else detail)
