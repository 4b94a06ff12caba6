"""Airflow and the store for real, once: from an empty folder to a finished run, and to nothing left behind."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from hallmark.errors import BadInput, Unavailable
from hallmark.local import lock
from hallmark.local.credentials import store_key
from hallmark.local.environment import BUCKET
from hallmark.local.home import Home
from hallmark.local.machine import free_port
from hallmark.local.processes import descendants, parents
from hallmark.local.rest import Rest, Run
from hallmark.local.services import Services, down, running, up

pytestmark = pytest.mark.slow

REPO = Path(__file__).parents[2]
DAG = """
from airflow.sdk import dag, task

@dag(schedule=None)
def trial():
    @task
    def look():
        import os, sys
        import hallmark
        seen = [hallmark.__file__, os.environ["HALLMARK_HOME"], str("great_expectations" in sys.modules)]
        print("SEEN", *seen, sep="|")
        assert not [name for name in os.environ if name.startswith("AWS_SECRET")]
    look()

trial()
"""

CALLER = """
import sys, time
from pathlib import Path
from hallmark.local.home import Home
from hallmark.local.machine import free_port
from hallmark.local.services import running
with running(Home(root=Path(sys.argv[1])), Path(sys.argv[2]), dags=Path(sys.argv[3])):
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dags")
    (folder / "trial.py").write_text(DAG)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(root=tmp_path_factory.mktemp("a home") / ".hallmark")


def _gone(family: set[int]) -> None:
    """The kernel takes a moment to bury what has ended, longer on a machine that is busy."""
    until = time.monotonic() + 20
    while family & parents().keys():
        assert time.monotonic() < until, "something outlived the end of the services"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def services(home: Home, dags: Path) -> Iterator[Services]:
    """What `up` runs, until the last test kills it; that `down` leaves nothing is tried in tests/cli/test_up.py."""
    yield up(home, REPO, port=free_port(), dags=dags)
    down(home)


@pytest.fixture(scope="module")
def rest(services: Services) -> Iterator[Rest]:
    with services.rest() as rest:
        rest.await_dag("trial")
        yield rest


def finished(rest: Rest, run_id: str, seconds: float = 90) -> Run:
    until = time.monotonic() + seconds
    while not (run := rest.run("trial", run_id)).finished:
        assert time.monotonic() < until, f"{run_id} is still {run.state}"
        time.sleep(0.2)
    return run


def s3(services: Services, secret: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=services.store_endpoint,
        aws_access_key_id=store_key(services.home).access_key,
        aws_secret_access_key=secret,
        region_name="us-east-1",
    )


def test_a_run_is_triggered_executed_and_seen(rest: Rest, services: Services) -> None:
    begun = rest.trigger("trial", run_id="first", conf={}, note="why")
    assert (begun.run_id, begun.note, begun.finished) == ("first", "why", False)
    assert [run.run_id for run in rest.unfinished("trial")] == ["first"]
    assert finished(rest, "first").state == "success"
    assert rest.unfinished("trial") == []
    (task,) = rest.tasks("trial", "first")
    assert (task.task_id, task.state, task.try_number) == ("look", "success", 1)
    log = str(rest._ask("GET", "/api/v2/dags/trial/dagRuns/first/taskInstances/look/logs/1"))
    package = REPO / "plugins" / "hallmark" / "__init__.py"
    assert f"SEEN|{package}|{services.home.root}|{sys.platform == 'linux'}" in log


@pytest.mark.parametrize(
    ("dag_id", "run_id", "words"),
    [("trial", "first", "409"), ("trial", "../up", "400"), ("none", "second", "404")],
    ids=["taken", "traversal", "unknown-dag"],
)
def test_a_refused_trigger_is_one_sentence(rest: Rest, dag_id: str, run_id: str, words: str) -> None:
    with pytest.raises(BadInput, match=f"answered {words}"):
        rest.trigger(dag_id, run_id=run_id, conf={})


def test_a_wrong_password_is_refused(services: Services) -> None:
    with pytest.raises(Unavailable, match="401"):
        Rest(services.airflow_url, services.login, "wrong")


def test_airflow_loads_the_plugin_file_and_nothing_else(services: Services) -> None:
    password = services.home.administrator_password.read_text().strip()
    with Rest(services.airflow_url, "administrator", password) as administrator:
        plugins = administrator._ask("GET", "/api/v2/plugins")["plugins"]
    assert [plugin["name"] for plugin in plugins] == ["hallmark"]


def test_the_person_at_this_machine_is_no_administrator(rest: Rest) -> None:
    with pytest.raises(Unavailable, match="403"):
        rest._ask("GET", "/api/v2/connections")


def test_many_writes_at_once_are_all_answered(rest: Rest) -> None:
    names = [f"at-once-{number}" for number in range(12)]
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda name: rest.trigger("trial", run_id=name, conf={}), names))
    assert [run.run_id for run in runs] == names
    assert {finished(rest, name).state for name in names} == {"success"}


def test_the_store_takes_its_own_key_and_no_other(services: Services) -> None:
    client = s3(services, store_key(services.home).secret_key)
    client.put_object(Bucket=BUCKET, Key="a/b.json", Body=b"{}")
    assert client.get_object(Bucket=BUCKET, Key="a/b.json")["Body"].read() == b"{}"
    with pytest.raises(ClientError):
        s3(services, "0" * 40).list_objects_v2(Bucket=BUCKET)


def test_secrets_and_database_are_private(services: Services) -> None:
    files = [*services.home.keys.iterdir(), *services.home.airflow.glob("airflow.*"), *services.home.logs.glob("*.log")]
    assert len(files) > 8
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_no_secret_is_printed_or_on_a_command_line(services: Services) -> None:
    secrets = [store_key(services.home).secret_key]
    secrets += [file.read_text().strip() for file in services.home.keys.glob("*.password")]
    shown = [log.read_text("utf-8", "replace") for log in services.home.logs.glob("*.log")]
    shown.append(subprocess.run(["ps", "-A", "-o", "args="], capture_output=True, text=True, check=False).stdout)
    assert not [secret for secret in secrets for text in shown if secret in text]


def test_a_second_up_and_a_certification_share_what_runs(services: Services, dags: Path) -> None:
    said: list[str] = []
    assert up(services.home, REPO, port=1, say=said.append) == services
    assert said == [f"Hallmark is up already: {services.airflow_url}"]
    with running(services.home, REPO, dags=dags) as shared:
        assert shared == services
    assert lock.holder(services.home) is not None


def test_a_killed_scheduler_comes_back_and_runs(rest: Rest, services: Services) -> None:
    held = lock.holder(services.home)
    assert held is not None
    (scheduler,) = [pid for pid in descendants(held.pid) if "scheduler" in command_of(pid)]
    os.kill(scheduler, signal.SIGKILL)
    rest.trigger("trial", run_id="after-kill", conf={})
    assert finished(rest, "after-kill").state == "success"
    assert "restarting the scheduler" in (services.home.logs / "keeper.log").read_text()


def command_of(pid: int) -> str:
    done = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties children to their parent")
def test_a_killed_caller_leaves_nothing_running(tmp_path: Path, dags: Path) -> None:
    home = Home(root=tmp_path / "h")
    command = [sys.executable, "-c", CALLER, str(home.root), str(REPO), str(dags)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as caller:
        try:
            assert caller.stdout is not None
            assert "ready\n" in iter(caller.stdout.readline, "")
            _killed(home, caller.pid)
        finally:
            caller.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties children to their parent")
def test_a_killed_keeper_leaves_nothing_running(services: Services) -> None:
    """The last test: it ends what the others use."""
    _killed(services.home, services.pid)
    assert down(services.home, say=lambda _: None) is False


def _killed(home: Home, victim: int) -> None:
    held = lock.holder(home)
    assert held is not None
    until = time.monotonic() + 60
    while len(family := descendants(held.pid) | {held.pid}) <= 8 or not home.spare.is_socket():
        assert time.monotonic() < until, "the store, three parts of Airflow, the scheduler's workers, the spare child"
        time.sleep(0.1)
    os.kill(victim, signal.SIGKILL)
    _gone(family)
    assert lock.holder(home) is None
