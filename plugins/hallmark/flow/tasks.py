"""The tasks of `certify_model`: each derives the case from its run, calls one step, and hands on nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

if TYPE_CHECKING:
    from hallmark.steps.open_case import Run

CONF = ("model", "version", "cohort", "reason")


@contextmanager
def decided() -> Iterator[None]:
    """Let Airflow try again what the world may heal, and nothing else."""
    from hallmark.errors import Terminal

    try:
        yield
    except Terminal as error:
        raise AirflowFailException(str(error)) from error


def asked() -> "Run":
    """The run that this task belongs to. Raises `BadInput` for words that `certify_model` does not know."""
    from hallmark.errors import BadInput
    from hallmark.steps.open_case import Run

    here: Any = get_current_context()
    run = here["dag_run"]
    given = {**here["params"], **(run.conf or {})}
    unknown = sorted(set(given) - set(CONF))
    if unknown:
        raise BadInput(f"certify_model takes {', '.join(CONF)} and nothing else; remove {', '.join(unknown)}")
    words = {name: str(given.get(name) or "") for name in CONF}
    return Run(dag_id=run.dag_id, run_id=run.run_id, asked_by=run.triggering_user_name or run.run_type, **words)


@task(task_id="open_case", task_display_name="open case", retries=1, retry_delay=timedelta(seconds=2))
def open_case() -> None:
    """Open the case: subject, cohort and rulebook in force become the list of what is expected."""
    with decided():
        from hallmark.steps.due_again import as_due
        from hallmark.steps.open_case import open_case as step
        from hallmark.wiring import of_task

        context = of_task()
        step(context, as_due(context, asked()))


def _step(task_id: str, name: str, doc: str, step: Callable[[Any, str], object], minutes: int = 15) -> Any:
    """A task that runs `step` on the case of its run."""

    @task(
        task_id=task_id,
        task_display_name=name,
        doc_md=doc,
        # what was killed is not measured again in the same case: its findings stay open, and a person decides
        retries=0,
        execution_timeout=timedelta(minutes=minutes),
    )
    def run() -> None:
        with decided():
            from hallmark.wiring import of_task

            step(of_task(), asked().case)

    return run()


def vet() -> Any:
    """The task that looks at the artifact without loading it, at digests and at declarations."""

    def step(context: Any, case: str) -> None:
        from hallmark.steps.vet import vet

        vet(context, case)

    return _step("vet", "vet", "Is the artifact safe to load at all? Are the declared facts there?", step)


def score() -> Any:
    """The task in which the model predicts, in a child process without network and secrets."""

    def step(context: Any, case: str) -> None:
        from hallmark.steps.score import score

        score(context, case)

    return _step("score", "score", "The model predicts once, in a child process without network and secrets.", step)


def assess(dimension: str, title: str, tool: str) -> Any:
    """The task that measures one dimension."""

    def step(context: Any, case: str) -> None:
        from hallmark.steps.assess import assess

        assess(context, case, dimension)

    return _step(dimension, title.lower(), f"{title}, measured with {tool}. Observations only: the gate decides.", step)


@task(
    task_id="gate",
    trigger_rule="all_done",
    retries=2,
    retry_delay=timedelta(seconds=2),
    map_index_template="{{ verdict }}",
    execution_timeout=timedelta(minutes=10),
)
def gate() -> None:
    """Check the signed steps, decide, sign, write the pack, append to the ledger."""
    with decided():
        from hallmark.steps.gate import gate as step
        from hallmark.wiring import of_task

        verdict = step(of_task(), asked().case).verdict
        show(verdict.decision, verdict.because)


def show(decision: str, because: str) -> None:
    """Put the verdict beside the task in Airflow's list."""
    here: Any = get_current_context()
    here["verdict"] = f"{decision}: {because}"[:240]


def said() -> str:
    """What the first pack of this run's case says. Raises `Missing` when there is none."""
    from hallmark.steps.packs import read_pack
    from hallmark.wiring import of_task

    run = asked()
    return read_pack(of_task(), run.model, run.version, run.case).verdict.decision


def mark(decision: str, said: Callable[[], str] = said) -> Any:
    """An end mark: reads the pack, fails without one, and skips itself unless the pack says `decision`."""

    @task(task_id=decision, task_display_name=decision.capitalize())
    def end() -> None:
        with decided():
            found = said()
        only_when(found, decision)

    return end()


def only_when(said: str, wanted: str) -> None:
    """Skip this task unless the pack says what it marks."""
    if said != wanted:
        raise AirflowSkipException(f"the verdict is {said}")
