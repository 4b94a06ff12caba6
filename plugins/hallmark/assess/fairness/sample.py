"""A bounded sample of rows that is the same on every run: the first in the order of a hash of key and seed."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from hallmark.assess.dataset import Dataset
from hallmark.assess.fairness.spelt import fetch
from hallmark.assess.spelling import identifier


def sampled(
    data: Dataset, columns: Sequence[str], *, among: str, where: str, most: int, seed: int
) -> list[NDArray[Any]]:
    """Return up to `most` values of each expression in `columns`, over the rows `d` of `among` that meet `where`."""
    order = f"md5(cast(d.{identifier(data.manifest.key)} as varchar) || ' {seed}')"
    named = [f"{expression} as c{place}" for place, expression in enumerate(columns)]
    # Rows with one key are put into the order of what they hold, so that equal data give equal samples.
    by = ", ".join(["place", *(f"c{place}" for place in range(len(columns)))])
    query = f"select {', '.join([*named, f'{order} as place'])} from {among} where {where} order by {by} limit {most}"
    found = fetch(data, query)
    return [found[f"c{place}"] for place in range(len(columns))]
