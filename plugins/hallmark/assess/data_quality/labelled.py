"""A bounded sample of labelled rows as numbers, the same on every run, for what a model of our own learns from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hallmark.assess import sql
from hallmark.assess.arrays import Floats, Integers
from hallmark.assess.data_quality.queries import came
from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.spelling import literal, lowest

MOST = 5_000
"""Rows that are looked at: a share is known to about a point and a half there, and the model fits in a second."""

_CODES = 200
"""Categories beyond the most frequent ones are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Features of shape (rows, columns) with NaN for null, labels 0 and 1, and the spelt group of each attribute.

    `categorical` says of each column whether its numbers are codes. `problem` is why there are no rows.
    """

    features: Floats
    categorical: tuple[bool, ...]
    label: Integers
    groups: Mapping[str, NDArray[Any]]
    problem: str = ""


def labelled(data: Dataset, seed: int) -> Labelled:
    """Return up to `MOST` labelled rows of `data`, those with the least hash of key and seed."""
    names = _usable(data)
    attributes = data.manifest.attributes
    columns = [
        f"{came(data)} as label",
        *(f"{sql.value(data, name, mark='=')} as f{place}" for place, name in enumerate(names)),
        *(f"coalesce({sql.text(data, one.column)}, '') as g{place}" for place, one in enumerate(attributes)),
    ]
    found = _fetched(data, columns, seed)
    matrix = [_numbers(found[f"f{place}"]) for place in range(len(names))]
    return Labelled(
        features=np.column_stack(matrix) if matrix else np.zeros((len(found["label"]), 0)),
        categorical=tuple(data.scale(name) is Scale.CATEGORY for name in names),
        label=found["label"].astype(np.int64),
        groups={one.name: found[f"g{place}"].astype(str) for place, one in enumerate(attributes)},
        problem="" if names else "no feature has values that compare",
    )


def _usable(data: Dataset) -> Sequence[str]:
    missing = data.missing()
    return [name for name in data.manifest.features if missing[name] < data.rows and data.scale(name) is not None]


def _fetched(data: Dataset, columns: Sequence[str], seed: int) -> Mapping[str, NDArray[Any]]:
    place = f"md5(coalesce({sql.text(data, data.manifest.key)}, '') || ' {seed}')"
    chosen = f"select {place} as place, {', '.join(columns)} from {sql.ROWS} where {came(data)} is not null"
    # Rows with one key are put into the order of what they hold, so that equal data give equal samples.
    first = f"order by all limit {MOST}"
    rows = data.rows - data.missing()[data.manifest.label.column]
    found = data.fetch(f"{chosen} and {place} <= {literal(lowest(MOST, rows))} {first}") if rows else {}
    if not found or len(found["label"]) < min(MOST, rows):  # keys that repeat do not spread evenly
        found = data.fetch(f"{chosen} {first}")
    return found


def _numbers(values: NDArray[Any]) -> Floats:
    """Return numbers as they are, infinite ones as far as a float goes; texts by their rank in frequency."""
    if values.dtype != object:
        return np.clip(values.astype(np.float64), -1e308, 1e308)
    names, where, counts = np.unique(values.astype(str), return_inverse=True, return_counts=True)
    rank = np.empty(len(names))
    rank[np.lexsort((names, -counts))] = np.arange(len(names))
    codes = np.where(names == "", np.nan, np.minimum(rank, _CODES))
    found: Floats = codes[where]
    return found
