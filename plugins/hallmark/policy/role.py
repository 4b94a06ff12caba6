"""Who may do what: people by role, keys by use."""

import re
from dataclasses import dataclass
from enum import StrEnum

from hallmark.errors import BadInput

REVIEWER = "reviewer"
"""The role of those who decide what the numbers leave open."""

_HEX = re.compile(r"[0-9a-f]{64}")


class KeyUse(StrEnum):
    """What a key may sign; each use has keys of its own.

    `REVIEWER` is the key of the review service, which attests who answered: a click in a page is no signature.
    """

    PUBLISHER = "publisher"
    CERTIFIER = "certifier"
    WORKER = "worker"
    LOG = "log"
    REVIEWER = "reviewer"


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
    """Somebody with an account, the roles that the organisation gave, and the teams that own models with them."""

    name: str
    roles: tuple[str, ...]
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The people and the keys of one rulebook."""

    people: tuple[Person, ...]
    keys: tuple[Key, ...]

    def keys_for(self, use: KeyUse) -> dict[str, bytes]:
        """Raw public keys by key id, for one use."""
        return {key.key_id: bytes.fromhex(key.public) for key in self.keys if key.use is use}

    def reviewers(self, owner: str) -> tuple[str, ...]:
        """Who may review a model of `owner`: has the role, is not the owner, and is in no team that is."""
        return tuple(
            sorted(
                person.name
                for person in self.people
                if REVIEWER in person.roles and owner not in (person.name, *person.teams)
            )
        )
