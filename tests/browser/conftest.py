"""A real Airflow with an account of each role and a registered model, and Chromium in front of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from hallmark import wiring
from hallmark.cli.rulebook import publish_current
from hallmark.local.home import Home
from hallmark.local.rest import Rest
from hallmark.local.services import Services, running
from hallmark.web.accounts import Role, add

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Page
    from tests.conftest import Place

REPO = Path(__file__).parents[2]
PASSWORD = "correct horse battery"
MODEL = "card_default"
SECONDS = 120_000
"""Milliseconds that a page may take on a machine that does other things too."""


def chromium() -> str:
    """Where Chromium is; the tests fail without it, since a page that nobody looked at is not tested."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("There is no Chromium here: install it (on Debian: sudo apt-get install chromium).", pytrace=False)
    return found


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a window looks: width in pixels, dark or light."""

    name: str
    width: int
    dark: bool = False


LOOKS = (Look(name="light", width=1280), Look(name="dark", width=1280, dark=True), Look(name="narrow", width=390))


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Airflow's address and a browser; `rest` is the administrator's."""

    home: Home
    services: Services
    rest: Rest
    browser: Browser

    @property
    def url(self) -> str:
        return self.services.airflow_url

    def token(self, role: str) -> str:
        body = {"username": f"the-{role}", "password": PASSWORD}
        return str(httpx.post(f"{self.url}/auth/token", json=body, timeout=60).json()["access_token"])

    def ask(self, role: str | None, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Origin": self.url} | ({} if role is None else {"Authorization": f"Bearer {self.token(role)}"})
        return httpx.request(method, self.url + path, headers=headers, timeout=60, follow_redirects=False, **more)

    @contextmanager
    def page(self, role: str = "risk-analyst", look: Look = LOOKS[0], name: str = "") -> Iterator[Page]:
        """A window in which `name`, or the one with `role`, has logged in through the form."""
        scheme: Any = "dark" if look.dark else "light"
        context = self.browser.new_context(
            viewport={"width": look.width, "height": 900}, color_scheme=scheme, accept_downloads=True
        )
        context.set_default_timeout(SECONDS)
        page = context.new_page()
        page.goto(self.url)
        page.fill("input[name=username]", name or f"the-{role}")
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "login" not in url)
        yield page
        context.close()

    def shot(self, page: Page, name: str, height: int = 900) -> None:
        """Keep a picture of the window where the documents show one; only `make screenshots` asks for it."""
        if folder := os.environ.get("SCREENSHOTS"):
            page.set_viewport_size({"width": 1280, "height": height})
            page.wait_for_timeout(2000)  # what moves on the page has come to rest; Airflow's own pages never do
            page.screenshot(path=Path(folder) / f"{name}.png")

    def framed(self, page: Page, path: str) -> Frame:
        """Go to a page of Airflow, and return our frame in it."""
        page.goto(self.url + path)
        handle = page.wait_for_selector("iframe")
        frame = handle.content_frame() if handle else None
        assert frame is not None
        frame.wait_for_selector("h1")
        return frame


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # its own sandbox needs rights that a container does not have; it sees nothing but our own pages
        window = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield window
        window.close()


@pytest.fixture(scope="session")
def seat(browser: Browser, decided: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seat]:
    """Everything running, with the card example registered."""
    home = Home(root=tmp_path_factory.mktemp("browser") / "home").create()
    wiring.found(home, name="hallmark-test", demo=True)
    wiring.prepare_store(home, endpoint=None)
    publish_current(wiring.context(home, endpoint=None), REPO)
    shutil.copytree(decided.home.registry, home.registry, dirs_exist_ok=True)
    for role in Role:
        add(home.keys, f"the-{role}", role, PASSWORD)
    with running(home, REPO, say=lambda _: None) as services:
        password = home.administrator_password.read_text("utf-8").strip()
        with Rest(services.airflow_url, "administrator", password) as rest:
            rest.await_dag("certify_model")
            rest.await_dag("review_case")
            yield Seat(home=home, services=services, rest=rest, browser=browser)


@pytest.fixture(scope="session")
def certified(seat: Seat) -> str:
    """The run id of a decided case."""
    import time

    conf = {"model": MODEL, "version": "1", "reason": "for the pages"}
    run = seat.rest.trigger("certify_model", run_id="for_the_pages", conf=conf)
    end = time.monotonic() + 300
    while not seat.rest.run("certify_model", run.run_id).finished:
        assert time.monotonic() < end, "the run did not end"
        time.sleep(1)
    return run.run_id


Serious = Callable[[Any], list[str]]


@pytest.fixture(scope="session")
def serious() -> Serious:
    """What axe finds in a frame or page that is serious or critical, a line each."""
    from importlib.resources import files

    engine = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")

    def look(frame: Any) -> list[str]:
        frame.evaluate(engine)
        result = frame.evaluate("axe.run().then(result => ({found: result.violations, fine: result.passes.length}))")
        assert result["fine"] > 8, "axe has looked at nothing"
        return [
            f"{one['id']}: {node['html'][:160]}"
            for one in result["found"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]

    return look
