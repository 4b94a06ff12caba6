"""People at the pages: trigger through the form, watch the tab, verify, download; each role and each look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from tests.browser.conftest import LOOKS, MODEL, Look, Seat

from hallmark.evidence.archive import Archive
from hallmark.evidence.trail import Question
from hallmark.evidence.verify import Outcome, verify
from hallmark.steps.open_case import case_of
from hallmark.wiring import now, root

if TYPE_CHECKING:
    from tests.browser.conftest import Serious

pytestmark = pytest.mark.slow


def test_somebody_triggers_watches_verifies_and_takes_the_pack_home(seat: Seat, tmp_path: Path) -> None:
    with seat.page("risk-analyst") as page:
        page.goto(f"{seat.url}/dags/certify_model")
        page.get_by_role("button", name="Trigger").first.click()
        form = page.locator("#element_model")
        form.wait_for()
        assert MODEL in page.locator("#list_element_model, #list_model").first.inner_html()
        page.fill("#element_model", MODEL)
        page.fill("#element_version", "1")
        page.fill("#element_reason", "the figures of July")
        page.keyboard.press("Tab")
        seat.shot(page, "trigger")
        page.get_by_role("button", name="Trigger").last.click()
        page.wait_for_url("**/dags/certify_model/runs/**")
        run_id = page.url.rpartition("/runs/")[2].partition("/")[0]
        frame = seat.framed(page, f"/dags/certify_model/runs/{run_id}/plugin/certificate")
        frame.wait_for_selector(".verdict.conditional, .verdict.refused, .verdict.certified, .verdict.referred")
        assert "the figures of July" in frame.inner_text("main")
        seat.shot(page, "certificate")
        frame.get_by_role("button", name="Verify").click()
        frame.wait_for_selector(".steps")
        assert frame.locator(".steps .word.satisfied").count() == 8
        with page.expect_download() as coming:
            frame.get_by_role("link", name="Pack", exact=True).click()
        coming.value.save_as(tmp_path / "pack.tar")
    archive = Archive.read(tmp_path / "pack.tar")
    answer = verify(Question(store=archive, pack=archive.pack, root=root(seat.home), at=now()))
    assert answer.outcome is Outcome.USABLE
    assert answer.certification is not None
    assert answer.certification.opening.asked_by == "the-risk-analyst"


def paths(run_id: str) -> dict[str, str]:
    case = case_of("certify_model", run_id)
    return {
        "cases": "/plugin/hallmark",
        "certificate": f"/dags/certify_model/runs/{quote(run_id, safe='')}/plugin/certificate",
        "case": f"/plugin/hallmark/hallmark/cases/{case}",
        "model": f"/plugin/hallmark/hallmark/models/{MODEL}",
        "no case": "/plugin/hallmark/hallmark/cases?q=nowhere",
    }


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_every_page_is_readable_in_every_look(
    seat: Seat, certified: str, look: Look, serious: Serious, tmp_path: Path
) -> None:
    problems: list[Any] = []
    with seat.page("viewer", look) as page:
        if look.dark:
            page.evaluate("localStorage.setItem('theme', 'dark')")
        page.on("pageerror", lambda error: problems.append(str(error)))
        for name, path in paths(certified).items():
            frame = seat.framed(page, path)
            frame.wait_for_load_state("networkidle")
            page.screenshot(path=tmp_path / f"{name}.png".replace(" ", "-"))
            assert frame.evaluate("document.documentElement.classList.contains('dark')") is look.dark, name
            assert frame.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{name} is too wide"
            problems += [f"{name}: {one}" for one in serious(frame)]
    assert problems == []


def test_a_link_of_the_list_leaves_the_frame(seat: Seat, certified: str) -> None:
    with seat.page("viewer") as page:
        frame = seat.framed(page, "/plugin/hallmark")
        frame.locator(f"a[href$='/runs/{certified}']").click()
        page.wait_for_url(f"**/dags/certify_model/runs/{certified}**")
        frame = seat.framed(page, "/plugin/hallmark")
        with page.context.expect_page() as opened:
            frame.get_by_role("link", name="report", exact=True).last.click()
        opened.value.wait_for_load_state()
        assert opened.value.locator("#ladder").count() == 1


def test_a_filter_stands_in_the_address_of_the_browser(seat: Seat, certified: str) -> None:
    with seat.page("viewer") as page:
        frame = seat.framed(page, "/plugin/hallmark")
        seat.shot(page, "cases")
        frame.select_option("select[name=model]", MODEL)
        page.wait_for_url(f"**model={MODEL}**")


# Role x action over HTTP, each cell: what Airflow and our pages answer

READ = {"administrator": 200, "risk-analyst": 200, "reviewer": 200, "viewer": 200, None: 401}
ACT = {"administrator": 200, "risk-analyst": 200, "reviewer": 403, "viewer": 403, None: 401}
OWN = {"administrator": 200, "risk-analyst": 403, "reviewer": 403, "viewer": 403, None: 401}

ACTIONS = {
    "see the cases": ("GET", "/hallmark/cases", None, READ),
    "take the table": ("GET", "/hallmark/cases.csv", None, READ),
    "see a certificate": ("GET", "/hallmark/cases/{case}", None, READ),
    "see its tab": ("GET", "/hallmark/runs/certify_model/{run}", None, READ),
    "see the report": ("GET", "/hallmark/cases/{case}/report", None, READ),
    "take the pack": ("GET", "/hallmark/cases/{case}/pack", None, READ),
    "verify": ("POST", "/hallmark/cases/{case}/verify", None, READ),
    "see the model": ("GET", "/hallmark/models/card_default", None, READ),
    "see runs": ("GET", "/api/v2/dags/certify_model/dagRuns", None, READ),
    "see waiting reviews": ("GET", "/api/v2/dags/~/dagRuns/~/hitlDetails", None, READ),
    "trigger": (
        "POST",
        "/api/v2/dags/certify_model/dagRuns",
        {"logical_date": None, "conf": {"model": "no_model", "version": "1", "reason": "a cell of the table"}},
        ACT,
    ),
    "mark a task": (
        "PATCH",
        "/api/v2/dags/certify_model/dagRuns/{run}/taskInstances/vet/dry_run",
        {"new_state": "failed"},
        ACT,
    ),
    "clear a task": (
        "POST",
        "/api/v2/dags/certify_model/clearTaskInstances",
        {"dag_run_id": "{run}", "task_ids": ["vet"], "dry_run": True},
        ACT,
    ),
    "read variables": ("GET", "/api/v2/variables", None, OWN),
    "read connections": ("GET", "/api/v2/connections", None, OWN),
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("role", READ, ids=str)
def test_each_role_may_what_the_table_says(seat: Seat, certified: str, action: str, role: str | None) -> None:
    method, path, body, table = ACTIONS[action]
    case = case_of("certify_model", certified)
    told = {} if body is None else {"json": {**body, **({"dag_run_id": certified} if "dag_run_id" in body else {})}}
    answer = seat.ask(role, method, path.format(case=case, run=certified), **told)
    assert answer.status_code == table[role], answer.text[:300]
