"""What lapses is certified again, once a day; what was opened and never decided is closed as refused."""

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import CronTriggerTimetable, dag

from hallmark.flow import recertify


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
    """Close what hangs, list what is due, start a certification for each."""
    certify = TriggerDagRunOperator.partial(
        task_id="certify",
        trigger_dag_id="certify_model",
        logical_date=None,
        skip_when_already_exists=True,
        retries=2,
    )
    found = recertify.find_due()
    recertify.close_undecided() >> found
    certify.expand_kwargs(found)


recertify_due()
