"""The sweeper: which opened cases were never decided, or answered by nobody in time, and closing them as refused."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from hallmark.errors import Tampered, Transient
from hallmark.evidence.entry import Entry, EntryKind
from hallmark.evidence.trust import Chain
from hallmark.steps.context import Context
from hallmark.steps.gate import gate
from hallmark.steps.refusals import entries_of
from hallmark.steps.review import settle
from hallmark.verdict.finding import Decision


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


def waiting(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Cases that the numbers referred to people and that have no second pack, in the order of the ledger."""
    packs = {entry.case: entry for entry in entries if entry.kind is EntryKind.PACK}
    return tuple(case for case, entry in packs.items() if entry.decision == Decision.REFERRED)


def close_undecided(context: Context, at: datetime) -> tuple[str, ...]:
    """Refuse what was opened and never decided (`process.completed` is false), and what nobody answered in time.

    Returns the cases. One that cannot be closed does not keep the others open; it is named at the end by `Tampered`.
    """
    chain = context.chain()
    entries = entries_of(context, chain)
    hanging = {case: partial(gate, completed=False) for case in undecided(entries, chain, at)}
    closing = hanging | {case: settle for case in waiting(entries) if at >= _answer_by(entries, chain, case)}
    broken: list[str] = []
    for case, close in closing.items():
        try:
            close(context, case)
        except Transient:
            raise
        except Exception as error:  # whatever is wrong with one case is no reason to leave the others open
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
    entries = entries_of(context, chain)
    return tuple(case for case in waiting(entries) if at < _answer_by(entries, chain, case))
