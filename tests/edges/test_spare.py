"""The child that is kept ready: as shut in as one of our own, for one model only, and nobody has to rely on it."""

import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from tests.edges.test_scorer import FAILING

from hallmark.edges.isolation import Isolation, launcher
from hallmark.edges.scorer import score
from hallmark.edges.waiting import address
from hallmark.errors import BadInput, Unavailable
from hallmark.measures import Task
from hallmark.policy.subject import ArtifactFormat

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no spare elsewhere")

FEATURES = ("a", "b", "c")
DATA = pd.DataFrame(np.random.default_rng(0).normal(size=(5_000, 3)), columns=list(FEATURES)).assign(id=range(5_000))
MODEL = LogisticRegression().fit(DATA[list(FEATURES)], DATA.a > 0)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder too deep for the address of a socket, with a key and data."""
    folder = tmp_path / ("deep" * 40)
    for one in hidden(folder):
        one.mkdir(parents=True, exist_ok=True)
        (one / "worker.key").write_text("secret")
    DATA.to_parquet(folder / "data.parquet")
    return folder


def hidden(home: Path) -> tuple[Path, ...]:
    return home / "keys", home / "mounted"


@pytest.fixture
def keeper(home: Path) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "hallmark.edges.spare", str(home / "socket"), *map(str, hidden(home))]
    with subprocess.Popen(command, env=os.environ | {"AWS_SECRET_ACCESS_KEY": "secret"}) as process:
        try:
            await_listener(process.pid)
            yield process
        finally:
            process.kill()


def await_listener(pid: int) -> None:
    """Return when a socket of the process takes connections; its file is there a moment earlier."""
    until = time.monotonic() + 30
    while not listens(pid):
        assert time.monotonic() < until
        time.sleep(0.01)


def listens(pid: int) -> bool:
    rows = (line.split() for line in Path("/proc/net/unix").read_text().splitlines())
    listening = {f"socket:[{row[6]}]" for row in rows if row[3] == "00010000"}
    with suppress(OSError):  # a file may be closed meanwhile
        return any(str(file.readlink()) in listening for file in Path(f"/proc/{pid}/fd").iterdir())
    return False


def scored(home: Path, model: object = MODEL, **other: Any) -> Isolation:
    asked = {"task": Task.BINARY, "features": FEATURES, "key": "id", "seconds": 120, **other}
    return score(
        artifact=pickle.dumps(model),
        format=ArtifactFormat.PICKLE,
        datasets=[(home / "data.parquet", home / "scores.parquet")],
        hide=hidden(home),
        spare=home / "socket",
        **asked,
    )


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_the_spare_scores_as_a_child_of_our_own_does_and_is_gone_then(
    home: Path, keeper: "subprocess.Popen[bytes]"
) -> None:
    assert len(children(keeper.pid)) == 1
    of_spare = scored(home)
    by_spare = (home / "scores.parquet").read_bytes()
    assert not (home / "socket").exists()
    assert not children(keeper.pid)
    of_own = scored(home)
    assert of_spare == of_own == launcher(hidden(home)).isolation
    assert (home / "scores.parquet").read_bytes() == by_spare


@pytest.mark.parametrize("case", ["hostile", "crash", "too slow", "too large"])
def test_what_fails_in_the_spare_fails_as_in_a_child_of_our_own(
    case: str, home: Path, keeper: "subprocess.Popen[bytes]"
) -> None:
    make, other, sentence = FAILING[case]
    with pytest.raises(BadInput, match=sentence):
        scored(home, make(), **other)
    assert not (home / "scores.parquet").exists()
    assert not (home / "socket").exists()  # it was the spare that failed
    assert not children(keeper.pid)


def test_the_spare_has_no_environment_no_keys_and_no_other_network(
    home: Path, keeper: "subprocess.Popen[bytes]"
) -> None:
    if not launcher().isolation.isolated:
        pytest.skip(launcher().isolation.words)
    inner = innermost(keeper.pid)
    names = {one.partition("=")[0] for one in Path(f"/proc/{inner}/environ").read_text().split("\0")}
    assert "AWS_SECRET_ACCESS_KEY" not in names
    assert [list(Path(f"/proc/{inner}/root{one}").iterdir()) for one in hidden(home)] == [[], []]
    for kind in ("net", "pid", "user", "mnt", "ipc"):
        assert Path(f"/proc/{inner}/ns/{kind}").readlink() != Path(f"/proc/self/ns/{kind}").readlink()


def innermost(pid: int) -> int:
    """The program at the end of the chain, once it is Python."""
    until = time.monotonic() + 30
    while True:
        last = pid
        while below := children(last):
            last = int(below[0])
        if b"scoring_child" in Path(f"/proc/{last}/cmdline").read_bytes().split(b"hallmark.edges.")[-1]:
            return last
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_client_that_goes_takes_its_child_along(home: Path, keeper: "subprocess.Popen[bytes]") -> None:
    with socket.socket(socket.AF_UNIX) as client:
        with address(home / "socket") as name:
            client.connect(name)
        client.recv(100)
        assert children(keeper.pid)
    until = time.monotonic() + 10
    while children(keeper.pid):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_without_a_spare_a_child_of_our_own_scores(home: Path) -> None:
    with socket.socket(socket.AF_UNIX) as stale, address(home / "socket") as name:
        stale.bind(name)
    scored(home)
    assert len(pd.read_parquet(home / "scores.parquet")) == len(DATA)


def test_a_keeper_that_dies_meanwhile_is_told_apart_from_a_model_that_fails(
    home: Path, keeper: "subprocess.Popen[bytes]"
) -> None:
    from hallmark.edges.waiting import waiting

    with (home / "said").open("wb+") as said, waiting(hidden(home), home / "socket", said, ()) as child:
        child_pid = innermost(keeper.pid)
        os.kill(keeper.pid, signal.SIGKILL)
        with pytest.raises(Unavailable, match="has ended: run it again"):
            child.score({}, [said], 30)
    until = time.monotonic() + 10
    while Path(f"/proc/{child_pid}").exists():
        assert time.monotonic() < until
        time.sleep(0.02)
