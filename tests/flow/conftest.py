"""One real Airflow with scheduler and store for every test of this folder, and what people and attackers do to it."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from hallmark import wiring
from hallmark.cli.rulebook import publish_current
from hallmark.evidence.canonical import decode
from hallmark.evidence.entry import Entry, EntryKind
from hallmark.evidence.ledger import read_ledger
from hallmark.evidence.places import pack_key
from hallmark.evidence.statement import Certification
from hallmark.evidence.trail import Question
from hallmark.evidence.verify import Verification, verify
from hallmark.local.home import Home
from hallmark.local.processes import parents
from hallmark.local.rest import Rest, Run
from hallmark.local.services import Services, running
from hallmark.policy.subject import Manifest
from hallmark.steps.context import Context
from hallmark.steps.open_case import case_of
from hallmark.steps.packs import read_pack

if TYPE_CHECKING:
    from tests.conftest import Place

REPO = Path(__file__).parents[2]
MODEL = "card_default"


@dataclass(frozen=True, kw_only=True)
class Site:
    """An installation with its services; `rest` is the administrator's, who may do more than anybody should."""

    home: Home
    services: Services
    context: Context
    rest: Rest

    def start(self, run_id: str, version: str = "2", dag: str = "certify_model", **conf: str) -> Run:
        asked = {"model": MODEL, "version": version, "reason": "a test"} | conf if dag == "certify_model" else conf
        return self.rest.trigger(dag, run_id=run_id, conf=asked)

    def ended(self, run_id: str, dag: str = "certify_model", seconds: float = 300) -> Run:
        self.until(lambda: self.rest.run(dag, run_id).finished, f"the end of {run_id}", seconds)
        return self.rest.run(dag, run_id)

    def until(self, holds: Callable[[], object], what: str, seconds: float = 300) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"{what} did not come in {seconds} s"
            time.sleep(0.4)

    def task(self, run_id: str, task: str, dag: str = "certify_model") -> Any:
        return self.ask("GET", f"/api/v2/dags/{dag}/dagRuns/{quote(run_id)}/taskInstances/{task}")

    def states(self, run_id: str, dag: str = "certify_model") -> dict[str, str | None]:
        return {task.task_id: task.state for task in self.rest.tasks(dag, run_id)}

    def mark(self, run_id: str, task: str, state: str) -> None:
        body = {"new_state": state}
        self.ask("PATCH", f"/api/v2/dags/certify_model/dagRuns/{quote(run_id)}/taskInstances/{task}", json=body)

    def ask(self, method: str, path: str, **content: Any) -> Any:
        return self.rest._ask(method, path, **content)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no task begin while the context lasts."""
        self._slots(0)
        try:
            yield
        finally:
            self._slots(128)

    def _slots(self, slots: int) -> None:
        body = {"slots": slots}
        self.ask("PATCH", "/api/v2/pools/default_pool", params={"update_mask": "slots"}, json=body)

    def another_try(self, run_id: str, task: str, seen: str, seconds: float = 120) -> str:
        """Id of the task's next try after `seen`; empty when the task has failed for good."""
        this: list[str] = []

        def came() -> bool:
            now = self.task(run_id, task)
            this[:] = ["" if now["state"] == "failed" else now["id"]]
            return this[0] != seen

        self.until(came, f"another try of {task} in {run_id}", seconds)
        return this[0]

    def processes(self, try_id: str, seconds: float = 180) -> tuple[int, ...]:
        """Process ids of one try of a task and of its supervisor, as soon as the task has begun."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if own := _titled(f"airflow worker -- {try_id}"):
                return own, parents()[own]
            time.sleep(0.03)
        return ()

    def entries(self, run_id: str) -> tuple[Entry, ...]:
        found = read_ledger(self.context.store, self.context.chain()).entries
        return tuple(entry for entry in found if entry.case == case_of("certify_model", run_id))

    def opened(self, run_id: str) -> bool:
        return any(entry.kind is EntryKind.OPENED for entry in self.entries(run_id))

    def packs(self, run_id: str) -> list[str]:
        """The key of every object under packs/ that names the case of the run, in whatever place."""
        return [key for key in self.context.store.keys("packs/") if case_of("certify_model", run_id) in key]

    def pack(self, run_id: str, version: str = "2") -> Certification:
        return read_pack(self.context, MODEL, version, case_of("certify_model", run_id))

    def verified(self, run_id: str, version: str = "2") -> Verification:
        pack = pack_key(MODEL, version, case_of("certify_model", run_id), 1)
        root = self.context.root
        return verify(Question(store=self.context.store, pack=pack, root=root, at=wiring.now()))


def _titled(title: str) -> int:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if (entry / "cmdline").read_bytes().rstrip(b"\0").decode("utf-8", "replace") == title:
                    return int(entry.name)
    return 0


def _register(home: Home, decided: "Place", versions: Iterable[str]) -> None:
    """Take over the trained example, and the same model once more for each of `versions`."""
    shutil.copytree(decided.home.registry, home.registry, dirs_exist_ok=True)
    registry, source = wiring.registry(home), home.registry / MODEL / "1"
    manifest, cohorts = decode(registry.manifest(MODEL, "1"), Manifest), registry.cohorts(MODEL, "1")
    for version in versions:
        again = tuple(replace(cohort, version=version) for cohort in cohorts)
        registry.register(replace(manifest, version=version), again, source)


@pytest.fixture(scope="session")
def site(decided: "Place", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Version 1 for people, 2 for attackers, 3 whose data were changed after they had been registered."""
    home = Home(root=tmp_path_factory.mktemp("site") / "home").create()
    wiring.found(home, name="hallmark-test", demo=True)
    wiring.prepare_store(home, endpoint=None)
    publish_current(wiring.context(home, endpoint=None), REPO)
    _register(home, decided, ["2", "3"])
    with (home.registry / MODEL / "3" / "data" / "2005-07.parquet").open("r+b") as data:
        data.seek(1000)
        data.write(b"changed")
    with running(home, REPO, say=lambda _: None) as services:
        password = home.administrator_password.read_text("utf-8").strip()
        with Rest(services.airflow_url, "administrator", password) as rest:
            rest.await_dag("certify_model")
            rest.await_dag("recertify_due")
            context = wiring.context(home, endpoint=services.store_endpoint)
            yield Site(home=home, services=services, context=context, rest=rest)
    left = [entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit() and _of_home(entry, home)]
    assert not left, "processes of this home outlived its services"


def _of_home(process: Path, home: Home) -> bool:
    with suppress(OSError):
        return str(home.root).encode() in (process / "environ").read_bytes()
    return False
