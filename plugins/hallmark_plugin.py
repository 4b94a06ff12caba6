"""The only file that Airflow loads as a plugin; it runs again in every task process, so it stays light."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Scope, Receive, Any], Awaitable[None]]


class OneWriter:
    """ASGI middleware that lets one writing request through at a time.

    On SQLite the API server deadlocks with itself otherwise: its audit log waits on the event loop for the lock
    of a request that waits for the loop.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self.turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass the request on, when it writes in its turn."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self.app(scope, receive, send)
            return
        whole = await _read(receive)  # a client that stops in the middle must not keep the turn
        async with self.turn:
            await self.app(scope, whole, send)


async def _read(receive: Receive) -> Receive:
    """Wait for the whole body of a request, and return what hands it on in one piece."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    body = b"".join(message.get("body", b"") for message in messages)
    first = {**messages[-1], "body": body} if messages[-1]["type"] == "http.request" else messages[-1]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    waiting = [first]
    return again


class HallmarkPlugin(AirflowPlugin):
    """What Hallmark adds to Airflow's own server."""

    name = "hallmark"
    fastapi_root_middlewares = (
        [{"name": "one writer at a time", "middleware": OneWriter}]
        if conf.get("database", "sql_alchemy_conn", fallback="").startswith("sqlite")
        else []
    )
