"""Real processes: nothing that was started survives its end, however it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hallmark.errors import Unavailable
from hallmark.local.processes import Child, descendants, last_words, parents, stop

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")

# A child with a grandchild in a session of its own, as Airflow's task supervisors are; neither heeds SIGTERM.
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
os.write(1, b"%d\\n" % os.getpid())  # in one piece, since two write to one log
time.sleep(600)
"""

HOLDER = """
import sys, time
from pathlib import Path
from hallmark.local.processes import Child
child = Child(name="sleeper", command=["sleep", "600"], environment={"PATH": "/usr/bin:/bin"}, log=Path(sys.argv[1]))
child.start()
print(child.process.pid, flush=True)
time.sleep(600)
"""


def child_of(tmp_path: Path, code: str) -> Child:
    command = [sys.executable, "-c", code]
    return Child(name="child", command=command, environment=dict(os.environ), log=tmp_path / "child.log")


def wait_for(condition: object, seconds: float = 10) -> None:
    assert callable(condition)
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


def test_stopping_is_bounded_and_takes_the_family_along(tmp_path: Path) -> None:
    child = child_of(tmp_path, STUBBORN)
    child.start()
    wait_for(lambda: len(child.log.read_text().split()) == 2)
    pids = {int(pid) for pid in child.log.read_text().split()}
    assert child.process is not None
    assert descendants(child.process.pid) == pids - {child.process.pid}
    begun = time.monotonic()
    stop([child], grace=0.3)
    assert time.monotonic() - begun < 5
    assert not pids & parents().keys()


def test_a_willing_child_is_not_waited_for(tmp_path: Path) -> None:
    child = child_of(tmp_path, "import time; time.sleep(600)")
    child.start()
    begun = time.monotonic()
    stop([child], grace=30)
    assert time.monotonic() - begun < 5
    assert child.code == -signal.SIGTERM


def test_stopping_what_never_started_does_nothing(tmp_path: Path) -> None:
    child = child_of(tmp_path, "")
    stop([child], grace=1)
    assert child.code is None


def test_a_dead_child_is_one_sentence_with_its_last_words(tmp_path: Path) -> None:
    child = child_of(tmp_path, "raise SystemExit('no such table: dag')")
    child.start()
    wait_for(lambda: child.code is not None)
    with pytest.raises(Unavailable, match="The child ended at its start: no such table: dag"):
        child.require()


@LINUX_ONLY
def test_a_killed_holder_leaves_no_child(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            pid = int(holder.stdout.readline())
            assert pid in parents()
        finally:
            holder.kill()
    wait_for(lambda: pid not in parents())


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "its log is empty"), ("a\nb\n\n", "b"), ("x" * 999, "x" * 300)],
    ids=["none", "two", "long"],
)
def test_last_words(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "log").write_text(text)
    assert last_words(tmp_path / "log") == words
