"""Reading the ledger: all entries up to the newest signed checkpoint, checked against its root."""

from collections.abc import Mapping
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

Keys = Mapping[str, bytes]
"""Raw public keys by key id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The entries that a checkpoint covers; `leaves` are their bytes as appended."""

    entries: tuple[Entry, ...]
    leaves: tuple[bytes, ...]
    checkpoint: Checkpoint

    def of_case(self, case: str, kind: EntryKind) -> tuple[Entry, ...]:
        """The entries of one kind for one case, in order."""
        return tuple(entry for entry in self.entries if entry.case == case and entry.kind is kind)

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
    checkpoint = open_newest(store.get(key), chain)
    if checkpoint_key(checkpoint.size) != key:
        raise Tampered(f"The checkpoint at {key} is over {checkpoint.size} entries.")
    leaves = tuple(store.get(entry_key(index)) for index in range(checkpoint.size))
    if merkle.root(leaves) != checkpoint.root:
        raise Tampered(f"The {checkpoint.size} entries of the ledger do not hash to the root of their checkpoint.")
    return Ledger(entries=tuple(decode(leaf, Entry) for leaf in leaves), leaves=leaves, checkpoint=checkpoint)


def open_newest(data: bytes, chain: Chain) -> Checkpoint:
    """Open the newest checkpoint of a ledger: only a log key of the newest rulebook speaks for what is there now.

    Raises `Tampered` for one that any other key signed, also one that an older rulebook named and a newer took away.
    """
    found = _opened(data, chain, chain.latest.keys(KeyUse.LOG))
    if found is not None:
        return found
    open_by_any(data, chain)
    raise Tampered(
        f"The newest checkpoint of the ledger is signed by a log key that rulebook {chain.latest.rulebook.number} took "
        "away; if its publication was cut off, `hallmark rulebook publish` ends it."
    )


def open_by_any(data: bytes, chain: Chain) -> Checkpoint:
    """Open a checkpoint with whichever log key of the chain signed it: one that was kept may be older than its key.

    Raises `Tampered` when none did.
    """
    found = _opened(data, chain, chain.keys(KeyUse.LOG))
    if found is None:
        raise Tampered("The checkpoint of the ledger is signed by no log key of the chain of rulebooks.")
    return found


def _opened(data: bytes, chain: Chain, keys: Keys) -> Checkpoint | None:
    for key in keys.values():
        try:
            return open_checkpoint(data, chain.root.name, key)
        except Tampered:
            continue
    return None
