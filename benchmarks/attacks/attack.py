"""What an attack is, how the product answers it, and when that answer is a refusal."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from hallmark.errors import HallmarkError
from hallmark.evidence.verify import Outcome, Verification
from hallmark.verdict.finding import Decision

UNUSABLE = (Decision.REFUSED, Decision.REFERRED)

P = TypeVar("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the product said: whether a certificate can be used now, which part of it spoke, and in which words."""

    usable: bool
    by: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack(Generic[P]):
    """One thing that somebody does. `refused_by` is a pattern that `part: sentence` of the refusal must hold."""

    does: str
    refused_by: str
    act: Callable[[P], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Generic[P]):
    """Attacks on one path, and the same path without any, which must end in a certificate that can be used.

    `lend` gives each of them an installation of its own, and takes it back.
    """

    path: str
    lend: Callable[[], AbstractContextManager[P]]
    control: Callable[[P], Answer]
    attacks: tuple[Attack[P], ...]


class Result(StrEnum):
    """What became of an attack or of a control; the values are how the lines begin."""

    CONTROL = "usable  "
    REFUSED = "refused "
    GOT_THROUGH = "GOT THROUGH"
    OTHERWISE = "REFUSED OTHERWISE"
    PROVES_NOTHING = "PROVES NOTHING"


SOUND = (Result.CONTROL, Result.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One line of the output."""

    result: Result
    does: str
    says: str

    @property
    def line(self) -> str:
        """As it is printed."""
        return f"{self.result} {self.does}: {self.says}"


def of_verification(found: Verification) -> Answer:
    """The answer of `verify`: the last step that it took; of a verdict also why it is what it is."""
    last, told = found.checks[-1], found.certification
    says = last.says
    if found.outcome is Outcome.NOT_USABLE and told is not None and told.verdict.decision in UNUSABLE:
        says = f"{told.verdict.decision}: {told.verdict.because}"
    return Answer(usable=found.outcome is Outcome.USABLE, by=f"verify {last.number}", says=says)


def tried(part: str, deed: Callable[[], object]) -> Answer:
    """What `part` of the product says to a deed; one that is taken without a word got through."""
    try:
        deed()
    except HallmarkError as error:
        return Answer(usable=False, by=part, says=str(error))
    return Answer(usable=True, by=part, says="this was taken without a word")


def play(group: Group[P]) -> Iterator[Played]:
    """The control of a group, then each of its attacks."""
    with group.lend() as lent:
        found = _answer(group.control, lent)
    result = Result.CONTROL if found.usable else Result.PROVES_NOTHING
    yield Played(result=result, does=group.path, says=found.says)
    for attack in group.attacks:
        with group.lend() as lent:
            found = _answer(attack.act, lent)
        yield Played(result=_judged(attack, found), does=attack.does, says=found.says)


def _answer(act: Callable[[P], Answer], lent: P) -> Answer:
    """What stops an attack before its end is no refusal that was meant."""
    try:
        return act(lent)
    except HallmarkError as error:
        return Answer(usable=False, by="on the way", says=str(error))


def _judged(attack: Attack[P], found: Answer) -> Result:
    """Refused for another reason than the one that is meant is no proof: the attack may have missed."""
    if found.usable:
        return Result.GOT_THROUGH
    meant = re.search(attack.refused_by, f"{found.by}: {found.says}")
    return Result.REFUSED if meant else Result.OTHERWISE
