"""Key files: what is on disk, who may read it, and what they sign."""

import stat
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from hallmark.edges.key_file import KeyFile
from hallmark.errors import BadInput, Conflict, Missing
from hallmark.evidence.canonical import digest

# RFC 8032, section 7.1, test 2.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def pem_of(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey, password: bytes | None = None) -> bytes:
    hiding = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hiding)


def write(path: Path, data: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(data)
    path.chmod(mode)
    return path


def test_created_key_is_private_and_loads(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "pack.pem"
    created = KeyFile.create(path)
    loaded = KeyFile.load(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (created.public, created.key_id) == (loaded.public, loaded.key_id)
    assert [each.name for each in path.parent.iterdir()] == ["pack.pem"]


def test_published_signature(tmp_path: Path) -> None:
    key = KeyFile.load(write(tmp_path / "key", pem_of(Ed25519PrivateKey.from_private_bytes(SEED))))
    assert (key.public, key.sign(b"\x72"), key.key_id) == (PUBLIC, SIGNATURE, digest(PUBLIC))


def test_signature_holds_for_its_message_only(tmp_path: Path) -> None:
    key = KeyFile.create(tmp_path / "key")
    public = Ed25519PublicKey.from_public_bytes(key.public)
    public.verify(key.sign(b"message"), b"message")
    with pytest.raises(InvalidSignature):
        public.verify(key.sign(b"message"), b"messagf")


def test_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "key"
    first = KeyFile.create(path)
    with pytest.raises(Conflict, match="never overwritten"):
        KeyFile.create(path)
    assert KeyFile.load(path).key_id == first.key_id
    assert [each.name for each in tmp_path.iterdir()] == ["key"]


def test_twenty_creators_make_one_key(tmp_path: Path) -> None:
    def one(_: int) -> str:
        try:
            return KeyFile.create(tmp_path / "key").key_id
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(20) as pool:
        outcome = Counter(pool.map(one, range(20)))
    assert outcome == {KeyFile.load(tmp_path / "key").key_id: 1, "conflict": 19}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o602, 0o610, 0o777])
def test_readable_by_others(tmp_path: Path, mode: int) -> None:
    path = write(tmp_path / "key", pem_of(Ed25519PrivateKey.generate()), mode)
    with pytest.raises(BadInput, match=f"chmod 600 {path}"):
        KeyFile.load(path)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not a key", id="text"),
        pytest.param(pem_of(Ed25519PrivateKey.generate())[:60], id="cut"),
        pytest.param(pem_of(Ed25519PrivateKey.generate(), b"word"), id="encrypted"),
        pytest.param(pem_of(ec.generate_private_key(ec.SECP256R1())), id="other-kind"),
        pytest.param(SEED, id="raw-seed"),
        pytest.param(b"\xff" * 20_000, id="large"),
    ],
)
def test_what_is_no_key(tmp_path: Path, data: bytes) -> None:
    path = write(tmp_path / "key", data)
    with pytest.raises(BadInput, match=str(path)):
        KeyFile.load(path)


def test_absent_key(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="There is no key"):
        KeyFile.load(tmp_path / "key")


def test_folder_in_place_of_a_key(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Is a directory"):
        KeyFile.load(tmp_path)


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="check the folder"):
        KeyFile.create(tmp_path / "file" / "key")


def test_shows_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key = KeyFile.create(path)
    assert repr(key) == f"KeyFile({key.key_id})"
    assert not any(line in repr(key) + str(vars(key)) for line in path.read_text().splitlines())
