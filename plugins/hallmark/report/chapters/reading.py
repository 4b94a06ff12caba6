"""Reading evidence that may be anything: a value that is not what it should be has a path and a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

from hallmark.errors import Tampered
from hallmark.evidence.canonical import decode

LARGEST = 1e300
"""Beyond it the distance of two numbers may not be a float."""


class Unreadable(Exception):
    """A part of the evidence is not what its name says: a sentence without a full stop."""


class Absent(Unreadable):
    """No signed step delivered evidence of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A value of the evidence and where it stands."""

    path: str
    value: object

    def __getitem__(self, name: str) -> "Node":
        """The entry of that name. Raises `Unreadable` where there is none."""
        entries = self._mapping()
        if name not in entries:
            raise Unreadable(f"{self.path} has no {name!r}")
        return Node(path=f"{self.path}, {name}", value=entries[name])

    def has(self, name: str) -> bool:
        """Whether an entry of that name is there and not null. Raises `Unreadable` where this is no mapping."""
        return self._mapping().get(name) is not None

    @property
    def empty(self) -> bool:
        """True for null."""
        return self.value is None

    def items(self) -> list[tuple[str, "Node"]]:
        """The entries in their order. Raises `Unreadable` where this is no mapping."""
        return [(name, self[name]) for name in self._mapping()]

    def each(self) -> list["Node"]:
        """The members of a list. Raises `Unreadable` where it is none."""
        if not isinstance(self.value, list):
            raise Unreadable(f"{self.path} is no list")
        return [Node(path=f"{self.path}, {place}", value=one) for place, one in enumerate(self.value, 1)]

    def text(self) -> str:
        """A text. Raises `Unreadable`."""
        if not isinstance(self.value, str):
            raise Unreadable(f"{self.path} is no text")
        return self.value

    def number(self) -> float:
        """A finite number. Raises `Unreadable`."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise Unreadable(f"{self.path} is no number")
        if not isfinite(self.value) or abs(self.value) > LARGEST:
            raise Unreadable(f"{self.path} is too large a number")
        return float(self.value)

    def share(self) -> float:
        """A number from 0 to 1. Raises `Unreadable`."""
        number = self.number()
        if not 0.0 <= number <= 1.0:
            raise Unreadable(f"{self.path} is no share from 0 to 1")
        return number

    def count(self) -> int:
        """A whole number from 0. Raises `Unreadable`."""
        number = self.number()
        if number < 0 or number != int(number):
            raise Unreadable(f"{self.path} is no count")
        return int(number)

    def _mapping(self) -> Mapping[str, object]:
        if not isinstance(self.value, dict):
            raise Unreadable(f"{self.path} is no mapping")
        return self.value


def read(evidence: Mapping[str, bytes], name: str) -> Node:
    """The evidence of that name. Raises `Absent`, or `Unreadable` where it is not canonical JSON."""
    if name not in evidence:
        raise Absent(f"no signed step of this case delivered {name}")
    try:
        return Node(path=name, value=_decoded(evidence[name]))
    except Tampered as error:
        raise Unreadable(f"{name} is no evidence that this release can read ({str(error).rstrip('.')})") from error


@lru_cache(maxsize=8)
def _decoded(data: bytes) -> dict[str, object]:
    """Every chapter reads the same few, and nobody writes into them."""
    return decode(data, dict)


def rows_of(evidence: Mapping[str, bytes]) -> int | None:
    """The rows of the cohort as data quality counted them; None where nobody did."""
    try:
        return read(evidence, "data_quality.json")["rows"].count()
    except Unreadable:
        return None


def of_classes(evidence: Mapping[str, bytes]) -> bool:
    """Whether the counts are those of a model that gives one of several classes; False where nobody can tell."""
    try:
        return read(evidence, "performance.json").has("confusion")
    except Unreadable:
        return False


def without_probability(evidence: Mapping[str, bytes]) -> str:
    """What a model gives instead of a probability, in words; empty where it gives one, or nobody can tell."""
    return "a number" if of_regression(evidence) else "a class" if of_classes(evidence) else ""


def of_regression(evidence: Mapping[str, bytes]) -> bool:
    """Whether the counts are those of a model that gives a number and decides nothing; False where nobody can tell."""
    try:
        return read(evidence, "performance.json").has("errors_by_forecast")
    except Unreadable:
        return False
