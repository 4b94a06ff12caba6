"""The application of the pages: routes, headers, and one sentence for whatever goes wrong."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as StarletteHTTPException

from hallmark.errors import HallmarkError, Missing, Unavailable
from hallmark.web.pages import case, cases, models, runs, static
from hallmark.web.pages.door import same_origin
from hallmark.web.pages.shown import page
from hallmark.web.pages.site import Site

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""On every answer; a route that needs another policy sets its own."""


def app_of(site: Site) -> FastAPI:
    """The pages over one installation."""
    app = FastAPI(title="Hallmark", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = site
    for routes in (cases.router, case.router, runs.router, models.router, static.router):
        app.include_router(routes)
    app.middleware("http")(same_origin)
    app.middleware("http")(_headers)
    app.add_exception_handler(HallmarkError, _wrong)
    app.add_exception_handler(StarletteHTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_understood)
    return app


def here() -> FastAPI:
    """The pages over the installation that the environment names."""
    from hallmark import wiring
    from hallmark.local.environment import HOME
    from hallmark.local.home import Home
    from hallmark.web.pages.airflow_run import seen

    index = wiring.index(Home(root=Path(os.environ[HOME])))
    return app_of(Site(context=wiring.from_environment(), index=index, run=seen))


async def _headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    answer = await call_next(request)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer


def _wrong(request: Request, error: Exception) -> Response:
    status = 503 if isinstance(error, Unavailable) else 404 if isinstance(error, Missing) else 500
    return page(request, "wrong.html.j2", status, title="This cannot be shown", sentence=str(error))


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException | StarletteHTTPException)
    titles = {401: "Log in first", 403: "Not for your role", 404: "Not here"}
    sentences = {401: "You are not logged in, or your session is over: log in to Airflow, then come back."}
    title = titles.get(error.status_code, "This cannot be shown")
    sentence = sentences.get(error.status_code, str(error.detail))
    return page(request, "wrong.html.j2", error.status_code, title=title, sentence=sentence)


def _not_understood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    names = ", ".join(sorted({str(one["loc"][-1]) for one in error.errors()}))
    sentence = f"The address is not understood at: {names}. Start again from the list of cases."
    return page(request, "wrong.html.j2", 400, title="This address is not understood", sentence=sentence)
