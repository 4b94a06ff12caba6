"""Two reviewers decide the mortgage case in the browser with the form alone; the verified second pack says so."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from tests.browser.conftest import PASSWORD, REPO, Seat

from hallmark import wiring
from hallmark.evidence.places import pack_key
from hallmark.evidence.trail import Question
from hallmark.evidence.verify import Outcome, verify
from hallmark.steps.open_case import case_of
from hallmark.steps.register import register
from hallmark.web.accounts import Role, add

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

MODEL, RUN = "mortgage_approval", "mortgages"
REVIEWERS = {"model-validation": "first_reviewer", "credit-committee": "second_reviewer"}
WORDS = "Approvals of black applicants are 18 % rarer; the label is the lenders' own decision."
DUE = "2027-01-31 judge every denial of a black applicant by a second person"


@pytest.fixture(scope="module")
def case(seat: Seat, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The case of the checked mortgage applications, referred, with both questions open."""
    folder: Path = tmp_path_factory.mktemp("mortgage")
    build = REPO / "examples" / MODEL / "build.py"
    for part in ([], ["--cohort", "checked"]):
        subprocess.run([sys.executable, build, folder / str(len(part)), *part], check=True, timeout=120)
        register(wiring.registry(seat.home), folder / str(len(part)))
    for name in REVIEWERS:
        add(seat.home.keys, name, Role.REVIEWER, PASSWORD)
    conf = {"model": MODEL, "version": "1", "cohort": "checked", "reason": "mortgages of the autumn"}
    seat.rest.trigger("certify_model", run_id=RUN, conf=conf)
    found = case_of("certify_model", RUN)
    _until(lambda: _states(seat, found) == {"awaiting_input"}, "both questions")
    return found


def _states(seat: Seat, case: str) -> set[str | None]:
    path = f"/api/v2/dags/review_case/dagRuns/review__{case}/taskInstances"
    answer = seat.ask("administrator", "GET", path)
    tasks = answer.json().get("task_instances", [])
    return {task["state"] for task in tasks if task["task_id"] in REVIEWERS.values()}


def _until(holds: object, what: str, seconds: float = 400) -> None:
    assert callable(holds)
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(1)


def _answer(seat: Seat, case: str, who: str) -> None:
    task = f"/dags/review_case/runs/{quote(f'review__{case}')}/tasks/{REVIEWERS[who]}"
    with seat.page(name=who) as page:
        page.goto(f"{seat.url}{task}/required_actions")
        page.get_by_text("Why you are asked").wait_for()
        page.wait_for_function("document.querySelector('img[src*=\"ladder.svg\"]')?.naturalWidth > 0")
        seat.shot(page, "review")
        page.fill("#element_rationale", WORDS)
        page.fill("#element_conditions", DUE)
        page.get_by_role("button", name="conditional").click()
        page.get_by_text("Response received", exact=False).first.wait_for()


def test_two_people_decide_with_the_form_alone(seat: Seat, case: str) -> None:
    for who in REVIEWERS:
        _answer(seat, case, who)
    second = pack_key(MODEL, "1", case, 2)
    store = wiring.store(seat.home, endpoint=seat.services.store_endpoint)
    _until(lambda: second in set(store.keys("packs/")), "the second pack")
    question = Question(store=store, pack=second, root=wiring.root(seat.home), at=wiring.now())
    answer = verify(question)
    assert answer.outcome is Outcome.USABLE
    assert answer.certification is not None
    verdict = answer.certification.verdict
    assert [one.action for one in verdict.conditions if one.control == "review"] == [DUE[11:]] * 2
    assert sum(WORDS in said for said in verdict.said) == 2


def test_the_tab_of_the_review_shows_the_decision(seat: Seat, case: str) -> None:
    with seat.page("viewer") as page:
        run = quote(f"review__{case}")
        frame = seat.framed(page, f"/dags/review_case/runs/{run}/plugin/certificate")
        frame.wait_for_selector(".verdict.conditional")
        assert WORDS in frame.inner_text("main")
        seat.shot(page, "decided")
