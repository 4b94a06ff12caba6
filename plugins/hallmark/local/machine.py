"""What this machine offers: ports, space on its disk, the name of the person at it."""

import os
import pwd
import re
import shutil
import socket
from pathlib import Path

from hallmark.errors import BadInput

NEEDED_BYTES = 300 * 2**20


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
            probe.bind(("127.0.0.1", port or -1))  # 0 would mean: any
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


def require_space(folder: Path) -> None:
    """Return when the disk of `folder` has room for the services. Raises `BadInput` otherwise."""
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        there, needed = free // 2**20, NEEDED_BYTES // 2**20
        raise BadInput(f"{folder} has {there} MB free and the services need {needed} MB: free some space.")
