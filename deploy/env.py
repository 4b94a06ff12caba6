"""Write what docker-compose.yaml asks for: `.env` with generated passwords, and `secrets/` with the signing keys.

Needs nothing but Python; prints nothing secret, and refuses to replace what is there.
"""

import base64
import json
import os
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

USES = ("publisher", "certifier", "worker", "log", "reviewer")

# An Ed25519 private key in PKCS #8 is this prefix and 32 random bytes (RFC 8410, section 7).
PKCS8 = bytes.fromhex("302e020100300506032b657004220420")

TEN_YEARS = 3653
NOBODY_SPECIAL = 50000


def owner() -> tuple[int, int]:
    """User and group that the containers run as: whoever asks, since the secrets are theirs; never root."""
    return (os.getuid(), os.getgid()) if os.getuid() else (NOBODY_SPECIAL, NOBODY_SPECIAL)


def variables(user: int, group: int) -> dict[str, str]:
    """What Compose fills into docker-compose.yaml."""
    generated = (
        "POSTGRES_PASSWORD", "AIRFLOW_DATABASE_PASSWORD", "CELERY_DATABASE_PASSWORD", "LEDGER_DATABASE_PASSWORD",
        "REDIS_PASSWORD", "STORE_SECRET_KEY", "JWT_SECRET", "SESSION_SECRET",
    )  # fmt: skip
    return {
        "HALLMARK_UID": str(user),
        "HALLMARK_GID": str(group),
        "HALLMARK_PORT": "8080",
        "HALLMARK_RETENTION_DAYS": str(TEN_YEARS),
        "STORE_ACCESS_KEY": secrets.token_hex(10),
        "FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        **{name: secrets.token_hex(32) for name in generated},
    }


def files(of: dict[str, str]) -> dict[str, str]:
    """What is mounted into the containers, each only where it is needed."""
    store = {"access_key": of["STORE_ACCESS_KEY"], "secret_key": of["STORE_SECRET_KEY"]}
    return {
        "store.json": json.dumps(store) + "\n",
        "ledger.pgpass": f"*:*:ledger:ledger:{of['LEDGER_DATABASE_PASSWORD']}\n",
        **{f"{use}.key": private_key() for use in USES},
    }


def private_key() -> str:
    """A new Ed25519 key in PEM form."""
    body = base64.b64encode(PKCS8 + secrets.token_bytes(32)).decode()
    return f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"


def write(folder: Path) -> None:
    """Write both, the folder first, whole or not at all. Raises `FileExistsError` when one is there."""
    env, place = folder / ".env", folder / "secrets"
    for path in (env, place):
        if path.exists():
            raise FileExistsError(path)
    user, group = owner()
    told = variables(user, group)
    partial = Path(tempfile.mkdtemp(prefix=".secrets-", dir=folder))  # mode 0700
    try:
        for name, text in files(told).items():
            private(partial / name, text, user, group)
        os.chown(partial, user, group)
        partial.rename(place)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    private(env, "".join(f"{name}={value}\n" for name, value in told.items()), os.getuid(), os.getgid())


def private(path: Path, text: str, user: int, group: int) -> None:
    """Write a new file that its owner alone can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    os.chown(path, user, group)


def main() -> int:
    """Exit code 0 when both were written, 1 when one was there."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    try:
        write(folder)
    except FileExistsError as error:
        path = error.args[0] if error.filename is None else error.filename
        print(f"{path} exists and secrets are never replaced: move it away first.", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or folder} cannot be written ({error.strerror}): check the folder.", file=sys.stderr)
        return 1
    print(f"wrote {folder / '.env'} and {folder / 'secrets'}, readable by their owner alone; keep a copy of both")
    return 0


if __name__ == "__main__":
    sys.exit(main())
