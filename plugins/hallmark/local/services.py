"""Airflow and the store for whoever needs them: shared with `up` where it runs, else for the time of one call."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hallmark.errors import BadInput, Unavailable
from hallmark.local.environment import clean, require_own
from hallmark.local.home import Home
from hallmark.local.interrupt import held_back
from hallmark.local.lock import Held, holder
from hallmark.local.machine import free_port, login_name, require_port, require_space
from hallmark.local.rest import Rest

Say = Callable[[str], object]

START_SECONDS = 60.0
STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Airflow and the store of one home, answering."""

    home: Home
    airflow_url: str
    store_endpoint: str
    login: str
    kept: bool
    pid: int

    def rest(self) -> Rest:
        """Return Airflow's REST API, logged in as the person at this machine. Raises `Unavailable`."""
        file = self.home.password(self.login)
        if not file.exists():
            raise Unavailable(f"The password of {self.login} is not in {file}: stop the services and start them again.")
        return Rest(self.airflow_url, self.login, file.read_text("utf-8").strip())


@contextmanager
def running(
    home: Home, repo: Path, *, port: int | None = None, dags: Path | None = None, say: Say = print
) -> Iterator[Services]:
    """Yield services: those of `up` if they run on this home, else transient ones, which are stopped at the end.

    Raises `BadInput` for a taken port or a home that somebody else uses, `Unavailable` when something does not start.
    """
    if shared := kept(home):
        yield shared
        return
    keeper = _launch(home, repo, port, dags, detached=False)
    try:
        yield _services(home, _follow(keeper, home, say))
    finally:
        _close(keeper)


def up(home: Home, repo: Path, *, port: int = 8080, dags: Path | None = None, say: Say = print) -> Services:
    """Start services that stay until `down`, or say that they run already; errors as of `running`."""
    if running_already := kept(home):
        say(f"Hallmark is up already: {running_already.airflow_url}")
        return running_already
    keeper = _launch(home, repo, port, dags, detached=True)
    try:
        services = _services(home, _follow(keeper, home, say))
    except BaseException:
        _close(keeper)
        raise
    _let_go(keeper)
    say(f"Airflow is on {services.airflow_url}, the store on {services.store_endpoint}")
    if home.administrator_password.exists():
        say(f"log in as administrator; the password is in {home.administrator_password}")
    return services


def down(home: Home, *, say: Say = print) -> bool:
    """Stop what `up` runs on this home and nothing else; False when there was nothing to stop."""
    held = holder(home)
    if held is None or not held.detached:
        say("nothing to stop: make up runs nothing here")
        return False
    say("stopping Airflow and the store")
    with suppress(ProcessLookupError):
        os.kill(held.pid, signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    while holder(home) == held:
        if time.monotonic() > until:
            with suppress(ProcessLookupError):
                os.kill(held.pid, signal.SIGKILL)
        time.sleep(0.1)
    return True


def kept(home: Home) -> Services | None:
    """Return what `up` runs on this home, waiting while it starts; None when it runs nothing."""
    until = time.monotonic() + START_SECONDS
    while (held := holder(home)) and held.detached and not held.ready and time.monotonic() < until:
        time.sleep(0.2)
    return _services(home, held) if held and held.detached and held.ready else None


def _launch(home: Home, repo: Path, port: int | None, dags: Path | None, *, detached: bool) -> "subprocess.Popen[str]":
    require_own(os.environ)
    home.create()
    require_space(home.root)
    request = {
        "home": str(home.root),
        "repo": str(repo.resolve()),
        "dags": str((dags or repo / "dags").resolve()),
        "airflow_port": require_port(port) if port is not None else free_port(),
        "store_port": free_port(),
        "login": login_name(),
        "detached": detached,
    }
    with _private(home.logs / "keeper.log") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "hallmark.local.keep", json.dumps(request)],
            env=clean(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )


def _private(file: Path) -> IO[str]:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8")


def _follow(keeper: "subprocess.Popen[str]", home: Home, say: Say) -> Held:
    assert keeper.stdout is not None
    for line in keeper.stdout:
        event = json.loads(line)
        if "failed" in event:
            raise (BadInput if event["kind"] == "BadInput" else Unavailable)(event["failed"])
        if "ready" in event and (held := holder(home)):
            return held
        say(event.get("say", ""))
    raise Unavailable(f"The services ended while they were starting: see {home.logs / 'keeper.log'}.")


def _let_go(keeper: "subprocess.Popen[str]") -> None:
    for pipe in (keeper.stdin, keeper.stdout):
        if pipe:
            pipe.close()


def _close(keeper: "subprocess.Popen[str]") -> None:
    with held_back():
        _let_go(keeper)
        keeper.terminate()  # the end of its input is no order any more to one that has just been detached
        try:
            keeper.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            keeper.kill()
            keeper.wait()


def _services(home: Home, held: Held) -> Services:
    return Services(
        home=home,
        airflow_url=f"http://127.0.0.1:{held.airflow_port}",
        store_endpoint=f"http://127.0.0.1:{held.store_port}",
        login=held.login,
        kept=held.detached,
        pid=held.pid,
    )
