"""The generated secrets of one home: made once, kept in files of mode 0600, used by every later start."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hallmark.errors import BadInput
from hallmark.local.home import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreKey:
    """The one account of the embedded S3 server."""

    access_key: str
    secret_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AirflowSecrets:
    """What Airflow signs tokens and sessions with, and encrypts connections with (Fernet, 32 bytes in base64)."""

    jwt: str
    session: str
    fernet: str


def store_key(home: Home) -> StoreKey:
    """Return the key of the embedded store, making it the first time. Raises `BadInput` for a damaged file."""
    made = StoreKey(access_key=secrets.token_hex(10), secret_key=secrets.token_hex(20))
    return StoreKey(**_kept(home.store_credentials, asdict(made)))


def airflow_secrets(home: Home) -> AirflowSecrets:
    """Return Airflow's secrets, making them the first time. Raises `BadInput` for a damaged file."""
    fernet = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    made = AirflowSecrets(jwt=secrets.token_hex(32), session=secrets.token_hex(32), fernet=fernet)
    return AirflowSecrets(**_kept(home.keys / "airflow.json", asdict(made)))


def _kept(file: Path, made: dict[str, str]) -> dict[str, Any]:
    if not file.exists():
        beside = file.with_suffix(".new")
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as new:
            json.dump(made, new)
        beside.replace(file)
    try:
        kept = json.loads(file.read_text("utf-8"))
    except ValueError:
        kept = None
    if not isinstance(kept, dict) or kept.keys() != made.keys():
        raise BadInput(f"The secrets in {file} are damaged: delete the file, and the next start makes new ones.")
    return kept
