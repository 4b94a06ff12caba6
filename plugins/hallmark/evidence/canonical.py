"""The one JSON door: values to canonical bytes (RFC 8785) and back, canonical or refused; digests and strict base64."""

import base64
import binascii
import hashlib
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
import rfc8785

from hallmark.errors import BadInput, Tampered

MAX_BYTES = 8 * 1024 * 1024
"""Largest document in bytes, written or read: parsed JSON takes up to thirty times its size in memory."""

MAX_DEPTH = 64
"""Deepest nesting of objects and lists, written or read."""

T = TypeVar("T")


def encode(value: object) -> bytes:
    """Return the canonical JSON of dataclasses, enums, tuples, dates, aware datetimes, dicts and scalars.

    Raises `BadInput` for what JSON cannot carry exactly: NaN, infinity, integers beyond 2**53 - 1, naive datetimes,
    keys that are not text, more than `MAX_DEPTH` levels, more than `MAX_BYTES` bytes.
    """
    try:
        # Sets would otherwise come out in the order of a seeded hash.
        builtins = msgspec.to_builtins(value, builtin_types=(datetime,), order="sorted")
        data = rfc8785.dumps(_plain(builtins, MAX_DEPTH))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise BadInput(f"A {type(value).__name__} cannot be written as canonical JSON: {_clause(error)}.") from error
    if len(data) > MAX_BYTES:
        raise BadInput(f"A {type(value).__name__} takes {len(data)} bytes as JSON, more than the {MAX_BYTES} allowed.")
    return data


def decode(data: bytes, kind: type[T]) -> T:
    """Return the `kind` (a frozen dataclass) that `data` is the canonical JSON of.

    Decoding, encoding and comparing refuses in one rule unknown and duplicate keys, spaces, left-out defaults and
    other spellings of numbers, texts and times. Raises `Tampered`.
    """
    if len(data) > MAX_BYTES:
        raise Tampered(f"A {kind.__name__} of {len(data)} bytes is larger than the {MAX_BYTES} that are read.")
    try:
        value = msgspec.json.decode(data, type=kind)
        same = encode(value) == data
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Tampered(f"These bytes are no {kind.__name__}: {_clause(error)}.") from error
    if not same:
        raise Tampered(f"These bytes are not the canonical form of the {kind.__name__} that they spell.")
    return value


def digest(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def rfc3339(at: datetime) -> str:
    """Return `at` in UTC as RFC 3339 with `Z`, microseconds only where there are any. Raises `BadInput` if naive."""
    if at.utcoffset() is None:
        raise BadInput(f"The time {at.isoformat()} has no zone: give it one, for example UTC.")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def b64encode(data: bytes) -> str:
    """Return standard base64 (RFC 4648, section 4) with padding."""
    return base64.b64encode(data).decode("ascii")


def b64decode(text: str) -> bytes:
    """Return the bytes of the only base64 text that stands for them. Raises `Tampered` for every other spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Tampered(f"A base64 text does not decode: {error}.") from error
    if b64encode(data) != text:
        raise Tampered("A base64 text is not the canonical spelling of its bytes.")
    return data


def _clause(error: Exception) -> str:
    return str(error).rstrip(".")


def _plain(value: Any, depth: int) -> Any:
    """Return built-in values with every time spelled in UTC, at most `depth` containers deep."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if not isinstance(value, dict | list | tuple):
        return value
    if depth == 0:
        raise BadInput(f"A value is nested more than {MAX_DEPTH} levels deep.")
    if isinstance(value, dict):
        return {key: _plain(item, depth - 1) for key, item in value.items()}
    return [_plain(item, depth - 1) for item in value]
