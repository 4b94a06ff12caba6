"""The real scheduler: one good run, and everything that may happen to a run that must not be certified then."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from hallmark import wiring
from hallmark.assess.registry import ASSESSED
from hallmark.errors import Missing, Terminal
from hallmark.evidence.entry import EntryKind
from hallmark.evidence.verify import Outcome
from hallmark.policy.appetite import Effect, Status
from hallmark.steps.open_case import case_of
from hallmark.steps.sweep import close_undecided
from hallmark.verdict.finding import Decision

if TYPE_CHECKING:
    from tests.flow.conftest import Site

pytestmark = pytest.mark.slow

ATTACKS = {
    **{f"{how}-{task}": {task: how} for task in ("vet", "score") for how in ("success", "skipped", "kill")},
    "success-fairness": {"fairness": "success"},
    "every-dimension": {"data_quality": "hang", "drift": "skipped", "fairness": "success", "performance": "kill"},
    "success-open": {"open_case": "success"},
    "success-gate": {"vet": "skipped", "gate": "success"},
}
"""Runs of which a user sets tasks to a state before they run, or whose tasks are killed or stopped at work."""

LIVE = ("kill", "hang")

NO_CASE = {
    "unknown-key": {"tier": "low"},
    "unknown-model": {"model": "nobody"},
    "traversal": {"model": "../../keys"},
    "recert__card_default__1__2005-07__2__20261124": {"version": "1"},
}
"""Runs that ask for what there is not, by their configuration or their name."""


@pytest.fixture(scope="module")
def played(site: "Site") -> "Site":
    """All runs at once: started while no task may begin, tampered with, let go, and ended."""
    at_work = [(run, task, how) for run, tasks in ATTACKS.items() for task, how in tasks.items() if how in LIVE]
    with ThreadPoolExecutor(len(at_work)) as attackers:
        with site.held():
            _start(site)
            sent = [attackers.submit(_attack, site, *attack) for attack in at_work]
        stopped = [pid for attack in sent for pid in attack.result()]
    for run_id in ("good", "corrupted", *ATTACKS, *NO_CASE):
        site.ended(run_id)
    for pid in stopped:
        with suppress(ProcessLookupError):  # what was thought dead goes on
            os.kill(pid, signal.SIGCONT)
    return site


def _start(site: "Site") -> None:
    if not site.packs("good"):
        site.start("good", version="1", cohort="2005-07")
    site.start("corrupted", version="3")
    for run_id, tasks in ATTACKS.items():
        site.start(run_id)
        for task, how in tasks.items():
            site.mark(run_id, task, how) if how not in LIVE else None
    for run_id, conf in NO_CASE.items():
        site.start(run_id, **{"version": "2", **conf})


def _attack(site: "Site", run_id: str, task: str, how: str) -> list[int]:
    """Kill or stop every try of a task as soon as it has a process; return what was stopped."""
    stopped: list[int] = []
    hang, seen = how == "hang", ""
    while site.task(run_id, task)["state"] != "failed":
        this = site.another_try(run_id, task, seen)
        if this and (found := site.processes(this)):
            victims = found if hang else found[:1]
            for pid in victims:
                os.kill(pid, signal.SIGSTOP if hang else signal.SIGKILL)
            stopped += victims if hang else ()
            seen = this
    assert seen, f"{task} of {run_id} failed by itself"
    return stopped


def test_a_good_run_leaves_a_pack_that_verifies(played: "Site") -> None:
    assert played.rest.run("certify_model", "good").state == "success"
    answer = played.verified("good", "1")
    assert [check.number for check in answer.checks] == list(range(1, 9))
    verdict = played.pack("good", "1").verdict
    usable = verdict.decision in (Decision.CERTIFIED, Decision.CONDITIONAL)
    assert answer.outcome is (Outcome.USABLE if usable else Outcome.NOT_USABLE)
    assert not [finding for finding in verdict.findings if finding.status is Status.NOT_EVALUATED]


def test_the_end_mark_of_the_verdict_succeeds_and_the_others_are_skipped(played: "Site") -> None:
    states, verdict = played.states("good"), played.pack("good", "1").verdict
    assert {mark.value: states[mark.value] for mark in Decision} == {
        mark.value: "success" if mark is verdict.decision else "skipped" for mark in Decision
    }
    assert {state for task, state in states.items() if task not in {*Decision, "ask_people"}} == {"success"}


def test_the_gate_says_the_verdict_in_the_task_list(played: "Site") -> None:
    verdict = played.pack("good", "1").verdict
    assert played.task("good", "gate")["rendered_map_index"] == f"{verdict.decision}: {verdict.because}"[:240]


def test_the_pack_names_who_asked_and_every_task(played: "Site") -> None:
    pack = played.pack("good", "1")
    assert (pack.opening.asked_by, pack.opening.reason) == ("administrator", "a test")
    names = ["open_case", "vet", "score", *(dimension.name for dimension in ASSESSED), "gate"]
    assert sorted(step.task for step in pack.steps) == sorted(names)


@pytest.mark.parametrize("run_id", [*ATTACKS, "corrupted"])
def test_no_attack_ends_in_a_usable_certificate(played: "Site", run_id: str) -> None:
    version = "3" if run_id == "corrupted" else "2"
    if not played.packs(run_id):
        assert played.rest.run("certify_model", run_id).state == "failed"
        with pytest.raises(Missing):
            played.pack(run_id, version)
        return
    assert played.verified(run_id, version).outcome is Outcome.NOT_USABLE
    verdict = played.pack(run_id, version).verdict
    assert verdict.decision in (Decision.REFUSED, Decision.REFERRED)
    states = played.states(run_id)
    assert {mark for mark in Decision if states[mark] == "success"} == {verdict.decision}


@pytest.mark.parametrize("run_id", ["skipped-vet", "kill-vet", "kill-score", "success-fairness", "every-dimension"])
def test_what_was_not_done_is_not_evaluated_and_none_of_it_alone_could_pass(played: "Site", run_id: str) -> None:
    pack, tasks = played.pack(run_id), set(ATTACKS[run_id])
    assert not tasks & {step.task for step in pack.steps}
    (note,) = [note for note in pack.notes if note.startswith("no signed step that counts")]
    assert all(task in note for task in tasks)
    for task in tasks - {"score"}:
        own = [one for one in pack.verdict.findings if one.expected.key.measure.startswith(f"{task}.")]
        assert {one.status for one in own} == {Status.NOT_EVALUATED}
        assert {one.effect for one in own} & {Effect.REFER, Effect.REFUSE}


def test_data_that_were_changed_after_they_were_registered_are_never_loaded(played: "Site") -> None:
    pack = played.pack("corrupted", "3")
    (fact,) = [one for one in pack.verdict.findings if one.expected.key.measure == "vet.data_matches"]
    assert fact.status is Status.NOT_SATISFIED
    assert any("nothing was loaded" in note for note in pack.notes)


@pytest.mark.parametrize("run_id", [*NO_CASE, "success-open"])
def test_a_run_that_opens_no_case_is_red_and_leaves_nothing(played: "Site", run_id: str) -> None:
    assert played.rest.run("certify_model", run_id).state == "failed"
    assert played.entries(run_id) == ()
    assert played.packs(run_id) == []
    assert not list(played.context.store.keys(f"cases/{case_of('certify_model', run_id)}/"))


def test_a_gate_marked_successful_decides_nothing_and_the_sweeper_refuses(played: "Site") -> None:
    """The end marks fail; the case waits in the ledger until it is closed as never decided."""
    assert {played.states("success-gate")[mark] for mark in Decision} == {"failed"}
    assert played.packs("success-gate") == []
    case = case_of("certify_model", "success-gate")
    later = wiring.now() + timedelta(days=2)  # past the patience with what hangs, not with those who are asked
    assert case in close_undecided(played.context, later)
    assert played.pack("success-gate").verdict.decision is Decision.REFUSED
    assert played.verified("success-gate").outcome is Outcome.NOT_USABLE


def test_what_was_thought_dead_goes_on_and_changes_nothing(played: "Site") -> None:
    before = played.pack("every-dimension")
    time.sleep(3)
    assert played.pack("every-dimension") == before
    assert played.verified("every-dimension").outcome is Outcome.NOT_USABLE


def _again(site: "Site", run_id: str) -> None:
    """Delete the run and start another one under its id."""
    site.rest._http.delete(f"/api/v2/dags/certify_model/dagRuns/{run_id}").raise_for_status()
    site.start(run_id)


def _clear(site: "Site", run_id: str) -> None:
    body = {"dry_run": False, "only_failed": False}
    site.ask("POST", f"/api/v2/dags/certify_model/dagRuns/{run_id}/clear", json=body)


def test_a_decided_run_that_is_deleted_or_cleared_is_not_decided_again(played: "Site") -> None:
    """Deleted and made again under its id, or all its tasks cleared: the first pack stays the only one."""
    redo = {"success-fairness": _again, "skipped-score": _clear}
    before = {run_id: played.pack(run_id) for run_id in redo}
    for run_id, again in redo.items():
        again(played, run_id)
    for run_id in redo:
        played.ended(run_id)
        assert played.states(run_id)["open_case"] == "failed"
        assert played.pack(run_id) == before[run_id]
        assert played.verified(run_id).outcome is Outcome.NOT_USABLE
        assert [entry.kind for entry in played.entries(run_id)] == [EntryKind.OPENED, EntryKind.PACK]
        assert len(played.packs(run_id)) == 1


def test_a_store_that_is_gone_leaves_no_case_and_the_next_run_works(site: "Site") -> None:
    bucket = site.home.store / "hallmark"
    bucket.rename(site.home.store / "away")
    try:
        site.start("no-store")
        assert site.ended("no-store").state == "failed"
    finally:
        with suppress(OSError):
            bucket.rmdir()
        (site.home.store / "away").rename(bucket)
    assert site.entries("no-store") == ()
    with pytest.raises(Terminal):
        site.pack("no-store")
