"""The index: derived from the ledger and the packs, rebuilt when it is gone, never believed against the ledger."""

from __future__ import annotations

import sqlite3
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from hallmark import wiring
from hallmark.edges.index_sql import Filter, Sort, SqlIndex
from hallmark.errors import HallmarkError, Tampered
from hallmark.evidence.canonical import decode, digest, encode
from hallmark.evidence.case import read_steps
from hallmark.evidence.entry import EntryKind, of_opening, of_pack
from hallmark.evidence.envelope import open_envelope, seal
from hallmark.evidence.ledger import read_ledger
from hallmark.evidence.places import pack_key, step_key
from hallmark.evidence.statement import PackStatement
from hallmark.evidence.step import PAYLOAD
from hallmark.policy.role import KeyUse
from hallmark.steps.gate import gate
from hallmark.steps.ledger import append
from hallmark.steps.open_case import case_of
from hallmark.verdict.finding import Decision

if TYPE_CHECKING:
    from tests.conftest import Place


def index_of(place: Place) -> SqlIndex:
    return wiring.index(place.home)


def caught_up(place: Place) -> SqlIndex:
    index = index_of(place)
    assert index.catch_up(place.store, place.context.chain(), seconds=60) == 0
    return index


def many(place: Place, count: int, *, people: tuple[str, ...] = ("ann", "bob", "cy")) -> list[str]:
    """Seal `count` more packs like the one of `place`, each of a case and a minute of its own; returns the cases."""
    context = place.context
    entry = read_ledger(place.store, context.chain()).of_case(place.case, EntryKind.PACK)[0]
    keys = context.chain().keys(KeyUse.CERTIFIER)
    statement = decode(open_envelope(place.store.get(entry.key), keys, PAYLOAD).payload, PackStatement)
    (began,) = read_steps(place.store, place.case, "open_case", context.chain().keys(KeyUse.WORKER))
    signer, told = context.signer(KeyUse.CERTIFIER), statement.predicate
    decisions, cases = tuple(Decision), []
    for number in range(count):
        run = f"many__{number}"
        case, at = case_of("certify_model", run), told.opening.opened_at + timedelta(minutes=number + 1)
        opening = replace(
            told.opening,
            case=case,
            run_id=run,
            opened_at=at,
            asked_by=people[number % len(people)],
            reason=f"reason-{number}-of-many",
        )
        verdict = replace(
            told.verdict,
            at=at,
            decision=decisions[number % len(decisions)],
            risk=replace(told.verdict.risk, score=float(number % 40)),
            expires_at=at + timedelta(days=30),
        )
        pack = replace(told, case=case, opening=opening, verdict=verdict)
        envelope = seal(encode(replace(statement, predicate=pack)), PAYLOAD, signer)
        place.store.put(pack_key(opening.model, opening.version, case, 1), envelope)
        step = replace(began.statement, predicate=replace(began.statement.predicate, case=case))
        signed = place.seal(step, KeyUse.WORKER)
        place.store.put(step_key(case, "open_case", digest(signed)), signed)
        context.sequencer.append(encode(of_opening(opening, digest(signed))))
        last = of_pack(pack, digest(envelope))
        append(context, last) if number == count - 1 or number % 100 == 0 else context.sequencer.append(encode(last))
        cases.append(case)
    return cases


def test_a_row_says_what_pack_and_ledger_say(small_decided: Place) -> None:
    row = caught_up(small_decided).case(small_decided.case)
    entry = read_ledger(small_decided.store, small_decided.context.chain()).entries[-1]
    assert row is not None
    assert (row.model, row.version, row.cohort, row.decision) == ("small", "1", entry.cohort, entry.decision)
    assert (row.asked_by, row.reason, row.run_id) == ("someone", "because", "one")
    assert (row.pack, row.sha256, row.number, row.rulebook) == (entry.key, entry.sha256, 1, 1)
    assert (row.tier, row.demo, row.read, row.fault, row.superseded_by) == ("high", True, True, "", "")
    assert row.expires_at == entry.expires_at
    assert row.risk is not None


def test_every_finding_is_there_with_its_numbers(small_decided: Place) -> None:
    from hallmark.steps.packs import read_pack

    lines = caught_up(small_decided).lines([small_decided.case])
    verdict = read_pack(small_decided.context, "small", "1", small_decided.case).verdict
    assert sorted(line.sentence for line in lines) == sorted(one.sentence for one in verdict.findings)
    auc = next(line for line in lines if line.measure == "performance.auc")
    seen = next(one.observation for one in verdict.findings if one.expected.key.measure == "performance.auc")
    assert seen is not None
    assert (auc.value, auc.low, auc.high, auc.n) == (seen.value, seen.low, seen.high, seen.n)
    assert (auc.floor, auc.ceiling, auc.tolerance) == (0.6, None, 0.05)


def test_an_open_case_has_who_asked_and_no_verdict(small: Place) -> None:
    case = small.open()
    row = caught_up(small).case(case)
    assert row is not None
    assert (row.decision, row.number, row.risk, row.asked_by, row.read) == ("undecided", 0, None, "someone", True)


def test_a_case_that_is_decided_later_is_read_again(small: Place) -> None:
    case = small.open()
    index = caught_up(small)
    small.work(case)
    gate(small.context, case)
    caught_up(small)
    row = index.case(case)
    assert row is not None
    assert row.number == 1
    assert row.risk is not None


def test_before_anything_was_published_there_is_nothing(bare: Place) -> None:
    index = caught_up(bare)
    assert index.cases(Filter()) == ()
    assert index.as_of() is None


def test_the_file_is_private_and_may_be_deleted_at_any_time(small_decided: Place) -> None:
    index = caught_up(small_decided)
    before = index.cases(Filter())
    assert stat.S_IMODE(small_decided.home.index.stat().st_mode) == 0o600
    for file in small_decided.home.root.glob("index.db*"):
        file.unlink()
    assert caught_up(small_decided).cases(Filter()) == before


@pytest.mark.parametrize(
    "damage", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096], ids=["empty", "text", "torn"]
)
def test_a_damaged_file_is_made_again(small_decided: Place, damage: bytes) -> None:
    before = caught_up(small_decided).cases(Filter())
    for file in small_decided.home.root.glob("index.db*"):
        file.unlink()
    small_decided.home.index.write_bytes(damage)
    assert caught_up(small_decided).cases(Filter()) == before


def test_a_file_of_another_schema_is_made_again(small_decided: Place) -> None:
    before = caught_up(small_decided).cases(Filter())
    with sqlite3.connect(small_decided.home.index) as db:
        db.execute("PRAGMA user_version = 999")
        db.execute("CREATE TABLE something (else_ TEXT)")
    assert caught_up(small_decided).cases(Filter()) == before


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE entry SET body = x'7b7d' WHERE number = 1",
        "DELETE FROM entry WHERE number = 0",
        "INSERT INTO entry VALUES (900, x'7b7d')",
    ],
)
def test_entries_in_the_index_are_not_believed_against_a_new_checkpoint(small_decided: Place, forgery: str) -> None:
    caught_up(small_decided)
    with sqlite3.connect(small_decided.home.index) as db:
        db.execute(forgery)
    second = small_decided.open("two")
    index = caught_up(small_decided)
    assert {row.case for row in index.cases(Filter())} == {small_decided.case, second}
    assert index.case(small_decided.case).decision == "certified"  # type: ignore[union-attr]


def test_a_ledger_that_does_not_hold_is_an_error_and_no_list(small_decided: Place) -> None:
    entry = small_decided.folder / "ledger/entries/0000000001.json"
    entry.chmod(0o644)
    entry.write_bytes(entry.read_bytes().replace(b"small", b"swell"))
    with pytest.raises(Tampered):
        index_of(small_decided).catch_up(small_decided.store, small_decided.context.chain())


@pytest.mark.parametrize("attack", ["flipped", "gone"])
def test_a_pack_that_is_not_the_ledgers_is_shown_with_its_fault(small_decided: Place, attack: str) -> None:
    entry = read_ledger(small_decided.store, small_decided.context.chain()).entries[-1]
    file = small_decided.folder / entry.key
    file.chmod(0o644)
    file.unlink() if attack == "gone" else file.write_bytes(file.read_bytes()[:-1] + b" ")
    row = caught_up(small_decided).case(small_decided.case)
    assert row is not None
    assert entry.key in row.fault
    assert row.risk is None


def test_a_later_decided_case_of_the_version_supersedes(small_decided: Place) -> None:
    cases = many(small_decided, 3)  # certified, conditional, referred
    index = caught_up(small_decided)
    rows = {row.case: row for row in index.cases(Filter())}
    assert rows[small_decided.case].superseded_by == cases[1], "the last decided word counts, a referral is none"
    assert rows[cases[0]].superseded_by == cases[1]
    assert rows[cases[1]].superseded_by == rows[cases[2]].superseded_by == ""


def test_filters_and_words_find_what_they_say(small_decided: Place) -> None:
    cases = many(small_decided, 8)
    index = caught_up(small_decided)

    def found(**wanted: str) -> set[str]:
        return {row.case for row in index.cases(Filter(**wanted))}  # type: ignore[arg-type]

    assert found(verdict="refused") == {cases[3], cases[7]}
    assert found(words="bob") == {cases[1], cases[4], cases[7]}
    assert found(words="BOB refused") == {cases[7]}
    assert found(words="reason-4-of") == {cases[4]}
    assert found(model="smal") == found(words="100%") == found(words="_____________________") == set()
    assert found(words="' OR 1=1 --") == found(model='small" OR 1') == set()
    assert index.count(Filter(verdict="refused")) == 2
    assert index.choices("decision") == ("certified", "conditional", "referred", "refused")


@pytest.mark.parametrize("sort", Sort)
def test_every_order_goes_both_ways_and_has_nothing_missing(small_decided: Place, sort: Sort) -> None:
    many(small_decided, 9)
    small_decided.open("open")
    index = caught_up(small_decided)
    down = index.cases(Filter(sort=sort))
    up = index.cases(Filter(sort=sort, ascending=True))
    assert len(down) == len(up) == 11
    assert {row.case for row in down} == {row.case for row in up}
    name = {Sort.OPENED: "place", Sort.EXPIRY: "expires_at", Sort.ASKED_BY: "asked_by"}.get(sort, str(sort))
    if sort not in (Sort.VERDICT, Sort.TIER):
        values = [getattr(row, name) for row in down if getattr(row, name) is not None]
        assert values == sorted(values, reverse=True)
        upward = [getattr(row, name) for row in up if getattr(row, name) is not None]
        assert upward == sorted(upward)


def test_pages_of_a_list_fit_together(small_decided: Place) -> None:
    many(small_decided, 9)
    index = caught_up(small_decided)
    whole = index.cases(Filter(sort=Sort.RISK))
    parts = [row for start in range(0, 10, 4) for row in index.cases(Filter(sort=Sort.RISK), limit=4, offset=start)]
    assert tuple(parts) == whole


def test_reading_stops_when_its_time_is_over_and_goes_on(small_decided: Place) -> None:
    many(small_decided, 20)
    index, chain = index_of(small_decided), small_decided.context.chain()
    left = [index.catch_up(small_decided.store, chain, seconds=0)]
    while left[-1]:
        left.append(index.catch_up(small_decided.store, chain, seconds=0))
    assert left == list(range(20, -1, -1)), "one pack each time, and each once"


def test_nothing_is_read_twice(small_decided: Place) -> None:
    caught_up(small_decided)
    asked: list[str] = []

    class Watched:
        def __init__(self) -> None:
            self.store = small_decided.store

        def __getattr__(self, name: str) -> object:
            return getattr(self.store, name)

        def get(self, key: str) -> bytes:
            asked.append(key)
            return self.store.get(key)

    index_of(small_decided).catch_up(Watched(), small_decided.context.chain())  # type: ignore[arg-type]
    assert asked == []


@pytest.mark.slow
def test_each_answer_comes_in_time_with_a_thousand_cases(small_decided: Place) -> None:
    """The index's share of the 300 ms that a page has, in processor time; the pages are timed in tests/web."""
    cases = many(small_decided, 1000)
    index = caught_up(small_decided)
    chain = small_decided.context.chain()
    asks: dict[str, Callable[[], object]] = {
        "nothing new": lambda: index.catch_up(small_decided.store, chain),
        "newest fifty": lambda: index.cases(Filter(), limit=50),
        "words, by risk": lambda: index.cases(Filter(words="ann", sort=Sort.RISK), limit=50),
        "everything": lambda: index.cases(Filter()),
        "lines of 24 cases": lambda: index.lines(cases[-24:]),
    }
    for name, ask in asks.items():
        begun = time.process_time()
        ask()
        seconds = time.process_time() - begun
        print(f"{name}: {1000 * seconds:.0f} ms")
        assert seconds < 0.2, name


def test_errors_are_ours(small_decided: Place) -> None:
    with pytest.raises(HallmarkError, match="index"):
        SqlIndex(small_decided.home.root / "absent" / "index.db").cases(Filter())
