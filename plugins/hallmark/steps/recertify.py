"""What lapses and why, and which opened cases were never decided: pure functions, and the sweeper."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from hallmark.errors import Tampered, Terminal, Undecidable
from hallmark.evidence.entry import Entry, EntryKind
from hallmark.evidence.ledger import read_ledger
from hallmark.evidence.trust import Chain
from hallmark.policy.subject import Cohort
from hallmark.steps.context import Context
from hallmark.steps.gate import gate
from hallmark.steps.review import settle
from hallmark.verdict.finding import Decision

AHEAD = timedelta(days=14)
"""How long before its expiry a certificate is renewed."""

PREFIX = "recert__"
"""Run ids of re-certifications begin with it; whoever uses it must be due."""

USABLE = (Decision.CERTIFIED, Decision.CONDITIONAL)


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


def due_of(
    entries: Sequence[Entry],
    cohorts: Mapping[tuple[str, str], tuple[Cohort, ...]],
    chain: Chain,
    at: datetime,
) -> tuple[Due, ...]:
    """List what is due at `at`, from the ledger, the registered cohorts by (model, version) and the rulebooks.

    A version without a decided case is not due: its first certification is for people to ask for.
    """
    found = (_due(model, version, entries, cohorts[model, version], chain, at) for model, version in sorted(cohorts))
    return tuple(due for due in found if due is not None)


def _due(
    model: str, version: str, entries: Sequence[Entry], cohorts: Sequence[Cohort], chain: Chain, at: datetime
) -> Due | None:
    own = [entry for entry in entries if (entry.model, entry.version) == (model, version)]
    opened = [entry for entry in own if entry.kind is EntryKind.OPENED]
    packs = [entry for entry in own if entry.kind is EntryKind.PACK]
    if not packs or len(opened) > len({entry.case for entry in packs}):
        return None  # never certified, or a case is under way
    newest = cohorts[-1]
    causes = tuple(_causes(packs[-1], newest, {entry.cohort for entry in opened}, chain, at))
    if not causes:
        return None
    return Due(model=model, version=version, cohort=newest.name, causes=causes, attempt=len(opened) + 1, day=at.date())


def _causes(last: Entry, newest: Cohort, assessed: set[str], chain: Chain, at: datetime) -> Iterable[str]:
    if newest.name not in assessed:
        yield f"cohort {newest.name} is registered and was never assessed"
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


def undecided(entries: Sequence[Entry], chain: Chain, at: datetime) -> tuple[str, ...]:
    """Cases that were opened longer ago than the appetite of their rulebook allows and have no pack."""
    packed = {entry.case for entry in entries if entry.kind is EntryKind.PACK}
    return tuple(
        entry.case
        for entry in entries
        if entry.kind is EntryKind.OPENED and entry.case not in packed and at >= entry.at + _patience(chain, entry)
    )


def _patience(chain: Chain, entry: Entry) -> timedelta:
    return timedelta(hours=chain.number(entry.rulebook).rulebook.rules.appetite.undecided_hours)


def due(context: Context, at: datetime) -> tuple[Due, ...]:
    """List what is due now in this installation; nothing when nothing was ever published."""
    chain = context.chain()
    registered = context.registry.versions()
    cohorts = {subject: context.registry.cohorts(*subject) for subject in registered}
    with_data = {subject: found for subject, found in cohorts.items() if found}
    return due_of(_entries(context, chain), with_data, chain, at)


def waiting(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Cases that the numbers referred to people and that have no second pack, in the order of the ledger."""
    packs = {entry.case: entry for entry in entries if entry.kind is EntryKind.PACK}
    return tuple(case for case, entry in packs.items() if entry.decision == Decision.REFERRED)


def close_undecided(context: Context, at: datetime) -> tuple[str, ...]:
    """Refuse what was opened and never decided (`process.completed` is false), and what nobody answered in time.

    Returns the cases. One that cannot be closed does not keep the others open; it is named at the end by `Tampered`.
    """
    chain = context.chain()
    entries = _entries(context, chain)
    hanging = {case: partial(gate, completed=False) for case in undecided(entries, chain, at)}
    closing = hanging | {case: settle for case in waiting(entries) if at >= _answer_by(entries, chain, case)}
    broken: list[str] = []
    for case, close in closing.items():
        try:
            close(context, case)
        except Terminal as error:
            broken.append(f"{case}: {error}")
    if broken:
        raise Tampered(f"{len(broken)} of {len(closing)} undecided cases cannot be closed: {' '.join(broken)}")
    return tuple(closing)


def _answer_by(entries: Sequence[Entry], chain: Chain, case: str) -> datetime:
    opened = next(entry for entry in entries if entry.case == case and entry.kind is EntryKind.OPENED)
    return opened.at + timedelta(days=chain.number(opened.rulebook).rulebook.rules.appetite.answer_days)


def unanswered(context: Context, at: datetime) -> tuple[str, ...]:
    """Cases that wait for people and whose time is not over."""
    chain = context.chain()
    entries = _entries(context, chain)
    return tuple(case for case in waiting(entries) if at < _answer_by(entries, chain, case))


def _entries(context: Context, chain: Chain) -> tuple[Entry, ...]:
    try:
        return read_ledger(context.store, chain).entries
    except Undecidable:
        return ()
