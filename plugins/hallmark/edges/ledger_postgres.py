"""The order of the ledger beyond one machine: PostgreSQL transactions, one after the other, number the entries."""

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from hallmark.errors import BadInput, Tampered, Unavailable

_CONNECT_SECONDS = 10

# An index entry of PostgreSQL ends at 2,704 bytes, so bodies are told apart by their digest.
_SCHEMA = """
CREATE TABLE entry (number bigint PRIMARY KEY, body bytea NOT NULL);
CREATE UNIQUE INDEX entry_once ON entry (sha256(body));
CREATE OR REPLACE FUNCTION entry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE 'entries are never changed and never removed' USING ERRCODE = 'restrict_violation'; END
$$;
CREATE TRIGGER entry_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON entry EXECUTE FUNCTION entry_kept();
"""

# Writers wait for each other at a lock of their own: one on the table would need the right to change it.
_TURN = """
SELECT set_config('lock_timeout', '30s', true), pg_advisory_xact_lock(hashtextextended('hallmark ledger', 0))
"""
# A server may be set to answer before the entry is on its disk; here it waits.
_DURABLE = """
SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') IN ('off', 'local')
"""
_FIND = "SELECT number FROM entry WHERE sha256(body) = sha256(%s)"
_INSERT = "INSERT INTO entry SELECT count(*), %s FROM entry RETURNING number"

Connection = psycopg.Connection[tuple[Any, ...]]


class PostgresSequencer:
    """`Sequencer` in one table of a PostgreSQL database; the first append makes it, later ones need SELECT and INSERT.

    A table that is absent is an empty log: whoever has the entries elsewhere too must compare before appending.
    """

    def __init__(self, database: str) -> None:
        """Address `database`, a connection string of libpq that names host and database; connects to nothing.

        A password belongs into the file that its `passfile` names. Raises `BadInput` for any other string.
        """
        parts = _parsed(database)
        self._database, self._name = database, f"{parts['dbname']} on {parts['host']}"

    def append(self, entry: bytes) -> int:
        """As the port says; the entry is on the server's disk when this returns. Raises `Unavailable`, `Tampered`."""
        with self._transaction() as connection:
            connection.execute(_TURN)
            connection.execute(_DURABLE)
            if not _made(connection):
                connection.execute(_SCHEMA)
            found = connection.execute(_FIND, (entry,)).fetchone() or connection.execute(_INSERT, (entry,)).fetchone()
        assert found is not None  # RETURNING gives a row for every row that was inserted
        return int(found[0])

    def entries(self) -> tuple[bytes, ...]:
        """As the port says. Raises `Unavailable`, and `Tampered` when a number is missing."""
        with self._transaction() as connection:
            if not _made(connection):
                return ()
            rows = connection.execute("SELECT number, body FROM entry ORDER BY number").fetchall()
        if any(number != place for place, (number, _) in enumerate(rows)):
            raise Tampered(f"The ledger {self._name} has a gap in its numbers: rebuild it from the store.")
        return tuple(body for _, body in rows)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Connection]:
        """Commit at the end, and roll back on every other way out."""
        try:
            with psycopg.connect(self._database, connect_timeout=_CONNECT_SECONDS) as connection:
                yield connection
        except (psycopg.IntegrityError, psycopg.InternalError) as error:
            why = _first_line(error)
            raise Tampered(f"The ledger {self._name} is damaged ({why}): rebuild it from the store.") from error
        except psycopg.Error as error:
            why = _first_line(error)
            raise Unavailable(
                f"The ledger {self._name} does not answer ({why}): check the server and the right to it."
            ) from error


def _parsed(database: str) -> dict[str, Any]:
    try:
        parts = conninfo_to_dict(database)
    except psycopg.Error:
        parts = {}
    if not (parts.get("host") and parts.get("dbname")):
        # The string itself stays out of the sentence: it can hold a password.
        raise BadInput("The ledger's database must be like postgresql://ledger@host/ledger?passfile=FILE: correct it.")
    return parts


def _made(connection: Connection) -> bool:
    found = connection.execute("SELECT to_regclass('entry') IS NOT NULL").fetchone()
    return bool(found and found[0])


def _first_line(error: psycopg.Error) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
