"""Refusals that need no running service."""

import socket
from pathlib import Path

import pytest

from hallmark.errors import BadInput, Unavailable
from hallmark.local.home import Home
from hallmark.local.machine import free_port
from hallmark.local.rest import Rest
from hallmark.local.services import Services, down, up


def test_a_taken_port_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadInput, match=rf"^Port {port} on 127.0.0.1 is taken by another program: choose another"):
            up(Home(root=tmp_path / "h"), tmp_path, port=port)
    assert not list((tmp_path / "h" / "logs").iterdir())


def test_stopping_nothing_says_so(tmp_path: Path) -> None:
    said: list[str] = []
    assert down(Home(root=tmp_path / "h"), say=said.append) is False
    assert said == ["nothing to stop: make up runs nothing here"]


def test_nobody_answering_is_one_sentence() -> None:
    with pytest.raises(Unavailable, match=r"^Airflow on http://127.0.0.1:\d+ does not answer"):
        Rest(f"http://127.0.0.1:{free_port()}", "ann", "x")


def test_a_missing_password_is_one_sentence(tmp_path: Path) -> None:
    services = Services(
        home=Home(root=tmp_path), airflow_url="http://127.0.0.1:9", store_endpoint="", login="ann", kept=False, pid=1
    )
    with pytest.raises(Unavailable, match=r"The password of ann is not in .*ann\.password"):
        services.rest()
