"""Who may do what: people by role, keys by use."""

import re
from dataclasses import dataclass
from enum import StrEnum

from hallmark.errors import BadInput

_HEX = re.compile(r"[0-9a-f]{64}")


class KeyUse(StrEnum):
    """What a key may sign; each use has keys of its own."""

    PUBLISHER = "publisher"
    CERTIFIER = "certifier"
    WORKER = "worker"
    LOG = "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A public key: raw Ed25519, 64 hexadecimal digits; its id is the SHA-256 of the raw bytes."""

    use: KeyUse
    key_id: str
    public: str

    def __post_init__(self) -> None:
        if not (_HEX.fullmatch(self.key_id) and _HEX.fullmatch(self.public)):
            raise BadInput(f"key {self.key_id[:64]!r}: id and public half are 64 hexadecimal digits each")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account, and the roles that the organisation gave."""

    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The people and the keys of one rulebook."""

    people: tuple[Person, ...]
    keys: tuple[Key, ...]

    def keys_for(self, use: KeyUse) -> dict[str, bytes]:
        """Raw public keys by key id, for one use."""
        return {key.key_id: bytes.fromhex(key.public) for key in self.keys if key.use is use}
