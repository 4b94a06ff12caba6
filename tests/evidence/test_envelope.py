"""DSSE envelopes: the specification's example, and that nothing but the signed file opens."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from hallmark.edges.key_file import KeyFile
from hallmark.errors import Tampered
from hallmark.evidence.canonical import b64decode, b64encode, digest, encode
from hallmark.evidence.envelope import open_envelope, pre_authentication_encoding, seal

TYPE = "application/vnd.in-toto+json"
PAYLOAD = b'{"hello":"world"}'


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> KeyFile:
    return KeyFile.create(tmp_path_factory.mktemp("keys") / "pack.pem")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> KeyFile:
    return KeyFile.create(tmp_path_factory.mktemp("keys") / "other.pem")


def test_pre_authentication_encoding_of_the_specification() -> None:
    """The example of DSSE, protocol.md, and lengths that count bytes and not letters."""
    assert pre_authentication_encoding("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert pre_authentication_encoding("é", b"") == b"DSSEv1 2 \xc3\xa9 0 "


def test_opens_what_was_sealed(signer: KeyFile) -> None:
    data = seal(PAYLOAD, TYPE, signer)
    opened = open_envelope(data, {signer.key_id: signer.public}, TYPE)
    assert (opened.payload, opened.keyid, opened.sha256) == (PAYLOAD, signer.key_id, digest(data))


def test_file_is_plain_dsse(signer: KeyFile) -> None:
    """Read by a second route: the standard library's JSON, and the raw signature over the encoding written out."""
    document = json.loads(seal(PAYLOAD, TYPE, signer))
    assert set(document) == {"payload", "payloadType", "signatures"}
    (signature,) = document["signatures"]
    message = b"DSSEv1 28 application/vnd.in-toto+json 17 " + PAYLOAD
    Ed25519PublicKey.from_public_bytes(signer.public).verify(b64decode(signature["sig"]), message)
    assert signature["keyid"] == digest(signer.public)


def test_payload_is_not_parsed(signer: KeyFile) -> None:
    payload = b"\x00\xff no JSON at all"
    opened = open_envelope(seal(payload, TYPE, signer), {signer.key_id: signer.public}, TYPE)
    assert opened.payload == payload


def edited(data: bytes, **changes: Any) -> bytes:
    return encode(json.loads(data) | changes)


def signature_of(data: bytes) -> dict[str, str]:
    first: dict[str, str] = json.loads(data)["signatures"][0]
    return first


@pytest.mark.parametrize("count", [0, 2])
def test_exactly_one_signature(signer: KeyFile, count: int) -> None:
    data = seal(PAYLOAD, TYPE, signer)
    with pytest.raises(Tampered, match=f"has {count} signatures"):
        open_envelope(edited(data, signatures=[signature_of(data)] * count), {signer.key_id: signer.public}, TYPE)


def test_other_payload(signer: KeyFile) -> None:
    data = edited(seal(PAYLOAD, TYPE, signer), payload=b64encode(PAYLOAD + b" "))
    with pytest.raises(Tampered, match="does not hold"):
        open_envelope(data, {signer.key_id: signer.public}, TYPE)


def test_other_type_expected(signer: KeyFile) -> None:
    data = seal(PAYLOAD, TYPE, signer)
    with pytest.raises(Tampered, match="expected was 'text/plain'"):
        open_envelope(data, {signer.key_id: signer.public}, "text/plain")


def test_type_is_signed(signer: KeyFile) -> None:
    data = edited(seal(PAYLOAD, TYPE, signer), payloadType="text/plain")
    with pytest.raises(Tampered, match="does not hold"):
        open_envelope(data, {signer.key_id: signer.public}, "text/plain")


def test_unknown_key(signer: KeyFile, other: KeyFile) -> None:
    with pytest.raises(Tampered, match="not trusted here"):
        open_envelope(seal(PAYLOAD, TYPE, signer), {other.key_id: other.public}, TYPE)


def test_no_keys(signer: KeyFile) -> None:
    with pytest.raises(Tampered, match="not trusted here"):
        open_envelope(seal(PAYLOAD, TYPE, signer), {}, TYPE)


def test_signed_by_another_under_the_id_of_a_trusted_key(signer: KeyFile, other: KeyFile) -> None:
    data = seal(PAYLOAD, TYPE, other)
    forged = edited(data, signatures=[signature_of(data) | {"keyid": signer.key_id}])
    with pytest.raises(Tampered, match="does not hold"):
        open_envelope(forged, {signer.key_id: signer.public}, TYPE)


def test_key_listed_under_another_id(signer: KeyFile, other: KeyFile) -> None:
    data = seal(PAYLOAD, TYPE, other)
    listed = edited(data, signatures=[signature_of(data) | {"keyid": signer.key_id}])
    with pytest.raises(Tampered, match="another SHA-256"):
        open_envelope(listed, {signer.key_id: other.public}, TYPE)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_key_of_another_length(signer: KeyFile, length: int) -> None:
    key = bytes(length)
    data = seal(PAYLOAD, TYPE, signer)
    listed = edited(data, signatures=[signature_of(data) | {"keyid": digest(key)}])
    with pytest.raises(Tampered, match="does not hold"):
        open_envelope(listed, {digest(key): key}, TYPE)


@pytest.mark.parametrize("length", [0, 63, 65])
def test_signature_of_another_length(signer: KeyFile, length: int) -> None:
    data = seal(PAYLOAD, TYPE, signer)
    cut = edited(data, signatures=[signature_of(data) | {"sig": b64encode(bytes(length))}])
    with pytest.raises(Tampered, match="does not hold"):
        open_envelope(cut, {signer.key_id: signer.public}, TYPE)


def test_malleable_base64(signer: KeyFile) -> None:
    data = seal(b"A", TYPE, signer)
    assert data.count(b'"QQ=="') == 1
    with pytest.raises(Tampered, match="canonical spelling"):
        open_envelope(data.replace(b'"QQ=="', b'"QR=="'), {signer.key_id: signer.public}, TYPE)


def test_every_flipped_bit_is_seen(signer: KeyFile) -> None:
    data = seal(PAYLOAD, TYPE, signer)
    for position in range(len(data) * 8):
        changed = bytearray(data)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(Tampered):
            open_envelope(bytes(changed), {signer.key_id: signer.public}, TYPE)


@given(payload=st.binary(max_size=200), kind=st.text(st.characters(codec="utf-8"), max_size=20))
def test_any_payload_and_type(signer: KeyFile, payload: bytes, kind: str) -> None:
    assert open_envelope(seal(payload, kind, signer), {signer.key_id: signer.public}, kind).payload == payload


pairs = st.tuples(st.text("1 a", max_size=4), st.binary(max_size=4))


@given(first=pairs, second=pairs)
def test_encoding_is_injective(first: tuple[str, bytes], second: tuple[str, bytes]) -> None:
    same = pre_authentication_encoding(*first) == pre_authentication_encoding(*second)
    assert same == (first == second)


def test_equal_input_gives_equal_files(signer: KeyFile) -> None:
    assert seal(PAYLOAD, TYPE, signer) == seal(PAYLOAD, TYPE, signer)
