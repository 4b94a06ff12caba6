"""Bounded rows to fit on and to measure on: features as numbers, outcome, and the group of every attribute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hallmark.assess import sql
from hallmark.assess.arrays import Floats, Integers, Mask
from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.fairness.sample import sampled
from hallmark.assess.fairness.spelt import code, outcome_of, score
from hallmark.assess.spelling import literal

MOST = 4_000
"""Rows that are taken of each dataset at most."""

CATEGORIES = 200
"""Categories of a feature that count as themselves; the rarer ones count as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows with a label: `features` of shape (rows, features), NaN for null; `codes` by attribute; `half` by key.

    `score` is the model's own, where it was asked for.
    """

    features: Floats
    outcome: Floats
    codes: Mapping[str, Integers]
    half: Mask
    score: Floats | None = None

    def __len__(self) -> int:
        return len(self.outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """How the features are told: their names, and the categories of those that have no order (None: numbers)."""

    names: tuple[str, ...]
    categories: tuple[tuple[str, ...] | None, ...]

    @property
    def unordered(self) -> list[bool]:
        """Which features are categories."""
        return [one is not None for one in self.categories]


def coding_of(data: Dataset, others: Sequence[Dataset], seed: int) -> Coding:
    """The coding of the features that compare alike in all datasets, with the commonest categories of `data`."""
    names = tuple(
        name
        for name in data.manifest.features
        if (scale := data.scale(name)) is not None and all(one.scale(name) is scale for one in others)
    )
    texts = [name for name in names if data.scale(name) is Scale.CATEGORY]
    columns = [sql.value(data, name, mark="=") for name in texts] or ["1.0"]
    found = sampled(data, columns, among=sql.ROWS, where="true", most=MOST, seed=seed)
    kept = {name: _commonest(column) for name, column in zip(texts, found, strict=False)}
    return Coding(names=names, categories=tuple(kept.get(name) for name in names))


def rows_of(data: Dataset, coding: Coding, seed: int, *, scored: bool = False) -> Rows:
    """Draw up to `MOST` rows that have a label, with the scores of the model where `scored`."""
    attributes = data.manifest.attributes
    key = f"coalesce(cast({sql.column(data.manifest.key)} as varchar), '')"
    # A key lies in one half, so that nobody is learnt from and measured.
    half = f"cast(right(md5({literal(f'{seed}/')} || {key}), 1) < '8' as integer)"
    columns = [
        *(sql.value(data, name, mark="=") for name in coding.names),
        *(code(data, one) for one in attributes),
        half,
        outcome_of(data),
        *([score(data)] if scored else []),
    ]
    among, where = sql.scored_rows(data) if scored else sql.ROWS, f"({outcome_of(data)}) is not null"
    found = sampled(data, columns, among=among, where=where, most=MOST, seed=seed)
    count, last = len(coding.names), len(coding.names) + len(attributes)
    features = [_numbers(column, known) for column, known in zip(found, coding.categories, strict=False)]
    return Rows(
        features=np.column_stack(features) if features else np.zeros((len(found[last]), 0)),
        outcome=np.asarray(found[last + 1], np.float64),
        codes={one.name: np.asarray(found[count + place], np.int64) for place, one in enumerate(attributes)},
        half=np.asarray(found[last], np.int64) == 1,
        score=np.asarray(found[last + 2], np.float64) if scored else None,
    )


def _commonest(column: NDArray[Any]) -> tuple[str, ...]:
    names, counts = np.unique(column.astype(str), return_counts=True)
    order = np.lexsort((names, -counts))
    return tuple(str(one) for one in names[order][:CATEGORIES] if one)


def _numbers(column: NDArray[Any], known: tuple[str, ...] | None) -> Floats:
    if known is None:
        # An infinite value is as far as a float goes; a tree looks at the order alone.
        return np.clip(column.astype(np.float64), -1e308, 1e308)
    places = {name: float(place) for place, name in enumerate(known)} | {"": float("nan")}
    return np.array([places.get(one, float(len(known))) for one in column.astype(str)], dtype=np.float64)
