"""`hallmark verify s3://...` against the real embedded server: the right key, a wrong one, and no server."""

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from hallmark.local import programs
from hallmark.local.environment import Place
from hallmark.local.home import Home
from hallmark.local.keeper import answers
from hallmark.local.machine import free_port
from hallmark.local.processes import stop

if TYPE_CHECKING:
    from tests.cli.conftest import Program


@pytest.fixture
def served(hallmark: "Program") -> "Iterator[Program]":
    """The store of the home behind its server, as it is while `up` runs."""
    home, port = Home(root=hallmark.home), free_port()
    clone = hallmark.home.parent
    server = programs.store(Place(home=home, repo=clone, dags=clone, airflow_port=1, store_port=port, login="someone"))
    server.start()
    end = time.monotonic() + 30
    while not answers(port, "/"):
        server.require()
        assert time.monotonic() < end
        time.sleep(0.05)
    yield hallmark.under(HALLMARK_STORE_ENDPOINT=f"http://127.0.0.1:{port}", NO_PROXY="127.0.0.1")
    stop([server], 3)


def verify(program: "Program", *more: str) -> tuple[int, list[str]]:
    address = f"s3://hallmark/packs/card_default/1/{program.case}/1.json"
    done = program.started("verify", address, "--root", program.root, "--at", "2026-11-24T13:00:00Z", *more)
    return done.returncode, done.stdout.splitlines()


def test_through_the_server_the_answer_is_that_of_the_folder(served: "Program") -> None:
    code, lines = verify(served)
    folder = served("verify", served.pack, "--root", served.root, "--at", "2026-11-24T13:00:00Z")
    assert (code, lines) == (folder.returncode, folder.stdout.splitlines())
    assert code in (0, 1)


def test_a_refused_key_is_could_not_tell(served: "Program") -> None:
    file = served.home / "keys" / "store.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"secret_key": "0" * 40}))
    code, lines = verify(served)
    assert (code, lines[-1]) == (3, "verify=could not tell")
    assert "refuse" in lines[-2] or "credentials" in lines[-2]


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:1", "nonsense", ""], ids=["closed", "no-url", "empty"])
def test_a_store_that_does_not_answer_is_never_an_answer(hallmark: "Program", endpoint: str) -> None:
    keys = {"access_key": "A" * 20, "secret_key": "s" * 40}
    (hallmark.home / "keys" / "store.json").write_text(json.dumps(keys))
    code, _ = verify(hallmark.under(HALLMARK_STORE_ENDPOINT=endpoint, NO_PROXY="127.0.0.1"))
    assert code == 3


@pytest.mark.parametrize("damage", ["missing", "damaged", "half", "list"])
def test_damaged_credentials_are_one_sentence(hallmark: "Program", damage: str) -> None:
    file = hallmark.home / "keys" / "store.json"
    contents = {"damaged": "{", "half": '{"access_key": "a"}', "list": "[]"}
    if damage in contents:
        file.write_text(contents[damage])
    gone = hallmark.under(HALLMARK_STORE_ENDPOINT="http://127.0.0.1:1")
    words = ("verify", f"s3://hallmark/packs/card_default/1/{gone.case}/1.json", "--root", gone.root)
    assert str(file) in gone.sentence(*words)
