"""`make up` on a strange machine, what shares it, what breaks it off, and the next start, which closes what is open."""

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.conftest import REPO, Program
from tests.cli.foreground import interrupt, processes

from hallmark import wiring
from hallmark.evidence.entry import Entry, EntryKind
from hallmark.evidence.ledger import read_ledger
from hallmark.local.home import Home
from hallmark.local.lock import holder
from hallmark.local.machine import free_port
from hallmark.local.processes import descendants, parents

if TYPE_CHECKING:
    from tests.conftest import Place

pytestmark = pytest.mark.slow

DEAD = "http://127.0.0.1:1"
STRANGE = {
    **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"), DEAD),
    "AWS_ENDPOINT_URL": DEAD,
    "AWS_ENDPOINT_URL_S3": DEAD,
    "AWS_PROFILE": "nobody",
    "AWS_ACCESS_KEY_ID": "AKIAELSEWHERE",
    "AWS_SECRET_ACCESS_KEY": "elsewhere",
    "AWS_CONFIG_FILE": "/nowhere/config",
    "AIRFLOW_HOME": "/nowhere/airflow",
    "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
    "AIRFLOW__CORE__DAGS_FOLDER": "/nowhere/dags",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://nobody@127.0.0.1:1/airflow",
    "AIRFLOW__API_AUTH__JWT_SECRET": "of another installation",
}
"""Proxies that answer nothing, and the settings of another Airflow and of a cloud account."""

MARKER = "HALLMARK_HOSTILE_MARKER"
"""Names the file that the hostile example writes when somebody loads it."""

INTERRUPTED = (130, "hallmark: interrupted; what was started has been stopped\n")


def clone(folder: Path) -> Path:
    """What the commands read of a clone, in a folder with a space in its name."""
    for name in ("dags", "policies", "expectations", "examples"):
        shutil.copytree(REPO / name, folder / name, ignore=shutil.ignore_patterns(".mypy_cache", "__pycache__"))
    (folder / "plugins").mkdir()
    for name in ("requirements.txt", "plugins/hallmark_plugin.py", "plugins/.airflowignore"):
        shutil.copyfile(REPO / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def strange(decided: "Place", tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A home and a clone with spaces in their paths, and an environment that is full of others' settings."""
    folder = tmp_path_factory.mktemp("make up")
    shutil.copytree(decided.home.registry, folder / "a home" / "registry")
    own = {"HALLMARK_REPO": str(clone(folder / "a clone")), "HALLMARK_PORT": str(free_port())}
    own |= {MARKER: str(folder / "loaded")}
    return Program(home=folder / "a home", cwd=folder, environment=STRANGE | own)


@pytest.fixture(scope="class")
def kept(strange: Program) -> Iterator[str]:
    """The address of what `up` keeps running, until `down`."""
    address = f"http://127.0.0.1:{strange.environment['HALLMARK_PORT']}"
    done = strange("up", "--port", strange.environment["HALLMARK_PORT"], seconds=300)
    try:
        assert (done.returncode, done.stderr) == (0, "")
        assert re.fullmatch(
            rf"Airflow is on {address}, the store on http://127.0.0.1:\d+", done.stdout.splitlines()[-2]
        )
        assert done.stdout.splitlines()[-1] == (
            f"log in as administrator; the password is in {strange.home}/keys/administrator.password"
        )
        yield address
    finally:
        held = holder(Home(root=strange.home))
        family = descendants(held.pid) if held else set()
        done = strange("down")
        assert (done.returncode, done.stdout) == (0, "stopping Airflow and the store\n")
        nothing_runs(strange)
        assert len(family) > 8, "the store, three parts of Airflow, and the scheduler's workers"
        assert not family & parents().keys()


def nothing_runs(program: Program) -> None:
    end = time.monotonic() + 5
    while left := processes(program.home):
        assert time.monotonic() < end, left
        time.sleep(0.1)
    assert holder(Home(root=program.home)) is None


def entries(program: Program) -> tuple[Entry, ...]:
    context = wiring.context(Home(root=program.home), endpoint=None)
    return read_ledger(context.store, context.chain()).entries


def test_ctrl_c_while_up_starts(strange: Program) -> None:
    words = ["up", "--port", strange.environment["HALLMARK_PORT"]]
    assert interrupt(strange, words, "^(making Airflow|waiting for)") == INTERRUPTED
    nothing_runs(strange)


class TestWhileItRuns:
    def test_a_second_up_says_where_it_runs(self, strange: Program, kept: str) -> None:
        done = strange("up", "--port", str(free_port()))
        assert (done.returncode, done.stdout, done.stderr) == (0, f"Hallmark is up already: {kept}\n", "")

    def test_a_certification_uses_what_up_runs_and_leaves_it(self, strange: Program, kept: str) -> None:
        """A hostile artifact at once: it is refused, and nobody loads it."""
        before = holder(Home(root=strange.home))
        done = strange("demo", "card_default", "0-hostile", seconds=600)
        assert (done.returncode, done.stderr) == (0, "")
        assert "starting the store" not in done.stdout
        assert f"  See             {kept}/dags/certify_model/runs/" in done.stdout
        verdict, _, pack = done.stdout.splitlines()[-1].partition(" pack=")
        assert verdict == "verdict=refused"
        assert not Path(strange.environment[MARKER]).exists()
        assert strange("verify", pack, "--root", strange.root).returncode == 1
        assert holder(Home(root=strange.home)) == before is not None

    def test_ctrl_c_while_certify_waits_stops_nothing_of_up(self, strange: Program, kept: str) -> None:
        before = holder(Home(root=strange.home))
        code, said = interrupt(strange, ["certify", "card_default", "1", "--wait"], "^  open case")
        assert code == 130
        assert re.fullmatch(rf"hallmark: interrupted; the run goes on: {kept}/dags/certify_model/runs/\S+\n", said)
        assert holder(Home(root=strange.home)) == before is not None


def test_the_next_start_closes_what_was_broken_off_and_ctrl_c_while_it_stops(strange: Program) -> None:
    """The case of the test before was open when `down` came."""
    opened = {one.case for one in entries(strange) if one.kind is EntryKind.OPENED}
    assert interrupt(strange, ["certify", "card_default", "1", "--wait"], "^verdict=") == INTERRUPTED
    nothing_runs(strange)
    packs = {one.case for one in entries(strange) if one.kind is EntryKind.PACK}
    assert opened < packs, "every case that had been opened, and one more"
