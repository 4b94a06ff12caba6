"""Filling the index: ledger entries under their signed checkpoint first, then what stands in packs and openings."""

import sqlite3
import time
from collections.abc import Iterator

from hallmark.edges.index_sql.schema import empty
from hallmark.errors import Missing, Tampered
from hallmark.evidence import merkle
from hallmark.evidence.canonical import decode, digest, rfc3339
from hallmark.evidence.case import open_pack, read_product, read_step
from hallmark.evidence.checkpoint import Checkpoint
from hallmark.evidence.entry import Entry, EntryKind
from hallmark.evidence.ledger import open_newest
from hallmark.evidence.places import CHECKPOINTS, entry_key
from hallmark.evidence.statement import Opening
from hallmark.evidence.trust import Chain
from hallmark.evidence.words import read_day
from hallmark.policy.role import KeyUse
from hallmark.ports import Store
from hallmark.verdict.finding import Finding

FINDING = f"INSERT INTO finding VALUES ({', '.join('?' * 18)})"


def take_entries(db: sqlite3.Connection, store: Store, chain: Chain) -> None:
    """Take in what the newest checkpoint covers and the index lacks.

    An index that does not agree with the checkpoint starts again from nothing. Raises `Tampered` when the ledger itself
    does not hold.
    """
    key = max(store.keys(CHECKPOINTS), default=None)
    known = db.execute("SELECT checkpoint FROM known").fetchone()
    if key is None or (known and known["checkpoint"] == key):
        return
    checkpoint = open_newest(store.get(key), chain)
    if not _agrees(db, store, checkpoint):
        empty(db)
        if not _agrees(db, store, checkpoint):
            raise Tampered(f"The {checkpoint.size} entries of the ledger do not hash to the root of their checkpoint.")
    db.execute("INSERT OR REPLACE INTO known VALUES (1, ?, ?)", (key, rfc3339(checkpoint.at)))


def _agrees(db: sqlite3.Connection, store: Store, checkpoint: Checkpoint) -> bool:
    leaves = [row["body"] for row in db.execute("SELECT body FROM entry ORDER BY number")]
    new = [store.get(entry_key(index)) for index in range(len(leaves), checkpoint.size)]
    if merkle.root((*leaves, *new)[: checkpoint.size]) != checkpoint.root or len(leaves) > checkpoint.size:
        return False
    for index, body in enumerate(new, start=len(leaves)):
        db.execute("INSERT INTO entry VALUES (?, ?)", (index, body))
        _take(db, index, decode(body, Entry))
    return True


def _take(db: sqlite3.Connection, index: int, entry: Entry) -> None:
    if entry.kind is EntryKind.OPENED:
        told = (entry.case, index, entry.model, entry.version, entry.cohort, entry.rulebook, rfc3339(entry.at))
        db.execute(
            'INSERT OR IGNORE INTO item ("case", place, model, version, cohort, rulebook, opened_at, step) '
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*told, entry.sha256),
        )
    if entry.kind is EntryKind.PACK:
        expires = rfc3339(entry.expires_at) if entry.expires_at else None
        db.execute(
            "UPDATE item SET decided = ?, number = ?, pack = ?, sha256 = ?, decision = ?, decided_at = ?, "
            'expires_at = ?, read = 0 WHERE "case" = ? AND number < ?',
            (
                *(index, entry.number, entry.key, entry.sha256, entry.decision, rfc3339(entry.at), expires),
                *(entry.case, entry.number),
            ),
        )


def read_on(db: sqlite3.Connection, store: Store, chain: Chain, seconds: float) -> None:
    """Read what has not been read, newest first, until there is nothing left or `seconds` are over."""
    until = time.monotonic() + seconds
    for row in db.execute("SELECT * FROM item WHERE read = 0 ORDER BY place DESC").fetchall():
        try:
            _read_pack(db, row, store, chain) if row["number"] else _read_opening(db, row, store, chain)
            _take_day(db, row, store, chain)
        except (Tampered, Missing) as error:
            db.execute('UPDATE item SET read = 1, fault = ? WHERE "case" = ?', (str(error), row["case"]))
        if time.monotonic() > until:
            return


def _take_day(db: sqlite3.Connection, row: sqlite3.Row, store: Store, chain: Chain) -> None:
    opened = decode(db.execute("SELECT body FROM entry WHERE number = ?", (row["place"],)).fetchone()["body"], Entry)
    day = read_day(store, chain, opened)
    db.execute('UPDATE item SET as_of = ? WHERE "case" = ?', (day and day.isoformat(), row["case"]))


def _read_opening(db: sqlite3.Connection, row: sqlite3.Row, store: Store, chain: Chain) -> None:
    step = read_step(store, row["case"], "open_case", row["step"], chain.keys(KeyUse.WORKER))
    _tell_opening(db, row, read_product(store, step, "opening", Opening), chain)


def _read_pack(db: sqlite3.Connection, row: sqlite3.Row, store: Store, chain: Chain) -> None:
    data = store.get(row["pack"])
    if digest(data) != row["sha256"]:
        raise Tampered(f"The pack {row['pack']} has another digest than the ledger says.")
    certification = open_pack(data, chain.keys(KeyUse.CERTIFIER))
    verdict = certification.verdict
    db.execute(
        'UPDATE item SET because = ?, expires_because = ?, risk = ?, demo = ? WHERE "case" = ?',
        (verdict.because, verdict.expires_because, verdict.risk.score, certification.demo, row["case"]),
    )
    db.execute('DELETE FROM finding WHERE "case" = ?', (row["case"],))
    db.executemany(FINDING, _lines(row["case"], verdict.findings))
    _tell_opening(db, row, certification.opening, chain)


def _tell_opening(db: sqlite3.Connection, row: sqlite3.Row, told: Opening, chain: Chain) -> None:
    tier = chain.number(told.rulebook).rulebook.rules.entry(told.model).tier
    db.execute(
        "UPDATE item SET tier = ?, asked_by = ?, reason = ?, dag_id = ?, run_id = ?, read = 1, fault = '' "
        'WHERE "case" = ?',
        (tier, told.asked_by, told.reason, told.dag_id, told.run_id, row["case"]),
    )


def _lines(case: str, findings: tuple[Finding, ...]) -> Iterator[tuple[object, ...]]:
    for finding in findings:
        expected, seen = finding.expected, finding.observation
        key = expected.key
        numbers = (seen.value, seen.low, seen.high, seen.n) if seen is not None else (None, None, None, None)
        yield (
            *(case, f"{expected.policy}/{expected.control}", expected.severity, key.measure),
            *(key.attribute, key.group, key.feature, expected.reference, finding.status, finding.effect),
            *numbers,
            *(expected.require.floor, expected.require.ceiling, expected.tolerance, finding.sentence),
        )
