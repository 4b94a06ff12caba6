"""A model over time: its cases, every measure against its bound, and what changed between two cases."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse

from hallmark.edges.index_sql import CaseRow, Filter
from hallmark.errors import BadInput, Undecidable
from hallmark.policy.rulebook import Entry
from hallmark.web.pages.case import decided_row, site_of
from hallmark.web.pages.cases import shown_of
from hallmark.web.pages.changes import causes, changes_of
from hallmark.web.pages.door import Reader
from hallmark.web.pages.lines import Series, series_of
from hallmark.web.pages.shown import page
from hallmark.web.pages.site import Site

router = APIRouter(prefix="/models/{model}")

IN_CHART = 24
"""The newest cases that a chart shows."""

IN_TABLE = 60
"""The newest cases that the page lists; the list of cases has all."""

Model = Annotated[str, Path(pattern="^[A-Za-z0-9._-]{1,63}$")]
CaseId = Annotated[str, Query(pattern="^[0-9a-f]{20}$")]


@router.get("")
def model(
    request: Request, user: Reader, model: Model, dimension: Annotated[str, Query(max_length=40)] = ""
) -> HTMLResponse:
    """The page of one model."""
    site = site_of(request)
    unread = site.caught_up()
    rows = site.index.cases(Filter(model=model), limit=IN_TABLE)
    if not rows:
        raise HTTPException(404, f"There is no case of a model {model}.")
    charted = tuple(row for row in reversed(rows) if row.number and row.risk is not None)[-IN_CHART:]
    series = series_of(charted, site.index.lines([row.case for row in charted]))
    return page(
        request,
        "model.html.j2",
        model=model,
        entry=_entry(site, model),
        shown=shown_of(site, rows),
        count=site.index.count(Filter(model=model)),
        charted=charted,
        series=tuple(one for one in series if one.drawn and _wanted(one, dimension, charted[-1])),
        dimension=dimension,
        dimensions=sorted({one.line.measure.partition(".")[0] for one in series if one.drawn}),
        unread=unread,
        now=site.now,
    )


@router.get("/changes")
def changes(request: Request, user: Reader, model: Model, before: CaseId, after: CaseId) -> HTMLResponse:
    """What is different in one case from another."""
    site = site_of(request)
    first, second = decided_row(site, before), decided_row(site, after)
    if (first.model, second.model) != (model, model):
        raise HTTPException(404, f"These are no two cases of {model}.")
    lines = site.index.lines([before, after])
    old, new = (site.decided(row, row.number).profile for row in (first, second))
    return page(
        request,
        "changes.html.j2",
        model=model,
        first=first,
        second=second,
        causes=causes(old, new, site.chain()),
        changes=changes_of(
            tuple(line for line in lines if line.case == before), tuple(line for line in lines if line.case == after)
        ),
        same=len({line.key for line in lines}),
    )


def _wanted(series: Series, dimension: str, newest: CaseRow) -> bool:
    """Without a dimension: what weighs on the newest verdict, and the measures of the whole cohort."""
    line = series.line
    if dimension:
        return line.measure.startswith(f"{dimension}.")
    weighs = line.case == newest.case and line.effect != "pass"
    return weighs or not (line.attribute or line.group or line.feature)


def _entry(site: Site, model: str) -> Entry | None:
    """What the rulebook in force says about the model; None when it no longer names it."""
    try:
        return site.chain().latest.rulebook.rules.entry(model)
    except (BadInput, Undecidable):
        return None
