"""What is due and why: what lapses, what was never assessed, what was never decided, what was refused on newer data."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from hallmark.errors import Terminal
from hallmark.evidence.entry import Entry, EntryKind
from hallmark.evidence.trust import Chain
from hallmark.evidence.words import Word, is_older, standing_refusal
from hallmark.policy.subject import Cohort, CohortRole
from hallmark.steps.context import Context
from hallmark.steps.opened import opened
from hallmark.steps.refusals import dated_words, entries_of
from hallmark.steps.sweep import undecided
from hallmark.verdict.finding import USABLE

AHEAD = timedelta(days=14)
"""How long before its expiry a certificate is renewed."""

PREFIX = "recert__"
"""Run ids of re-certifications begin with it; whoever uses it must be due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A model version that has to be certified again on `cohort`, with every cause. `attempt` counts its cases."""

    model: str
    version: str
    cohort: str
    causes: tuple[str, ...]
    attempt: int
    day: date

    @property
    def run_id(self) -> str:
        """The same for the same state of the ledger on one day, so that twice is once and tomorrow is another try."""
        return f"{PREFIX}{self.model}__{self.version}__{self.cohort}__{self.attempt}__{self.day:%Y%m%d}"

    @property
    def reason(self) -> str:
        """The causes in one line."""
        return "; ".join(self.causes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store tells of the cases of a version: its words with their days, and what is wrong with openings."""

    words: tuple[Word, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)


Subject = tuple[str, str]
"""A model and a version."""


def due_of(
    entries: Sequence[Entry],
    cohorts: Mapping[Subject, tuple[Cohort, ...]],
    chain: Chain,
    at: datetime,
    known: Mapping[Subject, Known] | None = None,
) -> tuple[Due, ...]:
    """List what is due at `at`, from the ledger, the registered cohorts by (model, version) and the rulebooks.

    A version without a decided case is not due: its first certification is for people to ask for.
    """
    found = (
        _due(subject, entries, cohorts[subject], chain, at, (known or {}).get(subject, Known()))
        for subject in sorted(cohorts)
    )
    return tuple(due for due in found if due is not None)


def _due(
    subject: Subject, entries: Sequence[Entry], cohorts: Sequence[Cohort], chain: Chain, at: datetime, known: Known
) -> Due | None:
    own = [entry for entry in entries if (entry.model, entry.version) == subject]
    opened = [entry for entry in own if entry.kind is EntryKind.OPENED]
    packs = [entry for entry in own if entry.kind is EntryKind.PACK]
    hanging, late = {entry.case for entry in opened} - {entry.case for entry in packs}, undecided(own, chain, at)
    refusal = standing_refusal(known.words)
    if not packs or not hanging <= set(late):
        return None  # never certified, or a case is under way
    assessed = {entry.cohort: entry.at.date() for entry in opened}
    # one that is dated in the future, or was when it was assessed, hides no other; an older one could not be opened
    dated = [one for one in cohorts if one.as_of <= assessed.get(one.name, at.date())]
    sound = [one for one in dated if not is_older(one.as_of, refusal)]
    fresh = _fresh(sound, assessed)
    causes = (
        *([f"cohort {fresh.name} is registered and was never assessed"] if fresh else []),
        *(_stuck(entry, known) for entry in _unclosed(opened, packs)),
        *_outdone(packs[-1], known.words, refusal),
        *_lapsing(packs[-1], chain, at),
    )
    if not causes:
        return None
    cohort = fresh or (sound or cohorts)[-1]
    return Due(
        model=subject[0],
        version=subject[1],
        cohort=cohort.name,
        causes=causes,
        attempt=len(opened) + 1,
        day=at.date(),
    )


def _fresh(sound: Sequence[Cohort], assessed: Collection[str]) -> Cohort | None:
    """The newest cohort that was never assessed: of all, else of those of production, which no holdout hides."""
    production = [one for one in sound if one.role is CohortRole.PRODUCTION]
    latest = [one for one in production if one.as_of == production[-1].as_of]
    return next((one for one in (*sound[-1:], *reversed(latest)) if one.name not in assessed), None)


def _unclosed(opened: Sequence[Entry], packs: Sequence[Entry]) -> list[Entry]:
    """The cases without a pack, until one that was opened later is decided: that is the word then."""
    packed = {entry.case for entry in packs}
    last = max(place for place, entry in enumerate(opened) if entry.case in packed)
    return [entry for entry in opened[last + 1 :] if entry.case not in packed]


def _stuck(entry: Entry, known: Known) -> str:
    fault = known.faults.get(entry.case)
    why = f"cannot be closed: {fault.rstrip('.')}" if fault else "was never decided"
    return f"case {entry.case}, opened {entry.at:%Y-%m-%d}, {why}"


def _outdone(last: Entry, words: Sequence[Word], refusal: Word | None) -> Iterator[str]:
    """A case that was opened before the refusal was sealed, or not by `open_case`, rests on older data."""
    day = next((word.day for word in reversed(words) if word.case == last.case), None)
    if refusal is not None and last.decision in USABLE and is_older(day, refusal):
        yield f"case {refusal.case} was refused on newer data ({refusal.cohort}) than those of case {last.case}"


def _lapsing(last: Entry, chain: Chain, at: datetime) -> Iterator[str]:
    if last.decision not in USABLE:
        return  # what cannot be used cannot lapse
    if last.expires_at is not None and at >= last.expires_at - _ahead(last):
        yield f"the certificate of case {last.case} expires {last.expires_at:%Y-%m-%d}"
    if chain.accepted[last.rulebook :]:
        yield f"rulebook {chain.latest.rulebook.number} followed rulebook {last.rulebook}"


def _ahead(last: Entry) -> timedelta:
    """At most half of its life: what lives shorter than AHEAD would be due again on the day it was made."""
    life = last.expires_at - last.at if last.expires_at else AHEAD
    return min(AHEAD, life / 2)


def due(context: Context, at: datetime) -> tuple[Due, ...]:
    """List what is due now in this installation; nothing when nothing was ever published."""
    chain = context.chain()
    entries = entries_of(context, chain)
    registered = context.registry.versions()
    cohorts = {subject: context.registry.cohorts(*subject) for subject in registered}
    with_data = {subject: found for subject, found in cohorts.items() if found}
    faults = _faults(context, undecided(entries, chain, at))
    known = {one: Known(words=dated_words(context, chain, entries, *one), faults=faults) for one in with_data}
    return due_of(entries, with_data, chain, at, known)


def _faults(context: Context, cases: Sequence[str]) -> dict[str, str]:
    """Why cases that should have been closed cannot be, as far as their openings tell."""
    found = {}
    for case in cases:
        try:
            opened(context, case)
        except Terminal as error:
            found[case] = str(error)
    return found
