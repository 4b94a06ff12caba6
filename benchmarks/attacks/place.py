"""An installation in a folder of its own, with everything that an attacker may do in it."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attacks.attack import Answer, of_verification
from shipped import ROOT

from hallmark import wiring
from hallmark.cli.rulebook import publish_current
from hallmark.evidence.archive import Archive, exported
from hallmark.evidence.canonical import decode, encode
from hallmark.evidence.checkpoint import Checkpoint, seal_checkpoint
from hallmark.evidence.entry import Entry
from hallmark.evidence.envelope import open_envelope, seal
from hallmark.evidence.ledger import read_ledger
from hallmark.evidence.merkle import root
from hallmark.evidence.places import CHECKPOINTS, checkpoint_key, entry_key, pack_key
from hallmark.evidence.statement import PackStatement
from hallmark.evidence.step import PAYLOAD
from hallmark.evidence.trail import Question
from hallmark.evidence.verify import verify
from hallmark.local.environment import BUCKET
from hallmark.local.home import Home
from hallmark.policy.role import KeyUse
from hallmark.ports import Signer
from hallmark.steps.context import Context
from hallmark.steps.open_case import Run

MODEL = "card_default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`case` is one of `version`; `built` is the folder that the version was registered from."""

    home: Home
    context: Context
    built: Path
    case: str
    version: str = "1"

    @contextmanager
    def lent(self) -> Iterator["Place"]:
        """The same installation once more, in another folder, for as long as the context lasts."""
        with TemporaryDirectory(prefix="hallmark-break-") as folder:
            home = Home(root=Path(folder) / "home")
            shutil.copytree(self.home.root, home.root, ignore=shutil.ignore_patterns("airflow", "logs", "run"))
            context = replace(wiring.context(home, endpoint=None), now=self.context.now)
            yield replace(self, home=home, context=context)

    def run(self, name: str) -> Run:
        """A run that asks for a certificate of the version."""
        words = {"cohort": "", "asked_by": "an attacker", "reason": "to break it"}
        return Run(dag_id="certify_model", run_id=name, model=MODEL, version=self.version, **words)

    def of(self, run: str) -> "Place":
        """The place with the case of that run."""
        return replace(self, case=self.run(run).case)

    @property
    def subject(self) -> tuple[str, str, str]:
        """Model, version and case, by which a pack is found."""
        return MODEL, self.version, self.case

    def pack(self, number: int = 1) -> str:
        """Where a pack of the case lies."""
        return pack_key(MODEL, self.version, self.case, number)

    def statement(self, number: int = 1) -> PackStatement:
        """What a pack of the case says."""
        keys = self.context.chain().keys(KeyUse.CERTIFIER)
        opened = open_envelope(self.context.store.get(self.pack(number)), keys, PAYLOAD)
        return decode(opened.payload, PackStatement)

    def verify(self, number: int = 1, **changes: Any) -> Answer:
        """What `hallmark verify` says of a pack of the case."""
        asked: dict[str, Any] = {
            "store": self.context.store,
            "pack": self.pack(number),
            "root": self.context.root,
            "at": self.context.now(),
        }
        return of_verification(verify(Question(**(asked | changes))))

    def path(self, key: str) -> Path:
        """The file behind a key of the store."""
        return self.home.store / BUCKET / key

    def overwrite(self, key: str, data: bytes) -> None:
        """Write as somebody does who may write into the store."""
        path = self.path(key)
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def flip(self, key: str) -> None:
        """Change one bit in the middle of what lies under `key`."""
        data = bytearray(self.context.store.get(key))
        data[len(data) // 2] ^= 1
        self.overwrite(key, bytes(data))

    def seal(self, value: object, use: KeyUse) -> bytes:
        """Sign with a key of the installation, as somebody does who has stolen it."""
        return seal(encode(value), PAYLOAD, self.context.signer(use))

    def entries(self) -> tuple[Entry, ...]:
        """The entries of the ledger."""
        return read_ledger(self.context.store, self.context.chain()).entries

    def seen(self) -> bytes:
        """The newest checkpoint, as a witness keeps it."""
        return self.context.store.get(max(self.context.store.keys(CHECKPOINTS)))

    def exported(self) -> dict[str, bytes]:
        """What the export of the case's first pack holds, by name."""
        path = self.home.root / "case.tar"
        path.write_bytes(exported(self.context.store, self.pack(), self.context.chain()))
        return Archive.read(path).members

    def exchange_log_key(self) -> Signer:
        """Publish a rulebook with another key of the log, as an operator does after a theft; the old key."""
        old = self.context.signer(KeyUse.LOG)
        (self.home.keys / f"{KeyUse.LOG}.key").unlink()
        wiring.found(self.home, name=self.context.chain().root.name, demo=True)
        publish_current(self.context, ROOT)
        return old

    def rewrite(self, entries: Iterable[Entry], signer: Signer | None = None) -> None:
        """Make the ledger one of these entries, signed with the stolen key of the log, or with that of `signer`."""
        for key in list(self.context.store.keys("ledger/")):
            self.path(key).unlink()
        leaves = tuple(encode(entry) for entry in entries)
        for index, leaf in enumerate(leaves):
            self.overwrite(entry_key(index), leaf)
        name = self.context.chain().root.name
        told = Checkpoint(origin=name, size=len(leaves), root=root(leaves), at=self.context.now())
        self.overwrite(checkpoint_key(len(leaves)), seal_checkpoint(told, signer or self.context.signer(KeyUse.LOG)))
