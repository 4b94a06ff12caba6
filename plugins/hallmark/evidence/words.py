"""The decided cases of a model version: which word takes the place of which, and which refusal stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from hallmark.errors import Missing, Tampered
from hallmark.evidence.case import read_product, read_step
from hallmark.evidence.entry import Entry, EntryKind
from hallmark.evidence.trust import Chain
from hallmark.policy.role import KeyUse
from hallmark.policy.subject import Cohort
from hallmark.ports import Store
from hallmark.verdict.finding import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What was decided of a case: `opened` and `decided` are places in the ledger, `day` is that of its data.

    Where the day is not known, a refusal counts as new as it can be, and any other word as old: None.
    """

    case: str
    cohort: str
    opened: int
    decided: int
    decision: str
    day: date | None

    @property
    def refused(self) -> bool:
        """Whether it is a refusal; every other word is usable, since a referral is none."""
        return self.decision == Decision.REFUSED


def words_of(entries: Sequence[Entry], model: str, version: str) -> tuple[Word, ...]:
    """The words on one model version in the order of the ledger, which does not tell the days of their data."""
    places: dict[str, int] = {}
    for place, entry in enumerate(entries):
        if entry.kind is EntryKind.OPENED:
            places.setdefault(entry.case, place)
    return tuple(
        Word(
            case=entry.case,
            cohort=entry.cohort,
            opened=places.get(entry.case, -1),
            decided=place,
            decision=entry.decision,
            day=newest_day(entry.decision, entries[places[entry.case]].at.date()) if entry.case in places else None,
        )
        for place, entry in enumerate(entries)
        if (entry.kind, entry.model, entry.version) == (EntryKind.PACK, model, version)
        and entry.decision != Decision.REFERRED
    )


def newest_day(decision: str, opened: date) -> date | None:
    """The day of data that cannot be read: those of a refusal are as new as the day on which its case was opened."""
    return opened if decision == Decision.REFUSED else None


def dated(words: Sequence[Word], entries: Sequence[Entry], store: Store, chain: Chain) -> tuple[Word, ...]:
    """The words with the days of their data, as far as their openings can be read and there is a refusal among them."""
    if not any(word.refused for word in words):
        return tuple(words)
    return tuple(
        replace(word, day=read_day(store, chain, entries[word.opened]) or word.day) if word.opened >= 0 else word
        for word in words
    )


def read_day(store: Store, chain: Chain, opened: Entry) -> date | None:
    """The day of the data of a case from its signed opening, never later than it was opened; None: cannot be read."""
    try:
        step = read_step(store, opened.case, "open_case", opened.sha256, chain.keys(KeyUse.WORKER))
        cohort = read_product(store, step, "cohort", Cohort)
    except (Missing, Tampered):
        return None
    return min(cohort.as_of, opened.at.date())


def in_place_of(words: Sequence[Word], opened: int, decided: int) -> Word | None:
    """The word that took the place of the pack at `decided`, of the case that was opened at `opened`; None: none did.

    That is the last one on a case that was opened later, on the same case, or a later refusal on an older one.
    """
    found = (
        word
        for word in reversed(words)
        if word.opened > opened or (word.decided > decided and (word.opened == opened or word.refused))
    )
    return next(found, None)


def standing_refusal(words: Sequence[Word]) -> Word | None:
    """The refusal on the newest data that stands: asking again on older data undoes nothing.

    A usable word on data as new lifts it when its case was opened, and decided, after the refusal.
    """
    standing = [word for word in words if word.refused and not any(_lifts(one, word) for one in reversed(words))]
    return max(standing, key=lambda word: (_day(word), word.decided), default=None)


def is_older(day: date | None, refusal: Word | None) -> bool:
    """Whether data of that day are older than those of a refusal that stands; data of an unknown day are."""
    return refusal is not None and (day or date.min) < _day(refusal)


def _lifts(one: Word, refusal: Word) -> bool:
    later = one.opened > refusal.opened and one.decided > refusal.decided
    return later and not one.refused and (one.day or date.min) >= _day(refusal)


def _day(refusal: Word) -> date:
    return refusal.day or date.max
