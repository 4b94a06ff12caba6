"""Step 8 of verification: may the certificate be used at the time that is asked about?"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hallmark.evidence.canonical import rfc3339
from hallmark.evidence.ledger import Ledger
from hallmark.evidence.statement import Certification
from hallmark.evidence.trail import Trail
from hallmark.evidence.trust import Accepted, Chain
from hallmark.verdict.finding import Decision


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
    if verdict.decision not in (Decision.CERTIFIED, Decision.CONDITIONAL):
        yield verdict.decision.value
    if at < verdict.at:
        yield f"not valid before {rfc3339(verdict.at)}"
    if verdict.expires_at is not None and at >= verdict.expires_at:
        yield f"expired {rfc3339(verdict.expires_at)} ({verdict.expires_because})"
    yield from _superseded(trail.ledger, certification)
    yield from _lapsed(trail.chain, certification.opening.rulebook, at)


def _superseded(ledger: Ledger, certification: Certification) -> Iterator[str]:
    """The word on a case that was opened later takes its place, and so does a later refusal on an older one."""
    opening = certification.opening
    packs = ledger.packs(opening.model, opening.version)
    own = next(
        index
        for index, entry in enumerate(packs)
        if (entry.case, entry.number) == (certification.case, certification.number)
    )
    newer = ledger.opened_after(opening.case)
    decided = [
        entry
        for index, entry in enumerate(packs)
        if entry.decision != Decision.REFERRED
        and (
            entry.case in newer or (index > own and (entry.case == opening.case or entry.decision == Decision.REFUSED))
        )
    ]
    if decided:
        last = decided[-1]
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
    return newer.rulebook.issued_at + timedelta(days=newer.rulebook.rules.appetite.grace_days)
