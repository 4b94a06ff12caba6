"""People decide a case that the numbers refer to them; their answers become its second pack."""

from airflow.sdk import Param, dag

from hallmark.flow import review

DECISIONS = ("conditional", "refused")


@dag(
    dag_id=review.DAG,
    dag_display_name="Review a referred case",
    schedule=None,
    catchup=False,
    max_active_runs=256,
    tags=["hallmark", "review"],
    default_args={"owner": "risk-team"},
    doc_md=__doc__,
    params={"case": Param("", type="string", minLength=1, maxLength=63, title="Case", description="20 digits")},
)
def review_case() -> None:
    """Two people are asked side by side, neither sees the other; then the answers are decided."""
    asked = [
        review.Ask(task_id="first_reviewer", task_display_name="first reviewer", place=1),
        review.Ask(task_id="second_reviewer", task_display_name="second reviewer", place=2),
    ]
    asked >> review.decide() >> [review.mark(decision) for decision in DECISIONS]


review_case()
