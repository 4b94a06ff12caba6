"""Signed checkpoints of the log: C2SP tlog-checkpoint in a C2SP signed note, with the time as extension line."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hallmark.errors import BadInput, HallmarkError, Tampered
from hallmark.evidence.canonical import b64decode, b64encode, rfc3339
from hallmark.ports import Signer

MAX_BYTES = 4096
"""Largest checkpoint in bytes that is read."""

_ORIGIN = re.compile(r"[!-*,-~]{1,200}")  # visible ASCII without the plus sign, which separates the parts of a key
_NOTE = re.compile(r"(?P<body>(?:[^\n]+\n)+)\n\u2014 (?P<name>[^ \n]+) (?P<signature>[^ \n]+)\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log says of itself: its name, number of entries, 32-byte root, and when it said so (aware)."""

    origin: str
    size: int
    root: bytes
    at: datetime


def seal_checkpoint(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """Return the signed note; the key is named as the log is. Raises `BadInput` for values that it cannot spell."""
    body = _body(checkpoint)
    signature = _key_hash(checkpoint.origin, signer.public) + signer.sign(body)
    return body + f"\n\u2014 {checkpoint.origin} {b64encode(signature)}\n".encode()


def open_checkpoint(data: bytes, origin: str, public_key: bytes) -> Checkpoint:
    """Return the checkpoint of the log `origin` that the raw 32-byte `public_key` signed, and nobody else.

    The signature is checked before the body is read, and the body must be the one spelling of its values.
    Raises `Tampered` otherwise.
    """
    note = _NOTE.fullmatch(_text(data))
    if note is None:
        raise Tampered("The checkpoint is not a signed note with exactly one signature.")
    body = note["body"].encode()
    if note["name"] != origin:
        raise Tampered(f"The checkpoint is signed for {note['name']!r}, expected was {origin!r}.")
    _check(b64decode(note["signature"]), origin, public_key, body)
    checkpoint = _parse(note["body"])
    if checkpoint.origin != origin:
        raise Tampered(f"The checkpoint is of the log {checkpoint.origin!r}, expected was {origin!r}.")
    return checkpoint


def _body(checkpoint: Checkpoint) -> bytes:
    if not _ORIGIN.fullmatch(checkpoint.origin):
        raise BadInput(f"The log name {checkpoint.origin!r} must be visible ASCII without spaces and plus signs.")
    if checkpoint.size < 0 or len(checkpoint.root) != 32:
        raise BadInput("A checkpoint needs a size of at least 0 and a root of 32 bytes.")
    lines = (checkpoint.origin, str(checkpoint.size), b64encode(checkpoint.root), f"time {rfc3339(checkpoint.at)}")
    return "".join(f"{line}\n" for line in lines).encode()


def _parse(body: str) -> Checkpoint:
    """Read the four lines, write them again and compare: no other spelling of the same values passes."""
    try:
        origin, size, root, time = body.removesuffix("\n").split("\n")
        at = datetime.fromisoformat(time.removeprefix("time "))
        checkpoint = Checkpoint(origin=origin, size=int(size), root=b64decode(root), at=at)
        same = _body(checkpoint) == body.encode()
    except (ValueError, OverflowError, HallmarkError) as error:
        raise Tampered("The checkpoint does not hold a name, a size, a root and a time.") from error
    if not same:
        raise Tampered("The checkpoint is not the canonical spelling of its values.")
    return checkpoint


def _key_hash(name: str, public: bytes) -> bytes:
    """First four bytes of SHA-256 over name, newline, 0x01 (Ed25519) and key (C2SP signed-note)."""
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def _check(signature: bytes, name: str, public: bytes, body: bytes) -> None:
    if signature[:4] != _key_hash(name, public):
        raise Tampered(f"The checkpoint of {name} is signed by another key than the one that is trusted here.")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], body)
    except (InvalidSignature, ValueError) as error:
        raise Tampered(f"The signature of the checkpoint of {name} does not hold.") from error


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise Tampered(f"A checkpoint of {len(data)} bytes is larger than the {MAX_BYTES} that are read.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Tampered("The checkpoint is not UTF-8 text.") from error
