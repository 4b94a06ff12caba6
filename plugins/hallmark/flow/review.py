"""The tasks of `review_case`: two people are asked, each by a form, and what they answered is decided."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Param, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from hallmark.flow import tasks
from hallmark.flow.tasks import asked, decided, only_when, said, show

if TYPE_CHECKING:
    from hallmark.steps.context import Context
    from hallmark.steps.review import Referred

DAG = "review_case"

ANSWERS = ("conditional", "refuse")


def _words(title: str, description: str, **more: Any) -> Param:
    return Param("", title=title, description=description, format="multiline", **({"type": "string"} | more))


FIELDS = {
    "rationale": _words("Rationale", "why, for those who read the pack in ten years"),
    "conditions": _words(
        "Conditions",
        "a line each, beginning with its due date: `2026-12-24 re-fit without paid_0`; none when you refuse",
        type=["string", "null"],
    ),
    "fallback": Param(
        "none",
        type="string",
        enum=["previous-version", "rule-based", "human-decision", "none"],
        title="Fallback",
        description="what takes the place of the model when it has to be switched off",
    ),
    "evidence": _words("Evidence", "text or a link; becomes part of the pack", type=["string", "null"]),
    "minutes": Param(
        15, type="integer", minimum=0, maximum=10000, title="Minutes", description="how long you worked on it"
    ),
}
"""What a reviewer fills in beside the decision."""


class AskPeople(TriggerDagRunOperator):
    """Opens the review of a referred case, once; skips itself for every other verdict."""

    def __init__(self, **kwargs: Any) -> None:
        """Take the usual arguments of a task."""
        super().__init__(
            trigger_dag_id=DAG,
            trigger_run_id=f"{DAG}__unknown",
            # the default would be the moment, and a second try would then be another run
            logical_date=None,
            skip_when_already_exists=True,
            retries=2,
            retry_delay=timedelta(seconds=2),
            **kwargs,
        )

    def execute(self, context: Any) -> None:
        """Read the pack, and start the run whose id follows from the case."""
        with decided():
            run, found = asked(), said()
        only_when(found, "referred")
        self.trigger_run_id = f"review__{run.case}"
        self.conf = {"case": run.case}
        super().execute(context)


class Ask(HITLOperator):
    """Asks one reviewer. What counts is the signed answer in the ledger, never the state of this task."""

    def __init__(self, *, place: int, **kwargs: Any) -> None:
        """Ask as the first reviewer or, where the tier needs one, as the second (`place` 1 or 2)."""
        kwargs.pop("params", None)  # Airflow hands in those of the DAG, which are no fields of the form
        # an answer within a second of the question can meet the end of the process that asked; it is asked again then
        again: dict[str, Any] = {"retries": 3, "retry_delay": timedelta(seconds=5)}
        super().__init__(subject="A case needs people", options=list(ANSWERS), params=dict(FIELDS), **(again | kwargs))
        self.place = place

    def execute(self, context: Any) -> None:
        """Put the question, and wait without holding a slot."""
        with decided():
            from hallmark.steps import asking
            from hallmark.wiring import from_environment

            here = from_environment()
            case = _open(here)
            if asking.taken(here, case, self.place):
                raise AirflowSkipException("the answer of this seat is in the ledger")
            question = asking.asked(here, case)
        profile = case.subject.profile
        if self.place > profile.needed:
            raise AirflowSkipException(f"tier {profile.entry.tier} needs {profile.needed} reviewer")
        self.subject, self.body, self.response_timeout = question.subject, question.body, question.left
        self.assigned_users = [{"id": name, "name": name} for name in question.people]
        super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> None:
        """Sign the answer; what is no answer, or none that counts, is asked for again."""
        if "error" in event:
            raise AirflowSkipException("nobody answered in time")
        with decided():
            objection = _taken(event, self.place)
        if objection:
            print(f"This is not an answer that counts: {objection}. You are asked again.")
            self.execute(context)


def _taken(event: Mapping[str, Any], seat: int) -> str:
    """Enter one answer; returns why it does not count, or nothing."""
    from hallmark.errors import BadInput
    from hallmark.steps.form import filled
    from hallmark.steps.review import answer
    from hallmark.wiring import from_environment

    here = from_environment()
    case = _open(here)
    who = (event.get("responded_by_user") or {}).get("id")
    if not who:
        return "nobody's name came with it"
    try:
        review, evidence = filled(
            case, str(who), seat, (event["chosen_options"] or [""])[0], event["params_input"] or {}, here.now()
        )
    except BadInput as error:
        return str(error)
    return answer(here, case, review, evidence).objection


def _open(here: "Context") -> "Referred":
    """The case of this run. Skips the task when it was decided meanwhile, or when enough people have answered."""
    from hallmark.steps.asking import enough
    from hallmark.steps.review import referred, second

    case = referred(here, case_of_run())
    if second(here, case) is not None:
        raise AirflowSkipException(f"case {case.first.case} is decided")
    if enough(here, case):
        raise AirflowSkipException(f"enough people have answered about case {case.first.case}")
    return case


def case_of_run() -> str:
    """The case that this run is about. Raises `BadInput` for words that `review_case` does not know."""
    from hallmark.errors import BadInput

    here: Any = get_current_context()
    given = here["dag_run"].conf or {}  # the parameters of a task that asks are the fields of its form
    if set(given) != {"case"}:
        raise BadInput(f"{DAG} takes `case` and nothing else; it was given {', '.join(sorted(given)) or 'nothing'}")
    return str(given["case"])


@task(
    task_id="decide",
    trigger_rule="all_done",
    retries=2,
    retry_delay=timedelta(seconds=5),
    map_index_template="{{ verdict }}",
)
def decide() -> None:
    """Decide from the answers in the ledger, sign the second pack, append to the ledger."""
    with decided():
        from hallmark.steps.review import settle
        from hallmark.wiring import from_environment

        verdict = settle(from_environment(), case_of_run()).verdict
        show(verdict.decision, verdict.because)


def mark(decision: str) -> Any:
    """An end mark that reads the second pack."""
    return tasks.mark(decision, _said)


def _said() -> str:
    from hallmark.steps.review import referred, second
    from hallmark.wiring import from_environment

    here = from_environment()
    certification = second(here, referred(here, case_of_run()))
    return certification.verdict.decision if certification else "not there"
