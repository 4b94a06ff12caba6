"""Which refusal of a version stands, from the ledger and the signed openings of its cases."""

from collections.abc import Sequence

from hallmark.errors import Undecidable
from hallmark.evidence.entry import Entry
from hallmark.evidence.ledger import read_ledger
from hallmark.evidence.trust import Chain
from hallmark.evidence.words import Word, dated, standing_refusal, words_of
from hallmark.steps.context import Context


def refusal_of(context: Context, model: str, version: str) -> Word | None:
    """The refusal on the newest data that stands; None when none does."""
    chain = context.chain()
    return standing_refusal(dated_words(context, chain, entries_of(context, chain), model, version))


def dated_words(context: Context, chain: Chain, entries: Sequence[Entry], model: str, version: str) -> tuple[Word, ...]:
    """The words on a version with the days of their data, where a refusal is among them."""
    return dated(words_of(entries, model, version), entries, context.store, chain)


def entries_of(context: Context, chain: Chain) -> tuple[Entry, ...]:
    """The entries of the ledger; none before anything was published."""
    try:
        return read_ledger(context.store, chain).entries
    except Undecidable:
        return ()
