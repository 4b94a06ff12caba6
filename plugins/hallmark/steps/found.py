"""Founding an installation: a root that names who may publish the first rulebook."""

from hallmark.evidence.canonical import encode
from hallmark.evidence.trust import ROOT_FORMAT, Root
from hallmark.policy.role import Key, KeyUse
from hallmark.ports import Signer


def root_of(name: str, publisher: Signer, *, demo: bool) -> bytes:
    """The canonical root of an installation called `name`; it is pinned by whoever verifies."""
    return encode(Root(format=ROOT_FORMAT, name=name, demo=demo, publishers=(public_key(KeyUse.PUBLISHER, publisher),)))


def public_key(use: KeyUse, signer: Signer) -> Key:
    """The public half of a key, as a rulebook names it."""
    return Key(use=use, key_id=signer.key_id, public=signer.public.hex())
