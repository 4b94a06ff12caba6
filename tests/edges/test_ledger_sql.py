"""The sequencer on SQLite: numbers without gaps, from threads and processes at once, and nothing undone."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.edges.sequencer_contract import SequencerContract

from hallmark.edges.ledger_sql import SqlSequencer
from hallmark.errors import Tampered, Unavailable


class TestContract(SequencerContract):
    """Every sentence of the port."""

    @pytest.fixture
    def sequencer(self, tmp_path: Path) -> SqlSequencer:
        return SqlSequencer(tmp_path / "ledger.sqlite")


@settings(deadline=None)  # each append waits for the disk
@given(st.lists(st.binary(max_size=2), max_size=8))
def test_is_a_list_without_repeats(tmp_path_factory: pytest.TempPathFactory, appended: list[bytes]) -> None:
    sequencer = SqlSequencer(tmp_path_factory.mktemp("ledger") / "ledger.sqlite")
    model: list[bytes] = list(dict.fromkeys(appended))
    assert [sequencer.append(entry) for entry in appended] == [model.index(entry) for entry in appended]
    assert list(sequencer.entries()) == model


def test_survives_reopening(tmp_path: Path) -> None:
    SqlSequencer(tmp_path / "ledger.sqlite").append(b"a")
    again = SqlSequencer(tmp_path / "ledger.sqlite")
    assert again.append(b"b") == 1
    assert list(again.entries()) == [b"a", b"b"]


def test_two_processes_append_fifty_each(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    code = (
        "import pathlib, sys; from hallmark.edges.ledger_sql import SqlSequencer\n"
        "sequencer = SqlSequencer(pathlib.Path(sys.argv[1])); sys.stdin.read()\n"
        "for number in range(50): print(sequencer.append(f'{sys.argv[2]} {number}'.encode()))"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code, path, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for name in ("left", "right")
    ]
    for process in running:
        assert process.stdin
        process.stdin.close()  # both wait for this, so that they start together
    numbers = []
    for process in running:
        assert process.stdout
        numbers.append([int(line) for line in process.stdout])
        assert process.wait(60) == 0
    assert sorted(numbers[0] + numbers[1]) == list(range(100))
    entries = list(SqlSequencer(path).entries())
    for name, places in zip(("left", "right"), numbers, strict=True):
        assert [entries[place] for place in places] == [f"{name} {number}".encode() for number in range(50)]


def test_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    previous = os.umask(0)
    try:
        SqlSequencer(path).append(b"a")
        with sqlite3.connect(path) as open_elsewhere:  # keeps the side files in being
            open_elsewhere.execute("SELECT * FROM entry").fetchall()
            SqlSequencer(path).append(b"b")
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
        open_elsewhere.close()
    finally:
        os.umask(previous)
    assert set(modes.values()) == {0o600}
    assert "ledger.sqlite-wal" in modes


@pytest.mark.parametrize(
    "statement", ["DELETE FROM entry", "UPDATE entry SET body = x'00'", "UPDATE entry SET number = 7"]
)
def test_the_database_refuses_to_undo(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "ledger.sqlite"
    SqlSequencer(path).append(b"a")
    with pytest.raises(sqlite3.IntegrityError, match="never"):
        sqlite3.connect(path).execute(statement)
    assert list(SqlSequencer(path).entries()) == [b"a"]


def test_a_gap_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    sequencer = SqlSequencer(path)
    for entry in (b"a", b"b", b"c"):
        sequencer.append(entry)
    with sqlite3.connect(path) as connection:
        connection.executescript("DROP TRIGGER entry_kept; DELETE FROM entry WHERE number = 1;")
    connection.close()
    with pytest.raises(Tampered, match="gap"):
        sequencer.entries()
    with pytest.raises(Tampered):
        sequencer.append(b"d")


def test_what_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"not a database, and long enough to be looked at " * 50)
    sequencer = SqlSequencer(tmp_path / "ledger.sqlite")
    for act in (lambda: sequencer.append(b"a"), sequencer.entries):
        with pytest.raises(Tampered, match=r"rebuilds? it from the store"):
            act()


@pytest.mark.parametrize("place", ["absent/ledger.sqlite", "."])
def test_a_place_that_cannot_be_opened(tmp_path: Path, place: str) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        SqlSequencer(tmp_path / place).append(b"a")
