"""Reading the ledger: all entries up to the newest signed checkpoint, checked against its root."""

from dataclasses import dataclass

from hallmark.errors import Tampered, Undecidable
from hallmark.evidence import merkle
from hallmark.evidence.canonical import decode
from hallmark.evidence.checkpoint import Checkpoint, open_checkpoint
from hallmark.evidence.entry import Entry, EntryKind
from hallmark.evidence.places import CHECKPOINTS, checkpoint_key, entry_key
from hallmark.evidence.trust import Chain
from hallmark.policy.role import KeyUse
from hallmark.ports import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The entries that a checkpoint covers; `leaves` are their bytes as appended."""

    entries: tuple[Entry, ...]
    leaves: tuple[bytes, ...]
    checkpoint: Checkpoint

    def of_case(self, case: str, kind: EntryKind) -> tuple[Entry, ...]:
        """The entries of one kind for one case, in order."""
        return tuple(entry for entry in self.entries if entry.case == case and entry.kind is kind)

    def packs(self, model: str, version: str) -> tuple[Entry, ...]:
        """The packs of one model version, in order."""
        wanted = (EntryKind.PACK, model, version)
        return tuple(entry for entry in self.entries if (entry.kind, entry.model, entry.version) == wanted)

    def opened_after(self, case: str) -> set[str]:
        """The cases that were opened after `case` was."""
        opened = [entry.case for entry in self.entries if entry.kind is EntryKind.OPENED]
        return set(opened[opened.index(case) + 1 :])

    def extends(self, seen: Checkpoint) -> None:
        """Raise `Tampered` unless this ledger holds, unchanged, everything that `seen` covers."""
        if seen.size > self.checkpoint.size:
            raise Tampered(f"The ledger has {self.checkpoint.size} entries; {seen.size} had been seen before.")
        if merkle.root(self.leaves[: seen.size]) != seen.root:
            raise Tampered(f"The first {seen.size} entries of the ledger are not those that had been seen before.")


def read_ledger(store: Store, chain: Chain) -> Ledger:
    """Read and check the ledger. Raises `Undecidable` without a checkpoint, `Tampered` when one does not hold."""
    key = max(store.keys(CHECKPOINTS), default=None)
    if key is None:
        raise Undecidable("The ledger has no checkpoint, so nothing can be said about what it holds.")
    checkpoint = open_by_any(store.get(key), chain)
    if checkpoint_key(checkpoint.size) != key:
        raise Tampered(f"The checkpoint at {key} is over {checkpoint.size} entries.")
    leaves = tuple(store.get(entry_key(index)) for index in range(checkpoint.size))
    if merkle.root(leaves) != checkpoint.root:
        raise Tampered(f"The {checkpoint.size} entries of the ledger do not hash to the root of their checkpoint.")
    return Ledger(entries=tuple(decode(leaf, Entry) for leaf in leaves), leaves=leaves, checkpoint=checkpoint)


def open_by_any(data: bytes, chain: Chain) -> Checkpoint:
    """Open a checkpoint with whichever log key of the chain signed it. Raises `Tampered` when none did."""
    for key in chain.keys(KeyUse.LOG).values():
        try:
            return open_checkpoint(data, chain.root.name, key)
        except Tampered:
            continue
    raise Tampered("The checkpoint of the ledger is signed by no log key of the chain of rulebooks.")
