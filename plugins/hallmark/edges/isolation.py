"""Where a command has no network, sees no other process and cannot reach the keys, as far as the system allows it."""

import functools
import logging
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from hallmark.errors import BadInput

_PROGRAMS: Final = ("unshare", "setpriv", "mount", "sh")
_NAMESPACES: Final = (
    *("--user", "--map-root-user", "--net", "--pid", "--ipc", "--uts"),
    *("--mount", "--mount-proc", "--fork", "--kill-child"),
)
_POWERLESS: Final = ("--no-new-privs", "--bounding-set=-all", "--inh-caps=-all")
_PROBE_SECONDS: Final = 10
_CODE: Final = Path(__file__).resolve().parents[2]
_TAIL: Final = 65_536

ELSEWHERE: Final = "its own words, which may quote rows, are in the log of the task score"
"""What a pack says in the place of words that are not ours."""


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


def require_success(code: int, said: IO[bytes], told: IO[bytes]) -> None:
    """Raise `BadInput` unless the exit code of a child is 0: with what it has `told`, which is in words of our own.

    What it `said` besides goes to the log, and nowhere else: libraries quote the values that they stumble over.
    """
    if code != 0:
        for line in _end_of(said).splitlines():
            logging.getLogger(__name__).warning("the model: %s", _printable(line))
        reason = _printable(_end_of(told))[:300].rstrip(".") or f"it told no reason; {ELSEWHERE}"
        ended = signal.strsignal(-code) if code < 0 else f"exit code {code}"
        raise BadInput(f"The model did not score: {reason} ({ended}).")


def launcher(hide: Sequence[Path] = ()) -> Launcher:
    """The strongest launcher that works on this machine, which is tried out; it ends with the thread that started it.

    The command will find the folders of `hide` empty, but for Python and our own code where these lie in one of them.
    Raises `BadInput` when one is no folder, or cannot be hidden without them.
    """
    hidden = tuple(_outermost(_real(folder) for folder in hide))
    missing = [program for program in _PROGRAMS if shutil.which(program, path=os.defpath) is None]
    if missing:
        return _open(f"{', '.join(missing)} not installed")
    prefix = _isolating(hidden)
    fault = _fault(prefix)
    if fault is not None:
        return _open(functools.reduce(lambda words, folder: words.replace(str(folder), "the home"), hidden, fault))
    without = ", without the keys and the files of the installation" if hidden else ""
    words = f"user, network, process and mount namespaces{without}"
    return Launcher(prefix=prefix, isolation=Isolation(isolated=True, words=words))


def _real(folder: Path) -> Path:
    if not folder.is_dir():
        raise BadInput(f"{folder} is to be hidden from the model and is no folder: name a home and keys that are.")
    real = folder.resolve()
    if real == Path("/") or real in _needed():
        raise BadInput(f"{folder} is to be hidden from the model and holds the program: give the home its own folder.")
    return real


def _needed() -> frozenset[Path]:
    """Where Python and our code lie, which the command runs: as they are called, and what that leads to."""
    places = (_CODE, Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).parent)
    return frozenset((*map(Path.absolute, places), *map(Path.resolve, places)))


def _outermost(folders: Iterator[Path]) -> Iterator[Path]:
    """Each that lies in no other of them."""
    every = set(folders)
    return (one for one in sorted(every) if not every & set(one.parents))


def _isolating(hide: Sequence[Path]) -> tuple[str, ...]:
    script = " && ".join((*(step for folder in hide for step in _hiding(folder)), 'exec "$@"'))
    hiding = (_path("sh"), "-c", script, "sh") if hide else ()
    return (
        *(_path("setpriv"), "--pdeathsig", "KILL"),
        *(_path("unshare"), *_NAMESPACES),
        *hiding,
        *(_path("setpriv"), *_POWERLESS),
    )


def _hiding(folder: Path) -> Iterator[str]:
    """Lay an empty folder over `folder`, put back what is needed of it, and make it read-only.

    The command that follows has no power to take it away again.
    """
    place, kept = shlex.quote(str(folder)), list(_outermost(one for one in _needed() if folder in one.parents))
    if not kept:
        yield f"mount -t tmpfs -o ro,size=4k none {place}"
        return
    for number, one in enumerate(kept, 3):
        yield f"exec {number}<{shlex.quote(str(one))}"
    yield f"mount -t tmpfs -o mode=755,size=64k none {place}"
    for number, one in enumerate(kept, 3):
        inner = shlex.quote(str(one))
        # By its descriptor, since its name leads to the cover by now.
        yield f"mkdir -p {inner} && mount -c --rbind /proc/self/fd/{number} {inner} && exec {number}<&-"
    yield f"mount -o remount,ro,size=64k {place}"


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
    return {"PYTHONPATH": str(_CODE), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _end_of(file: IO[bytes]) -> str:
    file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
    return file.read().decode(errors="replace").strip()


def _printable(line: str) -> str:
    return "".join(character for character in line if character.isprintable())
