"""What a certificate is worth now, in words for a list; `hallmark verify` decides, this only tells."""

from dataclasses import dataclass
from datetime import datetime

from hallmark.edges.index_sql import CaseRow
from hallmark.evidence.standing import lapses
from hallmark.evidence.trust import Chain
from hallmark.verdict.finding import USABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`usable` now or not; `words` say it; `until` is when a certificate ends, and `because` why then."""

    usable: bool
    words: str
    until: datetime | None = None
    because: str = ""


def standing_of(row: CaseRow, chain: Chain, now: datetime) -> Standing:
    """What stands against using the certificate of a case, first things first."""
    if row.fault:
        return Standing(usable=False, words="evidence does not hold")
    if row.decision not in USABLE:
        return Standing(usable=False, words="in progress" if not row.number else "no certificate")
    until, because = row.expires_at, row.expires_because
    end = lapses(chain, row.rulebook)
    if end is not None and (until is None or end[0] < until):
        until, because = end[0], f"rulebook {end[1]} took the place of rulebook {row.rulebook}"
    if row.superseded_by:
        return Standing(usable=False, words=f"superseded by {row.superseded_by}", until=until, because=because)
    if row.refused_by:
        return Standing(usable=False, words=f"refused on newer data by {row.refused_by}", until=until, because=because)
    if until is not None and now >= until:
        return Standing(usable=False, words="expired", until=until, because=because)
    return Standing(usable=True, words="valid", until=until, because=because)
