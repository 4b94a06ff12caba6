"""Step 8 of verification: may the certificate be used at the time that is asked about?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hallmark.evidence.canonical import rfc3339
from hallmark.evidence.entry import EntryKind
from hallmark.evidence.ledger import Ledger
from hallmark.evidence.statement import Certification
from hallmark.evidence.trail import Trail
from hallmark.evidence.trust import Accepted, Chain
from hallmark.evidence.words import in_place_of, words_of
from hallmark.verdict.finding import USABLE


def standing(trail: Trail) -> str:
    """8: what stands against using the certificate, all of it; nothing makes it usable."""
    reasons = list(_against(trail))
    trail.usable = not reasons
    verdict = trail.certified.verdict
    if reasons:
        return "; ".join(reasons) + f"; {trail.as_of}"
    until = rfc3339(verdict.expires_at) if verdict.expires_at else "no date"
    return f"{verdict.decision} until {until} ({verdict.expires_because}); {trail.as_of}"


def _against(trail: Trail) -> Iterator[str]:
    certification, at = trail.certified, trail.question.at
    verdict = certification.verdict
    if verdict.decision not in USABLE:
        yield verdict.decision.value
    if at < verdict.at:
        yield f"not valid before {rfc3339(verdict.at)}"
    if verdict.expires_at is not None and at >= verdict.expires_at:
        yield f"expired {rfc3339(verdict.expires_at)} ({verdict.expires_because})"
    yield from _superseded(trail.ledger, certification)
    yield from _lapsed(trail.chain, certification.opening.rulebook, at)


def _superseded(ledger: Ledger, certification: Certification) -> Iterator[str]:
    """The word on a case that was opened later takes its place, and so does a later refusal on an older one."""
    opening, entries = certification.opening, ledger.entries
    opened = entries.index(ledger.of_case(opening.case, EntryKind.OPENED)[0])
    packs = ledger.of_case(opening.case, EntryKind.PACK)
    decided = entries.index(next(entry for entry in packs if entry.number == certification.number))
    last = in_place_of(words_of(entries, opening.model, opening.version), opened, decided)
    if last is not None:
        yield f"superseded by case {last.case} ({last.decision} on {last.cohort})"


def _lapsed(chain: Chain, number: int, at: datetime) -> Iterator[str]:
    end = lapses(chain, number)
    if end is not None and at >= end[0]:
        yield f"lapsed {rfc3339(end[0])} under rulebook {end[1]}"


def lapses(chain: Chain, number: int) -> tuple[datetime, int] | None:
    """When certificates under rulebook `number` end because of a newer one, and which; None while it is the newest.

    Every newer rulebook sets an end; the earliest counts, since a later one may be the urgent one.
    """
    return min(((_end(newer), newer.rulebook.number) for newer in chain.accepted[number:]), default=None)


def _end(newer: Accepted) -> datetime:
    # such a rulebook may be published already, and an error here would end every verification for ever
    grace = newer.rulebook.rules.appetite.grace_days
    try:
        return newer.rulebook.issued_at + timedelta(days=grace)
    except OverflowError:
        return (datetime.max if grace > 0 else datetime.min).replace(tzinfo=UTC)
