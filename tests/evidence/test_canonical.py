"""Canonical JSON: what it writes, what it refuses to write, and what it refuses to read."""

import json
import math
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.errors import BadInput, Tampered
from hallmark.evidence.canonical import MAX_BYTES, MAX_DEPTH, b64decode, b64encode, decode, digest, encode, rfc3339


class Colour(StrEnum):
    RED = "red"
    NOT_RED = "not-red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    n: int
    x: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    colour: Colour
    inner: tuple[Inner, ...]
    day: date
    at: datetime
    labels: dict[str, str]
    maybe: Inner | None = None
    yes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Loose:
    any: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    next: "Chain | None" = None


OUTER = Outer(
    colour=Colour.NOT_RED,
    inner=(Inner(n=1, x=0.1), Inner(n=-2)),
    day=date(2026, 2, 28),
    at=datetime(2026, 2, 28, 12, 0, tzinfo=UTC),
    labels={"é": "ü", "a": "\u2028\n"},
)
OUTER_BYTES = (
    '{"at":"2026-02-28T12:00:00Z","colour":"not-red","day":"2026-02-28",'
    '"inner":[{"n":1,"x":0.1},{"n":-2,"x":null}],"labels":{"a":"\u2028\\n","é":"ü"},"maybe":null,"yes":false}'
).encode()


def test_frozen_bytes() -> None:
    assert encode(OUTER) == OUTER_BYTES
    assert decode(OUTER_BYTES, Outer) == OUTER


def test_rfc8785_numbers_and_key_order() -> None:
    """The numbers of RFC 8785, section 3.2.2, and the keys of its section 3.2.3."""
    numbers = [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001, -0.0, 1e21, 1e20, 1e-6, 1e-7]
    expected = b"[333333333.3333333,1e+30,4.5,0.002,1e-27,0,1e+21,100000000000000000000,0.000001,1e-7]"
    assert encode(numbers) == expected
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    assert list(json.loads(encode(dict.fromkeys(keys, 0)))) == [
        "\r",
        "1",
        "\u0080",
        "ö",
        "\u20ac",
        "\U0001f600",
        "\ufb33",
    ]


inners = st.builds(
    Inner,
    n=st.integers(-(2**53) + 1, 2**53 - 1),
    x=st.none() | st.floats(allow_nan=False, allow_infinity=False),
)
zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])
outers = st.builds(
    Outer,
    colour=st.sampled_from(Colour),
    inner=st.lists(inners).map(tuple),
    day=st.dates(),
    at=st.datetimes(timezones=zones, min_value=datetime(2, 1, 1)),
    labels=st.dictionaries(st.text(), st.text()),
    yes=st.booleans(),
)


@given(outers)
def test_round_trip(value: Outer) -> None:
    data = encode(value)
    assert decode(data, Outer) == value
    assert json.loads(data)["yes"] is value.yes


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(math.nan, id="nan"),
        pytest.param({"deep": [math.inf]}, id="infinity"),
        pytest.param(-math.inf, id="minus-infinity"),
        pytest.param(2**53, id="integer-beyond-2**53-1"),
        pytest.param(datetime(2026, 1, 1), id="naive-datetime"),
        pytest.param(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))), id="before-year-1-in-utc"),
        pytest.param({1: "x"}, id="integer-key"),
        pytest.param("\ud800", id="lone-surrogate"),
        pytest.param({"\ud800": 1}, id="lone-surrogate-key"),
        pytest.param(object(), id="unknown-type"),
        pytest.param("x" * MAX_BYTES, id="too-large"),
    ],
)
def test_refuses_to_write(value: object) -> None:
    with pytest.raises(BadInput):
        encode(value)


@pytest.mark.parametrize(("levels", "allowed"), [(MAX_DEPTH, True), (MAX_DEPTH + 1, False), (100_000, False)])
def test_depth_of_what_is_written(levels: int, allowed: bool) -> None:
    value: list[Any] = []
    for _ in range(levels - 1):
        value = [value]
    if allowed:
        assert encode(value) == b"[" * levels + b"]" * levels
    else:
        with pytest.raises(BadInput):
            encode(value)
    while value:  # taking it apart by hand keeps the interpreter from recursing
        value = value[0]


def test_sets_come_out_sorted() -> None:
    assert encode({"b", "a", "c"}) == b'["a","b","c"]'


INNER = b'{"n":1,"x":0.5}'


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"n":1,"x":0.5', id="cut"),
        pytest.param(INNER + b"\n", id="trailing-newline"),
        pytest.param(INNER + INNER, id="two-values"),
        pytest.param(b"\xef\xbb\xbf" + INNER, id="byte-order-mark"),
        pytest.param(b'{"n": 1,"x":0.5}', id="space"),
        pytest.param(b'{"x":0.5,"n":1}', id="order-of-keys"),
        pytest.param(b'{"n":1,"x":0.5,"y":1}', id="unknown-key"),
        pytest.param(b'{"n":1,"x":0.5,"y":"\xff"}', id="unknown-key-not-utf8"),
        pytest.param(b'{"n":1,"n":1,"x":0.5}', id="duplicate-key"),
        pytest.param(b'{"n":1}', id="default-left-out"),
        pytest.param(b'{"x":0.5}', id="missing-key"),
        pytest.param(b'{"n":1,"x":0.50}', id="trailing-zero"),
        pytest.param(b'{"n":1,"x":5e-1}', id="exponent"),
        pytest.param(b'{"n":1.0,"x":0.5}', id="integer-as-float"),
        pytest.param(b'{"n":-0,"x":0.5}', id="minus-zero"),
        pytest.param(b'{"n":"1","x":0.5}', id="number-as-text"),
        pytest.param(b'{"n":true,"x":0.5}', id="bool-as-integer"),
        pytest.param(b'{"n":9007199254740992,"x":0.5}', id="integer-beyond-2**53-1"),
        pytest.param(b'{"n":1,"x":1e400}', id="overflow"),
        pytest.param(b'{"n":1,"x":NaN}', id="nan"),
        pytest.param(b'{"n":1,"x":Infinity}', id="infinity"),
        pytest.param(b'{"n":1,"\\u0078":0.5}', id="escaped-key"),
        pytest.param(b"[1,0.5]", id="array"),
        pytest.param(b"null", id="null"),
        pytest.param(b" " * (MAX_BYTES + 1), id="too-large"),
        pytest.param(b'{"n":1,"x":0.5,"y":' + b"[" * 200_000 + b"]" * 200_000 + b"}", id="deep-unknown-key"),
    ],
)
def test_refuses_to_read(data: bytes) -> None:
    assert decode(INNER, Inner) == Inner(n=1, x=0.5)
    with pytest.raises(Tampered):
        decode(data, Inner)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param(b'"2026-02-28T12:00:00Z"', b'"2026-02-28T12:00:00"', id="naive-time"),
        pytest.param(b'"2026-02-28T12:00:00Z"', b'"2026-02-28T13:00:00+01:00"', id="other-zone"),
        pytest.param(b'"2026-02-28T12:00:00Z"', b'"2026-02-28T12:00:00.000000Z"', id="empty-fraction"),
        pytest.param(b'"2026-02-28T12:00:00Z"', b'"2026-02-28T12:00:00.0000001Z"', id="nanoseconds"),
        pytest.param(b'"2026-02-28T12:00:00Z"', b'"2026-02-28t12:00:00z"', id="lower-case-time"),
        pytest.param(b'"2026-02-28T12:00:00Z"', b"1772280000", id="epoch"),
        pytest.param(b'"day":"2026-02-28"', b'"day":"2026-02-30"', id="no-such-day"),
        pytest.param(b'"not-red"', b'"blue"', id="unknown-member"),
        pytest.param("ü".encode(), b"\\u00fc", id="escaped-letter"),
        pytest.param("ü".encode(), b"\xfc", id="latin-1"),
        pytest.param("ü".encode(), b"\\ud800", id="lone-surrogate"),
    ],
)
def test_refuses_other_spellings(right: bytes, wrong: bytes) -> None:
    assert OUTER_BYTES.count(right) == 1
    with pytest.raises(Tampered):
        decode(OUTER_BYTES.replace(right, wrong), Outer)


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 300, 100_000])
@pytest.mark.parametrize("kind", [Chain, Loose])
def test_depth_of_what_is_read(kind: type[object], levels: int) -> None:
    opening = b'{"next":' if kind is Chain else b'{"any":'
    assert decode(opening + b"null}", kind)
    with pytest.raises(Tampered):
        decode(opening * levels + b"null" + b"}" * levels, kind)


@given(st.integers(0, len(OUTER_BYTES) - 1), st.integers(1, 255))
def test_a_changed_byte_is_never_the_same_value(position: int, change: int) -> None:
    data = bytearray(OUTER_BYTES)
    data[position] ^= change
    try:
        value = decode(bytes(data), Outer)
    except Tampered:
        return
    assert value != OUTER
    assert encode(value) == data


@given(st.binary(max_size=40))
def test_base64_round_trip(data: bytes) -> None:
    assert b64decode(b64encode(data)) == data


@pytest.mark.parametrize(
    "text", ["QR==", "QQ", "QQ=", "QQ===", " QQ==", "QQ==\n", "Q Q=", "-_8=", "QQ==QQ==", "Ä===", "=", "Q"]
)
def test_base64_has_one_spelling(text: str) -> None:
    assert b64decode("QQ==") == b"A"
    with pytest.raises(Tampered):
        b64decode(text)


def test_digest_of_the_standard_example() -> None:
    """FIPS 180-2, appendix B.1."""
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_times() -> None:
    assert rfc3339(datetime(2026, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC)) == "2026-01-02T03:04:05.600000Z"
    assert rfc3339(datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2)))) == "2025-12-31T22:00:00Z"
    with pytest.raises(BadInput):
        rfc3339(datetime(2026, 1, 1))


def test_import_is_light() -> None:
    code = (
        "import sys, time; start = time.process_time()\n"
        "import hallmark.evidence.canonical, hallmark.evidence.checkpoint, hallmark.evidence.envelope\n"
        "print(time.process_time() - start)\n"
        "print(*{'pandas', 'pydantic', 'numpy', 'airflow', 'boto3'} & {name.partition('.')[0] for name in sys.modules})"
    )
    environment = {"PYTHONPATH": ":".join(entry for entry in sys.path if entry)}
    times = []
    for _ in range(3):
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
        seconds, heavy = ran.stdout.split("\n")[:2]
        assert heavy == ""
        times.append(float(seconds))
    assert min(times) < 0.15, "seconds of CPU; about 0.06 where the machine is free"


def test_the_largest_document_is_read_in_bounded_time() -> None:
    data = encode(Loose(any=["0" * 100] * 75_000))
    started = time.process_time()
    assert decode(data, Loose) == Loose(any=["0" * 100] * 75_000)
    assert time.process_time() - started < 5
