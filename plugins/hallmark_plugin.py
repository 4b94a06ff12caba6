"""The only file that Airflow loads as a plugin; it runs again in every task process, so it stays light."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

from hallmark.web.lazy import Lazy, pages

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Scope, Receive, Any], Awaitable[None]]


PAGES = "/hallmark"


class OneWriter:
    """ASGI middleware that lets one writing request of Airflow's through at a time.

    On SQLite the API server deadlocks with itself otherwise: its audit log waits on the event loop for the lock
    of a request that waits for the loop.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self.turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass the request on, when it writes in its turn."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"} or _ours(scope):
            await self.app(scope, receive, send)
            return
        whole = await _read(receive)  # a client that stops in the middle must not keep the turn
        async with self.turn:
            await self.app(scope, whole, send)


def _ours(scope: Scope) -> bool:
    """The pages write nothing into Airflow's database, and a verification may take its time."""
    return str(scope["path"]).startswith(f"{PAGES}/")


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
    fastapi_apps = [{"app": Lazy(pages), "url_prefix": PAGES, "name": "Hallmark"}]  # noqa: RUF012 - as Airflow reads it
    external_views = [  # noqa: RUF012
        {"name": "Hallmark", "href": f"{PAGES}/cases", "destination": "nav", "url_route": "hallmark"},
        {
            "name": "Certificate",
            "href": f"{PAGES}/runs/{{DAG_ID}}/{{RUN_ID}}",
            "destination": "dag_run",
            "url_route": "certificate",
        },
    ]
    fastapi_root_middlewares = (
        [{"name": "one writer at a time", "middleware": OneWriter}]
        if conf.get("database", "sql_alchemy_conn", fallback="").startswith("sqlite")
        else []
    )
