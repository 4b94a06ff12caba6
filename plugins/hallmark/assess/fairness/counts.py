"""The counts behind every rate, from which an outsider computes it again; small ones stay out and leave a digest."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hallmark.assess.fairness.cube import UNIT, Cube, Tally
from hallmark.assess.fairness.spelt import ABSENT, UNDECLARED
from hallmark.evidence.canonical import digest, encode
from hallmark.policy.groups import CROSS
from hallmark.policy.subject import Attribute

SMALLEST = 5
"""A cell of fewer rows, and more than none, could be read as the outcome of a person."""

SMALL_SHARE = 0.02
"""Groups below this share of the rows are named, with their count."""

_SUMS = ("scores", "positive_scores", "squared_scores")


def counts_of(cube: Cube, attributes: Sequence[Attribute]) -> Mapping[str, object]:
    """Return the evidence: for each attribute and crossing the counts of its declared groups and of the rest."""
    return {"smallest_cell": SMALLEST, "attributes": {one.name: _attribute(cube, one) for one in attributes}}


def _attribute(cube: Cube, attribute: Attribute) -> Mapping[str, object]:
    tallies = {group: cube.tally(cube.members(attribute, group)) for group in attribute.groups}
    everyone = int(cube.rows.sum())
    small = [group for group, tally in tallies.items() if tally.rows < SMALL_SHARE * everyone]
    rest = {} if _crossed(cube, attribute) else _rest(cube, attribute)
    return {
        "reference": attribute.reference,
        "groups": {group: counted(tally) for group, tally in tallies.items()},
        "below_2_percent": {group: _open(tallies[group].rows) for group in small},
    } | rest


def _crossed(cube: Cube, attribute: Attribute) -> bool:
    return CROSS in attribute.name and attribute not in cube.manifest.attributes


def _rest(cube: Cube, attribute: Attribute) -> dict[str, object]:
    codes = {"rows_without_group": ABSENT, "rows_of_undeclared_groups": UNDECLARED}
    tallies = {name: cube.tally(cube.outside(attribute, code)) for name, code in codes.items()}
    return {name: {key: counted(tally)[key] for key in ("rows", "favourable")} for name, tally in tallies.items()}


def counted(tally: Tally) -> Mapping[str, Any]:
    """Return the counts of a group, with the sums of scores as floats; all but the rows are null where one is small.

    One small cell hides the others, since it would follow from them and their total. The digest is that of the true
    counts, whose sums in billionths nobody guesses who has not the data.
    """
    exact = asdict(tally)
    if not any(0 < cell < SMALLEST for cell in _cells(tally)):
        return {name: number / UNIT if name in _SUMS else number for name, number in exact.items()}
    hidden = dict.fromkeys(exact) | {"rows": _open(tally.rows)}
    return hidden | {"sha256": digest(encode(exact | {name: str(exact[name]) for name in _SUMS}))}


def _open(rows: int) -> int | None:
    return None if 0 < rows < SMALLEST else rows


def _cells(tally: Tally) -> tuple[int, ...]:
    """The cells that do not overlap: outcome (also none) by decision."""
    given = tally.favourable - tally.favourable_earned - tally.favourable_unearned
    return (
        tally.favourable_earned,
        tally.earned - tally.favourable_earned,
        tally.favourable_unearned,
        tally.unearned - tally.favourable_unearned,
        given,
        tally.rows - tally.labelled - given,
    )
