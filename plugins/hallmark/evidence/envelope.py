"""DSSE v1: one Ed25519 signature over typed bytes, checked before a single byte of the payload is parsed."""

from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hallmark.errors import Tampered
from hallmark.evidence.canonical import b64decode, b64encode, decode, digest, encode
from hallmark.ports import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature of an envelope: the SHA-256 of the public key in hexadecimal, and 64 bytes in base64."""

    keyid: str
    sig: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the file holds: the payload in base64, its type, and exactly one signature; names as DSSE spells them."""

    payload: str
    payloadType: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A payload whose signature holds, the id of the key that made it, and the SHA-256 of the envelope file."""

    payload: bytes
    keyid: str
    sha256: str


def seal(payload: bytes, payload_type: str, signer: Signer) -> bytes:
    """Return the bytes of an envelope file. Raises `BadInput` when it would exceed `canonical.MAX_BYTES`."""
    signature = signer.sign(pre_authentication_encoding(payload_type, payload))
    return encode(
        Envelope(
            payload=b64encode(payload),
            payloadType=payload_type,
            signatures=(Signature(keyid=signer.key_id, sig=b64encode(signature)),),
        )
    )


def open_envelope(data: bytes, keys: Mapping[str, bytes], payload_type: str) -> Opened:
    """Return the payload of an envelope file that one of `keys` (key id to raw 32-byte public key) signed.

    Raises `Tampered` for another form or type, another number of signatures than one, a key that is not in `keys`,
    and a signature that does not hold.
    """
    envelope = decode(data, Envelope)
    if envelope.payloadType != payload_type:
        raise Tampered(f"The envelope holds {envelope.payloadType!r}, expected was {payload_type!r}.")
    if len(envelope.signatures) != 1:
        raise Tampered(f"The envelope has {len(envelope.signatures)} signatures, expected was exactly one.")
    signature = envelope.signatures[0]
    payload = b64decode(envelope.payload)
    message = pre_authentication_encoding(payload_type, payload)
    _check(_key(keys, signature.keyid), b64decode(signature.sig), message)
    return Opened(payload=payload, keyid=signature.keyid, sha256=digest(data))


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """Return what is signed: `DSSEv1`, type and payload, each with its length in bytes (DSSE v1, protocol.md)."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _key(keys: Mapping[str, bytes], keyid: str) -> bytes:
    public = keys.get(keyid)
    if public is None:
        raise Tampered(f"The envelope is signed by the key {keyid!r}, which is not trusted here.")
    if digest(public) != keyid:
        raise Tampered(f"The key listed as {keyid} has another SHA-256 than its id says.")
    return public


def _check(public: bytes, signature: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise Tampered(f"The signature by the key {digest(public)} does not hold for this envelope.") from error
