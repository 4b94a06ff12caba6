"""The Certificate tab of a run: what is expected and done while it goes on, then the certificate."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from hallmark.steps.open_case import case_of
from hallmark.web.pages.case import certificate_values, site_of
from hallmark.web.pages.door import CERTIFY, Reader
from hallmark.web.pages.progress import progress_of
from hallmark.web.pages.shown import page

REVIEW = "review_case"
REVIEW_RUN = re.compile(r"review__([0-9a-f]{20})(?:__[0-9]+)?")

router = APIRouter()

Name = Annotated[str, Path(max_length=250)]


@router.get("/runs/{dag_id}/{run_id}")
def tab(request: Request, user: Reader, dag_id: Name, run_id: Name) -> HTMLResponse:
    """The whole tab."""
    return _shown(request, dag_id, run_id, "run.html.j2")


@router.get("/runs/{dag_id}/{run_id}/state")
def state(request: Request, user: Reader, dag_id: Name, run_id: Name) -> HTMLResponse:
    """What changes while the run goes on, for the script of the page."""
    return _shown(request, dag_id, run_id, "run_state.html.j2")


def case_of_run(dag_id: str, run_id: str) -> str | None:
    """The case that a run is about; None for a run that has none."""
    if dag_id == CERTIFY:
        return case_of(dag_id, run_id)
    found = REVIEW_RUN.fullmatch(run_id) if dag_id == REVIEW else None
    return found[1] if found else None


def _shown(request: Request, dag_id: str, run_id: str, template: str) -> HTMLResponse:
    case = case_of_run(dag_id, run_id)
    asked: dict[str, Any] = {"dag_id": dag_id, "run_id": run_id, "case": case}
    if case is None:
        return page(request, template, kind="none", **asked)
    site = site_of(request)
    site.caught_up()
    row = site.index.case(case)
    run = site.run(dag_id, run_id)
    if row is None:
        return page(request, template, kind="unopened", run=run, **asked)
    if row.number:
        return page(request, template, kind="decided", run=run, **asked, **certificate_values(site, row, row.number))
    certifying = run if dag_id == CERTIFY else site.run(CERTIFY, row.run_id)
    progress = progress_of(site.context.store, site.chain(), row, certifying.tasks if certifying else {})
    return page(request, template, kind="open", run=run, row=row, progress=progress, now=site.now, **asked)
