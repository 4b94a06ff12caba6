"""What models, versions, cohorts, groups and columns may be called: names become paths, so they are few and plain."""

import re

from hallmark.errors import BadInput

_PATTERNS = {
    "model": re.compile(r"[a-z][a-z0-9_]{0,62}"),
    "version": re.compile(r"[a-z0-9](?:[a-z0-9_-]|\.(?!\.)){0,62}"),
    "cohort": re.compile(r"[a-z0-9](?:[a-z0-9_-]|\.(?!\.)){0,62}"),
    "case": re.compile(r"[0-9a-f]{20}"),
}


def checked(kind: str, name: str) -> str:
    """Return `name` if it may be the name of a `kind` (model, version, cohort or case), else raise `BadInput`."""
    pattern = _PATTERNS[kind]
    if not pattern.fullmatch(name):
        raise BadInput(f"{name[:80]!r} cannot be the name of a {kind}: it must match {pattern.pattern}")
    return name
