"""Airflow's database, one SQLite file: whether it can be used at all, and whose tables it holds."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path

from hallmark.errors import BadInput, Unavailable

BUSY_SECONDS = 2.0

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_MEND = "move it away, and the next start makes a new one (it holds the runs that the UI shows; every pack stays)"


def require_free(file: Path) -> None:
    """Return when nobody else holds `file` for writing. Raises `Unavailable`, or `BadInput` for no database."""
    with _opened(file) as connection:
        connection.execute("BEGIN IMMEDIATE")


def stamp(file: Path) -> str:
    """Return our version of Airflow and the revision of the tables in `file`. Raises as `require_free`."""
    with _opened(file) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE name = 'alembic_version'").fetchall()
        rows = connection.execute("SELECT version_num FROM alembic_version").fetchall() if tables else []
    return f"{version('apache-airflow')} {' '.join(sorted(str(name) for (name,) in rows))}"


def is_strange(found: str, noted: str) -> bool:
    """Whether tables that were `noted` under our own version of Airflow were changed by somebody else since."""
    return noted != found and noted.startswith(f"{version('apache-airflow')} ")


def of_another_version(file: Path) -> BadInput:
    """Return the refusal of a database that our version of Airflow cannot work with."""
    ours = version("apache-airflow")
    return BadInput(f"Airflow's database {file} is of another version of Airflow than {ours}: {_MEND}.")


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            yield connection
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in _BUSY:  # the low byte is the kind, the rest its detail
            raise Unavailable(
                f"Airflow's database {file} is locked by another program: end that program and run it again."
            ) from error
        raise BadInput(f"{file} is not Airflow's database ({error}): {_MEND}.") from error
