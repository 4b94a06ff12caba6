"""What is due and why, as a table; who may claim to be due; and what was opened and never decided."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hallmark.errors import BadInput, HallmarkError, Tampered
from hallmark.evidence.entry import Entry, EntryKind
from hallmark.evidence.trust import Accepted, Chain
from hallmark.evidence.verify import Outcome
from hallmark.policy.appetite import Status
from hallmark.policy.subject import Cohort, CohortRole
from hallmark.steps.due_again import as_due
from hallmark.steps.gate import gate
from hallmark.steps.open_case import open_case
from hallmark.steps.packs import read_pack
from hallmark.steps.recertify import AHEAD, PREFIX, Due, due, due_of
from hallmark.steps.sweep import close_undecided, undecided
from hallmark.verdict.finding import Decision

if TYPE_CHECKING:
    from tests.conftest import Place


@pytest.fixture(scope="module")
def table(small_world: Place) -> Table:
    return Table(small_world)


class Table:
    """A ledger in memory for one version whose case `a` was certified on July at the start."""

    def __init__(self, place: Place) -> None:
        self.at = place.clock.at
        self.one = place.context.chain().latest
        self.root = place.context.chain().root

    def entry(self, kind: EntryKind, case: str, days: float = 0, **changes: Any) -> Entry:
        parts: dict[str, Any] = {
            "kind": kind,
            "key": f"{kind}/{case}",
            "sha256": "0" * 64,
            "at": self.at + timedelta(days=days),
            "case": case,
            "model": "m",
            "version": "1",
            "cohort": "july",
            "rulebook": 1,
        }
        return Entry(**(parts | changes))

    def opened(self, case: str, days: float = 0, **changes: Any) -> Entry:
        return self.entry(EntryKind.OPENED, case, days, **changes)

    def pack(self, case: str, days: float = 0, decision: str = "certified", **changes: Any) -> Entry:
        usable = decision in ("certified", "conditional")
        expires = {"expires_at": self.at + timedelta(days=days + 180)} if usable else {}
        return self.entry(EntryKind.PACK, case, days, decision=decision, number=1, **(expires | changes))

    def decided(self, decision: str = "certified") -> tuple[Entry, ...]:
        return self.opened("a"), self.pack("a", decision=decision)

    def chain(self, rulebooks: int = 1) -> Chain:
        accepted = [
            Accepted(rulebook=replace(self.one.rulebook, number=number), sha256=f"{number:064d}")
            for number in range(1, rulebooks + 1)
        ]
        return Chain(root=self.root, accepted=tuple(accepted))

    def cohorts(self, *names: str) -> dict[tuple[str, str], tuple[Cohort, ...]]:
        months = {"july": 7, "august": 8}
        found = tuple(
            Cohort(
                model="m",
                version="1",
                name=name,
                role=CohortRole.HOLDOUT,
                as_of=date(2026, months[name], 28),
                file=f"{name}.parquet",
                sha256="0" * 64,
            )
            for name in names or ("july",)
        )
        return {("m", "1"): found}

    def due(self, entries: tuple[Entry, ...], days: float, *names: str, rulebooks: int = 1) -> tuple[Due, ...]:
        return due_of(entries, self.cohorts(*names), self.chain(rulebooks), self.at + timedelta(days=days))


def test_nothing_is_due_right_after_a_certification(table: Table) -> None:
    assert table.due(table.decided(), 0) == ()


def test_a_version_that_was_never_certified_is_not_due(table: Table) -> None:
    assert table.due((), 0, "july", "august", rulebooks=3) == ()


def test_a_certificate_is_due_ahead_of_its_expiry_and_not_before(table: Table) -> None:
    days = 180 - AHEAD.days
    assert table.due(table.decided(), days - 0.001) == ()
    (item,) = table.due(table.decided(), days)
    assert "expires" in item.reason
    assert len(table.due(table.decided(), 1000)) == 1


def test_a_new_cohort_is_due_and_is_the_one_that_is_assessed(table: Table) -> None:
    (item,) = table.due(table.decided(), 1, "july", "august")
    assert (item.cohort, item.causes) == ("august", ("cohort august is registered and was never assessed",))


def test_a_cohort_that_was_assessed_is_not_due_again(table: Table) -> None:
    entries = (*table.decided(), table.opened("b", 1, cohort="august"), table.pack("b", 1, cohort="august"))
    assert table.due(entries, 2, "july", "august") == ()


def test_a_new_rulebook_is_due_once(table: Table) -> None:
    (item,) = table.due(table.decided(), 1, rulebooks=2)
    assert item.causes == ("rulebook 2 followed rulebook 1",)
    again = (*table.decided(), table.opened("b", 1, rulebook=2), table.pack("b", 1, rulebook=2))
    assert table.due(again, 2, rulebooks=2) == ()


def test_all_causes_are_told(table: Table) -> None:
    (item,) = table.due(table.decided(), 170, "july", "august", rulebooks=2)
    assert len(item.causes) == 3
    assert item.reason == "; ".join(item.causes)


@pytest.mark.parametrize("decision", ["refused", "referred"])
def test_what_cannot_be_used_cannot_lapse(table: Table, decision: str) -> None:
    assert table.due(table.decided(decision), 1000, rulebooks=2) == ()
    (item,) = table.due(table.decided(decision), 1, "july", "august")
    assert item.causes == ("cohort august is registered and was never assessed",)


def test_while_a_case_is_under_way_nothing_is_due(table: Table) -> None:
    entries = (*table.decided(), table.opened("b", 1))
    assert table.due(entries, 1.99, "july", "august", rulebooks=2) == ()


def test_a_case_whose_time_is_over_silences_nothing_and_is_a_cause(table: Table) -> None:
    entries = (*table.decided(), table.opened("b", 1))
    (item,) = table.due(entries, 2)
    assert item.causes == ("case b, opened 2026-11-25, was never decided",)
    (item,) = table.due(entries, 170, rulebooks=2)
    assert [cause.split()[0] for cause in item.causes] == ["case", "the", "rulebook"]


def test_a_case_that_was_decided_after_the_one_that_hangs_is_the_word_then(table: Table) -> None:
    entries = (*table.decided(), table.opened("b", 1), table.opened("c", 3), table.pack("c", 3))
    assert table.due(entries, 4) == ()


def cohort(name: str, as_of: date, role: CohortRole = CohortRole.HOLDOUT) -> Cohort:
    return Cohort(model="m", version="1", name=name, role=role, as_of=as_of, file=f"{name}.parquet", sha256="0" * 64)


def due_on(table: Table, days: float, assessed: tuple[str, ...], *cohorts: Cohort) -> str:
    """The cohort that is due when those of `assessed` were; empty when nothing is."""
    entries = [(table.opened(name, cohort=name), table.pack(name, cohort=name)) for name in assessed]
    at = table.at + timedelta(days=days)
    found = tuple(sorted(cohorts, key=lambda one: (one.as_of, one.name)))
    flat = tuple(entry for pair in entries for entry in pair)
    return "".join(one.cohort for one in due_of(flat, {("m", "1"): found}, table.chain(), at))


PRODUCTION = CohortRole.PRODUCTION


@pytest.mark.parametrize(
    ("assessed", "cohorts", "wanted"),
    [
        (("f",), (cohort("f", date(2999, 1, 1)), cohort("s", date(2026, 9, 30), PRODUCTION)), "s"),
        (("f",), (cohort("f", date(2026, 11, 25)), cohort("s", date(2026, 9, 30), PRODUCTION)), "s"),
        (("h",), (cohort("h", date(2026, 11, 20)), cohort("s", date(2026, 9, 30), PRODUCTION)), "s"),
        (("b",), (cohort("a", date(2026, 9, 30), PRODUCTION), cohort("b", date(2026, 9, 30), PRODUCTION)), "a"),
        (("s",), (cohort("a", date(2026, 8, 31), PRODUCTION), cohort("s", date(2026, 9, 30), PRODUCTION)), ""),
        (("h", "s"), (cohort("h", date(2026, 11, 20)), cohort("s", date(2026, 9, 30), PRODUCTION)), ""),
        (("a",), (cohort("a", date(2026, 8, 31)), cohort("h", date(2026, 9, 30))), "h"),
    ],
    ids=["dated-2999", "dated-tomorrow", "newer-holdout", "same-day", "older-month", "both-assessed", "new-holdout"],
)
def test_no_cohort_that_was_assessed_hides_new_data_of_production(
    table: Table, assessed: tuple[str, ...], cohorts: tuple[Cohort, ...], wanted: str
) -> None:
    assert due_on(table, 10, assessed, *cohorts) == wanted


def test_a_cohort_that_is_dated_in_the_future_is_not_what_a_certificate_is_renewed_on(table: Table) -> None:
    assert due_on(table, 170, ("july",), cohort("july", date(2026, 7, 28)), cohort("f", date(2999, 1, 1))) == "july"


def test_an_older_cohort_that_is_registered_late_is_not_due(table: Table) -> None:
    entries = (table.opened("a", cohort="august"), table.pack("a", cohort="august"))
    assert table.due(entries, 1, "july", "august") == ()


def test_the_run_id_is_the_same_twice_a_day_and_another_after_an_opening(table: Table) -> None:
    """A run that failed keeps its id for ever, so the next day must have one of its own."""
    (first,) = table.due(table.decided(), 1, "july", "august")
    (again,) = table.due(table.decided(), 1.1, "july", "august")
    (tomorrow,) = table.due(table.decided(), 2, "july", "august")
    assert first.run_id == again.run_id != tomorrow.run_id
    assert first.run_id.startswith(PREFIX)
    tried = (*table.decided(), table.opened("b", 1), table.pack("b", 1, "certified"))
    (other,) = table.due(tried, 1, "july", "august")
    assert other.run_id != first.run_id


def test_a_certificate_that_cannot_live_longer_is_not_renewed_every_day(table: Table) -> None:
    """Consent ends in ten days: a new case would expire on the same day, so it is not due the day after it."""
    ends = table.at + timedelta(days=10)
    entries = (table.opened("a"), table.pack("a", expires_at=ends))
    assert table.due(entries, 1) == ()
    (item,) = table.due(entries, 10)
    assert "expires" in item.reason


def test_versions_do_not_touch_each_other(table: Table) -> None:
    two = {("m", "2"): table.cohorts("july", "august")["m", "1"]}
    found = due_of(table.decided(), table.cohorts() | two, table.chain(), table.at)
    assert found == ()


# Opened and never decided


def test_a_case_is_undecided_after_the_hours_of_its_rulebook(table: Table) -> None:
    entries = (*table.decided(), table.opened("b"))
    hours = table.one.rulebook.rules.appetite.undecided_hours
    assert undecided(entries, table.chain(), table.at + timedelta(hours=hours, seconds=-1)) == ()
    assert undecided(entries, table.chain(), table.at + timedelta(hours=hours)) == ("b",)


def test_the_sweeper_refuses_what_was_never_decided(small: Place) -> None:
    case = small.open()
    small.work(case, ("vet",))
    assert close_undecided(small.context, small.clock.at) == ()
    small.clock.forward(hours=25)
    assert close_undecided(small.context, small.clock.at) == (case,)
    verdict = read_pack(small.context, "small", "1", case).verdict
    assert verdict.decision is Decision.REFUSED
    completed = next(one for one in verdict.findings if one.expected.key.measure == "process.completed")
    assert completed.status is Status.NOT_SATISFIED
    assert small.verify(case).outcome is Outcome.NOT_USABLE
    assert close_undecided(small.context, small.clock.at) == ()


def test_a_case_whose_evidence_is_broken_does_not_keep_others_open(small: Place) -> None:
    broken, other = small.open("one"), small.open("two")
    key = next(small.store.keys(f"cases/{broken}/open_case/"))
    small.overwrite(key, b"junk")
    small.clock.forward(hours=25)
    with contextlib.suppress(HallmarkError):  # it may say so at the end
        close_undecided(small.context, small.clock.at)
    assert read_pack(small.context, "small", "1", other).verdict.decision is Decision.REFUSED


def test_a_case_that_cannot_be_closed_is_due_with_its_fault_and_others_are_closed(small_decided: Place) -> None:
    """Junk beside the signed opening of one case: its version does not fall silent, and the sweeper names it."""
    place = small_decided
    hanging = place.open("hang")
    place.overwrite(f"cases/{hanging}/open_case/{'0' * 64}.json", b"{}")
    place.register("2")
    other = place.open("other", version="2")
    place.clock.forward(hours=25)
    with pytest.raises(Tampered, match=f"1 of 2 undecided cases cannot be closed: {hanging}: "):
        close_undecided(place.context, place.clock.at)
    assert read_pack(place.context, "small", "2", other).verdict.decision is Decision.REFUSED
    (item,) = due(place.context, place.clock.at)
    assert (item.version, item.cohort) == ("1", "july")
    assert item.reason.startswith(f"case {hanging}, opened 2026-11-24, cannot be closed: The step open_case of case")
    case = open_case(place.context, as_due(place.context, place.run(item.run_id))).case
    place.work(case)
    assert gate(place.context, case).verdict.decision is Decision.CERTIFIED
    assert due(place.context, place.clock.at) == (), "a case that was opened later is the word now"


def test_an_error_that_nobody_thought_of_leaves_no_other_case_open(small: Place) -> None:
    first, second = small.open("one"), small.open("two")
    small.clock.forward(hours=25)
    whole = small.store.get

    class Odd:
        def __getattr__(self, name: str) -> object:
            return getattr(small.store, name)

        def get(self, key: str) -> bytes:
            if key.startswith(f"cases/{first}/"):
                raise OverflowError("date value out of range")
            return whole(key)

    with pytest.raises(Tampered, match=f"cannot be closed: {first}: date value out of range"):
        close_undecided(small.again(store=Odd()), small.clock.at)
    assert read_pack(small.context, "small", "1", second).verdict.decision is Decision.REFUSED


# Claiming to be due


def test_nothing_is_due_where_nothing_was_published(bare: Place) -> None:
    assert due(bare.context, bare.clock.at) == ()


def test_a_version_without_a_cohort_is_not_due(small_decided: Place) -> None:
    small_decided.register("2", cohorts=())
    assert due(small_decided.context, small_decided.clock.at) == ()


def test_a_persons_run_is_taken_as_it_is(small: Place) -> None:
    run = small.run("manual__1")
    assert as_due(small.context, run) == run


def test_a_run_that_is_due_takes_its_words_from_the_list(small_decided: Place) -> None:
    small_decided.register_cohort("august")
    (item,) = due(small_decided.context, small_decided.clock.at)
    forged = replace(small_decided.run(item.run_id), model="other", version="9", cohort="may", reason="forged")
    run = as_due(small_decided.context, forged)
    assert (run.model, run.version, run.cohort, run.reason) == ("small", "1", "august", item.reason)
    opening = open_case(small_decided.context, run)
    assert (opening.cohort, opening.reason) == ("august", "cohort august is registered and was never assessed")
    assert due(small_decided.context, small_decided.clock.at) == ()


def test_a_run_that_waited_over_midnight_is_still_due(small_decided: Place) -> None:
    small_decided.register_cohort("august")
    (item,) = due(small_decided.context, small_decided.clock.at)
    small_decided.clock.forward(days=1)
    assert as_due(small_decided.context, small_decided.run(item.run_id)).cohort == "august"


def test_a_retry_of_a_run_that_was_due_goes_on(small_decided: Place) -> None:
    small_decided.register_cohort("august")
    (item,) = due(small_decided.context, small_decided.clock.at)
    asked = replace(small_decided.run(item.run_id), cohort=item.cohort, reason=item.reason)
    first = open_case(small_decided.context, as_due(small_decided.context, asked))
    assert open_case(small_decided.context, as_due(small_decided.context, asked)) == first


@pytest.mark.parametrize("name", ["recert__small__1__july__2", "recert__", "recert__small__1__august__3"])
def test_a_run_that_claims_to_be_due_and_is_not_is_refused(small_decided: Place, name: str) -> None:
    before = small_decided.snapshot()
    with pytest.raises(BadInput, match="claims to be due"):
        as_due(small_decided.context, small_decided.run(name))
    assert small_decided.snapshot() == before


def test_a_new_cohort_leads_to_a_case_that_names_its_cause(small_decided: Place) -> None:
    small_decided.register_cohort("august", role=CohortRole.PRODUCTION)
    (item,) = due(small_decided.context, small_decided.clock.at)
    run = as_due(small_decided.context, small_decided.run(item.run_id))
    case = open_case(small_decided.context, run).case
    small_decided.work(case)
    certification = gate(small_decided.context, case)
    assert certification.opening.reason == "cohort august is registered and was never assessed"
    assert certification.verdict.decision is Decision.CERTIFIED
    assert small_decided.verify(case).outcome is Outcome.USABLE
    assert small_decided.verify().outcome is Outcome.NOT_USABLE
