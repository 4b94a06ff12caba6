"""What models, versions, cohorts, people and files may be called: names become paths, so they are few and plain."""

import re

from hallmark.errors import BadInput

_PATTERNS = {
    "model": re.compile(r"[a-z][a-z0-9_]{0,62}"),
    "version": re.compile(r"[a-z0-9](?:[a-z0-9_-]|\.(?!\.)){0,62}"),
    "cohort": re.compile(r"[a-z0-9](?:[a-z0-9_-]|\.(?!\.)){0,62}"),
    "case": re.compile(r"[0-9a-f]{20}"),
    "person": re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,62}"),
    "root": re.compile(r"[a-z0-9](?:[a-z0-9-]|\.(?!\.)){0,62}"),
}


_FILE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}){0,4}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def checked_file(name: str, sha256: str) -> None:
    """Raise `BadInput` unless `name` is a plain path below the manifest and `sha256` 64 hexadecimal digits."""
    if not _FILE.fullmatch(name):
        raise BadInput(f"{name[:80]!r} cannot be the name of a file: name one below the manifest in plain letters")
    if not _SHA256.fullmatch(sha256):
        raise BadInput(f"{sha256[:80]!r} is no SHA-256: 64 hexadecimal digits in lower case")


def checked(kind: str, name: str) -> str:
    """Return `name` if a `kind` (model, version, cohort, person or case) may be called so, else raise `BadInput`."""
    pattern = _PATTERNS[kind]
    if not pattern.fullmatch(name):
        raise BadInput(f"{name[:80]!r} cannot be the name of a {kind}: it must match {pattern.pattern}")
    return name
