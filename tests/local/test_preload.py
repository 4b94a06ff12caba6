"""What Airflow's processes do before they fork, tried in processes of our own."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hallmark.local.preload import SETTINGS, await_database, database_mark
from hallmark.local.processes import parents

# A parent forks a child, which forks a grandchild, as the scheduler forks workers and these fork tasks.
FORKS = """
import os, time
from hallmark.local.preload import tie_forks
tie_forks()
for _ in range(2):
    if os.fork():
        break
os.write(1, b"%d\\n" % os.getpid())  # in one piece, since three write to one pipe
time.sleep(60)
"""

WARM = """
import gc, logging, sys
from hallmark.local.preload import prepare
prepare(["scheduler"])
print(sorted(set(sys.modules) & {"great_expectations", "evidently", "fairlearn"}), gc.get_freeze_count() > 0)
print(logging.root.manager.disable)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child to its parent")
def test_forks_die_with_their_parent_however_deep() -> None:
    with subprocess.Popen([sys.executable, "-c", FORKS], stdout=subprocess.PIPE, text=True) as parent:
        try:
            assert parent.stdout is not None
            pids = {int(parent.stdout.readline()) for _ in range(3)}
            assert pids <= parents().keys()
        finally:
            parent.kill()
    until = time.monotonic() + 10
    while pids & parents().keys():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="nothing is imported before forks elsewhere")
def test_the_scheduler_has_the_libraries_and_says_nothing_about_them(tmp_path: Path) -> None:
    database_mark(tmp_path).write_text("3")
    done = subprocess.run(
        [sys.executable, "-c", WARM], env={"AIRFLOW_HOME": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["['evidently', 'fairlearn', 'great_expectations'] True", "0"]


def test_the_scheduler_waits_for_the_database(tmp_path: Path) -> None:
    threading.Timer(0.3, database_mark(tmp_path).write_text, ["3"]).start()
    begun = time.monotonic()
    await_database(tmp_path, seconds=10)
    assert 0.2 < time.monotonic() - begun < 5


def test_a_database_that_never_comes_ends_the_wait(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        await_database(tmp_path, seconds=0.1)


def test_the_settings_file_hands_airflow_nothing(tmp_path: Path) -> None:
    (tmp_path / "airflow_local_settings.py").write_text(SETTINGS)
    code = "import airflow_local_settings as s; print(s.__all__)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
