"""Beyond one machine: a case goes through; a worker is lost in the middle of another; nothing is lost or doubled."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from tests.distributed.conftest import AIRFLOW, MODEL, Cluster

from hallmark.assess.registry import ASSESSED
from hallmark.evidence.entry import EntryKind
from hallmark.evidence.ledger import read_ledger
from hallmark.evidence.places import pack_key
from hallmark.evidence.statement import Certification
from hallmark.local.rest import Rest, Run
from hallmark.policy.appetite import Status
from hallmark.steps.ledger import append
from hallmark.steps.open_case import case_of
from hallmark.steps.packs import read_pack
from hallmark.verdict.finding import Decision

pytestmark = pytest.mark.distributed

LOST = "data_quality"
RUNS = ("good", "lost")


@dataclass(frozen=True, kw_only=True)
class Played:
    """What came of the two cases; `states` of the tasks of the one that lost a worker."""

    cluster: Cluster
    runs: dict[str, Run]
    states: dict[str, str | None]

    def pack(self, run_id: str) -> Certification:
        return read_pack(self.cluster.context, MODEL, "1", case_of("certify_model", run_id))

    def verify(self, run_id: str) -> "subprocess.CompletedProcess[str]":
        context, case = self.cluster.context, case_of("certify_model", run_id)
        root = self.cluster.folder / "home" / "root.json"
        uri = context.store.uri(pack_key(MODEL, "1", case, 1))
        return self.cluster.call("worker-1", "hallmark", "verify", uri, "--root", str(root))


@pytest.fixture(scope="module")
def played(cluster: Cluster) -> Iterator[Played]:
    """A worker is killed in the middle of a case and comes back, as a container would; meanwhile another case runs."""
    with cluster.rest() as rest:
        cluster.certify(rest, "lost")
        worker = cluster.worker_of(rest, "lost", LOST)
        cluster.lose(worker)
        assert cluster.unacknowledged(), "the broker gave the lost worker nothing"
        cluster.certify(rest, "good")
        cluster.start(worker)
        runs = {run_id: cluster.ended(rest, run_id) for run_id in RUNS}
        states = {task.task_id: task.state for task in rest.tasks("certify_model", "lost")}
        cluster.until(lambda: not cluster.unacknowledged(), "the second delivery of the lost messages", 120)
        yield Played(cluster=cluster, runs=runs, states=states)


@pytest.mark.parametrize("service", ["postgres", "redis", *AIRFLOW])
def test_a_service_is_healthy_by_the_check_of_the_file(cluster: Cluster, service: str) -> None:
    assert cluster.healthy(service)


def test_redis_gets_the_signals_itself_and_shows_no_password(cluster: Cluster) -> None:
    words = Path(f"/proc/{cluster.running['redis'].pid}/cmdline").read_bytes()
    assert words.startswith(b"redis-server")
    assert cluster.compose.told["REDIS_PASSWORD"].encode() not in words


def test_a_case_that_nothing_happened_to_is_complete_and_verifies(played: Played) -> None:
    assert played.runs["good"].state == "success"
    verdict = played.pack("good").verdict
    assert not [finding for finding in verdict.findings if finding.status is Status.NOT_EVALUATED]
    usable = verdict.decision in (Decision.CERTIFIED, Decision.CONDITIONAL)
    answer = played.verify("good")
    words = "usable" if usable else "authentic, not usable"
    assert (answer.returncode, answer.stdout.splitlines()[-1]) == (int(not usable), f"verify={words}")


def test_the_work_of_a_lost_worker_is_not_evaluated_and_the_case_is_decided(played: Played) -> None:
    assert played.runs["lost"].state == "success"
    assert (played.states[LOST], played.states["gate"]) == ("failed", "success")
    pack = played.pack("lost")
    assert pack.verdict.decision in (Decision.REFERRED, Decision.REFUSED)
    done, tasks = {step.task for step in pack.steps}, {dimension.name for dimension in ASSESSED}
    assert LOST not in done
    unknown = [finding.expected for finding in pack.verdict.findings if finding.status is Status.NOT_EVALUATED]
    lost = {expected.key.measure.split(".")[0] for expected in unknown}
    assert LOST in lost
    assert not lost & tasks & done, "a measure that was taken is missing"


def test_the_pack_of_the_lost_case_is_authentic_and_not_usable(played: Played) -> None:
    answer = played.verify("lost")
    assert (answer.returncode, answer.stdout.splitlines()[-1]) == (1, "verify=authentic, not usable")
    assert [line[3:5] for line in answer.stdout.splitlines()[:7]] == ["ok"] * 7


@pytest.mark.parametrize("run_id", RUNS)
def test_nothing_is_lost_and_nothing_is_doubled(played: Played, run_id: str) -> None:
    """Asked after the messages of the lost worker were delivered a second time."""
    context, case = played.cluster.context, case_of("certify_model", run_id)
    entries = [entry.kind for entry in read_ledger(context.store, context.chain()).entries if entry.case == case]
    assert entries.count(EntryKind.OPENED) == entries.count(EntryKind.PACK) == 1
    assert len(entries) == 2
    assert [key for key in context.store.keys("packs/") if case in key] == [pack_key(MODEL, "1", case, 1)]
    steps = [key.split("/")[2] for key in context.store.keys(f"cases/{case}/")]
    assert len(steps) == len(set(steps)), "a task left two steps"


def test_the_ledger_of_the_database_is_that_of_the_store(played: Played) -> None:
    context = played.cluster.context
    leaves = read_ledger(context.store, context.chain()).leaves
    assert len(leaves) == 1 + 2 * len(RUNS)  # the rulebook, and for each case its opening and its pack
    assert tuple(context.sequencer.entries()) == leaves


def test_an_account_that_is_added_beside_the_api_server_may_log_in(cluster: Cluster) -> None:
    """Accounts are not among the mounted keys, which nothing there may write."""
    password, settings = cluster.folder / "ann", cluster.environment("api-server")
    password.write_text("correct horse battery staple\n")
    password.chmod(0o600)
    done = cluster.call(
        "api-server", "hallmark", "user", "add", "ann", "--role", "viewer", "--password-file", str(password)
    )
    assert done.returncode == 0, done.stderr
    with Rest(settings["AIRFLOW__API__BASE_URL"], "ann", "correct horse battery staple") as rest:
        assert rest.import_errors() == {}
    assert not list(Path(settings["HALLMARK_KEYS"]).glob("users*"))


def test_a_worker_cannot_reach_the_database_of_airflow(cluster: Cluster) -> None:
    """It knows the role of the results, which PostgreSQL lets into no other database."""
    settings = cluster.environment("worker-1")
    results = settings["AIRFLOW__CELERY__RESULT_BACKEND"].removeprefix("db+").replace("+psycopg", "")
    assert not [name for name in settings if "SQL_ALCHEMY_CONN" in name or "JWT" in name or "FERNET" in name]
    with psycopg.connect(results) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("celery",)
    for other in ("airflow", "ledger", "postgres"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(f"{results.rpartition('/')[0]}/{other}")


def test_a_lost_database_is_filled_again_from_the_store(played: Played) -> None:
    """The last test: it takes the table away that the others look at."""
    context = played.cluster.context
    before, ledger = tuple(context.sequencer.entries()), read_ledger(context.store, context.chain())
    with psycopg.connect(played.cluster.postgres.address("ledger")) as connection:
        connection.execute("DROP TABLE entry")
    assert tuple(context.sequencer.entries()) == ()
    assert append(context, ledger.entries[-1]) == len(before) - 1
    assert tuple(context.sequencer.entries()) == before == ledger.leaves
