"""One installation beyond one machine: the services of docker-compose.yaml as processes, on loopback."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.distributed.compose import REPO, Compose, variables
from tests.distributed.servers import Postgres, free_port, is_open, postgres, process, rclone, require_redis, until

from hallmark import wiring
from hallmark.local.processes import descendants, kill, parents
from hallmark.local.rest import Rest, Run
from hallmark.steps.context import Context

MODEL = "card_default"
AIRFLOW = ("api-server", "scheduler", "dag-processor", "triggerer", "worker-1", "worker-2")
WORKERS = ("worker-1", "worker-2")

# What the processes are told beyond the file: listen on loopback, and get a lost message again while a test waits.
OWN = {
    "AIRFLOW__API__HOST": "127.0.0.1",
    "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": "5",
    "NO_PROXY": "127.0.0.1,localhost",
}


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The installation; `rest` is the administrator's, `context` what a task has."""

    folder: Path
    compose: Compose
    postgres: Postgres
    stack: ExitStack
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def environment(self, service: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        kept["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
        return kept | self.compose.environment(service) | OWN

    def start(self, service: str) -> None:
        command, environment = self.compose.command(service), self.environment(service)
        log = self.folder / f"{service}.log"
        self.running[service] = self.stack.enter_context(process(command, log, environment))

    def call(self, service: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run one command to its end in the place of a service, as `docker compose run` does."""
        command = list(words) or self.compose.command(service)
        environment = self.environment(service)
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=180, cwd=self.folder
        )

    def healthy(self, service: str) -> bool:
        """What the health check of the service says, asked as the file asks it."""
        command, environment = self.compose.health(service), self.environment(service)
        return not subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60).returncode

    @property
    def context(self) -> Context:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.compose.environment("rulebook").items():
                patch.setenv(name, value)
            return wiring.from_environment()

    def rest(self) -> Rest:
        url = self.compose.environment("api-server")["AIRFLOW__API__BASE_URL"]
        password = self.folder / "home" / "keys" / "administrator.password"
        return Rest(url, "administrator", password.read_text("utf-8").strip())

    def certify(self, rest: Rest, run_id: str) -> Run:
        conf = {"model": MODEL, "version": "1", "cohort": "2005-07", "reason": "a test"}
        return rest.trigger("certify_model", run_id=run_id, conf=conf)

    def ended(self, rest: Rest, run_id: str, seconds: float = 300) -> Run:
        self.until(lambda: rest.run("certify_model", run_id).finished, f"the end of {run_id}", seconds)
        return rest.run("certify_model", run_id)

    def worker_of(self, rest: Rest, run_id: str, task: str) -> str:
        """The worker that is at work on a task, as soon as the task has a process."""
        path = f"/api/v2/dags/certify_model/dagRuns/{quote(run_id)}/taskInstances/{task}"
        found: list[str] = []

        def works() -> bool:
            title = f"airflow worker -- {rest._ask('GET', path)['id']}"
            found[:] = [name for name in WORKERS if _titled(title) & descendants(self.running[name].pid)]
            return bool(found)

        self.until(works, f"the work on {task}", 120)
        return found[0]

    def lose(self, worker: str) -> None:
        """Kill a worker with everything it has started, at once, as when its machine loses power."""
        pid = self.running[worker].pid
        kill({pid} | descendants(pid))

    def unacknowledged(self) -> int:
        """How many messages the broker has given out and heard nothing of since."""
        import redis

        with redis.Redis.from_url(self.compose.environment("worker-1")["AIRFLOW__CELERY__BROKER_URL"]) as broker:
            return int(broker.hlen("unacked"))

    def until(self, holds: Callable[[], object], what: str, seconds: float = 90) -> None:
        until(holds, what, self.folder / "scheduler.log", seconds)


def _titled(title: str) -> set[int]:
    found = set()
    for pid in parents():
        with suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").decode("utf-8", "replace")
            found |= {pid} if words == title else set()
    return found


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A short path that PostgreSQL's own user can walk through."""
    place = Path(tempfile.mkdtemp(prefix="hallmark-distributed-"))
    place.chmod(0o711)
    yield place
    left = [pid for pid in parents() if _belongs(pid, place)]
    shutil.rmtree(place, ignore_errors=True)
    assert not left, f"{len(left)} processes outlived their services"


def _belongs(pid: int, folder: Path) -> bool:
    """Whether a process works in the folder or was told of it."""
    with suppress(OSError):
        own = Path(f"/proc/{pid}")
        return (own / "cwd").readlink().is_relative_to(folder) or bytes(folder) in (own / "environ").read_bytes()
    return False


@pytest.fixture(scope="session")
def told(folder: Path) -> dict[str, str]:
    """What `make env` generates."""
    subprocess.run([sys.executable, REPO / "deploy" / "env.py", folder], check=True, capture_output=True)
    return variables(folder / ".env")


@pytest.fixture(scope="session")
def database(folder: Path, told: dict[str, str]) -> Iterator[Postgres]:
    """PostgreSQL with the roles and databases of deploy/postgres.sql."""
    with postgres(folder / "postgres", told["POSTGRES_PASSWORD"]) as server:
        server.run(REPO / "deploy" / "postgres.sql", told)
        yield server


def _compose(folder: Path, told: dict[str, str], database: Postgres) -> Compose:
    """Every address and path of a container, and what stands for it here."""
    api, health, redis, store = (free_port() for _ in range(4))
    (folder / "redis").mkdir()
    return Compose(
        told=told | {"HALLMARK_PORT": str(api)},
        here={
            "postgres:5432": f"127.0.0.1:{database.port}",
            "redis:6379": f"127.0.0.1:{redis}",
            "pg_isready": f"{database.programs / 'pg_isready'} --host=127.0.0.1 --port={database.port}",
            "redis-cli": f"redis-cli -p {redis}",
            "dir /data": f"dir {folder / 'redis'}\nbind 127.0.0.1\nport {redis}",
            "store:9000": f"127.0.0.1:{store}",
            "api-server:8080": f"127.0.0.1:{api}",
            "127.0.0.1:8080": f"127.0.0.1:{api}",
            "8080": str(api),
            "8974": str(health),
            "/run/secrets": str(folder / "secrets"),
            "/opt/hallmark/airflow": str(folder / "airflow"),
            "/opt/hallmark": str(REPO),
            "/hallmark": str(folder / "home"),
        },
    )


def _prepare(here: Cluster) -> None:
    """What is done once: folders that volumes would be, the store, Airflow's tables, the example, the rulebook."""
    compose, told = here.compose, here.compose.told
    (here.folder / "home" / "keys").mkdir(mode=0o700, parents=True)
    (here.folder / "airflow").mkdir()
    shutil.copytree(REPO / "deploy" / "config", here.folder / "airflow" / "config")
    (here.folder / "airflow" / "airflow.cfg").touch()
    here.start("redis")
    port = int(compose.environment("rulebook")["HALLMARK_STORE_ENDPOINT"].rpartition(":")[2])
    here.stack.enter_context(rclone(here.folder / "store", port, told["STORE_ACCESS_KEY"], told["STORE_SECRET_KEY"]))
    example = [sys.executable, str(REPO / "examples" / MODEL / "build.py"), str(here.folder / "example")]
    for service, words in {
        "database": (),
        "rulebook": (),
        "scheduler": example,
        "worker-1": ("hallmark", "register", str(here.folder / "example")),
    }.items():
        done = here.call(service, *words)
        assert done.returncode == 0, f"{service}: {done.stdout[-1000:]} {done.stderr[-3000:]}"


def _await(here: Cluster) -> None:
    password = here.folder / "home" / "keys" / "administrator.password"
    here.until(password.exists, "the first account", 120)
    port = int(here.compose.told["HALLMARK_PORT"])
    until(lambda: is_open(port), "the API server", here.folder / "api-server.log")
    with here.rest() as rest:
        rest.await_dag("certify_model", seconds=120)


@pytest.fixture(scope="session")
def cluster(folder: Path, told: dict[str, str], database: Postgres) -> Iterator[Cluster]:
    """Everything of the file, answering; `card_default` 1 is registered and rulebook 1 published."""
    require_redis()
    with ExitStack() as stack:
        here = Cluster(folder=folder, compose=_compose(folder, told, database), postgres=database, stack=stack)
        _prepare(here)
        for service in AIRFLOW:
            here.start(service)
        _await(here)
        yield here
        # Nothing has to end in order, since the databases and folders go too.
        kill(set().union(*({each.pid} | descendants(each.pid) for each in here.running.values())))
