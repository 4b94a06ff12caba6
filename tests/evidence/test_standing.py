"""When a newer rulebook ends certificates of an older one: at its grace, and never by an error."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.conftest import graced

if TYPE_CHECKING:
    from tests.conftest import Place

from hallmark.evidence.standing import lapses


@pytest.mark.parametrize(
    ("days", "end"),
    [
        (30, datetime(2026, 12, 24, 12, tzinfo=UTC)),
        (10_000_000, datetime.max.replace(tzinfo=UTC)),
        (10**15, datetime.max.replace(tzinfo=UTC)),
        (-(10**7), datetime.min.replace(tzinfo=UTC)),
    ],
)
def test_a_grace_beyond_the_calendar_is_never_or_at_once(small: Place, days: int, end: datetime) -> None:
    """A rulebook of before lint asked may say so, and it stays in every chain."""
    chain = small.context.chain()
    first = chain.latest
    second = replace(first.rulebook, number=2, rules=graced(first.rulebook.rules, days))
    longer = replace(chain, accepted=(first, replace(first, rulebook=second)))
    assert lapses(chain, 1) is None
    assert lapses(longer, 1) == (end, 2)
    third = replace(second, number=3, issued_at=second.issued_at + timedelta(days=1), rules=graced(second.rules, 5))
    assert lapses(replace(longer, accepted=(*longer.accepted, replace(first, rulebook=third))), 2) == (
        second.issued_at + timedelta(days=6),
        3,
    )
