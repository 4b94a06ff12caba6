"""Turning values into pages: the templates, with those of the report beside them, and what they may call."""

from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader
from markupsafe import Markup

from hallmark.edges.index_sql import CaseRow, Line
from hallmark.policy.expected import Key
from hallmark.report.html import environment as report_environment
from hallmark.report.words import moment, spread

PREFIX = "/hallmark"
"""Where the pages live below Airflow's address."""


def page(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """The page that `template` makes of `values`."""
    html = templates().get_template(template).render(root=root_of(request), **values)
    return HTMLResponse(html, status)


def root_of(request: Request) -> str:
    """The path below which the pages are mounted, also behind a proxy that adds to it."""
    return str(request.scope.get("root_path", "")).rstrip("/") or PREFIX


@cache
def templates() -> Environment:
    """Those of the pages and of the report; everything is escaped, and hostile characters are made visible."""
    environment = report_environment()
    assert environment.loader is not None
    environment.loader = ChoiceLoader([PackageLoader("hallmark.web.pages", "templates"), environment.loader])
    environment.globals |= {"run_url": run_url, "query": _query, "trend": trend}
    environment.filters |= {"day": _day, "in_words": in_words, "about": about}
    return environment


def run_url(row: CaseRow) -> str:
    """The page of Airflow for the run of a case."""
    return f"/dags/{quote(row.dag_id, safe='')}/runs/{quote(row.run_id, safe='')}"


def about(line: Line) -> str:
    """What a line of the index is about, in the words of the report."""
    key = Key(measure=line.measure, attribute=line.attribute, group=line.group, feature=line.feature)
    where = spread(key, line.reference)
    measure = line.measure.partition(".")[2].replace("_", " ")
    return f"{measure}: {where}" if where else measure


def in_words(at: datetime, now: datetime) -> str:
    """How far away a time is: `in 178 days`, `today`, `3 days ago`."""
    days = (at.astimezone(UTC).date() - now.astimezone(UTC).date()).days
    if days == 0:
        return "today"
    many = f"{abs(days)} day" if abs(days) == 1 else f"{abs(days)} days"
    return f"in {many}" if days > 0 else f"{many} ago"


def trend(risks: tuple[float, ...]) -> Markup:
    """A small line of risk scores, oldest first; empty for less than two. Numbers alone, so it is safe."""
    if len(risks) < 2:
        return Markup("")
    most, step = max(risks) or 1.0, 44 / (len(risks) - 1)
    points = " ".join(f"{2 + step * place:.1f},{14 - 12 * risk / most:.1f}" for place, risk in enumerate(risks))
    told = "risk scores of this model until this case: " + ", ".join(f"{risk:g}" for risk in risks)
    return Markup(
        f'<svg class="trend" viewBox="0 0 48 16" role="img" aria-label="{told}"><title>{told}</title>'
        f'<polyline points="{points}"/></svg>'
    )


def _day(at: datetime) -> str:
    return moment(at)[:10]


def _query(**words: Any) -> str:
    """`?a=b`, without what is empty."""
    kept = {name: str(value) for name, value in words.items() if value not in ("", None)}
    return f"?{urlencode(kept)}" if kept else "?"
