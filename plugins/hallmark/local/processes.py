"""Child processes: started in their own session, watched, ended with everything below them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hallmark.errors import Unavailable

LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


@dataclass(slots=True, kw_only=True)
class Child:
    """One program of ours and, once started, its process."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it, output appended to its log; it is killed when the caller dies (Linux)."""
        libc = ctypes.CDLL(None) if LINUX else None
        holder = os.getpid()

        def tie() -> None:
            if libc is None:
                return
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != holder:  # it died before the tie was made
                os._exit(1)

        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C in the terminal is for the holder, which then ends in order
                preexec_fn=tie,
            )

    @property
    def code(self) -> int | None:
        """Exit code, or None while it runs."""
        return self.process.poll() if self.process else None

    def require(self) -> None:
        """Raise `Unavailable` with the log's last words when it has ended."""
        if self.code is not None:
            raise Unavailable(f"The {self.name} ended at its start: {last_words(self.log)} (see {self.log}).")


def stop(children: Sequence[Child], grace: float) -> None:
    """End all of `children` within `grace` seconds, by force if need be, and then whatever they had started."""
    started = [child.process for child in children if child.process]
    family = set[int]().union(*(descendants(process.pid) for process in started))
    for process in started:
        process.terminate()
    until = time.monotonic() + grace
    for process in started:
        try:
            process.wait(max(until - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    kill(family)


def adopt_orphans() -> None:
    """Make orphaned grandchildren ours, so that none can leave the family (Linux)."""
    if LINUX:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def sweep() -> None:
    """Kill and reap everything that still descends from this process."""
    kill(descendants(os.getpid()))
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def kill(pids: set[int]) -> None:
    """Send SIGKILL to each of `pids` that is still there, and wait up to two seconds until none is."""
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + 2
    while time.monotonic() < until and pids & parents().keys():
        for pid in pids:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.02)


def descendants(pid: int) -> set[int]:
    """Return the process ids of everything below `pid`."""
    children = defaultdict(list)
    for child, parent in parents().items():
        children[parent].append(child)
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        below = [child for child in children[waiting.pop()] if child not in found]
        found.update(below)
        waiting.extend(below)
    return found


def parents() -> dict[int, int]:
    """Return the parent of every process of this machine; zombies are left out."""
    proc = Path("/proc")
    rows = _proc_rows(proc) if (proc / "self" / "stat").exists() else _ps_rows()
    return {pid: parent for pid, parent, state in rows if not state.startswith("Z")}


def _proc_rows(proc: Path) -> list[tuple[int, int, str]]:
    rows = []
    for entry in proc.iterdir():
        if entry.name.isdigit():
            with suppress(OSError):  # it ended meanwhile
                state, parent = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[:2]
                rows.append((int(entry.name), int(parent), state))
    return rows


def _ps_rows() -> list[tuple[int, int, str]]:
    out = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,state="], capture_output=True, text=True, check=False).stdout
    return [(int(pid), int(parent), state) for pid, parent, state in map(str.split, out.splitlines())]


def last_words(log: Path) -> str:
    """Return the last line of `log` that says something, at most 300 characters."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "its log is empty"
