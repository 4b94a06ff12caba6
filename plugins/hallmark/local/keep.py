"""The process that keeps the services: `python -m hallmark.local.keep REQUEST`, REQUEST being JSON.

Standard output carries one JSON object a line: `say` (progress), `ready`, or `failed` with its kind. The end of
standard input is the order to stop, so that services cannot outlive whoever asked for them, however it ends; once they
are ready and detached, only a signal is.
"""

import json
import os
import shutil
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from typing import Any

from hallmark.errors import HallmarkError
from hallmark.local.environment import Place
from hallmark.local.keeper import Keeper, StopAsked
from hallmark.local.lock import Held, hold, note
from hallmark.local.processes import adopt_orphans

FULL_BYTES = 2**20


def tell(**event: Any) -> None:
    """Write one event to whoever asked for the services. Raises `StopAsked` when nobody is there any more."""
    try:
        print(json.dumps(event), flush=True)
    except BrokenPipeError as error:
        raise StopAsked from error


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
    keeper = Keeper(place=place, say=lambda text: tell(say=text))

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
            keeper.leashed = not detached
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
    except (HallmarkError, OSError) as error:
        with suppress(StopAsked):
            tell(**_failure(place, error))
        return 1
    return 0


def _failure(place: Place, error: HallmarkError | OSError) -> dict[str, str]:
    root = place.home.root
    if shutil.disk_usage(root).free < FULL_BYTES:  # whatever failed, it failed of this
        return {"failed": f"There is no space left for {root}: free some and run it again.", "kind": "Unavailable"}
    if isinstance(error, HallmarkError):
        return {"failed": str(error), "kind": type(error).__name__}
    return {"failed": f"The services cannot run on {root}: {error}.", "kind": "Unavailable"}


if __name__ == "__main__":
    raise SystemExit(main())
