"""A child that is shut in, has imported what reads a model, and waits for its one job: the spare, or one of our own."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from hallmark.edges.handover import received, send
from hallmark.edges.isolation import Isolation, Launcher, kill, launcher
from hallmark.errors import BadInput, Unavailable

_COMMAND: Final = (sys.executable, "-P", "-s", "-m", "hallmark.edges.scoring_child")
_IMPORTS: Final = ("pandas", "pyarrow.parquet", "joblib", "sklearn")
_TAKE_SECONDS: Final = 5.0

LATE: Final = "late"
"""What is answered in the place of an exit code when the time was over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A child of this process."""

    process: "subprocess.Popen[bytes]"
    order: socket.socket
    isolation: Isolation

    def score(self, job: dict[str, Any], files: Sequence[IO[bytes]], seconds: float) -> int:
        """Hand over the job with its open files, return the exit code.

        The first file takes what is printed, the second the reason of a failure.

        Raises `BadInput` when it takes longer than `seconds`.
        """
        with contextlib.suppress(BrokenPipeError):  # it has ended already, and its exit code tells
            send(self.order, job, [file.fileno() for file in files])
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise _late(seconds) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare:
    """The child that `hallmark.edges.spare` kept ready, and that nobody else gets any more."""

    connection: socket.socket
    isolation: Isolation

    def score(self, job: dict[str, Any], files: Sequence[IO[bytes]], seconds: float) -> int:
        """As of `Own`. Raises `Unavailable` when the process that kept it ends before it has scored."""
        try:
            send(self.connection, {"seconds": seconds, "job": job}, [file.fileno() for file in files])
            code, _ = received(self.connection)
        except OSError:
            code = None
        if code is None:
            raise Unavailable("The process that keeps a child ready for scoring has ended: run it again.")
        if code == LATE:
            raise _late(seconds)
        return int(code)


@contextlib.contextmanager
def waiting(hide: Sequence[Path], spare: Path | None, said: IO[bytes], more: Sequence[str]) -> Iterator[Own | Spare]:
    """The child behind the socket `spare` if there is one, else a new one, which imports `more` too; ended in any case.

    It finds the folders of `hide` empty; `said` takes what it prints. Raises `BadInput` when one cannot be hidden.
    """
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(socket.socket(socket.AF_UNIX))
        isolation = _taken(connection, spare) if spare is not None else None
        if isolation is not None:
            yield Spare(connection=connection, isolation=isolation)
        else:
            yield stack.enter_context(started(launcher(hide), said, more))


@contextlib.contextmanager
def started(start: Launcher, said: IO[bytes] | int, more: Sequence[str]) -> Iterator[Own]:
    """A new child, which imports `more` too."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            process = start.start([*_COMMAND, *_IMPORTS, *more], order=theirs.fileno(), said=said)
        try:
            yield Own(process=process, order=ours, isolation=start.isolation)
        finally:
            kill(process)


@contextlib.contextmanager
def address(place: Path) -> Iterator[str]:
    """A name of the socket `place` that is short enough, however deep its folder lies. Raises `OSError`."""
    folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{place.name}"
    finally:
        os.close(folder)


def _taken(connection: socket.socket, spare: Path) -> Isolation | None:
    """How the spare is isolated; None when there is none, or when somebody else has just got it."""
    connection.settimeout(_TAKE_SECONDS)
    try:
        with address(spare) as name:
            connection.connect(name)
        told, _ = received(connection)
    except OSError:
        return None
    connection.settimeout(None)
    return Isolation(**told) if told else None


def _late(seconds: float) -> BadInput:
    return BadInput(f"The model did not score within {seconds:g} seconds and was stopped.")
