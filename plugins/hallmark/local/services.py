"""Airflow and the store for whoever needs them: shared with `up` where it runs, else for the time of one call."""

import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hallmark.errors import BadInput, Unavailable
from hallmark.local.environment import clean
from hallmark.local.home import Home
from hallmark.local.lock import Held, holder
from hallmark.local.rest import Rest

Say = Callable[[str], object]

NEEDED_BYTES = 300 * 2**20
STOP_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Airflow and the store of one home, answering."""

    home: Home
    airflow_url: str
    store_endpoint: str
    login: str
    kept: bool

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
    if (held := _settled(home)) and held.detached:
        yield _services(home, held)
        return
    keeper = _launch(home, repo, port, dags, detached=False)
    try:
        yield _services(home, _follow(keeper, home, say))
    finally:
        _close(keeper)


def up(home: Home, repo: Path, *, port: int = 8080, dags: Path | None = None, say: Say = print) -> Services:
    """Start services that stay until `down`, or say that they run already; errors as of `running`."""
    if (held := _settled(home)) and held.detached:
        say(f"Hallmark is up already: {_services(home, held).airflow_url}")
        return _services(home, held)
    keeper = _launch(home, repo, port, dags, detached=True)
    try:
        services = _services(home, _follow(keeper, home, say))
    except BaseException:
        keeper.terminate()
        _close(keeper)
        raise
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
    """Return what `up` runs on this home, None when it runs nothing."""
    held = _settled(home)
    return _services(home, held) if held and held.detached and held.ready else None


def free_port() -> int:
    """Return a loopback port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def require_port(port: int) -> int:
    """Return `port` when it is free on loopback. Raises `BadInput` otherwise."""
    mend = "choose another with PORT=<number from 1024 to 65535>"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            why = "is taken by another program" if isinstance(error, OSError) else "does not exist"
            raise BadInput(f"Port {port} on 127.0.0.1 {why}: {mend}.") from error
    return port


def login_name() -> str:
    """Return the name under which the person at this machine appears in Airflow."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run under a number without a name
        name = ""
    return name if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name) and name != "administrator" else "operator"


def _launch(home: Home, repo: Path, port: int | None, dags: Path | None, *, detached: bool) -> "subprocess.Popen[str]":
    home.create()
    _require_space(home)
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
            [sys.executable, "-m", "hallmark.local.keeper", json.dumps(request)],
            env=clean(os.environ),
            stdin=subprocess.DEVNULL if detached else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )


def _private(file: Path) -> IO[str]:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w")


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


def _close(keeper: "subprocess.Popen[str]") -> None:
    if keeper.stdin:
        keeper.stdin.close()
    if keeper.stdout:
        keeper.stdout.close()
    try:
        keeper.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        keeper.kill()
        keeper.wait()


def _settled(home: Home) -> Held | None:
    until = time.monotonic() + STOP_SECONDS
    while (held := holder(home)) and held.detached and not held.ready and time.monotonic() < until:
        time.sleep(0.2)
    return held


def _services(home: Home, held: Held) -> Services:
    return Services(
        home=home,
        airflow_url=f"http://127.0.0.1:{held.airflow_port}",
        store_endpoint=f"http://127.0.0.1:{held.store_port}",
        login=held.login,
        kept=held.detached,
    )


def _require_space(home: Home) -> None:
    free = shutil.disk_usage(home.root).free
    if free < NEEDED_BYTES:
        there, needed = free // 2**20, NEEDED_BYTES // 2**20
        raise BadInput(f"{home.root} has {there} MB free and the services need {needed} MB: free some space.")
