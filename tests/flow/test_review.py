"""People decide a referred case in the real Airflow; nothing that they or an administrator do otherwise decides it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from tests.flow.conftest import MODEL

from hallmark import wiring
from hallmark.errors import BadInput, Unavailable
from hallmark.evidence.entry import EntryKind
from hallmark.evidence.places import pack_key
from hallmark.evidence.trail import Question
from hallmark.evidence.verify import Outcome, Verification, verify
from hallmark.local.rest import Rest
from hallmark.steps.open_case import case_of
from hallmark.verdict.finding import Decision
from hallmark.web.accounts import Role, add

if TYPE_CHECKING:
    from tests.flow.conftest import Site

pytestmark = pytest.mark.slow

REVIEWERS = ("model-validation", "credit-committee")
OTHERS = {"somebody": Role.REVIEWER, "watcher": Role.VIEWER}
WORD = "a long word for tests"
DAG = "review_case"
RUN = "asked"
READING = 5.0
"""Seconds from a question to its answer."""

GOOD = {
    "rationale": "Drift was measured by hand: none.",
    "conditions": "2027-01-31 measure drift again",
    "fallback": "previous-version",
    "evidence": "https://example.org/minutes",
    "minutes": 12,
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A case of which nothing is known about drift, and the run that asks two people about it."""

    site: "Site"
    case: str

    @property
    def run_id(self) -> str:
        return f"review__{self.case}"

    def states(self) -> dict[str, str | None]:
        return self.site.states(self.run_id, DAG)

    def form(self, task: str) -> Any:
        return self.site.ask("GET", f"{self._task(task)}/-1/hitlDetails")

    def awaited(self, *tasks: str) -> None:
        wanted = [(task, "awaiting_input") for task in tasks]
        self.site.until(lambda: set(wanted) <= set(self.states().items()), f"questions to {tasks}")
        # Nobody reads a form in less. An answer that meets the end of the process that asked is in the ledger all the
        # same, but Airflow then tries the task again, and it ends as skipped.
        time.sleep(READING)

    def answer(self, who: str, task: str, chosen: str = "conditional", **changes: Any) -> None:
        body = {"chosen_options": [chosen], "params_input": GOOD | changes}
        with self.as_(who) as rest:
            rest._ask("PATCH", f"{self._task(task)}/-1/hitlDetails", json=body)

    @contextmanager
    def as_(self, who: str) -> Iterator[Rest]:
        with Rest(self.site.services.airflow_url, who, WORD) as rest:
            yield rest

    def mark(self, task: str, state: str) -> None:
        self.site.ask("PATCH", self._task(task), json={"new_state": state})

    def answers(self) -> int:
        return sum(entry.kind is EntryKind.REVIEW for entry in self.site.entries(RUN))

    def second(self) -> str:
        return pack_key(MODEL, "2", self.case, 2)

    def is_there(self) -> bool:
        return self.second() in set(self.site.context.store.keys("packs/"))

    def verified(self) -> Verification:
        root = self.site.context.root
        return verify(Question(store=self.site.context.store, pack=self.second(), root=root, at=wiring.now()))

    def _task(self, task: str) -> str:
        return f"/api/v2/dags/{DAG}/dagRuns/{quote(self.run_id)}/taskInstances/{task}"


@pytest.fixture(scope="module")
def asked(site: "Site") -> Asked:
    """A user marked the drift task as done before it ran; so a person is asked."""
    for name, role in {**dict.fromkeys(REVIEWERS, Role.REVIEWER), **OTHERS}.items():
        add(site.home.keys, name, role, WORD)
    with site.held():
        site.start(RUN)
        site.mark(RUN, "drift", "success")
    assert site.ended(RUN).state == "success"
    assert site.pack(RUN).verdict.decision is Decision.REFERRED
    found = Asked(site=site, case=case_of("certify_model", RUN))
    site.until(lambda: site.rest._known(DAG), "the DAG of reviews")
    found.awaited("first_reviewer", "second_reviewer")
    return found


def test_the_mark_says_referred_and_the_review_is_open(asked: Asked) -> None:
    states = asked.site.states(RUN)
    assert (states["referred"], states["ask_people"]) == ("success", "success")
    form = asked.form("first_reviewer")
    assert {one["id"] for one in form["assigned_users"]} == set(REVIEWERS)
    assert form["subject"] == f"{MODEL} 2 on 2005-07: may it be used?"
    assert form["options"] == ["conditional", "refuse"]
    assert "nothing was delivered" in form["body"] and "more like it" in form["body"]


@pytest.mark.parametrize("who", sorted(OTHERS))
def test_who_is_not_asked_cannot_answer(asked: Asked, who: str) -> None:
    with pytest.raises(Unavailable, match="answered 403"):
        asked.answer(who, "first_reviewer")
    assert asked.answers() == 0


def test_certified_is_no_answer(asked: Asked) -> None:
    with pytest.raises(BadInput, match="answered 400"):
        asked.answer(REVIEWERS[0], "first_reviewer", chosen="certified")


def test_marking_the_questions_as_answered_decides_nothing(asked: Asked) -> None:
    """The run fails, red, without a second pack; the sweeper asks again under another run until somebody decides."""
    for task in ("first_reviewer", "second_reviewer"):
        asked.mark(task, "success")
    assert asked.site.ended(asked.run_id, DAG).state == "failed"
    assert asked.states()["conditional"] != "success"
    assert not asked.is_there()


def test_a_deleted_run_is_opened_again(asked: Asked) -> None:
    asked.site.rest._http.delete(f"/api/v2/dags/{DAG}/dagRuns/{quote(asked.run_id)}").raise_for_status()
    asked.site.start("look-for-answers", dag="recertify_due")
    assert asked.site.ended("look-for-answers", "recertify_due").state == "success"
    asked.awaited("first_reviewer", "second_reviewer")
    assert not asked.is_there()


def test_what_is_no_answer_is_asked_for_again(asked: Asked) -> None:
    asked.answer(REVIEWERS[0], "first_reviewer", conditions="some day")
    before = asked.form("first_reviewer")
    asked.site.until(lambda: not asked.form("first_reviewer")["response_received"], "the question again")
    asked.awaited("first_reviewer")
    assert asked.answers() == 0
    assert asked.form("first_reviewer")["body"] == before["body"]


def test_one_person_does_not_answer_for_two(asked: Asked) -> None:
    asked.answer(REVIEWERS[0], "first_reviewer")
    asked.site.until(lambda: asked.states()["first_reviewer"] == "success", "the first answer")
    asked.answer(REVIEWERS[0], "second_reviewer")
    asked.site.until(lambda: asked.answers() == 2, "the second answer of one person")
    asked.awaited("second_reviewer")
    assert not asked.is_there()


def test_two_people_decide_and_the_second_pack_verifies(asked: Asked) -> None:
    asked.site.until(lambda: not asked.form("second_reviewer")["response_received"], "the question again")
    asked.answer(REVIEWERS[1], "second_reviewer")
    assert asked.site.ended(asked.run_id, DAG).state == "success"
    assert {mark: asked.states()[mark] for mark in ("conditional", "refused")} == {
        "conditional": "success",
        "refused": "skipped",
    }
    answer = asked.verified()
    assert answer.outcome is Outcome.USABLE
    assert answer.certification is not None
    assert sum(said.startswith("Not a review") for said in answer.certification.verdict.said) == 1
    assert "3 reviews" in answer.checks[6].says


def test_clearing_the_run_afterwards_changes_nothing(asked: Asked) -> None:
    before = asked.site.entries(RUN)
    asked.site.ask("POST", f"/api/v2/dags/{DAG}/dagRuns/{quote(asked.run_id)}/clear", json={"dry_run": False})
    assert asked.site.ended(asked.run_id, DAG).state == "success"
    assert asked.site.entries(RUN) == before
    assert asked.states()["first_reviewer"] == "skipped"
