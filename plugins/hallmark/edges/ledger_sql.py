"""The order of the ledger: SQLite transactions give every entry its number."""

import contextlib
import os
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path

from hallmark.errors import Tampered, Unavailable

_BUSY_SECONDS = 30.0

_SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE entry (number INTEGER PRIMARY KEY, body BLOB NOT NULL UNIQUE);
CREATE TRIGGER entry_kept BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END;
CREATE TRIGGER entry_fixed BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
"""


class SqlSequencer:
    """`Sequencer` in one SQLite file of mode 0600; threads and processes may share it.

    A file that is absent is an empty log: whoever has the entries elsewhere too must compare before appending.
    """

    def __init__(self, path: Path) -> None:
        """Address the file; touches nothing."""
        self._path = path

    def append(self, entry: bytes) -> int:
        """As the port says; the entry is on disk when this returns. Raises `Unavailable` and `Tampered`."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            found = connection.execute("SELECT number FROM entry WHERE body = ?", (entry,)).fetchone()
            if found is None:
                found = connection.execute("SELECT count(*) FROM entry").fetchone()
                connection.execute("INSERT INTO entry VALUES (?, ?)", (found[0], entry))
            connection.execute("COMMIT")
        return int(found[0])

    def entries(self) -> tuple[bytes, ...]:
        """As the port says. Raises `Unavailable`, and `Tampered` when a number is missing."""
        with self._connection() as connection:
            rows = connection.execute("SELECT number, body FROM entry ORDER BY number").fetchall()
        if any(number != place for place, (number, _) in enumerate(rows)):
            raise Tampered(f"The ledger {self._path} has a gap in its numbers: rebuild it from the store.")
        return tuple(body for _, body in rows)

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Open, and close on every way out; what was not committed is rolled back by closing."""
        try:
            if not self._path.exists():
                self._create()
            with contextlib.closing(_open(self._path)) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                yield connection
        except (OSError, sqlite3.OperationalError) as error:
            raise Unavailable(
                f"The ledger {self._path} does not answer ({error}): check the file and its disk."
            ) from error
        except sqlite3.DatabaseError as error:
            raise Tampered(
                f"The ledger {self._path} is damaged ({error}): "
                "move it away, and the next entry rebuilds it from the store."
            ) from error

    def _create(self) -> None:
        """Make the database beside its place and link it: changing to WAL does not wait for others, it fails."""
        temporary = self._path.with_name(f"{self._path.name}.{uuid.uuid4().hex}")
        # SQLite gives its side files the mode of the database, so only this one has to be made private.
        os.close(os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            with contextlib.closing(_open(temporary)) as connection:
                connection.executescript(_SCHEMA)
            with contextlib.suppress(FileExistsError):
                os.link(temporary, self._path)
        finally:
            temporary.unlink()


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
