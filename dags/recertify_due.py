"""What lapses is certified again, once a day; what was opened and never decided is closed as refused."""

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import CronTriggerTimetable, dag

from hallmark.flow import recertify, review


@dag(
    dag_id="recertify_due",
    dag_display_name="Re-certify what is due",
    schedule=CronTriggerTimetable("0 6 * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    tags=["hallmark", "certification"],
    default_args={"owner": "risk-team"},
    doc_md=__doc__,
)
def recertify_due() -> None:
    """Close what hangs, list what is due and what nobody is asked about any more, start a run for each."""
    closed = recertify.close_undecided()
    for task_id, dag_id, found in (
        ("certify", "certify_model", recertify.find_due()),
        ("ask_again", review.DAG, recertify.find_unanswered()),
    ):
        closed >> found
        TriggerDagRunOperator.partial(
            task_id=task_id,
            trigger_dag_id=dag_id,
            logical_date=None,
            skip_when_already_exists=True,
            retries=2,
        ).expand_kwargs(found)


recertify_due()
