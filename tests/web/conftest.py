"""The pages over a real installation, with the real auth manager behind them; only the network is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from airflow.api_fastapi.app import _AuthManagerState
from airflow.configuration import conf
from fastapi import FastAPI
from fastapi.testclient import TestClient

from hallmark import wiring
from hallmark.web.accounts import Role, add
from hallmark.web.auth import HallmarkAuthManager
from hallmark.web.pages.app import app_of
from hallmark.web.pages.site import RunSeen, Site

if TYPE_CHECKING:
    from httpx import Response
    from tests.conftest import Place

SECRET = "a secret of the tests, long enough for the algorithm that signs tokens with it, HS512"
HOST = "http://pages.test"


@dataclass
class Pages:
    """A browser of each role at one installation. `runs` is what Airflow says about runs, by (DAG, run)."""

    place: Place
    site: Site
    client: TestClient
    runs: dict[tuple[str, str], RunSeen] = field(default_factory=dict)

    def get(self, path: str, role: str | None = "viewer", **more: Any) -> Response:
        return self.ask("GET", path, role, **more)

    def ask(self, method: str, path: str, role: str | None = "viewer", **more: Any) -> Response:
        cookies = {} if role is None else {"_token": token(f"the-{role}")}
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} | more.pop("headers", {})
        answer: Response = self.client.request(method, f"/hallmark{path}", headers=headers, **more)
        return answer

    def post(self, path: str, role: str | None = "viewer", headers: Mapping[str, str] | None = None) -> Response:
        """As the button of our own page does it."""
        return self.ask("POST", path, role, headers={"Origin": HOST} if headers is None else dict(headers))


def token(name: str, secret: str = SECRET, **claims: Any) -> str:
    """A token as Airflow signs it, but without the id that it would look up among revoked ones in its database."""
    import time

    now = int(time.time())
    told = {"sub": name, "role": "administrator", "iat": now, "nbf": now, "exp": now + 600, "aud": "apache-airflow"}
    return jwt.encode(told | claims, secret, algorithm="HS512")


@pytest.fixture(scope="session")
def auth_manager() -> Iterator[HallmarkAuthManager]:
    """Ours, in the place where Airflow looks for it."""
    before = _AuthManagerState.instance
    conf.set("api_auth", "jwt_secret", SECRET)
    manager: HallmarkAuthManager = HallmarkAuthManager()  # type: ignore[no-untyped-call]
    _AuthManagerState.instance = manager
    yield manager
    _AuthManagerState.instance = before
    conf.remove_option("api_auth", "jwt_secret")


def pages_of(place: Place, runs: dict[tuple[str, str], RunSeen]) -> Pages:
    site = Site(context=place.context, index=wiring.index(place.home), run=lambda dag, run: runs.get((dag, run)))
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/hallmark", app_of(site))
    client = TestClient(app, base_url=HOST, raise_server_exceptions=True)
    return Pages(place=place, site=site, client=client, runs=runs)


def accounts(keys: Path) -> None:
    """`the-viewer`, `the-reviewer` and so on."""
    for role in Role:
        add(keys, f"the-{role}", role, "correct horse battery")


@pytest.fixture(scope="session")
def pages_world(small_decided_world: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """One certified case and an account of each role; read, never written to."""
    place = small_decided_world.copy(tmp_path_factory.mktemp("pages") / "home")
    accounts(place.home.keys)
    return place


@pytest.fixture
def pages(pages_world: Place, auth_manager: object, monkeypatch: pytest.MonkeyPatch) -> Pages:
    """The pages of an installation with one certified case, `pages.place.case`; for tests that change nothing."""
    monkeypatch.setenv("HALLMARK_HOME", str(pages_world.home.root))
    return pages_of(pages_world, {})


@pytest.fixture
def own_pages(pages_world: Place, tmp_path: Path, auth_manager: object, monkeypatch: pytest.MonkeyPatch) -> Pages:
    """The same over a copy of one's own."""
    place = pages_world.copy(tmp_path / "home")
    monkeypatch.setenv("HALLMARK_HOME", str(place.home.root))
    return pages_of(place, {})
