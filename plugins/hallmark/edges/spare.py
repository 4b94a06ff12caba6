"""Keeps one child ready for scoring: `python -m hallmark.edges.spare SOCKET HIDDEN...`, beside the services of a home.

The child is what a scoring task would start: a fresh program in namespaces of its own, which never had a secret in its
memory and scores one model only. All that it has ahead is its imports. It finds the folders HIDDEN empty.
"""

import contextlib
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from hallmark.edges.handover import received, send
from hallmark.edges.isolation import Launcher, kill, launcher
from hallmark.edges.waiting import LATE, Own, address, started

PAUSE_SECONDS: Final = 10.0
"""How long after a scoring the next child is started: the case that was scored is being measured until then."""


def keep(place: Path, hide: Sequence[Path]) -> None:
    """Have one child ready at the socket `place`, for ever. Raises `BadInput` when one of `hide` cannot be hidden."""
    start = launcher(hide)
    while True:
        with contextlib.suppress(OSError):  # nobody is refused: without a spare, a task starts a child of its own
            serve(start, place)
        time.sleep(PAUSE_SECONDS)


def serve(start: Launcher, place: Path) -> None:
    """Start one child, give it to the first who asks, and end it when it has scored or when its client is gone."""
    with started(start, subprocess.DEVNULL, ("skops.io",)) as child:
        ended = os.pidfd_open(child.process.pid)
        try:
            with _listening(place) as listener:
                if ended in select.select([listener.fileno(), ended], [], [])[0]:
                    return
                connection, _ = listener.accept()
            with connection:
                _lend(child, ended, connection)
        finally:
            os.close(ended)


@contextlib.contextmanager
def _listening(place: Path) -> Iterator[socket.socket]:
    """A socket that is there as long as there is something to take."""
    place.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        with address(place) as name:
            listener.bind(name)
        listener.listen(1)
        try:
            yield listener
        finally:
            place.unlink(missing_ok=True)


def _lend(child: Own, ended: int, connection: socket.socket) -> None:
    send(connection, asdict(child.isolation))
    asked, files = received(connection)
    try:
        if asked is None:
            return
        send(child.order, asked["job"], files)
    finally:
        for file in files:
            os.close(file)
    ready = select.select([ended, connection.fileno()], [], [], asked["seconds"])[0]
    if ended in ready:
        send(connection, child.process.wait())
    elif not ready:
        kill(child.process)
        send(connection, LATE)


if __name__ == "__main__":
    keep(Path(sys.argv[1]), [Path(folder) for folder in sys.argv[2:]])
