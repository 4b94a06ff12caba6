"""`SqlIndex`: catches up with the ledger at each request and answers from one SQLite file."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hallmark.edges.index_sql.fill import read_on, take_entries
from hallmark.edges.index_sql.rows import CaseRow, Filter, Line, Sort
from hallmark.edges.index_sql.schema import connect, transaction
from hallmark.errors import Unavailable
from hallmark.evidence.trust import Chain
from hallmark.evidence.words import Word, in_place_of, is_older, newest_day, standing_refusal
from hallmark.ports import Store
from hallmark.verdict.finding import USABLE

_WORDS = """SELECT "case", cohort, place, decided, decision, opened_at, as_of FROM item WHERE model = ? AND version = ?
    AND decided IS NOT NULL AND decision != 'referred' ORDER BY decided"""

_VERDICTS = "CASE decision WHEN 'refused' THEN 0 WHEN 'referred' THEN 1 WHEN 'conditional' THEN 2 "
_ORDER = {
    Sort.OPENED: "place",
    Sort.VERDICT: _VERDICTS + "WHEN 'certified' THEN 3 ELSE 4 END",
    Sort.MODEL: "model",
    Sort.COHORT: "cohort",
    Sort.TIER: "CASE tier WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END",
    Sort.RISK: "risk",
    Sort.EXPIRY: "expires_at",
    Sort.ASKED_BY: "asked_by",
}
_TEXTS = ('"case"', "model", "version", "cohort", "asked_by", "reason", "because", "run_id", "decision")
_TIMES = ("opened_at", "decided_at", "expires_at")


class SqlIndex:
    """One file of mode 0600 that may be deleted at any time: it is made again from the ledger and the packs.

    Every method raises `Unavailable` when the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        """Address the file; touches nothing."""
        self._path = path

    def catch_up(self, store: Store, chain: Chain, *, seconds: float = 0.1) -> int:
        """Take in every new ledger entry, read packs for about `seconds`, and return how many are still to be read.

        One transaction. Raises `Tampered` when the ledger does not hold, and what the store raises.
        """
        with self._open() as db:
            with transaction(db):
                take_entries(db, store, chain)
                read_on(db, store, chain, seconds)
            return int(db.execute("SELECT count(*) FROM item WHERE read = 0").fetchone()[0])

    def as_of(self) -> datetime | None:
        """The time of the newest checkpoint that was taken in."""
        with self._open() as db:
            row = db.execute("SELECT at FROM known").fetchone()
        return datetime.fromisoformat(row["at"]) if row else None

    def cases(self, wanted: Filter, *, limit: int = -1, offset: int = 0) -> tuple[CaseRow, ...]:
        """The cases that fit, in the order that is asked for; equals by the newest opening first."""
        where, values = _where(wanted)
        way = "ASC" if wanted.ascending else "DESC"
        order = f"{_ORDER[wanted.sort]} IS NULL, {_ORDER[wanted.sort]} {way}, place DESC"
        query = f"SELECT * FROM item WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
        return self._placed(self._all(query, *values, limit, offset))

    def count(self, wanted: Filter) -> int:
        """How many cases fit."""
        where, values = _where(wanted)
        return int(self._all(f"SELECT count(*) n FROM item WHERE {where}", *values)[0]["n"])

    def case(self, case: str) -> CaseRow | None:
        """One case, or None."""
        return next(iter(self._placed(self._all('SELECT * FROM item WHERE "case" = ?', case))), None)

    def choices(self, column: str) -> tuple[str, ...]:
        """The values that `decision`, `model`, `version`, `cohort` or `tier` takes, in order."""
        assert column in ("decision", "model", "version", "cohort", "tier")
        return tuple(row[0] for row in self._all(f"SELECT DISTINCT {column} FROM item WHERE {column} != '' ORDER BY 1"))

    def risks(self, model: str, *, limit: int) -> tuple[tuple[int, float], ...]:
        """(place, risk score) of the newest `limit` decided cases of a model, oldest first."""
        query = "SELECT place, risk FROM item WHERE model = ? AND risk IS NOT NULL ORDER BY place DESC LIMIT ?"
        return tuple((row["place"], row["risk"]) for row in reversed(self._all(query, model, limit)))

    def lines(self, cases: Sequence[str]) -> tuple[Line, ...]:
        """Every finding of the given cases, case by case in the given order."""
        marks = ", ".join("?" * len(cases))
        found: dict[str, list[Line]] = {case: [] for case in cases}
        for row in self._all(f'SELECT * FROM finding WHERE "case" IN ({marks})', *cases):
            found[row["case"]].append(Line(**dict(row)))
        return tuple(line for lines in found.values() for line in lines)

    def _placed(self, rows: list[sqlite3.Row]) -> tuple[CaseRow, ...]:
        """The rows with what stands against each: the words that `hallmark verify` hears, and the days of data."""
        subjects = {(row["model"], row["version"]) for row in rows}
        words = {subject: tuple(_word(row) for row in self._all(_WORDS, *subject)) for subject in subjects}
        refusals = {subject: standing_refusal(found) for subject, found in words.items()}
        return tuple(
            _case(row, words[row["model"], row["version"]], refusals[row["model"], row["version"]]) for row in rows
        )

    def _all(self, query: str, *values: object) -> list[sqlite3.Row]:
        with self._open() as db:
            return db.execute(query, values).fetchall()

    def _connected(self) -> sqlite3.Connection:
        try:
            return connect(self._path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # not a database, or a damaged one: nothing is lost with it
            for ending in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
            return connect(self._path)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with contextlib.closing(self._connected()) as connection:
                yield connection
        except (OSError, sqlite3.Error) as error:
            raise Unavailable(
                f"The index {self._path} cannot be used ({error}): delete it, it is made again."
            ) from error


_CASE = tuple(field.name for field in fields(CaseRow))
_AGAINST = ("superseded_by", "refused_by")


def _case(row: sqlite3.Row, words: Sequence[Word], refusal: Word | None) -> CaseRow:
    values: dict[str, Any] = {name: row[name] for name in _CASE if name not in _AGAINST}
    values |= {name: datetime.fromisoformat(row[name]) for name in _TIMES if row[name]}
    later = in_place_of(words, row["place"], row["decided"]) if row["number"] else None
    against = refusal if row["decision"] in USABLE and row["read"] and is_older(_day(row), refusal) else None
    values |= {"superseded_by": later.case if later else "", "refused_by": against.case if against else ""}
    return CaseRow(**(values | {"read": bool(row["read"]), "demo": bool(row["demo"])}))


def _word(row: sqlite3.Row) -> Word:
    day = _day(row) or newest_day(row["decision"], datetime.fromisoformat(row["opened_at"]).date())
    return Word(
        case=row["case"],
        cohort=row["cohort"],
        opened=row["place"],
        decided=row["decided"],
        decision=row["decision"],
        day=day,
    )


def _day(row: sqlite3.Row) -> date | None:
    return date.fromisoformat(row["as_of"]) if row["as_of"] else None


def _where(wanted: Filter) -> tuple[str, list[str]]:
    equal = {
        "decision": wanted.verdict,
        "model": wanted.model,
        "version": wanted.version,
        "cohort": wanted.cohort,
        "tier": wanted.tier,
    }
    parts = [f"{column} = ?" for column, value in equal.items() if value]
    values = [value for value in equal.values() if value]
    for word in wanted.words.split()[:8]:
        parts.append(f"({' OR '.join(f'{text} LIKE ? ESCAPE char(92)' for text in _TEXTS)})")
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        values += [f"%{escaped}%"] * len(_TEXTS)
    return " AND ".join(parts) or "1", values
