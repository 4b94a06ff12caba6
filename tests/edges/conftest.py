"""A real S3 server for the tests of stores: `rclone serve s3` on loopback over a temporary folder."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ACCESS_KEY = "HALLMARKTESTACCESS01"
SECRET_KEY = "test-secret-of-one-run-only-0123456789ab"


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Server:
    """Where the server listens, what it accepts, and its folder on disk (one sub-folder per bucket)."""

    endpoint: str
    access_key: str
    secret_key: str
    folder: Path


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    folder = tmp_path_factory.mktemp("rclone")
    data, port = folder / "data", free_port()
    data.mkdir()
    (folder / "rclone.conf").touch()
    program = shutil.which("rclone", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert program, "rclone is part of requirements.txt"
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [program, "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", f"{ACCESS_KEY},{SECRET_KEY}", data],
            env={"PATH": os.environ["PATH"], "RCLONE_CONFIG": str(folder / "rclone.conf")},
            stdout=log,
            stderr=log,
        )
    try:
        wait_until_open(port, server)
        yield S3Server(endpoint=f"http://127.0.0.1:{port}", access_key=ACCESS_KEY, secret_key=SECRET_KEY, folder=data)
    finally:
        server.kill()
        server.wait(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_open(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("rclone serve s3 did not start")
