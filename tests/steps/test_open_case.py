"""Opening: once, under the rulebook in force, and without a trace where nothing could be opened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hallmark.errors import BadInput, Conflict, HallmarkError, Undecidable
from hallmark.evidence.canonical import digest
from hallmark.evidence.entry import EntryKind
from hallmark.evidence.places import step_key
from hallmark.evidence.verify import Outcome
from hallmark.policy.role import KeyUse
from hallmark.steps.gate import gate
from hallmark.steps.open_case import case_of, open_case
from hallmark.steps.record import required

if TYPE_CHECKING:
    from tests.conftest import Place

HOSTILE = ["..", "../x", "a/../../b", "/etc", "a b", "", "x\0y", "UPPER", "a\n", "é", "x" * 64, ".hidden", "~"]


def test_a_retry_finds_the_opening_that_is_there(small: Place) -> None:
    first = open_case(small.context, small.run())
    before = small.snapshot()
    small.clock.forward(minutes=5)
    assert open_case(small.context, small.run()) == first
    assert small.snapshot() == before


def test_a_decided_case_is_not_opened_again(small_decided: Place) -> None:
    before = small_decided.snapshot()
    with pytest.raises(Conflict, match="is decided"):
        small_decided.open()
    assert small_decided.snapshot() == before


def test_the_case_follows_from_dag_and_run() -> None:
    assert case_of("certify_model", "a") == case_of("certify_model", "a")
    assert len({case_of("a", "bc"), case_of("ab", "c"), case_of("abc", "")}) == 3


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"model": "other"}, "registered models: small"),
        ({"version": "7"}, "registered versions of small: 1"),
        ({"cohort": "may"}, "registered cohorts: july"),
    ],
)
def test_an_unknown_subject_names_what_there_is_and_leaves_no_trace(
    small: Place, asked: dict[str, str], says: str
) -> None:
    before = small.snapshot()
    with pytest.raises(BadInput, match=says):
        small.open(**asked)
    assert small.snapshot() == before


@pytest.mark.parametrize(
    ("field", "name"),
    [(field, name) for field in ("model", "version", "cohort") for name in HOSTILE if (field, name) != ("cohort", "")],
)
def test_a_name_leads_nowhere(small: Place, field: str, name: str) -> None:
    before = small.snapshot()
    with pytest.raises(BadInput):
        small.open(**{field: name})
    assert small.snapshot() == before


def test_a_model_outside_the_inventory_leaves_no_trace(small: Place) -> None:
    small.publish(replace(small.rules(), inventory=()))
    before = small.snapshot()
    with pytest.raises(BadInput, match="inventory"):
        small.open()
    assert small.snapshot() == before


def test_without_a_rulebook_nothing_is_opened(bare: Place) -> None:
    before = bare.snapshot()
    with pytest.raises(Undecidable, match="publish"):
        bare.open()
    assert bare.snapshot() == before


def test_the_newest_cohort_is_chosen_and_another_on_request(small: Place) -> None:
    small.register_cohort("september")
    small.register_cohort("august")
    assert open_case(small.context, small.run("a")).cohort == "september"
    assert open_case(small.context, small.run("b", cohort="july")).cohort == "july"


def test_a_retry_keeps_its_cohort_when_a_newer_one_was_registered(small: Place) -> None:
    first = open_case(small.context, small.run())
    small.register_cohort("august")
    assert open_case(small.context, small.run()) == first


def test_a_run_cannot_change_its_subject(small: Place) -> None:
    small.register("2")
    small.open()
    with pytest.raises(Conflict, match="another subject"):
        small.open(version="2")


def test_an_open_case_keeps_its_rulebook(small: Place) -> None:
    case = small.open()
    small.publish_with_grace(5)
    assert open_case(small.context, small.run()).rulebook == 1
    small.work(case)
    assert gate(small.context, case).opening.rulebook == 1
    assert small.verify(case).outcome is Outcome.USABLE


# Killed between the signed step and the ledger


class Killed(Exception):
    """The process ended here."""


class Dying:
    """A sequencer whose process is killed before it appends."""

    def append(self, entry: bytes) -> int:
        raise Killed

    def entries(self) -> tuple[bytes, ...]:
        raise Killed


def killed_before_the_ledger(place: Place) -> str:
    with pytest.raises(Killed):
        open_case(place.again(sequencer=Dying()), place.run())
    assert not [entry for entry in place.entries() if entry.kind is EntryKind.OPENED]
    return place.run().case


def test_an_opening_that_missed_the_ledger_is_entered_by_the_retry(small: Place) -> None:
    case = killed_before_the_ledger(small)
    assert open_case(small.context, small.run()).case == case
    assert len(small.ledger().of_case(case, EntryKind.OPENED)) == 1


def test_a_rulebook_published_in_between_does_not_make_the_case_wrong(small: Place) -> None:
    case = killed_before_the_ledger(small)
    small.publish_with_grace(5)
    try:
        small.open()
    except HallmarkError:
        return  # refusing to open is honest too
    gate(small.context, case)
    assert small.verify(case).outcome in (Outcome.USABLE, Outcome.NOT_USABLE)


def test_the_gate_of_a_case_that_missed_the_ledger_leaves_nothing_that_does_not_verify(small: Place) -> None:
    case = killed_before_the_ledger(small)
    try:
        gate(small.context, case)
    except HallmarkError:
        assert not list(small.store.keys("packs/"))
        return
    assert small.verify(case).outcome is Outcome.NOT_USABLE


def test_a_killed_retry_that_signs_again_with_equal_products_changes_nothing(small: Place) -> None:
    """Two workers opened at once: two envelopes with the same products, and either digest may come first."""
    case = small.open()
    step = required(small.context, case, "open_case").statement
    for second in range(1, 9):
        ended = step.predicate.ended_at.replace(second=second)
        envelope = small.seal(replace(step, predicate=replace(step.predicate, ended_at=ended)), KeyUse.WORKER)
        small.overwrite(step_key(case, "open_case", digest(envelope)), envelope)
    small.open()
    gate(small.context, case)
    assert small.verify(case).outcome is Outcome.NOT_USABLE
