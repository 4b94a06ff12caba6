"""One certification of one model version on one cohort."""

from airflow.sdk import TaskGroup, dag

from hallmark.assess.registry import ASSESSED
from hallmark.flow import form, review, tasks

DECISIONS = ("certified", "conditional", "refused", "referred")


@dag(
    dag_id="certify_model",
    dag_display_name="Certify a model",
    schedule=None,
    catchup=False,
    max_active_runs=64,
    tags=["hallmark", "certification"],
    default_args={"owner": "risk-team"},
    doc_md=__doc__,
    params=form.asked_for(),
)
def certify_model() -> None:
    """Open, vet, score, assess, decide; the end marks show the verdict in the grid."""
    opened, vetted, scored = tasks.open_case(), tasks.vet(), tasks.score()
    with TaskGroup("assess", prefix_group_id=False):
        assessed = [tasks.assess(each.name, each.title, each.tool) for each in ASSESSED]
    decided = tasks.gate()
    marks = {decision: tasks.mark(decision) for decision in DECISIONS}
    opened >> vetted >> scored >> assessed >> decided >> list(marks.values())
    marks["referred"] >> review.AskPeople(task_id="ask_people", task_display_name="ask people")


certify_model()
