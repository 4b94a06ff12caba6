"""The risk score by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hallmark.policy.control import Severity, Tier
from hallmark.verdict.risk import spelled

if TYPE_CHECKING:
    from tests.verdict.conftest import Making

RESULTS = [
    (Severity.LOW, "not-satisfied"),  # 1
    (Severity.LOW, "insufficient"),  # 1/4
    (Severity.MODERATE, "inconclusive"),  # 3/2
    (Severity.HIGH, "insufficient"),  # 10/4
    (Severity.HIGH, "insufficient"),  # 10/4
    (Severity.CRITICAL, "absent"),  # 30
    (Severity.CRITICAL, "satisfied"),  # 0
]


@pytest.mark.parametrize(("tier", "score"), [(Tier.LOW, 37.75), (Tier.MEDIUM, 75.5), (Tier.HIGH, 113.25)])
def test_points_times_share_times_tier(make: Making, tier: Tier, score: float) -> None:
    pairs = [(make.expected(str(place), severity), result) for place, (severity, result) in enumerate(RESULTS)]
    risk = make.decided(*pairs, tier=tier).risk
    assert risk.score == score
    assert sum(term.points for term in risk.terms) == 37.75
    assert sum(term.count for term in risk.terms) == 6


def test_the_score_is_spelled_with_its_terms(make: Making) -> None:
    risk = make.decided(*((make.expected(name, Severity.HIGH), "insufficient") for name in "ab")).risk
    assert spelled(risk, Tier.HIGH) == "15 = tier high 3 x (2 high insufficient x 10 x 1/4)"


def test_nothing_open_scores_nothing(make: Making) -> None:
    risk = make.decided((make.expected("a", Severity.CRITICAL), "satisfied")).risk
    assert (risk.score, risk.terms, spelled(risk, Tier.HIGH)) == (0, (), "0")
