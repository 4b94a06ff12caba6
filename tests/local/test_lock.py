"""One holder per home, known by its lock and not by what it wrote."""

from pathlib import Path

import pytest

from hallmark.errors import BadInput
from hallmark.local import lock
from hallmark.local.home import Home
from hallmark.local.lock import Held, hold, holder, note

HELD = Held(pid=1, airflow_port=2, store_port=3, login="ann", detached=True, ready=True)


def test_nobody_holds_a_home_that_does_not_exist(tmp_path: Path) -> None:
    assert holder(Home(root=tmp_path / "none")) is None
    assert not (tmp_path / "none").exists()


def test_the_note_counts_while_the_lock_is_held_and_not_after(tmp_path: Path) -> None:
    home = Home(root=tmp_path / "h").create()
    with hold(home):
        assert holder(home) is None
        note(home, HELD)
        assert holder(home) == HELD
    assert holder(home) is None


def test_a_note_left_behind_by_a_killed_holder_says_nothing(tmp_path: Path) -> None:
    home = Home(root=tmp_path / "h").create()
    note(home, HELD)
    assert holder(home) is None


def test_a_second_holder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 0.1)
    home = Home(root=tmp_path / "h").create()
    with hold(home), pytest.raises(BadInput, match="Somebody else runs services"), hold(home):
        raise AssertionError("two holders")
