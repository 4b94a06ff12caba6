"""What `make certify` runs, as a person runs it: the whole way, a hostile artifact, and Ctrl-C at every moment."""

import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hallmark.local.home import Home
from hallmark.local.lock import holder

if TYPE_CHECKING:
    from tests.cli.conftest import Program

pytestmark = pytest.mark.slow

MARKER = "HALLMARK_HOSTILE_MARKER"
LAST = re.compile(
    r"verdict=(certified|conditional|refused|referred) (pack=(s3://hallmark/packs/[a-z0-9_/.-]+/1\.json))"
)


def processes(home: Path) -> list[str]:
    """Command lines of everything that runs for a home, by its arguments and by its environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and entry.name != str(os.getpid()):
            with suppress(OSError):
                told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                if str(home).encode() in told:
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
    return found


def lines_of(program: "subprocess.Popen[str]", seconds: float = 240) -> Iterator[str]:
    """Lines as they come; fails when none comes for too long."""
    assert program.stdout is not None
    while select.select([program.stdout], [], [], seconds)[0]:
        line = program.stdout.readline()
        if not line:
            return
        yield line
    raise AssertionError(f"nothing was printed for {seconds} s")


def interrupt(demo: "Program", moment: str, times: int) -> tuple[int, str]:
    """Send SIGINT to everything in the foreground when a line with `moment` has come `times` times."""
    with subprocess.Popen(
        [demo.program, "demo", "card_default", "0-hostile"],
        env=demo.variables(),
        cwd=demo.cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
        start_new_session=True,
        # a job that a script put into the background ignores SIGINT, and so would what it starts
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        seen = 0
        for line in lines_of(running):
            seen += re.search(moment, line) is not None
            if seen == times:
                os.killpg(running.pid, signal.SIGINT)
                break
        _, errors = running.communicate(timeout=60)
        return running.returncode, errors


@pytest.mark.parametrize(
    ("moment", "times"),
    [("^starting the store", 1), ("^  open case", 1), ("^  (data quality|drift|fairness|performance) ", 4)],
    ids=["starting", "running", "gate"],
)
def test_ctrl_c_leaves_nothing_running(demo: "Program", moment: str, times: int) -> None:
    code, errors = interrupt(demo, moment, times)
    assert code == 130
    assert errors == "hallmark: interrupted; what was started has been stopped\n"
    end = time.monotonic() + 5
    while left := processes(demo.home):
        assert time.monotonic() < end, left
        time.sleep(0.1)
    assert holder(Home(root=demo.home)) is None


def test_the_next_run_certifies_and_its_last_line_is_for_scripts(demo: "Program") -> None:
    done = demo("demo", "card_default", "1", seconds=400)
    assert (done.returncode, done.stderr) == (0, "")
    last = done.stdout.splitlines()[-1]
    found = LAST.fullmatch(last)
    assert found, last
    assert "building the example" not in done.stdout, "what is registered is not built again"
    case = found[3].split("/")[-2]
    assert f"hallmark verify {found[3]} --root " in done.stdout
    pack = demo.home / "store" / "hallmark" / found[3].removeprefix("s3://hallmark/")
    assert demo("verify", pack, "--root", demo.root).returncode == (
        0 if found[1] in ("certified", "conditional") else 1
    )
    assert demo("show", case).returncode == 0
    assert processes(demo.home) == []


def test_a_hostile_artifact_is_refused_and_never_loaded(demo: "Program") -> None:
    marker = demo.cwd / "loaded"
    done = demo.under(**{MARKER: str(marker)})("demo", "card_default", "0-hostile", seconds=400)
    assert (done.returncode, done.stderr) == (0, "")
    found = LAST.fullmatch(done.stdout.splitlines()[-1])
    assert found
    assert found[1] == "refused"
    assert not marker.exists()
    pack = demo.home / "store" / "hallmark" / found[3].removeprefix("s3://hallmark/")
    assert demo("verify", pack, "--root", demo.root).returncode == 1
    assert processes(demo.home) == []
