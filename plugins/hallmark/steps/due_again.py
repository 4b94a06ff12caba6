"""A run that says it is a re-certification must be due: its list travelled through a place that people can write to."""

from dataclasses import replace

from hallmark.errors import BadInput
from hallmark.evidence.case import read_steps
from hallmark.policy.role import KeyUse
from hallmark.steps.context import Context
from hallmark.steps.open_case import OPEN, Run
from hallmark.steps.recertify import PREFIX, due


def as_due(context: Context, run: Run) -> Run:
    """Return `run` with the causes that hold now as its reason; a run that people started is returned as it is.

    Raises `BadInput` when the run claims to be due and is not.
    """
    if not run.run_id.startswith(PREFIX) or _opened(context, run.case):
        return run
    for item in due(context, context.now()):
        if _without_day(item.run_id) == _without_day(run.run_id):
            return replace(run, model=item.model, version=item.version, cohort=item.cohort, reason=item.reason)
    raise BadInput(
        f"run {run.run_id[:120]} claims to be due for re-certification and is not; `hallmark due` lists what is"
    )


def _without_day(run_id: str) -> str:
    """A run may wait over midnight and still be due."""
    return run_id.rpartition("__")[0]


def _opened(context: Context, case: str) -> bool:
    return bool(read_steps(context.store, case, OPEN, context.chain().latest.keys(KeyUse.WORKER)))
