"""Who comes in: every role at every route with every method, and what a browser is told beside each answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from tests.web.conftest import HOST, token

from hallmark.web.accounts import remove

if TYPE_CHECKING:
    from tests.web.conftest import Pages

ROLES = ["administrator", "risk-analyst", "reviewer", "viewer"]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
ROUTES = [
    *("/", "/cases", "/cases.csv", "/catch-up", "/cases/{case}", "/cases/{case}/report", "/cases/{case}/pack"),
    *("/cases/{case}/ladder.svg", "/cases/{case}/verify", "/models/small"),
    *("/models/small/changes?before={case}&after={case}", "/runs/certify_model/one", "/runs/certify_model/one/state"),
    *("/runs/other/one", "/static/pages.css", "/static/report.css", "/static/pages.js"),
]
WRITES = {"/cases/{case}/verify"}


def path(pages: Pages, route: str) -> str:
    return route.format(case=pages.place.case)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("method", METHODS)
def test_every_role_reads_and_verifies_and_nothing_else_is_taken(pages: Pages, method: str, route: str) -> None:
    allowed = method == ("POST" if route in WRITES else "GET")
    for role in ROLES:
        answer = pages.ask(method, path(pages, route), role, headers={"Origin": HOST})
        assert answer.status_code == (200 if allowed else 405), role


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_comes_in_without_a_login(pages: Pages, route: str) -> None:
    method = "POST" if route in WRITES else "GET"
    answer = pages.ask(method, path(pages, route), None, headers={"Origin": HOST})
    assert answer.status_code == 401
    assert pages.place.case not in re.sub(r"href=\S+", "", answer.text)


FORGED = {
    "no token at all": "",
    "not a token": "abc.def.ghi",
    "signed with another secret": token("the-viewer", secret="x" * 64),
    "over": token("the-viewer", exp=1),
    "of nobody": token("nobody"),
    "a name that only sounds like a role": token("administrator"),
}


@pytest.mark.parametrize("cookie", FORGED.values(), ids=FORGED)
def test_a_token_that_is_not_ours_opens_nothing(pages: Pages, cookie: str) -> None:
    answer = pages.client.get("/hallmark/cases", headers={"Cookie": f"_token={cookie}"})
    assert answer.status_code in (401, 403)
    assert "the-viewer" not in answer.text


def test_a_role_in_the_token_is_not_believed(pages: Pages) -> None:
    """The token of the tests always says administrator; what counts is the account."""
    manager_user = pages.client.get("/hallmark/cases", headers={"Cookie": f"_token={token('the-viewer')}"})
    assert manager_user.status_code == 200
    from airflow.api_fastapi.app import get_auth_manager

    assert get_auth_manager().deserialize_user({"sub": "the-viewer", "role": "administrator"}).role == "viewer"


def test_whoever_is_removed_is_out_at_the_next_request(own_pages: Pages) -> None:
    assert own_pages.get("/cases", "viewer").status_code == 200
    remove(own_pages.place.home.keys, "the-viewer")
    assert own_pages.get("/cases", "viewer").status_code in (401, 403)


OTHERS = {
    "another site": {"Origin": "https://evil.example"},
    "another port": {"Origin": "http://pages.test:81"},
    "a browser that says cross-site": {"Origin": HOST, "Sec-Fetch-Site": "cross-site"},
    "a browser that says same-site": {"Origin": HOST, "Sec-Fetch-Site": "same-site"},
    "nothing said": {},
    "null": {"Origin": "null"},
    "a name that begins alike": {"Origin": "http://pages.test.evil.example"},
}


@pytest.mark.parametrize("headers", OTHERS.values(), ids=OTHERS)
def test_another_site_cannot_make_a_browser_write(pages: Pages, headers: dict[str, str]) -> None:
    assert pages.post(f"/cases/{pages.place.case}/verify", headers=headers).status_code == 403


def test_a_token_of_ones_own_needs_no_page(pages: Pages) -> None:
    headers = {"Authorization": f"Bearer {token('the-reviewer')}"}
    assert pages.ask("POST", f"/cases/{pages.place.case}/verify", None, headers=headers).status_code == 200


@pytest.mark.parametrize("route", [*ROUTES, "/nothing", "/cases/zz", "/cases/00000000000000000000"])
def test_every_answer_has_the_strict_policy(pages: Pages, route: str) -> None:
    method = "POST" if route in WRITES else "GET"
    answer = pages.ask(method, path(pages, route), headers={"Origin": HOST})
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "frame-ancestors 'self'" in policy
    assert "http" not in policy and "*" not in policy and "unsafe-eval" not in policy
    assert ("unsafe-inline" in policy) == ("sandbox" in policy), "what has a style inside may run nothing"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] in ("no-store", "no-cache")


@pytest.mark.parametrize("route", ["/docs", "/redoc", "/openapi.json"])
def test_the_routes_are_not_described_to_strangers(pages: Pages, route: str) -> None:
    assert pages.get(route, "administrator").status_code == 404


@pytest.mark.parametrize("route", ["/cases", "/cases/{case}", "/models/small", "/runs/certify_model/one"])
def test_a_page_loads_nothing_from_elsewhere_and_has_nothing_inline(pages: Pages, route: str) -> None:
    html = pages.get(path(pages, route)).text
    assert re.findall(r'(?:src|href)="(?!/|#|\?)([^"]*)"', html) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*src=)", html) == []


@pytest.mark.parametrize("name", ["../pages.js", "..%2fapp.py", "app.py", "report.html.j2", ""])
def test_no_other_file_is_served(pages: Pages, name: str) -> None:
    assert pages.get(f"/static/{name}").status_code == 404
