"""Airflow's database: free, held, of this version, of another, or none at all."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hallmark.errors import BadInput, Unavailable
from hallmark.local import programs
from hallmark.local.database import is_strange, require_free, stamp
from hallmark.local.environment import Place
from hallmark.local.home import Home
from hallmark.local.preload import database_mark


@pytest.fixture
def place(tmp_path: Path) -> Place:
    home = Home(root=tmp_path / "h").create()
    return Place(home=home, repo=tmp_path, dags=tmp_path, airflow_port=1, store_port=2, login="ann")


def made(place: Place, revision: str = "one") -> Path:
    file = programs.database(place)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
    return file


def test_the_first_start_makes_the_tables_and_the_second_does_not(place: Place) -> None:
    assert programs.migration(place) is not None
    made(place)
    programs.migrated(place)
    assert programs.migration(place) is None


def test_a_database_that_was_cut_short_is_made_again(place: Place) -> None:
    made(place)
    assert programs.migration(place) is not None


def test_after_another_version_of_airflow_the_tables_are_renewed(place: Place) -> None:
    made(place)
    database_mark(place.home.airflow).write_text("2.10.0 zero")
    assert programs.migration(place) is not None
    assert not database_mark(place.home.airflow).exists(), "the scheduler waits for it"


def test_a_file_that_was_moved_away_is_made_again(place: Place) -> None:
    file = made(place)
    programs.migrated(place)
    file.unlink()
    assert programs.migration(place) is not None


def test_tables_that_somebody_else_changed_are_refused(place: Place) -> None:
    file = made(place)
    programs.migrated(place)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'two'")
    with pytest.raises(BadInput, match="is of another version of Airflow than"):
        programs.migration(place)
    assert database_mark(place.home.airflow).exists(), "and the next start refuses them too"


@pytest.mark.parametrize("kind", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_held_file_is_one_sentence_and_free_again_afterwards(place: Place, kind: str) -> None:
    file = made(place)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute(f"BEGIN {kind}")
        with pytest.raises(Unavailable, match="is locked by another program: end that program"):
            require_free(file)
    require_free(file)


def test_reading_needs_no_lock(place: Place) -> None:
    """Airflow itself may write at the moment when the tables are noted."""
    file = made(place)
    with closing(sqlite3.connect(file, isolation_level=None)) as airflow:
        airflow.execute("PRAGMA journal_mode = WAL")
        airflow.execute("BEGIN IMMEDIATE")
        assert stamp(file).endswith(" one")


@pytest.mark.parametrize("how", ["text", "folder"])
def test_what_is_no_database_is_one_sentence(place: Place, how: str) -> None:
    file = programs.database(place)
    file.mkdir() if how == "folder" else file.write_bytes(b"no database, whatever its name says" * 99)
    with pytest.raises(BadInput, match=r"is not Airflow's database .*: move it away"):
        programs.migration(place)


def test_only_tables_that_were_complete_under_our_own_version_can_be_strange(place: Place) -> None:
    ours = stamp(made(place))
    version = ours.removesuffix(" one")
    assert is_strange(ours, f"{version} two")
    assert not is_strange(ours, ours)
    assert not any(is_strange(ours, noted) for noted in ("", version, "2.10.0 zero"))
