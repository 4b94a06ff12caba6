"""The tasks of `recertify_due`."""

from datetime import timedelta
from typing import Any

from airflow.sdk import get_current_context, task

from hallmark.flow.tasks import decided


@task(retries=2, retry_delay=timedelta(seconds=5))
def close_undecided() -> None:
    """Refuse every case that was opened and never decided, or that nobody answered in time."""
    with decided():
        from hallmark.steps.sweep import close_undecided as step
        from hallmark.wiring import from_environment, now

        for case in step(from_environment(), now()):
            print(f"closed case {case}: nothing and nobody decided it in time")


@task(retries=2, retry_delay=timedelta(seconds=5), trigger_rule="all_done")
def find_due() -> list[dict[str, Any]]:
    """List what lapses, each with the run that certifies it again; the run checks for itself that it is due."""
    with decided():
        from hallmark.steps.recertify import due
        from hallmark.wiring import from_environment, now

        found = due(from_environment(), now())
    for item in found:
        print(f"{item.run_id}: {item.reason}")
    return [
        {
            "trigger_run_id": item.run_id,
            "conf": {"model": item.model, "version": item.version, "cohort": item.cohort, "reason": item.reason},
        }
        for item in found
    ]


@task(retries=2, retry_delay=timedelta(seconds=5), trigger_rule="all_done")
def find_unanswered() -> list[dict[str, Any]]:
    """List the referred cases that no run asks about any more: it failed, was deleted, or ended without a decision."""
    with decided():
        from hallmark.steps.sweep import unanswered
        from hallmark.wiring import from_environment, now

        found = unanswered(from_environment(), now())
    runs = ((case, _run_to_start(case)) for case in found)
    return [{"trigger_run_id": run, "conf": {"case": case}} for case, run in runs if run]


def _run_to_start(case: str) -> str:
    """The id of the next try; empty while a run still asks."""
    here: Any = get_current_context()["ti"]
    for number in range(1, 1000):
        run = f"review__{case}" if number == 1 else f"review__{case}__{number}"
        if not here.get_dr_count(dag_id="review_case", run_ids=[run]):
            return run
        if here.get_dagrun_state(dag_id="review_case", run_id=run) in ("queued", "running"):
            return ""
    return ""
