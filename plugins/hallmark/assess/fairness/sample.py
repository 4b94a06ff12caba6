"""Bounded samples of rows that are the same on every run: the first in the order of a hash of key and seed."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hallmark.assess.dataset import Dataset
from hallmark.assess.fairness.spelt import code, fetch
from hallmark.assess.relation import VIEW
from hallmark.assess.spelling import identifier, literal, lowest
from hallmark.policy.subject import Attribute

Columns = list[NDArray[Any]]


def sampled(data: Dataset, columns: Sequence[str], *, among: str, where: str, most: int, seed: int) -> Columns:
    """Return up to `most` values of each expression in `columns`, over the rows `d` of `among` that meet `where`."""
    low = literal(lowest(most, data.rows))
    found = _first(data, columns, among, f"({where}) and {_place(data, seed)} <= {low}", most, seed)
    if len(found[0]) == most:
        return found
    # Few rows meet it, or keys repeat and do not spread evenly.
    return _first(data, columns, among, where, most, seed)


def sampled_by(
    data: Dataset,
    columns: Sequence[str],
    attribute: Attribute,
    wanted: Mapping[str, Sequence[str]],
    *,
    most: int,
    seed: int,
) -> Mapping[str, Columns]:
    """Return what `sampled` does of the groups of `attribute` under each name in `wanted`, from one pass over all."""
    group, among = code(data, attribute), f"{VIEW} as d"
    rows = fetch(data, f"select {group} as code, count(*) as rows from {among} group by 1")
    counts = {int(place): int(count) for place, count in zip(rows["code"], rows["rows"], strict=True) if place >= 0}
    lows = " ".join(f"when {place} then {literal(lowest(most, count))}" for place, count in counts.items())
    near = f"{_place(data, seed)} <= case {group} {lows} end" if lows else "false"
    *found, codes = _first(data, [*columns, group], among, near, len(counts) * data.rows, seed)
    samples = {}
    for name, groups in wanted.items():
        places = [attribute.groups.index(one) for one in groups]
        here = np.flatnonzero(np.isin(codes, places))[:most]
        samples[name] = [column[here] for column in found]
        if len(here) < min(most, sum(counts.get(place, 0) for place in places)):
            where = f"({group}) in ({', '.join(map(str, places))})"
            samples[name] = _first(data, columns, among, where, most, seed)
    return samples


def _place(data: Dataset, seed: int) -> str:
    return f"md5(cast(d.{identifier(data.manifest.key)} as varchar) || ' {seed}')"


def _first(data: Dataset, columns: Sequence[str], among: str, where: str, most: int, seed: int) -> Columns:
    named = [f"{expression} as c{place}" for place, expression in enumerate(columns)]
    # Rows with one key are put into the order of what they hold, so that equal data give equal samples.
    by = ", ".join(["place", *(f"c{place}" for place in range(len(columns)))])
    chosen = ", ".join([*named, f"{_place(data, seed)} as place"])
    found = fetch(data, f"select {chosen} from {among} where {where} order by {by} limit {most}")
    return [found[f"c{place}"] for place in range(len(columns))]
