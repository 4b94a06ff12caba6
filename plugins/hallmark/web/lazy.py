"""The pages as an ASGI application that is imported at the first request: the plugin file runs in every task."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

App = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]


class Lazy:
    """Makes the application once, with `make`, when somebody asks for a page."""

    def __init__(self, make: Callable[[], App]) -> None:
        self._make = make
        self._app: App | None = None
        self._turn = asyncio.Lock()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Answer with the application."""
        await (self._app or await self._made())(scope, receive, send)

    async def _made(self) -> App:
        async with self._turn:
            if self._app is None:
                self._app = await asyncio.to_thread(self._make)
        return self._app


def pages() -> App:
    """The pages over the installation that the environment names."""
    from hallmark.web.pages.app import here

    return here()
