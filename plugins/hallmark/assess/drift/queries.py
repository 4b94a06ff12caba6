"""What drift alone asks of a dataset: its outcomes by value, and a sample of rows drawn by the hash of the key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from hallmark.assess.dataset import Dataset, Scale
from hallmark.assess.intervals import Floats
from hallmark.assess.relation import VIEW, refusal
from hallmark.assess.spelling import as_number, as_text, identifier, literal, lowest, outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Rows of one dataset: the half that each belongs to by its key, and its features; numbers have NaN for null.

    Categories are texts that begin with "=", and "" for null.
    """

    held_out: NDArray[np.bool_]
    features: Mapping[str, NDArray[Any]]


def label_counts(dataset: Dataset) -> tuple[int, int]:
    """Return the number of positive rows and of rows with a label, of a binary classification."""
    label = dataset.manifest.label
    value = outcome(label, f"d.{identifier(label.column)}", dataset.types[label.column])
    found = _columns(dataset, f"select coalesce(sum({value}), 0) as hits, count({value}) as n from {VIEW} as d")
    return int(found["hits"][0]), int(found["n"][0])


def label_values(dataset: Dataset) -> Floats:
    """Return the outcomes of a regression in ascending order; nulls are left out."""
    return dataset.sorted_values(dataset.manifest.label.column)


def sample(dataset: Dataset, scales: Mapping[str, Scale | None], seed: int, limit: int) -> Sample:
    """Return at most `limit` rows: those with the least hash of key and seed, so that equal files give equal samples.

    A key lies in the same half in every dataset. `scales` says how each feature enters; None: by being missing alone.
    """
    key = as_text(f"d.{identifier(dataset.manifest.key)}", dataset.types[dataset.manifest.key])
    columns = [f"{_entry(dataset, name, scale)} as c{place}" for place, (name, scale) in enumerate(scales.items())]
    hashed = f"md5({literal(f'{seed}:')} || coalesce({key}, ''))"
    every = f"select {hashed} as h, {', '.join(columns)} from {VIEW} as d"
    places = ", ".join(["h", *(f"c{place}" for place in range(len(scales)))])
    # The last digit of the hash is independent of the first ones, which chose the rows.
    halves = f"select right(h, 1) < '8' as held_out, {places} from"
    first = f"order by all limit {limit}) order by {places}"
    some = f"where {hashed} <= {literal(lowest(limit, dataset.rows))}"
    found = _columns(dataset, f"{halves} ({every} {some} {first}")
    if len(found["held_out"]) < min(limit, dataset.rows):  # keys that repeat do not spread evenly
        found = _columns(dataset, f"{halves} ({every} {first}")
    return Sample(
        held_out=np.asarray(found["held_out"], dtype=np.bool_),
        features={name: found[f"c{place}"] for place, name in enumerate(scales)},
    )


def _entry(dataset: Dataset, name: str, scale: Scale | None) -> str:
    column, kind = f"d.{identifier(name)}", dataset.types[name]
    if scale is Scale.NUMBER:
        return f"coalesce({as_number(column, kind)}, 'nan'::double)"
    if scale is Scale.CATEGORY:
        return f"coalesce('=' || {as_text(column, kind)}, '')"
    return f"({column} is null)::double"


def _columns(dataset: Dataset, query: str) -> Mapping[str, NDArray[Any]]:
    try:
        found = dataset.cursor().execute(query).fetchnumpy()
    except duckdb.Error as error:
        raise refusal(dataset.path, error) from error
    return {name: np.asarray(values) for name, values in found.items()}
