"""Where trust starts: a root pinned outside every pack, and the chain of rulebooks that it accepts."""

from collections.abc import Iterable
from dataclasses import dataclass

from hallmark.errors import Tampered, Undecidable
from hallmark.evidence.canonical import decode
from hallmark.evidence.envelope import open_envelope
from hallmark.policy.role import Key, KeyUse
from hallmark.policy.rulebook import Rulebook

RULEBOOK = "application/vnd.hallmark.rulebook+json"
"""The payload type of a rulebook's envelope."""

ROOT_FORMAT = "hallmark-root-v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """Who may publish rulebook 1. `demo` is shown in every output; `name` is the origin of the ledger."""

    format: str
    name: str
    demo: bool
    publishers: tuple[Key, ...]

    def keys(self) -> dict[str, bytes]:
        """Raw public keys of the publishers by key id."""
        return {key.key_id: bytes.fromhex(key.public) for key in self.publishers if key.use is KeyUse.PUBLISHER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A rulebook that the chain accepted, and the SHA-256 of its envelope file."""

    rulebook: Rulebook
    sha256: str

    def keys(self, use: KeyUse) -> dict[str, bytes]:
        """Raw public keys by key id for one use."""
        return self.rulebook.rules.roles.keys_for(use)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The accepted rulebooks in order, the first being number 1; empty before anything was published."""

    root: Root
    accepted: tuple[Accepted, ...]

    @property
    def latest(self) -> Accepted:
        """The newest rulebook. Raises `Undecidable` when none is published."""
        if not self.accepted:
            raise Undecidable("No rulebook is published; run `hallmark rulebook publish`.")
        return self.accepted[-1]

    def keys(self, use: KeyUse) -> dict[str, bytes]:
        """Raw public keys by key id for one use, of all rulebooks."""
        return {name: key for accepted in self.accepted for name, key in accepted.keys(use).items()}

    def number(self, number: int) -> Accepted:
        """The rulebook with `number`. Raises `Tampered` when the chain does not have it."""
        if not 1 <= number <= len(self.accepted):
            raise Tampered(f"Rulebook {number} is not in the chain of {len(self.accepted)}.")
        return self.accepted[number - 1]


def read_root(data: bytes) -> Root:
    """Decode a root. Raises `Tampered` for another form, `Undecidable` for another format."""
    try:
        root = decode(data, Root)
    except Tampered as error:
        raise Tampered(f"The root is damaged; take it again from where it was given to you. {error}") from error
    if root.format != ROOT_FORMAT:
        raise Undecidable(f"The root has the format {root.format!r}; this version reads {ROOT_FORMAT!r}.")
    return root


def accept(root: Root, envelopes: Iterable[bytes]) -> Chain:
    """Follow the chain: the keys of the root accept rulebook 1, those of rulebook n-1 accept rulebook n (as in TUF).

    Raises `Tampered` for a wrong signature, number or predecessor.
    """
    keys = root.keys()
    accepted: list[Accepted] = []
    for number, envelope in enumerate(envelopes, start=1):
        try:
            opened = open_envelope(envelope, keys, RULEBOOK)
            rulebook = decode(opened.payload, Rulebook)
        except Tampered as error:
            raise Tampered(f"Rulebook {number} is not one that this root accepts: {error}") from error
        before = accepted[-1] if accepted else None
        if rulebook.number != number or rulebook.previous != (before.sha256 if before else None):
            raise Tampered(f"Rulebook {rulebook.number} does not follow rulebook {number - 1} in the chain.")
        if before is not None and rulebook.issued_at < before.rulebook.issued_at:
            raise Tampered(f"Rulebook {number} was issued before rulebook {number - 1}.")
        accepted.append(Accepted(rulebook=rulebook, sha256=opened.sha256))
        keys = accepted[-1].keys(KeyUse.PUBLISHER)
    return Chain(root=root, accepted=tuple(accepted))
