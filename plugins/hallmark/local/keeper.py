"""The services of one home as one thing: start everything, restart what dies, end it in order."""

import http.client
import os
import select
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from hallmark.errors import Unavailable
from hallmark.local import programs
from hallmark.local.database import of_another_version
from hallmark.local.environment import Place
from hallmark.local.processes import LINUX, Child, stop, sweep

START_SECONDS = 180.0
GRACE_SECONDS = 3.0
RESTARTS_A_MINUTE = 6


class StopAsked(Exception):
    """The order to stop has come."""


@dataclass(slots=True, kw_only=True)
class Keeper:
    """The children of one home, from their start to their end; `leashed` while the end of stdin means to stop."""

    place: Place
    say: Callable[[str], None]
    leashed: bool = True
    children: list[Child] = field(default_factory=list)
    asked: bool = False
    restarts: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS_A_MINUTE))

    def start(self) -> None:
        """Start everything at once, and return when it answers. Raises `Unavailable` when something does not.

        `BadInput` means that Airflow's database is not one of ours.
        """
        store, server = programs.store(self.place), programs.api_server(self.place)
        scheduler, processor = programs.scheduler(self.place), programs.dag_processor(self.place)
        had, migration = programs.database(self.place).exists(), programs.migration(self.place)
        self.say("starting the store, the API server and the scheduler")
        self._begin(store, server, scheduler)
        if migration:
            self.say("making Airflow's database")
            self._begin(migration)
            self._await(lambda: migration.code is not None)
            if migration.code:
                if had:
                    raise of_another_version(programs.database(self.place))
                migration.require()
            self.children.remove(migration)
            programs.migrated(self.place)
        self._begin(processor)
        self.say("waiting for Airflow to answer")
        self._await(lambda: answers(self.place.store_port, "/"), store, server)
        self._await(lambda: answers(self.place.airflow_port, "/execution/health"), *self.children)
        if LINUX:
            self._begin(programs.spare(self.place))

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
        if not self.leashed:
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
