"""What has more than one implementation: each docstring is the contract that one suite of tests holds against all."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from hallmark.policy.subject import Cohort, Manifest


class Store(Protocol):
    """Durable, write-once bytes under slash-separated keys.

    A `put` that returned is durable and whole: a reader sees all the bytes or none. Keys are segments of
    `[A-Za-z0-9._-]`, none of them `.` or `..`; any other key raises `BadInput` before anything is touched.
    """

    def put(self, key: str, data: bytes) -> None:
        """Write `data` under `key`. Equal bytes there already: nothing happens.

        Raises `Conflict` when other bytes are there, `Unavailable` when the store does not answer.
        """

    def get(self, key: str) -> bytes:
        """Return the bytes under `key`. Raises `Missing` when there are none, `Unavailable` as above."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield every key that starts with `prefix`, in lexical order. Raises `Unavailable`."""

    def uri(self, key: str) -> str:
        """Return the address of `key` for a person, for example `s3://bucket/key`."""

    def protection(self) -> str:
        """Say in words what the store itself enforces against overwriting and deleting, as probed now."""


class Signer(Protocol):
    """An Ed25519 key that can sign and never shows its secret half."""

    @property
    def key_id(self) -> str:
        """SHA-256 of the raw 32-byte public key, 64 lower-case hexadecimal digits."""

    @property
    def public(self) -> bytes:
        """The raw 32-byte public key."""

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature over `message` (RFC 8032)."""


class Sequencer(Protocol):
    """Gives every ledger entry its place: appends are serial, numbered from 0 without gaps, and never undone."""

    def append(self, entry: bytes) -> int:
        """Append `entry` and return its index; equal bytes already in the log return their first index."""

    def entries(self) -> Iterable[bytes]:
        """Return all entries in order."""


class Registry(Protocol):
    """The model versions and cohorts that can be certified. A version never changes once it is registered."""

    def versions(self) -> tuple[tuple[str, str], ...]:
        """Every (model, version), in lexical order."""

    def manifest(self, model: str, version: str) -> bytes:
        """The canonical manifest. Raises `BadInput`, naming what is there, when the version is not registered."""

    def cohorts(self, model: str, version: str) -> tuple[Cohort, ...]:
        """The cohorts of a version by as-of date. Raises `BadInput` as above."""

    def file(self, model: str, version: str, name: str) -> Path:
        """Where a file of a version lies. Raises `BadInput` for a name that leads out of its folder."""

    def register(self, manifest: Manifest | None, cohorts: tuple[Cohort, ...], folder: Path) -> list[str]:
        """Take in a version and cohorts with their files below `folder`; return a sentence for each that is new.

        Raises `BadInput` when a file is missing or has another digest than declared, `Conflict` when the version or
        the cohort is registered with other contents; then nothing was taken in.
        """
