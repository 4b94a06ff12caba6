"""PostgreSQL, Redis and an S3 server as processes of the tests' own, on free ports of loopback."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

MISSING = "make test-distributed needs {}: sudo apt-get install postgresql redis-server"


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A server of one session with the administrator `postgres`."""

    port: int
    password: str
    folder: Path
    programs: Path

    def address(self, database: str) -> str:
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    def run(self, sql: Path, environment: Mapping[str, str]) -> None:
        """Run a file as the container of PostgreSQL would at its first start."""
        own = {"PATH": os.environ["PATH"], "PGPASSWORD": self.password, **environment}
        command: list[Any] = [
            self.programs / "psql",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            "postgres",
            "-f",
            sql,
        ]
        done = subprocess.run(command, env=own, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@contextmanager
def postgres(folder: Path, password: str) -> Iterator[Postgres]:
    """Make a cluster below `folder` and serve it; never as root, whom PostgreSQL refuses."""
    server = Postgres(port=free_port(), password=password, folder=folder, programs=_programs())
    owner: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if not os.getuid() else {}
    folder.mkdir()
    secret = folder / "password"
    secret.write_text(password)
    if owner:
        for path in (folder, secret):
            shutil.chown(path, "postgres", "postgres")
    initialise: list[Any] = [
        server.programs / "initdb",
        "-D",
        folder / "data",
        "-U",
        "postgres",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    initialise += ["--auth=scram-sha-256", f"--pwfile={secret}", "--locale=C.UTF-8"]
    done = subprocess.run(initialise, capture_output=True, text=True, check=False, cwd="/", **owner)
    assert done.returncode == 0, done.stderr
    settings = {"listen_addresses": "127.0.0.1", "port": str(server.port), "unix_socket_directories": str(folder)}
    command = [server.programs / "postgres", "-D", folder / "data"]
    command += [f"--{name}={value}" for name, value in settings.items()]
    with process(command, folder / "log", {"PATH": os.environ["PATH"]}, **owner):
        until(lambda: _answers(server), "PostgreSQL", folder / "log")
        yield server


def _answers(server: Postgres) -> bool:
    with suppress(psycopg.OperationalError), psycopg.connect(server.address("postgres"), connect_timeout=2):
        return True
    return False


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    named = shutil.which("initdb")
    program = found[-1] if found else Path(named).resolve() if named else None
    if program is None:
        pytest.fail(MISSING.format("PostgreSQL"), pytrace=False)
    return program.parent


def require_redis() -> None:
    """Fail with one sentence where there is no Redis."""
    if not shutil.which("redis-server"):
        pytest.fail(MISSING.format("Redis"), pytrace=False)


@contextmanager
def rclone(folder: Path, port: int, access_key: str, secret_key: str) -> Iterator[None]:
    """Serve S3 from a folder."""
    (folder / "data").mkdir(parents=True)
    (folder / "rclone.conf").touch()
    program = shutil.which("rclone", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert program, "rclone is part of requirements.txt"
    command = [program, "serve", "s3", "--addr", f"127.0.0.1:{port}", folder / "data"]
    environment = {
        "PATH": os.environ["PATH"],
        "RCLONE_CONFIG": str(folder / "rclone.conf"),
        "RCLONE_AUTH_KEY": f'"{access_key},{secret_key}"',
    }
    with process(command, folder / "log", environment):
        until(lambda: is_open(port), "the store", folder / "log")
        yield


@contextmanager
def process(
    command: list[Any], log: Path, environment: Mapping[str, str], **how: Any
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program while the context lasts; its whole session ends with it."""
    with log.open("ab") as file:
        started = subprocess.Popen(
            command, env=dict(environment), stdout=file, stderr=file, cwd="/", start_new_session=True, **how
        )
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(holds: Callable[[], object], what: str, log: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        words = log.read_text("utf-8", "replace")[-2000:] if log.exists() else ""
        assert time.monotonic() < end, f"{what} did not come in {seconds} s\n{words}"
        time.sleep(0.2)
