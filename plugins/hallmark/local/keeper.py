"""The process that holds Airflow and the store: starts them, restarts what dies, and ends them in order.

Run as `python -m hallmark.local.keeper REQUEST`, REQUEST being JSON. Standard output carries one JSON object a line:
`say` (progress), `ready`, or `failed` with its kind. Unless detached, the end of standard input is the order to stop,
so that the services cannot outlive whoever asked for them, however it ends.
"""

import errno
import http.client
import json
import os
import select
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from hallmark.errors import HallmarkError, Unavailable
from hallmark.local import programs
from hallmark.local.environment import Place
from hallmark.local.lock import Held, hold, note
from hallmark.local.processes import Child, adopt_orphans, stop, sweep

START_SECONDS = 180.0
GRACE_SECONDS = 3.0
RESTARTS_A_MINUTE = 6


class StopAsked(Exception):
    """The order to stop has come."""


@dataclass(slots=True, kw_only=True)
class Keeper:
    """The children of one home, from their start to their end."""

    place: Place
    detached: bool
    children: list[Child] = field(default_factory=list)
    asked: bool = False
    restarts: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS_A_MINUTE))

    def start(self) -> None:
        """Start everything at once, and return when it answers. Raises `Unavailable` when something does not."""
        store, server = programs.store(self.place), programs.api_server(self.place)
        scheduler, processor = programs.scheduler(self.place), programs.dag_processor(self.place)
        migration = programs.migration(self.place)
        tell(say="starting the store, the API server and the scheduler")
        self._begin(store, server, scheduler)
        if migration:
            tell(say="making Airflow's database")
            self._begin(migration)
            self._await(lambda: migration.code is not None)
            if migration.code:
                migration.require()
            self.children.remove(migration)
            programs.migrated(self.place)
        self._begin(processor)
        tell(say="waiting for Airflow to answer")
        self._await(lambda: answers(self.place.store_port, "/"), store, server)
        self._await(lambda: answers(self.place.airflow_port, "/execution/health"), *self.children)

    def watch(self) -> None:
        """Restart what dies until the order to stop comes. Raises `Unavailable` when something dies all the time."""
        while True:
            self.pause()
            for child in self.children:
                if child.code is not None:
                    self._restart(child)

    def stop(self) -> None:
        """End the scheduler first, while its last tasks still find the server; then the rest, and what they left."""
        last = [child for child in self.children if child.name in {"api-server", "store"}]
        stop([child for child in self.children if child not in last], GRACE_SECONDS)
        stop(last, GRACE_SECONDS)
        sweep()

    def pause(self, seconds: float = 0.1) -> None:
        """Wait a moment. Raises `StopAsked` when the order to stop came meanwhile."""
        if self.detached:
            time.sleep(seconds)
        elif select.select([sys.stdin], [], [], seconds)[0] and not os.read(sys.stdin.fileno(), 64):
            self.asked = True
        if self.asked:
            raise StopAsked

    def _begin(self, *children: Child) -> None:
        for child in children:
            child.log.unlink(missing_ok=True)
            child.start()
            self.children.append(child)

    def _await(self, done: Callable[[], bool], *needed: Child) -> None:
        until = time.monotonic() + START_SECONDS
        while not done():
            self.pause()
            for child in needed:
                child.require()
            if time.monotonic() > until:
                raise Unavailable(f"Airflow did not answer in {START_SECONDS:.0f} s: see {self.place.home.logs}.")

    def _restart(self, child: Child) -> None:
        now = time.monotonic()
        if len(self.restarts) == RESTARTS_A_MINUTE and now - self.restarts[0] < 60:
            child.require()
        self.restarts.append(now)
        print(f"restarting the {child.name}, which has ended", file=sys.stderr, flush=True)
        child.start()


def answers(port: int, path: str) -> bool:
    """Return whether an HTTP server on this loopback port answers anything but an error of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def tell(**event: Any) -> None:
    """Write one event to whoever asked for the services."""
    print(json.dumps(event), flush=True)


def keep(place: Place, *, detached: bool) -> None:
    """Hold the services of a home until the order to stop. Raises `BadInput` or `Unavailable` when they cannot be."""
    held = Held(
        pid=os.getpid(),
        airflow_port=place.airflow_port,
        store_port=place.store_port,
        login=place.login,
        detached=detached,
        ready=False,
    )
    keeper = Keeper(place=place, detached=detached)

    def order(*_: object) -> None:
        keeper.asked = True

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, order)
    with hold(place.home):
        note(place.home, held)
        try:
            keeper.start()
            note(place.home, replace(held, ready=True))
            tell(ready=True)
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whoever asked may now end without breaking a pipe
            keeper.watch()
        except StopAsked:
            return
        finally:
            keeper.stop()


def main() -> int:
    """Read the request and keep what it asks for; 0 after an order to stop, 1 when the services failed."""
    os.umask(0o077)
    adopt_orphans()
    request = json.loads(sys.argv[1])
    detached = bool(request.pop("detached"))
    place = Place.parse(request)
    try:
        keep(place, detached=detached)
    except HallmarkError as error:
        tell(failed=str(error), kind=type(error).__name__)
    except OSError as error:
        full = error.errno == errno.ENOSPC
        mend = "free some space and run it again" if full else f"see {place.home.logs}"
        tell(failed=f"The services could not run on {place.home.root}: {error.strerror or error}; {mend}.", kind="")
    else:
        return 0
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
