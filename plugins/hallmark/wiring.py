"""The only place that chooses implementations and reads configuration."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hallmark.errors import BadInput, Undecidable
from hallmark.local.credentials import store_key
from hallmark.local.environment import BUCKET, HOME, LEDGER, STORE_BUCKET, STORE_ENDPOINT, home_in
from hallmark.local.home import Home
from hallmark.policy.role import KeyUse

if TYPE_CHECKING:
    from hallmark.edges.index_sql import SqlIndex
    from hallmark.policy.subject import ArtifactFormat
    from hallmark.ports import Registry, Sequencer, Signer, Store
    from hallmark.steps.context import Context
    from hallmark.steps.intake import Intake


def from_environment() -> "Context":
    """The context of a process that Airflow runs, from what the services put into its environment."""
    home = home_in(os.environ)
    if home is None:
        raise Undecidable(f"{HOME} is not set; tasks run under the services that `hallmark up` starts.")
    return context(home, endpoint=None)


def of_task() -> "Context":
    """The context of one task, which reads nothing twice."""
    from hallmark.edges.read_once import ReadOnce

    whole = from_environment()
    return replace(whole, store=ReadOnce(whole.store))


def context(home: Home, *, endpoint: str | None) -> "Context":
    """Wire one installation; `endpoint` is that of its embedded S3 server, None where none runs."""
    from hallmark.steps.context import Context

    return Context(
        store=store(home, endpoint=endpoint),
        sequencer=sequencer(home),
        registry=registry(home),
        root=root(home),
        work=home.work,
        signer=partial(signer, home),
        inspect=_inspect,
        score=partial(_score, home),
        now=now,
    )


def store(home: Home, *, endpoint: str | None) -> "Store":
    """The S3 store at `endpoint`, else at the configured one; without any the folder that the embedded one serves."""
    bucket, endpoint = os.environ.get(STORE_BUCKET, BUCKET), endpoint or os.environ.get(STORE_ENDPOINT)
    if endpoint is None:
        from hallmark.edges.directory import DirectoryStore

        return DirectoryStore(home.store / bucket)
    from hallmark.edges.s3 import S3Store

    if not home.store_credentials.is_file():
        raise BadInput(f"{home.store_credentials}: no credentials of the store here; `hallmark up` makes them")
    key = store_key(home)
    return S3Store(endpoint=endpoint, bucket=bucket, access_key=key.access_key, secret_key=key.secret_key)


def prepare_store(home: Home, *, endpoint: str | None) -> None:
    """Make the bucket, or its folder, where there is none."""
    from hallmark.edges.directory import DirectoryStore
    from hallmark.edges.s3 import S3Store

    place = store(home, endpoint=endpoint)
    if isinstance(place, S3Store):
        place.ensure_bucket()
    elif isinstance(place, DirectoryStore):
        place.ensure_root()


def sequencer(home: Home) -> "Sequencer":
    """The order of the ledger: the configured PostgreSQL database, else the SQLite file of this home."""
    if database := os.environ.get(LEDGER):
        from hallmark.edges.ledger_postgres import PostgresSequencer

        return PostgresSequencer(database)
    from hallmark.edges.ledger_sql import SqlSequencer

    return SqlSequencer(home.ledger)


def registry(home: Home) -> "Registry":
    """The registry of this installation."""
    from hallmark.edges.folder_registry import FolderRegistry

    return FolderRegistry(home.registry)


def index(home: Home) -> "SqlIndex":
    """The index of the pages."""
    from hallmark.edges.index_sql import SqlIndex

    return SqlIndex(home.index)


def intake(home: Home) -> "Intake":
    """What this installation adds to the rules of the clone."""
    from hallmark.steps.intake import Intake

    return Intake(home.rules)


def throwaway(folder: Path) -> "Context":
    """An installation in `folder` with keys of its own, whatever is configured: what is decided there binds nobody."""
    from hallmark.edges.directory import DirectoryStore
    from hallmark.edges.folder_registry import FolderRegistry
    from hallmark.edges.ledger_sql import SqlSequencer
    from hallmark.steps.context import Context

    home = Home(root=folder)
    found(home, name="preview", demo=True)
    place = DirectoryStore(home.store)
    place.ensure_root()
    return Context(
        store=place,
        sequencer=SqlSequencer(home.ledger),
        registry=FolderRegistry(home.registry),
        root=root(home),
        work=home.work,
        signer=partial(signer, home),
        inspect=_inspect,
        score=partial(_score, home),
        now=now,
    )


def root_path(home: Home) -> Path:
    """Where the root of this installation lies; its copy at the verifier's is what counts."""
    return home.root / "root.json"


def root(home: Home) -> bytes:
    """The root of this installation. Raises `BadInput` before it was founded."""
    path = root_path(home)
    if not path.is_file():
        raise BadInput(f"{path}: no root here; `hallmark rulebook publish` founds this installation")
    return path.read_bytes()


def signer(home: Home, use: KeyUse) -> "Signer":
    """The key of one use, from its 0600 file."""
    from hallmark.edges.key_file import KeyFile

    return KeyFile.load(_key_path(home, use))


def found(home: Home, *, name: str, demo: bool) -> bool:
    """Make the keys and the root of an installation that has none; True when it was founded now."""
    from hallmark.edges.key_file import KeyFile
    from hallmark.steps.found import root_of

    home.create()
    for use in KeyUse:
        if not _key_path(home, use).exists():
            KeyFile.create(_key_path(home, use))
    if root_path(home).exists():
        return False
    partial_path = root_path(home).with_suffix(".partial")
    partial_path.write_bytes(root_of(name, signer(home, KeyUse.PUBLISHER), demo=demo))
    partial_path.replace(root_path(home))
    return True


def now() -> datetime:
    """The clock, to the second, in UTC."""
    return datetime.now(UTC).replace(microsecond=0)


def _key_path(home: Home, use: KeyUse) -> Path:
    return home.keys / f"{use}.key"


def _inspect(data: bytes, format: "ArtifactFormat") -> tuple[str, ...]:
    from hallmark.edges.artifact import inspect

    return inspect(data, format).problems


def _score(home: Home, **asked: object) -> str:
    from hallmark.edges.scorer import score as run

    return run(hide=home.hidden, spare=home.spare, **asked).words  # type: ignore[arg-type]
