"""A sample of the rows of a dataset, drawn by the hash of the key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hallmark.assess import sql
from hallmark.assess.arrays import Mask
from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.spelling import literal, lowest


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Rows of one dataset: the half that each belongs to by its key, and its features; numbers have NaN for null.

    Categories are texts that begin with "=", and "" for null.
    """

    held_out: Mask
    features: Mapping[str, NDArray[Any]]


def sample(dataset: Dataset, scales: Mapping[str, Scale | None], seed: int, limit: int) -> Sample:
    """Return at most `limit` rows: those with the least hash of key and seed, so that equal files give equal samples.

    A key lies in the same half in every dataset. `scales` says how each feature enters; None: by being missing alone.
    """
    key = sql.text(dataset, dataset.manifest.key)
    columns = [f"{_entry(dataset, name, scale)} as c{place}" for place, (name, scale) in enumerate(scales.items())]
    hashed = f"md5({literal(f'{seed}:')} || coalesce({key}, ''))"
    every = f"select {hashed} as h, {', '.join(columns)} from {sql.ROWS}"
    places = ", ".join(["h", *(f"c{place}" for place in range(len(scales)))])
    # The last digit of the hash is independent of the first ones, which chose the rows.
    halves = f"select right(h, 1) < '8' as held_out, {places} from"
    first = f"order by all limit {limit}) order by {places}"
    some = f"where {hashed} <= {literal(lowest(limit, dataset.rows))}"
    found = dataset.fetch(f"{halves} ({every} {some} {first}")
    if len(found["held_out"]) < min(limit, dataset.rows):  # keys that repeat do not spread evenly
        found = dataset.fetch(f"{halves} ({every} {first}")
    return Sample(
        held_out=np.asarray(found["held_out"], dtype=np.bool_),
        features={name: found[f"c{place}"] for place, name in enumerate(scales)},
    )


def _entry(dataset: Dataset, name: str, scale: Scale | None) -> str:
    return f"({sql.column(name)} is null)::double" if scale is None else sql.value(dataset, name, mark="=")
