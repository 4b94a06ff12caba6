"""The sequencer on PostgreSQL: the same contract as on SQLite, and what only a server can do to it."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.distributed.servers import Postgres, free_port
from tests.edges.sequencer_contract import SequencerContract

from hallmark.edges.ledger_postgres import PostgresSequencer
from hallmark.errors import BadInput, Tampered, Unavailable

pytestmark = pytest.mark.distributed


@pytest.fixture
def address(database: Postgres) -> Iterator[str]:
    """A new database of the role `writer`, who owns nothing else."""
    name = f"l{uuid.uuid4().hex}"
    with psycopg.connect(database.address("postgres"), autocommit=True) as server:
        server.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'of-one-test'")
        server.execute(f"CREATE DATABASE {name} OWNER {name}")
    yield f"postgresql://{name}:of-one-test@127.0.0.1:{database.port}/{name}"
    with psycopg.connect(database.address("postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} (FORCE)")
        server.execute(f"DROP ROLE {name}")


@pytest.fixture
def sequencer(address: str) -> PostgresSequencer:
    return PostgresSequencer(address)


class TestContract(SequencerContract):
    """Every sentence of the port."""


def test_two_processes_append_fifty_each(address: str) -> None:
    code = (
        "import sys; from hallmark.edges.ledger_postgres import PostgresSequencer\n"
        "sequencer = PostgresSequencer(sys.argv[1]); sys.stdin.read()\n"
        "for number in range(50): print(sequencer.append(f'{sys.argv[2]} {number}'.encode()))"
    )
    running = [_process(code, address, name) for name in ("left", "right")]
    for process in running:
        assert process.stdin
        process.stdin.close()  # both wait for this, so that they start together
    numbers = []
    for process in running:
        assert process.stdout
        numbers.append([int(line) for line in process.stdout])
        assert process.wait(60) == 0
    assert sorted(numbers[0] + numbers[1]) == list(range(100))
    entries = PostgresSequencer(address).entries()
    for name, places in zip(("left", "right"), numbers, strict=True):
        assert [entries[place] for place in places] == [f"{name} {number}".encode() for number in range(50)]


def test_a_writer_that_is_killed_leaves_no_gap_and_no_lock(address: str) -> None:
    code = (
        "import sys, itertools; from hallmark.edges.ledger_postgres import PostgresSequencer\n"
        "sequencer = PostgresSequencer(sys.argv[1])\n"
        "for number in itertools.count(): print(sequencer.append(f'{sys.argv[2]} {number}'.encode()), flush=True)"
    )
    for name in ("one", "two", "three"):
        process = _process(code, address, name)
        assert process.stdout
        told = [int(process.stdout.readline()) for _ in range(5)]
        process.send_signal(signal.SIGKILL)
        told += [int(line) for line in process.stdout if line.endswith("\n")]
        process.wait(10)
        entries = PostgresSequencer(address).entries()
        assert [entries[place] for place in told] == [f"{name} {number}".encode() for number in range(len(told))]
    assert PostgresSequencer(address).append(b"after") == len(PostgresSequencer(address).entries()) - 1


def test_the_right_to_read_and_insert_suffices_once_the_table_is_made(address: str, database: Postgres) -> None:
    PostgresSequencer(address).append(b"a")
    name = address.rpartition("/")[2]
    with psycopg.connect(database.address(name)) as server:
        server.execute(f"CREATE ROLE {name}_task LOGIN PASSWORD 'of-one-test'")
        server.execute(f"GRANT SELECT, INSERT ON entry TO {name}_task")
    task = PostgresSequencer(address.replace(f"//{name}:", f"//{name}_task:"))
    assert (task.append(b"b"), task.append(b"a"), task.entries()) == (1, 0, (b"a", b"b"))
    with psycopg.connect(database.address(name)) as server:
        server.execute(f"DROP OWNED BY {name}_task")
        server.execute(f"DROP ROLE {name}_task")


@pytest.mark.parametrize(
    "statement", ["DELETE FROM entry", "UPDATE entry SET body = ''", "UPDATE entry SET number = 7", "TRUNCATE entry"]
)
def test_the_database_refuses_to_undo(address: str, statement: str) -> None:
    sequencer = PostgresSequencer(address)
    sequencer.append(b"a")
    with psycopg.connect(address) as connection, pytest.raises(psycopg.errors.RestrictViolation, match="never"):
        connection.execute(statement)
    assert sequencer.entries() == (b"a",)


def test_a_gap_is_seen(address: str) -> None:
    sequencer = PostgresSequencer(address)
    for entry in (b"a", b"b", b"c"):
        sequencer.append(entry)
    with psycopg.connect(address) as connection:
        connection.execute("DROP TRIGGER entry_kept ON entry")
        connection.execute("DELETE FROM entry WHERE number = 1")
    with pytest.raises(Tampered, match="gap"):
        sequencer.entries()
    with pytest.raises(Tampered, match="damaged"):
        sequencer.append(b"d")


def test_an_entry_is_on_disk_whatever_the_server_was_set_to(address: str) -> None:
    """A server that answers before it has written would lose the last entries when its machine loses power."""
    name = address.rpartition("/")[2]
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        connection.execute("CREATE TABLE seen (setting text)")
    sequencer = PostgresSequencer(address)
    sequencer.append(b"a")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$"
        )
        connection.execute("CREATE TRIGGER look AFTER INSERT ON entry FOR EACH ROW EXECUTE FUNCTION look()")
    sequencer.append(b"b")
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT setting FROM seen").fetchall() == [("on",)]


def test_a_server_that_is_not_there(database: Postgres) -> None:
    sequencer = PostgresSequencer(f"postgresql://postgres:hidden@127.0.0.1:{free_port()}/ledger")
    for act in (lambda: sequencer.append(b"a"), sequencer.entries):
        with pytest.raises(Unavailable, match=r"The ledger ledger on 127\.0\.0\.1 does not answer") as caught:
            act()
        assert "hidden" not in str(caught.value)


def test_a_wrong_password(address: str) -> None:
    with pytest.raises(Unavailable, match="password authentication failed"):
        PostgresSequencer(address.replace("of-one-test", "wrong")).append(b"a")


def test_a_password_from_its_file(address: str, tmp_path: Path) -> None:
    file = tmp_path / "ledger.pgpass"
    file.write_text("*:*:*:*:of-one-test\n")
    file.chmod(0o600)
    sequencer = PostgresSequencer(f"{address.replace(':of-one-test', '')}?passfile={file}")
    assert sequencer.append(b"a") == 0


@pytest.mark.parametrize(
    "text", ["", "nonsense", "mysql://a/b", "postgresql:///ledger", "postgresql://host", "dbname=a"]
)
def test_what_is_no_database(text: str) -> None:
    with pytest.raises(BadInput, match="postgresql://ledger@host/ledger"):
        PostgresSequencer(text)


def _process(code: str, *words: str) -> "subprocess.Popen[str]":
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )
