"""One holder of services per home: a lock that ends with its process, and a note of where the services are."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from hallmark.errors import BadInput
from hallmark.local.home import Home

PATIENCE_SECONDS = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Who holds the services of a home, and where they listen."""

    pid: int
    airflow_port: int
    store_port: int
    login: str
    detached: bool
    ready: bool


@contextmanager
def hold(home: Home) -> Iterator[None]:
    """Be the one holder while the context lasts. Raises `BadInput` when there is another."""
    with (home.run / "lock").open("w") as lock:
        until = time.monotonic() + PATIENCE_SECONDS
        while not _try(lock.fileno(), fcntl.LOCK_EX):  # an earlier holder may be just ending
            if time.monotonic() > until:
                raise BadInput(f"Somebody else runs services on {home.root}: wait for the end, or share with make up.")
            time.sleep(0.05)
        try:
            yield
        finally:
            (home.run / "services.json").unlink(missing_ok=True)


def note(home: Home, held: Held) -> None:
    """Write who holds the services and where they are."""
    beside = home.run / "services.new"
    beside.write_text(json.dumps(asdict(held)), "utf-8")
    beside.replace(home.run / "services.json")


def holder(home: Home) -> Held | None:
    """Return who holds the services, or None when nobody does, whatever an earlier holder left behind."""
    try:
        descriptor = os.open(home.run / "lock", os.O_RDONLY)  # looking must do where nothing can be written, too
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        if _try(descriptor, fcntl.LOCK_SH):
            return None
        return Held(**json.loads((home.run / "services.json").read_text("utf-8")))
    except FileNotFoundError:  # it has the lock and has not written yet, or is just ending
        return None
    finally:
        os.close(descriptor)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
