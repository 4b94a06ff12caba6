"""One line of JSON over a socket, and open files with it."""

import json
import os
import socket
from collections.abc import Sequence
from typing import Any, Final

MOST_FILES: Final = 128
"""How many open files may come with one line."""

_PART: Final = 1 << 16


def send(order: socket.socket, message: Any, files: Sequence[int] = ()) -> None:
    """Send `message`, which JSON can spell, and the open files. Raises `OSError` when nobody reads it."""
    line = json.dumps(message).encode() + b"\n"
    sent = socket.send_fds(order, [line], files) if files else 0
    order.sendall(line[sent:])


def received(order: socket.socket) -> tuple[Any, list[int]]:
    """Return the next message with its files, which are the caller's to close; None when the other side is gone."""
    line, files, _, _ = socket.recv_fds(order, _PART, MOST_FILES)
    while line and not line.endswith(b"\n"):
        part = order.recv(_PART)
        line = line + part if part else b""
    if not line:
        for file in files:
            os.close(file)
        return None, []
    return json.loads(line), files
