"""A command in the foreground, Ctrl-C, and what is left running."""

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

if TYPE_CHECKING:
    from tests.cli.conftest import Program


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


def lines_of(program: "subprocess.Popen[bytes]", seconds: float = 240) -> Iterator[str]:
    """Lines as they come; fails when none comes for too long."""
    assert program.stdout is not None
    while select.select([program.stdout], [], [], seconds)[0]:
        line = program.stdout.readline()
        if not line:
            return
        yield line.decode()
    raise AssertionError(f"nothing was printed for {seconds} s")


def interrupt(demo: "Program", words: list[str], moment: str, times: int = 1) -> tuple[int, str]:
    """Send SIGINT to everything in the foreground when a line with `moment` has come `times` times, and again soon."""
    with subprocess.Popen(
        [demo.program, *words],
        env=demo.variables(),
        cwd=demo.cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # what lies in a buffer here would be seen when it is too late
        start_new_session=True,
        # a job that a script put into the background ignores SIGINT, and so would what it starts
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        seen = 0
        for line in lines_of(running):
            seen += re.search(moment, line) is not None
            if seen == times:
                os.killpg(running.pid, signal.SIGINT)
                time.sleep(0.3)
                with suppress(ProcessLookupError):  # impatience must change nothing
                    os.killpg(running.pid, signal.SIGINT)
                break
        _, errors = running.communicate(timeout=60)
        return running.returncode, errors.decode()
