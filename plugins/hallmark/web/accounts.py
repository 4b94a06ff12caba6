"""Who may log in: names, roles and scrypt hashes in one file of mode 0600."""

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from hallmark.errors import BadInput

# RFC 7914 with the interactive parameters of its author: 16 MiB and some 40 ms for each guess.
COST = {"n": 2**14, "r": 8, "p": 1, "maxmem": 64 * 2**20}


SHORTEST = 12
"""Characters of a password that a person chooses, at the least."""

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._@-]{0,62})")


class Role(StrEnum):
    """What a user of the pages may do, most first."""

    ADMINISTRATOR = "administrator"
    RISK_ANALYST = "risk-analyst"
    REVIEWER = "reviewer"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One user: a salt and the scrypt hash of the password, both hexadecimal."""

    role: Role
    salt: str
    hash: str


# An unknown name costs as much as a known one, so that time tells nobody which names exist.
NOBODY = Account(role=Role.VIEWER, salt="00" * 16, hash="00" * 32)


def role_of(keys: Path, name: str, password: str) -> Role | None:
    """Return the role of `name` when `password` is right, else None; equally slow for an unknown name."""
    account = _read(keys).get(name, NOBODY)
    right = hmac.compare_digest(_hash(password, account.salt), account.hash)
    return account.role if right and account is not NOBODY else None


def current_roles(keys: Path) -> dict[str, Role]:
    """The role of every name that may log in now."""
    return {name: account.role for name, account in _read(keys).items()}


def add(keys: Path, name: str, role: Role, password: str) -> None:
    """Let `name` log in with `password`. Raises `BadInput` for a name that is taken or none, and a weak password."""
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name[:80]!r} cannot be the name of a user: it must match {_NAME.pattern}")
    if len(password) < SHORTEST or password in (name, name[::-1]) or len(set(password)) < 4:
        raise BadInput(f"this password is too easy to guess: take at least {SHORTEST} characters that are not the name")
    accounts = _read(keys)
    if name in accounts:
        raise BadInput(f"user {name} is there already, as {accounts[name].role}; `hallmark user remove {name}` first")
    _keep(keys, accounts | {name: _account(role, password)})


def remove(keys: Path, name: str) -> None:
    """Let `name` log in no longer, from the next request on. Raises `BadInput` for an unknown name."""
    accounts = _read(keys)
    if name not in accounts:
        raise BadInput(f"there is no user {name[:80]!r}; `hallmark user list` shows who there is")
    (keys / f"{name}.password").unlink(missing_ok=True)
    _keep(keys, {other: account for other, account in accounts.items() if other != name})


def first_run(keys: Path, login: str) -> None:
    """Create the administrator and the command-line user `login` with generated passwords where they are missing.

    A password goes to `<keys>/<name>.password`, mode 0600. The administrator's file may be deleted for good;
    the command line cannot work without its own, so a lost one is renewed.
    """
    accounts = _read(keys)
    if Role.ADMINISTRATOR not in accounts:
        accounts[Role.ADMINISTRATOR] = _create(keys, Role.ADMINISTRATOR, Role.ADMINISTRATOR)
    if login not in accounts or not (keys / f"{login}.password").exists():
        accounts[login] = _create(keys, login, Role.RISK_ANALYST)
    _keep(keys, accounts)


def _keep(keys: Path, accounts: dict[str, Account]) -> None:
    rows = {name: {"role": one.role, "salt": one.salt, "hash": one.hash} for name, one in accounts.items()}
    _write(keys / "users.json", json.dumps(rows, indent=1))


def _read(keys: Path) -> dict[str, Account]:
    """Raises `BadInput` when the file is damaged."""
    file = keys / "users.json"
    if not file.exists():
        return {}
    try:
        rows = json.loads(file.read_text("utf-8"))
        return {name: _account_of(row) for name, row in rows.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput(
            f"{file}: damaged, so nobody may log in ({type(error).__name__}); put a copy back, or remove it and "
            "`hallmark up` makes an administrator anew"
        ) from error


def _account_of(row: Mapping[str, str]) -> Account:
    bytes.fromhex(row["salt"]), bytes.fromhex(row["hash"])
    return Account(role=Role(row["role"]), salt=row["salt"], hash=row["hash"])


def _create(keys: Path, name: str, role: Role) -> Account:
    password = secrets.token_urlsafe(18)
    _write(keys / f"{name}.password", password + "\n")
    return _account(role, password)


def _account(role: Role, password: str) -> Account:
    salt = secrets.token_hex(16)
    return Account(role=role, salt=salt, hash=_hash(password, salt))


def _hash(password: str, salt: str) -> str:
    return hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), dklen=32, **COST).hex()


def _write(file: Path, text: str) -> None:
    beside = file.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as new:
        new.write(text)
    beside.replace(file)
