"""The tasks of `recertify_due`."""

from datetime import timedelta
from typing import Any

from airflow.sdk import task

from hallmark.flow.tasks import decided


@task(retries=2, retry_delay=timedelta(seconds=5))
def close_undecided() -> None:
    """Refuse every case that was opened and never decided."""
    with decided():
        from hallmark.steps.recertify import close_undecided as step
        from hallmark.wiring import from_environment, now

        for case in step(from_environment(), now()):
            print(f"closed case {case}: it was opened and never decided")


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
