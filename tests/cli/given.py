"""A world in which a command is run, and everything that can be wrong in it, by the name that `words.yaml` gives it."""

import json
import re
import shutil
import socket
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hallmark import wiring
from hallmark.cli.main import main
from hallmark.local.database import stamp
from hallmark.local.home import Home

if TYPE_CHECKING:
    from tests.conftest import Place

CLONE = Path(__file__).parents[2]
Patch = pytest.MonkeyPatch
ANY = {
    "sha256": r"[0-9a-f]{64}",
    "time": r"[0-9-]{10}T[0-9:]{8}Z",
    "controls": r"[a-z-]+/[A-Z]+-\d+(, [a-z-]+/[A-Z]+-\d+)*",
    "commands": r"'[a-z]+'(, '[a-z]+')*",
}
"""What differs from run to run, by its placeholder in the table."""


@dataclass(frozen=True, kw_only=True)
class World:
    """A home with the decided card example, in an empty folder with a space in its name, which commands run in."""

    cwd: Path
    place: "Place"
    port: int
    kept: list[socket.socket | sqlite3.Connection] = field(default_factory=list)
    """What stays open while a command runs."""

    @property
    def home(self) -> Path:
        return self.place.home.root

    @property
    def store(self) -> Path:
        return self.home / "store" / "hallmark"

    @property
    def pack(self) -> Path:
        return self.store / "packs" / "card_default" / "1" / self.place.case / "1.json"

    def filled(self, text: str) -> str:
        """`text` with what is known of this world in its placeholders."""
        for name in ("cwd", "pack", "store", "home", "port"):
            text = text.replace(f"{{{name}}}", str(getattr(self, name)))
        return text.replace("{case}", self.place.case).replace("{clone}", str(CLONE))

    def pattern(self, text: str) -> str:
        """The regular expression of a sentence of the table."""
        found = re.escape(self.filled(text))
        for name, spelled in ANY.items():
            found = found.replace(re.escape(f"{{{name}}}"), spelled)
        return found

    def incoming(self) -> Path:
        """The folder `7` with the card example as version 7, ready to be registered."""
        shutil.copytree(self.place.home.root.parent / "built", self.cwd / "7")
        self.edit("manifest.yaml", '^version: "1"', 'version: "7"')
        self.edit("cohorts/2005-07.yaml", '^version: "1"', 'version: "7"')
        return self.cwd / "7"

    def edit(self, name: str, pattern: str, by: str) -> None:
        file = self.cwd / "7" / name
        changed, times = re.subn(pattern, by, file.read_text("utf-8"), count=1, flags=re.MULTILINE)
        assert times, f"{pattern} is not in {name}"
        file.write_text(changed, "utf-8")

    def flip(self, file: Path) -> None:
        """Change the letter in the middle of an envelope, so that its base64 stays readable."""
        data = bytearray(file.read_bytes())
        data[len(data) // 2] = ord("B" if data[len(data) // 2] == ord("A") else "A")
        file.chmod(0o600)
        file.write_bytes(data)


def no_home(world: World, patch: Patch) -> None:
    patch.setenv("HALLMARK_HOME", str(world.cwd / "none"))


def home_below_a_file(world: World, patch: Patch) -> None:
    (world.cwd / "file").write_text("x")
    patch.setenv("HALLMARK_HOME", str(world.cwd / "file" / "home"))


def home_in_proc(world: World, patch: Patch) -> None:
    patch.setenv("HALLMARK_HOME", "/proc/hallmark")


def no_clone(world: World, patch: Patch) -> None:
    patch.setenv("HALLMARK_REPO", str(world.cwd))


def editing(name: str, pattern: str, by: str) -> Callable[[World, Patch], None]:
    """The folder `7` with one document changed."""

    def given(world: World, _: Patch) -> None:
        world.incoming()
        world.edit(name, pattern, by)

    return given


def replacing(name: str, data: bytes | None) -> Callable[[World, Patch], None]:
    """The folder `7` with other bytes in one file, or without it."""

    def given(world: World, _: Patch) -> None:
        file = world.incoming() / name
        file.unlink() if data is None else file.write_bytes(data)

    return given


def registered_otherwise(world: World, _: Patch) -> None:
    world.incoming()
    assert main(["register", "7"]) == 0
    world.edit("manifest.yaml", r"cut_off: [0-9.]+", "cut_off: 0.9")


def taken_port(world: World, _: Patch) -> None:
    other = socket.socket()
    other.bind(("127.0.0.1", world.port))
    other.listen()
    world.kept.append(other)


def services_elsewhere(world: World, patch: Patch) -> None:
    patch.setenv("HALLMARK_STORE_ENDPOINT", "http://127.0.0.1:9")


def store_gone(world: World, patch: Patch) -> None:
    keys = {"access_key": "A" * 20, "secret_key": "s" * 40}
    world.place.home.store_credentials.write_text(json.dumps(keys))
    patch.setenv("HALLMARK_STORE_ENDPOINT", f"http://127.0.0.1:{world.port}")


def store_credentials_damaged(world: World, patch: Patch) -> None:
    world.place.home.store_credentials.write_text("{")
    patch.setenv("HALLMARK_STORE_ENDPOINT", f"http://127.0.0.1:{world.port}")


def store_folder_gone(world: World, _: Patch) -> None:
    shutil.rmtree(world.home / "store")


def pack_changed(world: World, _: Patch) -> None:
    world.flip(world.pack)


def pack_cut(world: World, _: Patch) -> None:
    world.pack.write_bytes(world.pack.read_bytes()[:100])


def rulebook_changed(world: World, _: Patch) -> None:
    world.flip(world.store / "rulebooks" / "1.json")


def checkpoint_gone(world: World, _: Patch) -> None:
    shutil.rmtree(world.store / "ledger" / "checkpoints")


def other_root(world: World, patch: Patch) -> None:
    with patch.context() as other:
        other.setenv("HALLMARK_HOME", str(world.cwd / "other"))
        assert main(["rulebook", "publish"]) == 0


def other_installation(world: World, patch: Patch) -> None:
    other_root(world, patch)
    no_home(world, patch)


def no_tar(world: World, _: Patch) -> None:
    (world.cwd / "case.tar").write_bytes(b"no archive")


def key_for_all(world: World, _: Patch) -> None:
    (world.home / "keys" / "publisher.key").chmod(0o644)


def root_damaged(world: World, _: Patch) -> None:
    (world.home / "root.json").write_bytes(b"{}")


def ledger_damaged(world: World, _: Patch) -> None:
    (world.home / "ledger.db").write_bytes(b"no ledger at all, whatever its name says" * 30)


def proposed(world: World, _: Patch) -> None:
    """A model that was registered, and that nobody has taken into the rulebook."""
    world.incoming()
    for name in ("manifest.yaml", "cohorts/2005-07.yaml"):
        world.edit(name, "^model: card_default", "model: cards")
    world.edit("manifest.yaml", "^suite: .*", "suite: cards")
    entry = "model: cards\nowner: a\npurpose: b\ntier: low\njurisdictions: [EU]\ndepartment: c\n"
    (world.cwd / "7" / "inventory.yaml").write_text(entry)
    suite = CLONE / "expectations" / "card_default.json"
    shutil.copyfile(suite, world.cwd / "7" / "expectations.json")
    assert main(["register", "7"]) == 0


def clock_back(world: World, _: Patch) -> None:
    """A case was opened tomorrow, and today somebody takes a model into the rulebook."""
    proposed(world, _)
    world.place.clock.at = wiring.now() + timedelta(days=1)
    world.place.open("tomorrow", model="card_default")


def airflow_database(world: World, text: bytes = b"") -> Path:
    file = Home(root=world.home).create().airflow / "airflow.db"
    if text:
        file.write_bytes(text)
        return file
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('one')")
    (file.parent / "database.version").write_text(stamp(file))
    return file


def airflow_database_strange(world: World, _: Patch) -> None:
    with sqlite3.connect(airflow_database(world)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'another'")


def airflow_database_none(world: World, _: Patch) -> None:
    airflow_database(world, b"no database at all, whatever its name says" * 30)


def airflow_database_locked(world: World, _: Patch) -> None:
    connection = sqlite3.connect(airflow_database(world), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    world.kept.append(connection)


GIVEN: Mapping[str, Callable[[World, Patch], None]] = {
    "": lambda world, patch: None,
    **{
        made.__name__.replace("_", "-"): made
        for made in (
            *(no_home, home_below_a_file, home_in_proc, no_clone, registered_otherwise, taken_port, services_elsewhere),
            *(store_gone, store_credentials_damaged, store_folder_gone, pack_changed, pack_cut, rulebook_changed),
            *(checkpoint_gone, other_root, other_installation, no_tar, key_for_all, root_damaged, ledger_damaged),
            *(proposed, clock_back, airflow_database_strange, airflow_database_none, airflow_database_locked),
        )
    },
    "key-unknown": editing("manifest.yaml", r"^task:", "taks: binary\ntask:"),
    "key-missing": editing("manifest.yaml", r"^task:.*\n", ""),
    "key-mistyped": editing("manifest.yaml", r"cut_off: [0-9.]+", "cut_off: often"),
    "value-unknown": editing("manifest.yaml", r"^task:.*", "task: clustering"),
    "manifest-no-yaml": editing("manifest.yaml", r"^task:.*", "task: [binary"),
    "file-outside": editing("manifest.yaml", r"file: model\.skops", "file: ../../keys/store.json"),
    "model-outside": editing("manifest.yaml", r"^model: .*", "model: ../x"),
    "cohort-of-another": editing("cohorts/2005-07.yaml", r'^version: "7"', 'version: "8"'),
    "dataset-missing": replacing("data/2005-07.parquet", None),
    "dataset-empty": replacing("data/2005-07.parquet", b""),
    "artifact-other": replacing("model.skops", b"another model"),
}
