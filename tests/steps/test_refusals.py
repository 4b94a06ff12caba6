"""A refusal on newer data stands: not asked again on older data, said where it was asked all the same."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from hallmark import wiring
from hallmark.edges.index_sql import CaseRow
from hallmark.errors import BadInput
from hallmark.evidence.verify import Outcome
from hallmark.policy.subject import CohortRole
from hallmark.steps.gate import gate
from hallmark.steps.open_case import open_case
from hallmark.steps.recertify import due
from hallmark.steps.refusals import refusal_of
from hallmark.verdict.finding import Decision
from hallmark.web.pages.standing import standing_of

if TYPE_CHECKING:
    from tests.conftest import Place


@pytest.fixture
def bad(small_frame: Any) -> Any:
    """Rows whose outcome is turned round: every case on them is refused."""
    small_frame["late"] = 1 - small_frame["late"]
    return small_frame


@pytest.fixture
def refused(small: Place, bad: Any) -> Place:
    """Refused on September, of production; nothing else was decided."""
    small.register_cohort("september", frame=bad, role=CohortRole.PRODUCTION)
    certification = small.certify("newer", cohort="september")
    assert certification.verdict.decision is Decision.REFUSED
    small.case = certification.case
    small.clock.forward(hours=1)
    return small


def row_of(place: Place, case: str) -> CaseRow:
    index = wiring.index(place.home)
    assert index.catch_up(place.store, place.context.chain(), seconds=60) == 0
    row = index.case(case)
    assert row is not None
    return row


def told(place: Place, case: str) -> str:
    return standing_of(row_of(place, case), place.context.chain(), place.clock.at).words


def test_after_a_refusal_on_newer_data_older_data_are_not_asked(refused: Place) -> None:
    before = refused.snapshot()
    says = (
        f"cohort july of small 1 has data of 2026-07-28, and case {refused.case} was refused on newer data, "
        "september of 2026-09-28; certify on a newer cohort, or another version"
    )
    with pytest.raises(BadInput) as raised:
        refused.open("again", cohort="july")
    assert str(raised.value) == says
    assert refused.snapshot() == before
    assert due(refused.context, refused.clock.at) == ()


def test_another_version_and_the_same_data_may_be_asked(refused: Place) -> None:
    refused.open("again", cohort="september")
    refused.register("2")
    refused.open("other", version="2", cohort="july")


def test_a_certificate_on_data_as_new_lifts_the_refusal(refused: Place) -> None:
    refused.register_cohort("october")
    newer = refused.certify("newest", cohort="october")
    assert newer.verdict.decision is Decision.CERTIFIED
    assert refusal_of(refused.context, "small", "1") is None
    refused.clock.forward(hours=1)
    assert refused.certify("again", cohort="july").verdict.decision is Decision.CERTIFIED


def test_a_certificate_from_before_the_refusal_lifts_nothing(small: Place, bad: Any) -> None:
    small.register_cohort("october")
    assert small.certify("first", cohort="october").verdict.decision is Decision.CERTIFIED
    small.register_cohort("september", frame=bad)
    refused = small.certify("second", cohort="september")
    word = refusal_of(small.context, "small", "1")
    assert word is not None and (word.case, word.day) == (refused.case, date(2026, 9, 28))
    with pytest.raises(BadInput, match="was refused on newer data"):
        small.open("third", cohort="july")


def test_what_was_opened_before_the_refusal_was_sealed_is_said_and_due(small: Place, bad: Any) -> None:
    small.register_cohort("september", frame=bad, role=CohortRole.PRODUCTION)
    newer = small.open("newer", cohort="september")
    older = small.open("older", cohort="july")
    small.work(newer)
    assert gate(small.context, newer).verdict.decision is Decision.REFUSED
    small.work(older)
    assert gate(small.context, older).verdict.decision is Decision.CERTIFIED
    assert told(small, older) == f"refused on newer data by {newer}"
    (item,) = due(small.context, small.clock.at)
    assert item.causes == (f"case {newer} was refused on newer data (september) than those of case {older}",)
    assert item.cohort == "september"
    assert small.verify(older).outcome is Outcome.USABLE, "the ledger tells verify no days; docs/for-auditor.md says so"
    again = small.certify(item.run_id, cohort=item.cohort)
    assert again.verdict.decision is Decision.REFUSED
    assert small.verify(older).outcome is Outcome.NOT_USABLE
    assert told(small, older) == f"superseded by {again.case}"
    assert due(small.context, small.clock.at) == ()


@pytest.mark.parametrize("damage", ["gone", "junk"])
def test_a_refusal_whose_data_cannot_be_dated_counts_as_new_as_its_opening(refused: Place, damage: str) -> None:
    (key,) = refused.store.keys(f"cases/{refused.case}/open_case/")
    (refused.folder / key).unlink() if damage == "gone" else refused.overwrite(key, b"junk")
    word = refusal_of(refused.context, "small", "1")
    assert word is not None and word.day == date(2026, 11, 24)
    with pytest.raises(BadInput, match="was refused on newer data"):
        refused.open("again", cohort="september")


def test_a_cohort_that_is_dated_in_the_future_is_refused_and_is_never_the_newest(small: Place) -> None:
    small.register_cohort("future", as_of=date(2999, 1, 1))
    with pytest.raises(BadInput, match="cohort future of small 1 is dated 2999-01-01, in the future; register it"):
        small.open("one", cohort="future")
    assert open_case(small.context, small.run("two")).cohort == "july"
