"""A store as one task sees it: what was read once is not read again, since nothing in a store is ever overwritten."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hallmark.ports import Store

SMALL_BYTES = 2**18
"""What is larger is read again: a task may go through every pack there is."""


@dataclass(frozen=True, slots=True)
class ReadOnce:
    """`Store` over `behind`; for the length of a task, since it does not see what is changed in the store meanwhile.

    What was verified is then what is used, and a `put` is still read back from the store itself.
    """

    behind: Store
    _read: dict[str, bytes] = field(default_factory=dict)

    def put(self, key: str, data: bytes) -> None:
        """As the port says."""
        self.behind.put(key, data)

    def get(self, key: str) -> bytes:
        """As the port says, from memory the second time."""
        known = self._read.get(key)
        if known is not None:
            return known
        data = self.behind.get(key)
        if len(data) <= SMALL_BYTES:
            self._read[key] = data
        return data

    def keys(self, prefix: str) -> Iterator[str]:
        """As the port says; what was added meanwhile is there."""
        return self.behind.keys(prefix)

    def uri(self, key: str) -> str:
        """As the port says."""
        return self.behind.uri(key)

    def protection(self) -> str:
        """As the port says."""
        return self.behind.protection()
