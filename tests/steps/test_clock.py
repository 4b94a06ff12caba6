"""A clock that went back: nothing is opened, decided, published or signed at a time that has passed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.conftest import START, graced

from hallmark.errors import Unavailable
from hallmark.evidence.checkpoint import Checkpoint
from hallmark.steps.clock import SKEW, moment
from hallmark.steps.gate import gate
from hallmark.steps.ledger import append
from hallmark.steps.sweep import close_undecided
from hallmark.verdict.finding import Decision

if TYPE_CHECKING:
    from tests.conftest import Place

BACK = (
    r"^The clock says 2026-11-23T12:00:00Z, and the ledger was signed at 2026-11-24T12:00:00Z: "
    r"set the clock right and run it again\.$"
)


def signed(place: "Place") -> Checkpoint:
    return place.ledger().checkpoint


DONE: dict[str, Callable[["Place"], object]] = {
    "open": lambda place: place.open("another"),
    "publish": lambda place: place.publish(graced(place.rules(), 12)),
    "append": lambda place: append(place.context, replace(place.entries()[-1], number=2)),
}


@pytest.mark.parametrize("done", DONE)
def test_what_would_be_dated_back_is_refused_and_leaves_nothing(small_decided: "Place", done: str) -> None:
    small_decided.clock.forward(days=-1)
    before = small_decided.snapshot()
    with pytest.raises(Unavailable, match=BACK):
        DONE[done](small_decided)
    assert small_decided.snapshot() == before


def test_the_gate_waits_until_the_clock_is_right(small: "Place") -> None:
    case = small.open()
    small.work(case)
    small.clock.forward(days=-1)
    with pytest.raises(Unavailable, match=BACK):
        gate(small.context, case)
    assert not list(small.store.keys("packs/"))
    small.clock.at = START + timedelta(minutes=1)
    certification = gate(small.context, case)
    assert certification.verdict.decision is Decision.CERTIFIED
    assert certification.verdict.at == small.clock.at


def test_a_consent_that_has_ended_does_not_come_back_with_an_older_clock(small: "Place") -> None:
    small.open("first")
    small.clock.forward(days=-400)
    with pytest.raises(Unavailable, match="set the clock right"):
        small.open("second")


def test_the_sweeper_closes_when_the_clock_is_right_again(small: "Place") -> None:
    case = small.open()
    small.clock.forward(days=-1)
    assert close_undecided(small.context, small.clock.at) == ()
    small.clock.forward(days=3)
    assert close_undecided(small.context, small.clock.at) == (case,)


@pytest.mark.parametrize("seconds", [0, 1, SKEW.total_seconds()])
def test_machines_whose_clocks_differ_a_little_stay_in_order(small_decided: "Place", seconds: float) -> None:
    newest = signed(small_decided).at
    small_decided.clock.at = newest - timedelta(seconds=seconds)
    assert moment(small_decided.context) == newest
    small_decided.open("another")
    assert signed(small_decided).at == newest
    assert small_decided.entries()[-1].at == newest


def test_a_second_more_is_too_much(small_decided: "Place") -> None:
    small_decided.clock.at = signed(small_decided).at - SKEW - timedelta(seconds=1)
    with pytest.raises(Unavailable, match="set the clock right"):
        moment(small_decided.context)


def test_without_a_ledger_the_clock_counts(bare: "Place") -> None:
    assert moment(bare.context) == bare.clock.at


def test_a_certificate_is_not_valid_before_it_was_decided(small_decided: "Place") -> None:
    answer = small_decided.verify(at=START - timedelta(seconds=1))
    assert answer.outcome == 1
    assert answer.checks[-1].says.startswith("not valid before 2026-11-24T12:00:00Z")
