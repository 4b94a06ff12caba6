"""What Airflow says about a run, read from its database inside the API server."""

from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from sqlalchemy import select

from hallmark.web.pages.site import RunSeen


def seen(dag_id: str, run_id: str) -> RunSeen | None:
    """The state of a run and of its tasks; None when Airflow does not know it."""
    with create_session(scoped=False) as session:
        state = session.scalar(select(DagRun.state).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id))
        if state is None:
            return None
        wanted = select(TaskInstance.task_id, TaskInstance.state)
        rows = session.execute(wanted.where(TaskInstance.dag_id == dag_id, TaskInstance.run_id == run_id)).all()
        return RunSeen(state=str(state), tasks={task: str(of) for task, of in rows if of})
