"""A column of numbers in memory, in ascending order within each class of the label: what it shows alone, counted."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hallmark.assess import sql
from hallmark.assess.arrays import Counts, Floats
from hallmark.assess.data_quality.queries import Classes, came
from hallmark.assess.dataset import Dataset

UNLABELLED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """The values of the rows with a positive label, with a negative one and without any, each in ascending order."""

    positive: Floats
    negative: Floats
    unlabelled: Floats

    @property
    def values(self) -> int:
        """How many values there are."""
        return sum(map(len, self._parts()))

    @property
    def equal(self) -> bool:
        """Whether there are values, all of them equal."""
        ends = {float(end) for part in self._parts() for end in part[[0, -1]]}
        return len(ends) == 1

    def outside(self, low: float, high: float) -> int:
        """The number of values below `low` or above `high`."""
        return sum(
            int(np.searchsorted(part, low, side="left")) + len(part) - int(np.searchsorted(part, high, side="right"))
            for part in self._parts()
        )

    def dense(self, times: int) -> bool:
        """Whether all values are whole, and the finite ones in a range at most `times` as long as there are values."""
        finite = [part[np.isfinite(part)] for part in self._parts()]
        ends = [float(end) for part in finite if len(part) for end in part[[0, -1]]]
        if not ends or max(ends) - min(ends) + 1 > times * self.values:
            return False
        return all(bool((part == np.trunc(part)).all()) for part in self._parts())

    def classes(self) -> Classes:
        """Rows of both classes in the order of the values, those of one class between two of the other at one place."""
        if len(self.positive) <= len(self.negative):
            positive, negative = _places(self.positive, self.negative)
        else:
            negative, positive = _places(self.negative, self.positive)
        return Classes(positive=positive, negative=negative)

    def _parts(self) -> Iterator[Floats]:
        yield from (part for part in (self.positive, self.negative, self.unlabelled) if len(part))


def ranked(data: Dataset, column: str) -> Ranked:
    """Return the values of `column`, of numbers or times (as seconds); nulls are left out."""
    label = f"cast(coalesce({came(data)}, {UNLABELLED}) as utinyint)"
    there = f"{sql.column(column)} is not null"
    found = data.fetch(f"select {sql.number(data, column)} as v, {label} as l from {sql.ROWS} where {there}")
    values, labels = found["v"], found["l"]
    positive, negative, unlabelled = (np.sort(values[labels == one]) for one in (1, 0, UNLABELLED))
    return Ranked(positive=positive, negative=negative, unlabelled=unlabelled)


def _places(few: Floats, many: Floats) -> tuple[Counts, Counts]:
    """Return the counts of both at each distinct value of `few`, and of `many` before, between and after them."""
    last = np.flatnonzero(np.append(few[1:] != few[:-1], len(few) > 0))
    here = np.zeros(2 * len(last) + 1, dtype=np.int64)
    here[1::2] = np.diff(last, prepend=-1)
    ends = [np.searchsorted(many, few[last], side=side) for side in ("left", "right")]
    return here, np.diff(np.stack(ends, axis=1).ravel(), prepend=0, append=len(many))
