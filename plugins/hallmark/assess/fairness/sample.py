"""Bounded samples of rows that are the same on every run: the first in the order of a hash of key and seed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hallmark.assess import sql
from hallmark.assess.dataset import Dataset
from hallmark.assess.fairness.spelt import code
from hallmark.assess.spelling import literal, lowest
from hallmark.policy.subject import POOLED, Attribute

Columns = list[NDArray[Any]]
Places = NDArray[np.intp]


def sampled(data: Dataset, columns: Sequence[str], *, among: str, where: str, most: int, seed: int) -> Columns:
    """Return up to `most` values of each expression in `columns`, over the rows `d` of `among` that meet `where`."""
    low = literal(lowest(most, data.rows))
    found = _first(data, columns, among, f"({where}) and {_place(data, seed)} <= {low}", most, seed)
    if len(found[0]) == most:
        return found
    # Few rows meet it, or keys repeat and do not spread evenly.
    return _first(data, columns, among, where, most, seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Rows of several samples: the `columns` of all, and by attribute and group the `places` of its own among them."""

    columns: Columns
    places: Mapping[tuple[str, str], Places]


def drawn(data: Dataset, columns: Sequence[str], attributes: Sequence[Attribute], *, most: int, seed: int) -> Drawn:
    """Return what `sampled` does of every group, and of all others than the reference, from one pass over the data.

    `attributes` has one at least.
    """
    codes = [code(data, one) for one in attributes]
    counts = _counted(data, codes)
    where = _near(data, codes, counts, most, seed)
    found = _first(data, [*columns, *codes], sql.ROWS, where, len(codes) * data.rows, seed)
    parts, places = [found[: len(columns)]], dict[tuple[str, str], Places]()
    for attribute, spelt, rows, seen in zip(attributes, codes, counts, found[len(columns) :], strict=True):
        for group in (*attribute.groups, POOLED):
            chosen = [attribute.groups.index(one) for one in (attribute.others if group == POOLED else (group,))]
            here = np.flatnonzero(np.isin(seen, chosen))[:most]
            if len(here) < min(most, sum(rows[place] for place in chosen)):
                # Keys repeat and do not spread evenly: its rows by themselves, behind all others.
                wanted, before = f"({spelt}) in ({', '.join(map(str, chosen))})", sum(len(part[0]) for part in parts)
                parts.append(_first(data, columns, sql.ROWS, wanted, most, seed))
                here = np.arange(before, before + len(parts[-1][0]))
            places[attribute.name, group] = here
    return Drawn(columns=[np.concatenate(every) for every in zip(*parts, strict=True)], places=places)


def _counted(data: Dataset, codes: Sequence[str]) -> list[Counter[int]]:
    """The rows of each group of every attribute, by the code of the group."""
    named = ", ".join(f"{one} as c{place}" for place, one in enumerate(codes))
    found = data.fetch(f"select {named}, count(*) as rows from {sql.ROWS} group by all")
    counts = [Counter[int]() for _ in codes]
    for place, count in enumerate(counts):
        for one, rows in zip(found[f"c{place}"].tolist(), found["rows"].tolist(), strict=True):
            count[one] += rows
    return counts


def _near(data: Dataset, codes: Sequence[str], counts: Sequence[Counter[int]], most: int, seed: int) -> str:
    """The rows whose hash is so low that it may be among the first of a group that they are of.

    The highest of these bounds first: it is quickly compared, and leaves few rows.
    """
    lows = [{place: lowest(most, rows) for place, rows in count.items() if place >= 0} for count in counts]
    highest = max((low for each in lows for low in each.values()), default="")
    own = [
        f"case {spelt} {' '.join(f'when {place} then {literal(low)}' for place, low in each.items())} end"
        for spelt, each in zip(codes, lows, strict=True)
        if each
    ]
    place = _place(data, seed)
    return f"{place} <= {literal(highest)} and {place} <= greatest({', '.join(own)})" if own else "false"


def _place(data: Dataset, seed: int) -> str:
    return f"md5(cast({sql.column(data.manifest.key)} as varchar) || ' {seed}')"


def _first(data: Dataset, columns: Sequence[str], among: str, where: str, most: int, seed: int) -> Columns:
    named = [f"{expression} as c{place}" for place, expression in enumerate(columns)]
    # Rows with one key are put into the order of what they hold, so that equal data give equal samples.
    by = ", ".join(["place", *(f"c{place}" for place in range(len(columns)))])
    chosen = ", ".join([*named, f"{_place(data, seed)} as place"])
    found = data.fetch(f"select {chosen} from {among} where {where} order by {by} limit {most}")
    return [found[f"c{place}"] for place in range(len(columns))]
