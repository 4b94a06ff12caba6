"""The expectation suite of a draft, as Great Expectations writes it: one expectation a line, its note says why."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import combinations
from typing import Any

from hallmark.assess.spelling import is_amount
from hallmark.draft.columns import Column
from hallmark.draft.model import Draft
from hallmark.draft.spell import CONFIRM, GAP
from hallmark.measures import Task

_NO_RULE = "no rule between two columns shows itself; add one that must hold, or a person has to decide every case"

_PAIRS, _CANDIDATES = 5, 400
"""How many rules about two columns are proposed at most, and how many pairs are looked at for them."""


def suite(draft: Draft) -> str:
    """The JSON text."""
    entries = [json.dumps(entry, ensure_ascii=False) for entry in _entries(draft)]
    body = ",\n    ".join(entries)
    name, meta = json.dumps(draft.model), json.dumps({} if draft.ordered else {"note": f"{GAP}: {_NO_RULE}"})
    return f'{{\n  "name": {name},\n  "meta": {meta},\n  "expectations": [\n    {body}\n  ]\n}}\n'


def candidates(columns: Mapping[str, Column]) -> list[tuple[str, str]]:
    """Pairs of columns of numbers whose names share a word, both ways round; those that share the rarest come first."""
    numbers = [name for name, column in columns.items() if is_amount(column.kind) and column.finite]
    times = Counter(word for name in numbers for word in _words(name))
    shared = {(a, b): sum(1 / times[word] for word in _words(a) & _words(b)) for a, b in combinations(numbers, 2)}
    best = sorted((pair for pair, share in shared.items() if share), key=lambda pair: -shared[pair])
    return [way for a, b in best[: _CANDIDATES // 2] for way in ((a, b), (b, a))]


def proposed(pairs: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Those of `pairs` (the first never below the second) that are proposed: each column in one of them at most."""
    chosen: list[tuple[str, str]] = []
    for pair in pairs:
        if not {name for one in chosen for name in one} & set(pair):
            chosen.append(pair)
    return tuple(chosen[:_PAIRS])


def _words(name: str) -> set[str]:
    return set(name.lower().replace("_", " ").split())


def _entries(draft: Draft) -> Iterator[dict[str, Any]]:
    columns, rows = draft.data.columns, draft.data.rows
    few = {"min_value": max(1, rows // 2), "max_value": rows * 2}
    said = f"{CONFIRM}: this cohort has {rows} rows; far fewer is a cut file, far more one with rows of others."
    yield _entry("table_row_count_to_be_between", few, "completeness", said)
    match = {"column_set": list(columns), "exact_match": True}
    yield _entry("table_columns_to_match_set", match, "validity", "Nothing missing, and nothing that no rule looks at.")
    for column in columns.values():
        yield _filled(column)
        yield _typed(column)
        yield from _allowed(draft, column)
    yield _entry("column_values_to_be_unique", {"column": draft.key}, "uniqueness", "One row a key.")
    yield from _ordered(draft)


def _filled(column: Column) -> dict[str, Any]:
    said = "Every row has one."
    if column.missing:
        mend = "mend the extraction, or give a gap that is as it should be a value of its own"
        said = f"{CONFIRM}: {column.gaps} of the rows have none; {mend}."
    return _entry("column_values_to_not_be_null", {"column": column.name}, "completeness", said)


def _typed(column: Column) -> dict[str, Any]:
    kind = {"column": column.name, "type_list": [column.kind.partition("(")[0]]}
    return _entry("column_values_to_be_in_type_list", kind, "validity", "The type in which it was registered.")


def _allowed(draft: Draft, column: Column) -> Iterator[dict[str, Any]]:
    """A list of values for codes and words, a range for numbers; nothing for keys, times and free text."""
    before = draft.before.columns[column.name]
    if column.name == draft.key:
        return
    if column.name == draft.predictions and draft.task.value is Task.BINARY:
        unit = {"column": column.name, "min_value": 0, "max_value": 1}
        yield _entry("column_values_to_be_between", unit, "validity", "A probability: nothing outside.")
    elif draft.classes is not None and column.name in (draft.label, draft.predictions):
        listed = {"column": column.name, "value_set": [_value(column, value) for value in draft.classes.value]}
        yield _entry("column_values_to_be_in_set", listed, "validity", "The declared classes: nothing outside.")
    elif column.listed and before.listed:
        values = dict.fromkeys([*(column.values or {}), *(before.values or {})])
        listed = {"column": column.name, "value_set": [_value(column, value) for value in values]}
        said = f"{CONFIRM}: these are the values seen; add what may come, take away what cannot be."
        yield _entry("column_values_to_be_in_set", listed, "validity", said)
    elif column.low is not None and column.high is not None:
        yield _between(column, before)


def _value(column: Column, spelt: str) -> Any:
    if column.kind == "BOOLEAN":
        return spelt == "true"
    if is_amount(column.kind):
        return int(spelt) if float(spelt).is_integer() else float(spelt)
    return spelt


def _between(column: Column, before: Column) -> dict[str, Any]:
    lows = [one.low for one in (column, before) if one.low is not None]
    highs = [one.high for one in (column, before) if one.high is not None]
    low, high = outward(min(lows), up=False), outward(max(highs), up=True)
    bounds = {"column": column.name, "min_value": low, "max_value": high}
    said = f"{CONFIRM}: from {min(lows):g} to {max(highs):g} was seen; say what can be, and in which unit."
    return _entry("column_values_to_be_between", bounds, "validity", said)


def outward(value: float, up: bool) -> float | int:
    """Three significant digits, away from the data."""
    exact = Decimal(repr(value))
    step = Decimal(1).scaleb(exact.adjusted() - 2)
    rounded = exact.quantize(step, rounding=ROUND_CEILING if up else ROUND_FLOOR) if exact else exact
    return int(rounded) if rounded == rounded.to_integral_value() and abs(rounded) < 2**53 else float(rounded)


def _ordered(draft: Draft) -> Iterator[dict[str, Any]]:
    for greater, less in draft.ordered:
        pair = {"column_A": greater, "column_B": less, "or_equal": True, "ignore_row_if": "either_value_is_missing"}
        said = f"{CONFIRM}: so it is in every row; keep it only if it must be so, and write rules that must hold."
        yield _entry("column_pair_values_a_to_be_greater_than_b", pair, "consistency", said)


def _entry(kind: str, kwargs: dict[str, Any], measure: str, note: str) -> dict[str, Any]:
    return {"type": f"expect_{kind}", "kwargs": kwargs, "meta": {"measure": f"data_quality.{measure}", "note": note}}
