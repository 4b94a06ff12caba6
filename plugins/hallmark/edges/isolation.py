"""Where a command has no network, sees no other process and cannot reach the keys, as far as the system allows it."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from hallmark.errors import BadInput

_PROGRAMS: Final = ("unshare", "setpriv", "mount", "sh")
_NAMESPACES: Final = (
    *("--user", "--map-root-user", "--net", "--pid", "--ipc", "--uts"),
    *("--mount", "--mount-proc", "--fork", "--kill-child"),
)
# An empty, read-only folder over the one that holds the keys; then the command, which can no longer take it away.
_HIDE: Final = 'mount -t tmpfs -o ro,size=4k none "$0" && exec "$@"'
_POWERLESS: Final = ("--no-new-privs", "--bounding-set=-all", "--inh-caps=-all")
_PROBE_SECONDS: Final = 10
_TAIL: Final = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """What was achieved: `words` say it to a reader of the pack, beginning with `none` when `isolated` is False."""

    isolated: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Launcher:
    """`prefix` goes before the command that is to run isolated."""

    prefix: tuple[str, ...]
    isolation: Isolation

    def start(self, command: Sequence[str], *, order: int, said: IO[bytes] | int) -> "subprocess.Popen[bytes]":
        """Start `command`, with the open file `order` as its standard input and nothing else of its parent.

        `said` takes what it prints. It dies with the thread that started it.
        """
        return subprocess.Popen(
            [*self.prefix, *command],
            env=_environment(),
            cwd="/",
            stdin=order,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )


def kill(child: "subprocess.Popen[bytes]") -> None:
    """End a child and all that it started; one that has ended is left alone."""
    if child.poll() is None:  # not reaped yet, so the number of the group is still its own
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def require_success(code: int, said: IO[bytes]) -> None:
    """Raise `BadInput` with the last line that a child has said, unless its exit code is 0."""
    if code != 0:
        raise BadInput(f"The model did not score: {_last_line(said, code)}")


def launcher(hide: Path | None = None) -> Launcher:
    """The strongest launcher that works on this machine, which is tried out; it ends with the thread that started it.

    `hide` is a folder that the command will find empty. Raises `BadInput` when `hide` is no folder.
    """
    if hide is not None and not hide.is_dir():
        raise BadInput(f"{hide} is to be hidden from the model and is no folder: name the folder that holds the keys.")
    missing = [program for program in _PROGRAMS if shutil.which(program, path=os.defpath) is None]
    if missing:
        return _open(f"{', '.join(missing)} not installed")
    prefix = _isolating(hide.resolve() if hide is not None else None)
    fault = _fault(prefix)
    if fault is not None:
        return _open(fault.replace(str(hide), "the keys"))
    hidden = ", without the keys" if hide is not None else ""
    words = f"user, network, process and mount namespaces{hidden}"
    return Launcher(prefix=prefix, isolation=Isolation(isolated=True, words=words))


def _isolating(hide: Path | None) -> tuple[str, ...]:
    hiding = () if hide is None else (_path("sh"), "-c", _HIDE, str(hide))
    return (
        *(_path("setpriv"), "--pdeathsig", "KILL"),
        *(_path("unshare"), *_NAMESPACES),
        *hiding,
        *(_path("setpriv"), *_POWERLESS),
    )


def _open(reason: str) -> Launcher:
    dying = (_path("setpriv"), "--pdeathsig", "KILL") if shutil.which("setpriv", path=os.defpath) else ()
    return Launcher(prefix=dying, isolation=Isolation(isolated=False, words=f"none: {reason}"))


def _fault(prefix: tuple[str, ...]) -> str | None:
    """Why `prefix` does not work here; None when it does."""
    command = [*prefix, sys.executable, "-I", "-S", "-c", ""]
    try:
        done = subprocess.run(command, env={}, cwd="/", capture_output=True, timeout=_PROBE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    lines = done.stderr.decode(errors="replace").split("\n")
    return None if done.returncode == 0 else lines[0][:200] or f"exit code {done.returncode}"


def _path(program: str) -> str:
    return str(shutil.which(program, path=os.defpath))


def _environment() -> dict[str, str]:
    """All that the child gets; the path makes it run the same code as its parent, however that was installed."""
    path = str(Path(__file__).resolve().parents[2])
    return {"PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _last_line(errors: IO[bytes], code: int) -> str:
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, size - _TAIL))
    lines = errors.read().decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
    printable = "".join(character for character in last if character.isprintable())[:300].rstrip(".")
    ended = signal.strsignal(-code) if code < 0 else f"exit code {code}"
    return f"{printable} ({ended})."
