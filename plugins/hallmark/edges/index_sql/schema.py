"""The tables of the index and how the file is opened; a file of another schema is made anew."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

VERSION = 2
"""Raised with every change of the tables."""

BUSY_SECONDS = 5.0

SCHEMA = """
CREATE TABLE entry (number INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE known (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), checkpoint TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE item (
    "case" TEXT PRIMARY KEY, place INTEGER NOT NULL, model TEXT NOT NULL, version TEXT NOT NULL, cohort TEXT NOT NULL,
    rulebook INTEGER NOT NULL, opened_at TEXT NOT NULL, as_of TEXT, tier TEXT NOT NULL DEFAULT '',
    asked_by TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '', dag_id TEXT NOT NULL DEFAULT '',
    run_id TEXT NOT NULL DEFAULT '', step TEXT NOT NULL, decided INTEGER, number INTEGER NOT NULL DEFAULT 0,
    pack TEXT NOT NULL DEFAULT '', sha256 TEXT NOT NULL DEFAULT '', decision TEXT NOT NULL DEFAULT 'undecided',
    because TEXT NOT NULL DEFAULT '', decided_at TEXT, expires_at TEXT, expires_because TEXT NOT NULL DEFAULT '',
    risk REAL, demo INTEGER NOT NULL DEFAULT 0, read INTEGER NOT NULL DEFAULT 0, fault TEXT NOT NULL DEFAULT '');
CREATE INDEX item_unread ON item (place) WHERE read = 0;
CREATE INDEX item_version ON item (model, version, decided);
CREATE TABLE finding (
    "case" TEXT NOT NULL, control TEXT NOT NULL, severity TEXT NOT NULL, measure TEXT NOT NULL,
    attribute TEXT NOT NULL, "group" TEXT NOT NULL, feature TEXT NOT NULL, reference TEXT NOT NULL,
    status TEXT NOT NULL, effect TEXT NOT NULL, value REAL, low REAL, high REAL, n INTEGER,
    floor REAL, ceiling REAL, tolerance REAL NOT NULL, sentence TEXT NOT NULL);
CREATE INDEX finding_case ON finding ("case");
"""

TABLES = ("finding", "item", "known", "entry")


def connect(path: Path) -> sqlite3.Connection:
    """Open the index, making it where there is none or one of another version."""
    if not path.exists():
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")  # what is lost is read again
    if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
        _make(connection)
    return connection


def empty(connection: sqlite3.Connection) -> None:
    """Forget everything; the caller has begun a transaction."""
    for table in TABLES:
        connection.execute(f"DELETE FROM {table}")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _make(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        if connection.execute("PRAGMA user_version").fetchone()[0] == VERSION:
            return  # somebody else was quicker
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            connection.execute(f'DROP TABLE "{name}"')
        for statement in SCHEMA.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
