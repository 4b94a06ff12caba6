"""The list of cases: filtered, searched and sorted by the address, and as CSV."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from hallmark.edges.index_sql import CaseRow, Filter, Sort
from hallmark.evidence.canonical import rfc3339
from hallmark.web.pages.case import site_of
from hallmark.web.pages.door import Reader
from hallmark.web.pages.shown import page
from hallmark.web.pages.site import Site
from hallmark.web.pages.standing import Standing, standing_of

router = APIRouter()

A_PAGE = 50
TREND = 8
"""Risk scores in the small line of a row."""

Word = Annotated[str, Query(max_length=120)]


def wanted(
    q: Word = "",
    verdict: Word = "",
    model: Word = "",
    version: Word = "",
    cohort: Word = "",
    tier: Word = "",
    sort: Sort = Sort.OPENED,
    up: bool = False,
) -> Filter:
    """The filter that an address spells."""
    return Filter(
        words=q, verdict=verdict, model=model, version=version, cohort=cohort, tier=tier, sort=sort, ascending=up
    )


Wanted = Annotated[Filter, Depends(wanted)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row of the list: the case, what its certificate is worth now, and the risk scores that led to it."""

    row: CaseRow
    standing: Standing
    risks: tuple[float, ...]


@router.get("/")
@router.get("/cases")
def cases(
    request: Request, user: Reader, asked: Wanted, part: Annotated[int, Query(alias="page", ge=1, le=10**6)] = 1
) -> HTMLResponse:
    """The list."""
    site = site_of(request)
    unread = site.caught_up()
    count = site.index.count(asked)
    rows = site.index.cases(asked, limit=A_PAGE, offset=A_PAGE * (part - 1))
    return page(
        request,
        "cases.html.j2",
        shown=shown_of(site, rows),
        asked=asked,
        words=words_of(asked),
        count=count,
        part=part,
        parts=max(1, -(-count // A_PAGE)),
        choices={name: site.index.choices(name) for name in ("decision", "model", "cohort", "tier")},
        unread=unread,
        as_of=site.index.as_of(),
        now=site.now,
    )


@router.get("/catch-up")
def catch_up(request: Request, user: Reader) -> dict[str, int]:
    """Read on for up to two seconds where the index was made anew; how many cases are left."""
    return {"unread": site_of(request).caught_up(seconds=2.0)}


@router.get("/cases.csv")
def as_csv(request: Request, user: Reader, asked: Wanted) -> Response:
    """Every case that fits, as a table for other programs."""
    site = site_of(request)
    site.caught_up()
    text = csv_of(site.index.cases(asked), site)
    headers = {"Content-Disposition": 'attachment; filename="hallmark-cases.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def words_of(asked: Filter) -> dict[str, str]:
    """The parameters of the address that spell a filter again."""
    return {
        "q": asked.words,
        "verdict": asked.verdict,
        "model": asked.model,
        "version": asked.version,
        "cohort": asked.cohort,
        "tier": asked.tier,
        "sort": "" if asked.sort is Sort.OPENED else asked.sort.value,
        "up": "true" if asked.ascending else "",
    }


def csv_of(rows: tuple[CaseRow, ...], site: Site) -> str:
    """The rows under their heads; text that a spreadsheet would calculate is disarmed."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow(COLUMNS)
    for row in rows:
        standing = standing_of(row, site.chain(), site.now)
        write.writerow([disarmed(cell) for cell in _cells(row, standing)])
    return out.getvalue()


COLUMNS = (
    *("case", "model", "version", "cohort", "tier", "verdict", "standing", "because", "risk_score", "opened"),
    *("decided", "expires", "expires_because", "asked_by", "cause", "rulebook", "run", "pack"),
)


def _cells(row: CaseRow, standing: Standing) -> tuple[str, ...]:
    return (
        *(row.case, row.model, row.version, row.cohort, row.tier, row.decision, standing.words, row.because),
        *("" if row.risk is None else f"{row.risk:g}", rfc3339(row.opened_at)),
        *(_time(row.decided_at), _time(standing.until), standing.because, row.asked_by, row.reason),
        *(str(row.rulebook), row.run_id, row.pack),
    )


def disarmed(text: str) -> str:
    """A cell that begins like a formula, with an apostrophe before it, as spreadsheets mark text."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@", "|") or text[:1] in ("\t", "\r", "\n") else text


def _time(at: datetime | None) -> str:
    return rfc3339(at) if at else ""


def shown_of(site: Site, rows: tuple[CaseRow, ...]) -> tuple[Shown, ...]:
    """Rows as a list shows them."""
    chain, now = site.chain(), site.now
    risks = {model: site.index.risks(model, limit=200) for model in {row.model for row in rows}}
    return tuple(
        Shown(
            row=row,
            standing=standing_of(row, chain, now),
            risks=tuple(risk for place, risk in risks[row.model] if place <= row.place)[-TREND:],
        )
        for row in rows
    )
