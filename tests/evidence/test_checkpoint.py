"""Signed checkpoints: the frozen text, a published note key, and every other text refused."""

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.edges.key_file import KeyFile
from hallmark.errors import BadInput, Tampered
from hallmark.evidence import merkle
from hallmark.evidence.checkpoint import Checkpoint, _key_hash, open_checkpoint, seal_checkpoint

ORIGIN = "hallmark.example/ledger"
CHECKPOINT = Checkpoint(
    origin=ORIGIN, size=20, root=merkle.root([b"x"] * 20), at=datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
)


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> KeyFile:
    return KeyFile.create(tmp_path_factory.mktemp("keys") / "log.pem")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> KeyFile:
    return KeyFile.create(tmp_path_factory.mktemp("keys") / "other.pem")


def signed(body: bytes, signer: KeyFile, name: str = ORIGIN) -> bytes:
    """A signed note over any body, written out as C2SP signed-note says."""
    key_hash = hashlib.sha256(name.encode() + b"\n" + b"\x01" + signer.public).digest()[:4]
    return body + b"\n" + f"— {name} {base64.b64encode(key_hash + signer.sign(body)).decode()}\n".encode()


def body_of(checkpoint: Checkpoint) -> bytes:
    root = base64.b64encode(checkpoint.root).decode()
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\ntime 2026-03-01T08:30:00Z\n".encode()


def test_text_is_the_signed_note(signer: KeyFile) -> None:
    assert seal_checkpoint(CHECKPOINT, signer) == signed(body_of(CHECKPOINT), signer)


def test_published_key_hash() -> None:
    """The key `PeterNeumann+c74f20a3+...` of the Go package golang.org/x/mod/sumdb/note is hashed alike."""
    public = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    name = b"PeterNeumann"
    assert public[:1] == b"\x01"
    assert _key_hash(name.decode(), public[1:]).hex() == "c74f20a3"


@given(
    size=st.integers(0, 2**63),
    root=st.binary(min_size=32, max_size=32),
    at=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-3))]), max_value=datetime(9999, 1, 1)),
)
def test_round_trip(signer: KeyFile, size: int, root: bytes, at: datetime) -> None:
    checkpoint = Checkpoint(origin=ORIGIN, size=size, root=root, at=at)
    assert open_checkpoint(seal_checkpoint(checkpoint, signer), ORIGIN, signer.public) == checkpoint


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"at": datetime(2026, 3, 1)}, id="naive-time"),
        pytest.param({"size": -1}, id="negative-size"),
        pytest.param({"root": bytes(31)}, id="short-root"),
        pytest.param({"origin": ""}, id="no-name"),
        pytest.param({"origin": "a b"}, id="space"),
        pytest.param({"origin": "a\nb"}, id="newline"),
        pytest.param({"origin": "a+b"}, id="plus"),
        pytest.param({"origin": "ä"}, id="not-ascii"),
    ],
)
def test_refuses_to_seal(signer: KeyFile, change: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        seal_checkpoint(replace(CHECKPOINT, **change), signer)  # type: ignore[arg-type]


BODY = body_of(CHECKPOINT)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(BODY.replace(b"\n20\n", b"\n020\n"), id="leading-zero"),
        pytest.param(BODY.replace(b"\n20\n", b"\n+20\n"), id="plus-sign"),
        pytest.param(BODY.replace(b"\n20\n", b"\n-20\n"), id="negative"),
        pytest.param(BODY.replace(b"\n20\n", b"\n2_0\n"), id="underscore"),
        pytest.param(BODY.replace(b"\n20\n", b"\n 20\n"), id="space-before-size"),
        pytest.param(BODY.replace(b"\n20\n", "\n\u0662\u0660\n".encode()), id="arabic-digits"),
        pytest.param(BODY.replace(b"\n20\n", b"\n0x14\n"), id="hexadecimal"),
        pytest.param(BODY.replace(b"\n20\n", b"\n" + b"9" * 4000 + b"\n"), id="endless-size"),
        pytest.param(BODY.replace(b"\n20\n", b"\n"), id="no-size"),
        pytest.param(BODY.replace(b"=\n", b"\n"), id="root-without-padding"),
        pytest.param(BODY.replace(base64.b64encode(CHECKPOINT.root), b"QUJD"), id="short-root"),
        pytest.param(BODY.replace(b"00Z", b"00+00:00"), id="offset-instead-of-z"),
        pytest.param(BODY.replace(b"08:30:00Z", b"10:30:00+02:00"), id="other-zone"),
        pytest.param(BODY.replace(b"00Z", b"00"), id="naive-time"),
        pytest.param(BODY.replace(b"00Z", b"00.000Z"), id="empty-fraction"),
        pytest.param(BODY.replace(b"time ", b""), id="no-word-time"),
        pytest.param(BODY.replace(b"time ", b"time  "), id="two-spaces"),
        pytest.param(BODY.replace(b"time ", b"time time "), id="word-twice"),
        pytest.param(BODY.rpartition(b"time")[0], id="no-time-line"),
        pytest.param(BODY + b"more 1\n", id="extension-line"),
        pytest.param(BODY.replace(b"\n", b"\r\n"), id="carriage-returns"),
        pytest.param(BODY.replace(ORIGIN.encode(), b"other.example"), id="body-of-another-log"),
    ],
)
def test_signed_but_malformed_bodies(signer: KeyFile, body: bytes) -> None:
    assert open_checkpoint(signed(BODY, signer), ORIGIN, signer.public) == CHECKPOINT
    assert body != BODY
    with pytest.raises(Tampered):
        open_checkpoint(signed(body, signer), ORIGIN, signer.public)


def test_other_forms_of_the_note(signer: KeyFile, other: KeyFile) -> None:
    good = seal_checkpoint(CHECKPOINT, signer)
    line = good.rpartition(b"\n\n")[2]
    other_line = seal_checkpoint(CHECKPOINT, other).rpartition(b"\n\n")[2]
    forms = {
        "empty": b"",
        "unsigned": BODY,
        "no blank line": BODY + line,
        "trailing byte": good + b"x",
        "trailing newline": good + b"\n",
        "no final newline": good[:-1],
        "two signatures": good + other_line,
        "the same twice": good + line,
        "leading newline": b"\n" + good,
        "hyphen for dash": good.replace("—".encode(), b"-"),
        "not UTF-8": good.replace("—".encode(), b"\x97"),
        "too large": good + b"x" * 5000,
        "signature cut": good[:-9] + b"\n",
        "two notes": good + good,
    }
    for name, form in forms.items():
        with pytest.raises(Tampered):
            open_checkpoint(form, ORIGIN, signer.public)
            pytest.fail(name)


def test_other_key(signer: KeyFile, other: KeyFile) -> None:
    with pytest.raises(Tampered, match="another key"):
        open_checkpoint(seal_checkpoint(CHECKPOINT, other), ORIGIN, signer.public)


def test_other_origin(signer: KeyFile) -> None:
    with pytest.raises(Tampered, match=r"expected was 'another\.example'"):
        open_checkpoint(seal_checkpoint(CHECKPOINT, signer), "another.example", signer.public)


def test_signed_under_another_name(signer: KeyFile) -> None:
    with pytest.raises(Tampered):
        open_checkpoint(signed(BODY, signer, name="another.example"), ORIGIN, signer.public)


def test_body_of_another_log_under_the_right_name(signer: KeyFile) -> None:
    body = BODY.replace(ORIGIN.encode(), b"another.example")
    with pytest.raises(Tampered, match="is of the log"):
        open_checkpoint(signed(body, signer), ORIGIN, signer.public)


def test_every_flipped_bit_is_seen(signer: KeyFile) -> None:
    data = seal_checkpoint(CHECKPOINT, signer)
    for position in range(len(data) * 8):
        changed = bytearray(data)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(Tampered):
            open_checkpoint(bytes(changed), ORIGIN, signer.public)
