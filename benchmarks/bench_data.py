"""Generated data for the speed table: 25 columns whose every value is a hash of row, column and seed."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from hallmark.measures import Task
from hallmark.policy.subject import (
    Attribute,
    Consent,
    DataFile,
    Decision,
    Deployment,
    Favourable,
    Label,
    LabelKind,
    Manifest,
    Order,
    Provenance,
    Retention,
)

SEED = 20261124
KEY, LABEL, SCORE, CUT_OFF = "id", "defaulted", "score", 0.3

NUMBERS = tuple(f"number_{place:02}" for place in range(14))
"""Ten with decimals, which hardly repeat, and four of few whole numbers; the first and the last have gaps."""

CATEGORIES = {"channel": 4, "region": 12, "product": 8, "purpose": 25, "branch": 200}
"""How many texts each column holds."""

SEX = Attribute(name="sex", column="sex", groups=("men", "women"), reference="men")
AGE = Attribute(name="age_band", column="age_band", groups=("under-25", "25-39", "40-54", "55+"), reference="25-39")
RACE = Attribute(name="race", column="race", groups=("a", "b", "c"), reference="a")
ATTRIBUTES = (SEX, AGE, RACE)

SIDES = {"cohort": (1, 0.05), "reference": (2, 0.0)}
"""Which rows a file has and by how many standard deviations its numbers have moved."""


def manifest() -> Manifest:
    """What the product is told about the data: predictions alone, three attributes, nineteen features."""
    then = DataFile(file="reference.parquet", sha256="0" * 64, as_of=date(2025, 6, 30))
    return Manifest(
        model="speed",
        version="1",
        task=Task.BINARY,
        artifact=None,
        predictions=SCORE,
        decision=Decision(cut_off=CUT_OFF, favourable=Favourable.BELOW),
        key=KEY,
        features=(*NUMBERS, *CATEGORIES),
        label=Label(column=LABEL, positive="1", source="generated", kind=LabelKind.OBSERVED),
        attributes=ATTRIBUTES,
        training=then,
        reference=then,
        order=Order.NONE,
        suite="speed",
        provenance=Provenance(origin="generated", licence="CC0", collected="2025", citation="none"),
        consent=Consent(basis="none needed", until=None),
        retention=Retention(until=None, rule="none"),
        deployment=Deployment(as_if="nowhere", description="nothing"),
        limits=(),
    )


def suite() -> dict[str, Any]:
    """The expectations that both sides run: no nulls, ranges, sets, and a key that does not repeat."""
    columns = (KEY, *NUMBERS, *CATEGORIES, *(one.name for one in ATTRIBUTES), LABEL, SCORE)
    sets = {name: _texts(name, count) for name, count in CATEGORIES.items()}
    sets |= {one.column: list(one.groups) for one in ATTRIBUTES}
    complete = [_expectation("not_be_null", "completeness", column=name) for name in columns]
    ranges = [_expectation("be_between", "validity", column=name, min_value=-8, max_value=40) for name in NUMBERS]
    known = [_expectation("be_in_set", "validity", column=name, value_set=values) for name, values in sets.items()]
    scores = _expectation("be_between", "validity", column=SCORE, min_value=0, max_value=1)
    return {"expectations": [*complete, *ranges, *known, scores, _expectation("be_unique", "uniqueness", column=KEY)]}


def write(folder: Path, rows: int) -> dict[str, Path]:
    """Write cohort and reference of `rows` rows each below `folder`, unless they are there, and return their paths."""
    paths = {side: folder / f"{side}.{rows}.parquet" for side in SIDES}
    for side, path in paths.items():
        if not path.exists():
            partial = path.with_suffix(".partial")
            with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(folder / "spill")}) as connection:
                connection.execute("set enable_progress_bar = false")
                connection.execute(f"copy ({_rows(rows, *SIDES[side])}) to '{partial}' (format parquet)")
            partial.rename(path)
    return paths


def _expectation(name: str, measure: str, **words: Any) -> dict[str, Any]:
    kind = f"expect_column_values_to_{name}"
    return {"type": kind, "kwargs": words, "meta": {"measure": f"data_quality.{measure}"}}


def _texts(name: str, count: int) -> list[str]:
    return [f"{name} {place}" for place in range(count)]


def _chance(place: int, side: int) -> str:
    """An expression for a number in [0, 1) that depends on row, column and file alone."""
    return f"(hash(i * 64 + {place} + {side} * 1000000007000 + {SEED}) >> 11) / 9007199254740992.0"


def _rows(rows: int, side: int, moved: float) -> str:
    columns = [f"{side} * 1000000000 + i as {KEY}"]
    for place, name in enumerate(NUMBERS):
        # The sum of three uniform numbers is nearly normal: variance 1/4 each side of 1.5.
        near = f"(({_chance(place, side)} + {_chance(place + 20, side)} + {_chance(place + 40, side)}) - 1.5) * 2"
        value = f"{near} + {moved}" if place < 10 else f"floor({near} * 3 + 18)"
        gap = f"case when {_chance(60 + place % 2, side)} < 0.02 then null else {value} end"
        columns.append(f"{gap if place in (0, 13) else value} as {name}")
    for place, (name, count) in enumerate(CATEGORIES.items()):
        # Squared, so that some are common and some are rare.
        which = f"cast(floor(({_chance(14 + place, side)}) ** 2 * {count}) as integer)"
        columns.append(f"'{name} ' || {which} as {name}")
    columns += [f"{_pick(one, place, side)} as {one.column}" for place, one in enumerate(ATTRIBUTES)]
    logit = " + ".join(f"0.5 * {name}" for name in NUMBERS[1:4])
    outer = f"1 / (1 + exp(-({logit} - 1.2)))"
    return f"""
        with drawn as (select {", ".join(columns)}, {_chance(37, side)} as chance from range({rows}) as t(i)),
             scored as (select *, {outer} as {SCORE} from drawn)
        select * exclude (chance, {SCORE}), cast(chance < {SCORE} as integer) as {LABEL}, {SCORE} from scored"""


def _pick(attribute: Attribute, place: int, side: int) -> str:
    groups = ", ".join(f"'{group}'" for group in attribute.groups)
    which = f"cast(floor(({_chance(30 + place, side)}) ** 1.5 * {len(attribute.groups)}) as integer)"
    return f"([{groups}])[1 + {which}]"
