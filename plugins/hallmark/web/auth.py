"""Logging in to Airflow: its simple auth manager, with hashed passwords and roles of our own."""

import os
from pathlib import Path
from typing import Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.base_auth_manager import BaseAuthManager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.auth.managers.simple.datamodels.login import LoginBody, LoginResponse
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from airflow.api_fastapi.auth.managers.simple.utils import parse_login_body
from fastapi import APIRouter, Depends, FastAPI, HTTPException

from hallmark.web.accounts import Role, current_roles, first_run, role_of

# A reviewer reads everything and answers reviews; only a risk analyst starts or clears runs.
STOCK = {
    Role.ADMINISTRATOR: "ADMIN",
    Role.RISK_ANALYST: "USER",
    Role.REVIEWER: "VIEWER",
    Role.VIEWER: "VIEWER",
}

login = APIRouter()


def _keys() -> Path:
    return Path(os.environ["HALLMARK_HOME"]) / "keys"


def _token(body: LoginBody) -> LoginResponse:
    role = role_of(_keys(), body.username, body.password)
    if role is None:
        raise HTTPException(401, "Invalid credentials")
    user = SimpleAuthManagerUser(username=body.username, role=role)
    return LoginResponse(access_token=get_auth_manager().generate_jwt(user=user))


@login.post("/token", status_code=201)
def token(body: LoginBody = Depends(parse_login_body)) -> LoginResponse:  # noqa: B008 - how FastAPI is told
    """Answer the login form and REST clients with a token, or 401."""
    return _token(body)


@login.post("/token/cli", status_code=201)
def token_cli(body: LoginBody) -> LoginResponse:
    """Answer Airflow's own command line with a token, or 401."""
    return _token(body)


class HallmarkAuthManager(SimpleAuthManager):
    """The stock pages and rules of access over the accounts of `hallmark.web.accounts`."""

    def init(self) -> None:
        """Create the first accounts; the stock manager's printed and plain passwords are left out on purpose."""
        BaseAuthManager.init(self)
        first_run(_keys(), os.environ["HALLMARK_LOGIN"])

    def get_fastapi_app(self) -> FastAPI:
        """Return the stock login application with our token routes before the stock ones."""
        app = super().get_fastapi_app()
        assert app is not None
        app.router.routes[:0] = login.routes
        return app

    def deserialize_user(self, token: dict[str, Any]) -> SimpleAuthManagerUser:
        """The user of a token, with the role of this moment: who was removed is out, whatever the token says.

        Raises `KeyError` for a name without an account, which Airflow answers as it does an invalid token.
        """
        name = str(token["sub"])
        return SimpleAuthManagerUser(username=name, role=current_roles(_keys())[name])

    def is_authorized_dag(self, *, user: SimpleAuthManagerUser, **asked: Any) -> bool:
        """Let reviewers answer a waiting review, and everybody what the stock role may do."""
        answering = asked.get("access_entity") is DagAccessEntity.HITL_DETAIL
        if answering and user.role == Role.REVIEWER:
            return True
        return super().is_authorized_dag(user=user, **asked)

    @staticmethod
    def _is_authorized(*, user: SimpleAuthManagerUser, **asked: Any) -> bool:
        return bool(SimpleAuthManager._is_authorized(user=_stock(user), **asked))

    @staticmethod
    def _is_admin(user: SimpleAuthManagerUser) -> bool:
        return bool(SimpleAuthManager._is_admin(_stock(user)))


def _stock(user: SimpleAuthManagerUser) -> SimpleAuthManagerUser:
    try:
        return SimpleAuthManagerUser(username=user.username, role=STOCK[Role(user.role or "")])
    except ValueError:
        return SimpleAuthManagerUser(username=user.username, role=None)
