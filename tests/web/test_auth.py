"""What each role may do in Airflow, asked of the auth manager itself."""

import pytest
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

from hallmark.web.auth import HallmarkAuthManager

ROLES = ["administrator", "risk-analyst", "reviewer", "viewer"]
NOBODY = [None, "", "ADMIN", "admin", "Administrator"]
MANAGER = HallmarkAuthManager.__new__(HallmarkAuthManager)


def user(role: str | None) -> SimpleAuthManagerUser:
    return SimpleAuthManagerUser(username="ann", role=role)


def allowed(may: dict[str, bool]) -> list[str]:
    return [role for role, yes in may.items() if yes]


def test_every_role_sees_runs() -> None:
    may = {role: MANAGER.is_authorized_dag(method="GET", user=user(role)) for role in ROLES}
    assert allowed(may) == ROLES


@pytest.mark.parametrize("entity", [DagAccessEntity.RUN, DagAccessEntity.TASK_INSTANCE, None])
def test_only_analyst_and_administrator_start_and_clear(entity: DagAccessEntity | None) -> None:
    may = {r: MANAGER.is_authorized_dag(method="POST", access_entity=entity, user=user(r)) for r in ROLES}
    assert allowed(may) == ["administrator", "risk-analyst"]


def test_a_reviewer_answers_a_waiting_review_and_a_viewer_does_not() -> None:
    entity = DagAccessEntity.HITL_DETAIL
    may = {r: MANAGER.is_authorized_dag(method="PUT", access_entity=entity, user=user(r)) for r in ROLES}
    assert allowed(may) == ["administrator", "risk-analyst", "reviewer"]


def test_connections_and_variables_are_the_administrators() -> None:
    for ask in (MANAGER.is_authorized_connection, MANAGER.is_authorized_variable):
        assert allowed({role: ask(method="GET", user=user(role)) for role in ROLES}) == ["administrator"]


@pytest.mark.parametrize("role", NOBODY, ids=repr)
def test_a_role_that_is_not_ours_may_nothing(role: str | None) -> None:
    assert not MANAGER.is_authorized_dag(method="GET", user=user(role))
    assert not MANAGER._is_admin(user(role))
