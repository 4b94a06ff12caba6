"""Edges: one foreign system per file; and the form of the keys that every store holds to."""

import re

from hallmark.errors import BadInput

_KEY = re.compile(r"(?:(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._-]{1,200}/)*(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,200}")
_MAX_KEY = 800  # S3 ends at 1024 bytes, and file systems need room for the folder above


def is_key(text: str) -> bool:
    """Tell whether the contract of `Store` allows `text`: segments of up to 200 characters, 800 in all."""
    return len(text) <= _MAX_KEY and _KEY.fullmatch(text) is not None


def checked_key(key: str) -> str:
    """Return `key` if it is one. Raises `BadInput`."""
    if not is_key(key):
        raise BadInput(
            f"The key {key[:100]!r} is not allowed in a store: use segments of letters, digits, '.', '_' and '-', "
            "none of them '.' or '..', separated by single slashes."
        )
    return key


def checked_prefix(prefix: str) -> str:
    """Return `prefix` if some allowed key can start with it. Raises `BadInput`."""
    checked_key(f"{prefix}x")
    return prefix
