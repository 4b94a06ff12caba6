"""Where things lie in a store: one function for each kind of key."""

from collections.abc import Iterator

from hallmark.ports import Store


def step_prefix(case: str, task: str) -> str:
    """Every signed step of `task` in `case` lies below it."""
    return f"cases/{case}/{task}/"


def step_key(case: str, task: str, sha256: str) -> str:
    """The envelope of one step."""
    return f"{step_prefix(case, task)}{sha256}.json"


def blob_key(sha256: str) -> str:
    """Bytes by their own SHA-256."""
    return f"blobs/sha256/{sha256[:2]}/{sha256}"


def pack_key(model: str, version: str, case: str, number: int) -> str:
    """The envelope of a pack."""
    return f"packs/{model}/{version}/{case}/{number}.json"


def rulebook_key(number: int) -> str:
    """The envelope of a rulebook."""
    return f"rulebooks/{number}.json"


def entry_key(index: int) -> str:
    """One entry of the ledger; the width keeps them in order."""
    return f"ledger/entries/{index:010d}.json"


CHECKPOINTS = "ledger/checkpoints/"
"""Every signed checkpoint lies below it."""


def checkpoint_key(size: int) -> str:
    """The checkpoint over the first `size` entries."""
    return f"{CHECKPOINTS}{size:010d}"


def rulebooks(store: Store) -> Iterator[bytes]:
    """Yield the envelopes of the rulebooks in a store, from number 1 to the last."""
    for number in range(1, sum(1 for _ in store.keys("rulebooks/")) + 1):
        yield store.get(rulebook_key(number))
