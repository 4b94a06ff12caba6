"""One case: its certificate, the full report, the pack as a file, its verification, and the ladder as an image."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from hallmark.edges.index_sql import CaseRow, Filter
from hallmark.evidence.archive import exported
from hallmark.evidence.case import report_of
from hallmark.evidence.statement import without_report
from hallmark.evidence.trail import Question
from hallmark.evidence.verify import verify
from hallmark.policy.appetite import Effect
from hallmark.report.html import values_of
from hallmark.web.pages.door import Reader
from hallmark.web.pages.picture import picture
from hallmark.web.pages.shown import page, root_of
from hallmark.web.pages.site import Site

router = APIRouter(prefix="/cases/{case}")

Case = Annotated[str, Path(pattern="^[0-9a-f]{20}$")]
Number = Annotated[int, Query(alias="pack", ge=0, le=2)]

REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
"""The report has its style inside and is evidence, so it is served as it is, and may run nothing."""


@router.get("")
def certificate(request: Request, user: Reader, case: Case, number: Number = 0) -> HTMLResponse:
    """The certificate of a case, also outside of the tab of its run."""
    site = site_of(request)
    row = decided_row(site, case)
    values = certificate_values(site, row, number or row.number)
    return page(request, "case.html.j2", kind="decided", case=case, **values)


@router.get("/evidence")
def evidence(request: Request, user: Reader, case: Case, number: Number = 0) -> HTMLResponse:
    """The evidence behind the findings with its charts: a piece of the certificate that comes after it."""
    site = site_of(request)
    row = decided_row(site, case)
    decided = site.decided(row, number or row.number)
    told = without_report(decided.certification)
    shown = values_of(told, decided.profile, decided.observations, evidence=decided.evidence)
    return page(request, "evidence.html.j2", report=report_url(request, case, number or row.number), **shown)


@router.get("/report")
def report(request: Request, user: Reader, case: Case, number: Number = 0) -> Response:
    """The report that the pack names, byte for byte."""
    site = site_of(request)
    row = decided_row(site, case)
    data = report_of(site.context.store, site.decided(row, number or row.number).certification)
    return Response(data, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": REPORT_POLICY})


@router.get("/pack")
def pack(request: Request, user: Reader, case: Case) -> Response:
    """The newest pack with everything that it rests on, as one file for `hallmark verify`."""
    site = site_of(request)
    row = decided_row(site, case)
    name = f"hallmark-{row.model}-{row.version}-{case}.tar"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(
        exported(site.context.store, row.pack, site.chain()), media_type="application/x-tar", headers=headers
    )


@router.post("/verify")
def verified(request: Request, user: Reader, case: Case) -> HTMLResponse:
    """Verify the newest pack against the root of this installation, now; the steps as a piece of a page."""
    site = site_of(request)
    row = decided_row(site, case)
    question = Question(store=site.context.store, pack=row.pack, root=site.context.root, at=site.now)
    whole = "text/html" not in request.headers.get("x-fragment", "")
    template = "verified.html.j2" if whole else "verification.html.j2"
    return page(request, template, row=row, answer=verify(question), at=site.now, root_name=site.chain().root.name)


@router.get("/ladder.svg")
def ladder(request: Request, user: Reader, case: Case, every: bool = False) -> Response:
    """The rows of the ladder that decided the case, all of them with `every`, as one image."""
    site = site_of(request)
    row = decided_row(site, case)
    findings = site.decided(row, row.number).view.findings
    worst = findings[0].effect  # they come with the worst effect first
    shown = [one for one in findings if every or (one.effect is worst and worst is not Effect.PASS)]
    return Response(
        picture(shown or findings[:8]), media_type="image/svg+xml", headers={"Content-Security-Policy": REPORT_POLICY}
    )


def site_of(request: Request) -> Site:
    """The installation behind the pages."""
    site: Site = request.app.state.site
    return site


def report_url(request: Request, case: str, number: int) -> str:
    """The address of the report that a pack names."""
    return f"{root_of(request)}/cases/{case}/report?pack={number}"


def decided_row(site: Site, case: str) -> CaseRow:
    """The row of a decided case; 404 for one that is unknown or has no pack yet."""
    site.caught_up()
    row = site.index.case(case)
    if row is None or not row.number:
        known = "is not decided yet" if row else "is not in the ledger"
        raise HTTPException(404, f"Case {case} {known}.")
    return row


def certificate_values(site: Site, row: CaseRow, number: int) -> dict[str, Any]:
    """What the certificate shows of a decided case."""
    if number > row.number:
        raise HTTPException(404, f"Case {row.case} has no pack {number}.")
    decided = site.decided(row, number)
    shown = values_of(without_report(decided.certification), decided.profile, decided.observations)
    view = decided.view
    before = site.index.cases(Filter(model=row.model))
    return shown | {
        "row": row,
        "now": site.now,
        "number": number,
        "deciding": tuple(one for one in view.findings if one.effect is not Effect.PASS),
        "before": next((one for one in before if one.place < row.place and one.number), None),
        "uri": site.context.store.uri(decided.key),
    }
