"""An Ed25519 key in a file that only its owner can read (PKCS #8, PEM)."""

import os
import stat
import uuid
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hallmark.errors import BadInput, Conflict, Missing
from hallmark.evidence.canonical import digest


class KeyFile:
    """`Signer` whose secret half was read from a file and is never shown again."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        """Hold the key; `create` and `load` are the ways to one."""
        self._private = private
        self._public = private.public_key().public_bytes_raw()

    @classmethod
    def create(cls, path: Path) -> "KeyFile":
        """Write a new key to `path`, mode 0600, whole or not at all. Raises `Conflict` if it exists, `BadInput`."""
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        try:
            _write_once(path, pem)
        except OSError as error:
            raise BadInput(f"The key {path} could not be written ({error.strerror}): check the folder.") from error
        return cls(private)

    @classmethod
    def load(cls, path: Path) -> "KeyFile":
        """Read the key at `path`. Raises `Missing`, or `BadInput` when others can read it or it is no Ed25519 key."""
        try:
            pem = _read_private(path)
        except FileNotFoundError as error:
            raise Missing(f"There is no key {path}.") from error
        except OSError as error:
            raise BadInput(f"The key {path} could not be read ({error.strerror}): check the file.") from error
        try:
            private = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadInput(f"{path} is not an unencrypted private key in PEM form.") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise BadInput(f"{path} holds a key of another kind: Hallmark signs with Ed25519 only.")
        return cls(private)

    @property
    def key_id(self) -> str:
        """As the port says."""
        return digest(self._public)

    @property
    def public(self) -> bytes:
        """As the port says."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """As the port says."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        """Name the key without its secret."""
        return f"KeyFile({self.key_id})"


def _read_private(path: Path) -> bytes:
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077:
            raise BadInput(f"The key {path} can be read by others: run chmod 600 {path}, or make a new key.")
        return file.read(10_000)


def _write_once(path: Path, pem: bytes) -> None:
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError as error:
        raise Conflict(f"{path} exists and a key is never overwritten: choose another path.") from error
    finally:
        temporary.unlink()
