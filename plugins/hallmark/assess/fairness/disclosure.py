"""What may be told of the counts of an attribute: the true tallies, and which of them stay out of the evidence.

Numbers that are judged or tried come from the true tallies, whatever stays out (docs/decisions/0012-small-cells.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields

import numpy as np

from hallmark.assess.arrays import Mask
from hallmark.assess.fairness.cube import Cube, Tally
from hallmark.assess.fairness.spelt import ABSENT, UNDECLARED
from hallmark.assess.fairness.suppression import hidden
from hallmark.policy.groups import CROSS
from hallmark.policy.subject import POOLED, Attribute

OUTSIDE: Mapping[str, int] = {"rows_without_group": ABSENT, "rows_of_undeclared_groups": UNDECLARED}
"""What the rows outside the declared groups are called, and their codes."""

_REST = "rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The true tallies of an attribute by group and of the rows outside, and the counts of each that stay out."""

    attribute: Attribute
    smallest: int
    groups: Mapping[str, Tally]
    outside: Mapping[str, Tally]
    hidden: Mapping[str, frozenset[str]]
    hidden_outside: Mapping[str, frozenset[str]]

    def of(self, group: str) -> Tally:
        """The tally of a group, or of all others than the reference."""
        if group == POOLED:
            return added(self.groups[one] for one in self.attribute.others)
        return self.groups[group]


def told(cube: Cube, attribute: Attribute) -> Told:
    """Tally the groups of an attribute or crossing and the rows outside, and see what stays out."""
    groups = tallies(cube, attribute)
    outside = {name: cube.tally(mask) for name, mask in _outside(cube, attribute).items()}
    found = hidden([*groups.values(), *outside.values()], cube.smallest)
    return Told(
        attribute=attribute,
        smallest=cube.smallest,
        groups=groups,
        outside=outside,
        hidden=dict(zip(groups, found, strict=False)),
        hidden_outside=dict(zip(outside, found[len(groups) :], strict=True)),
    )


def tallies(cube: Cube, attribute: Attribute, at: int | None = None) -> dict[str, Tally]:
    """Tally every group, decided at the cut-off in the place `at` (None: the one in force)."""
    return {group: cube.tally(cube.members(attribute, group), at) for group in attribute.groups}


def _outside(cube: Cube, attribute: Attribute) -> Mapping[str, Mask]:
    if CROSS in attribute.name and attribute not in cube.manifest.attributes:
        return {_REST: ~np.any([cube.members(attribute, group) for group in attribute.groups], axis=0)}
    return {name: cube.outside(attribute, code) for name, code in OUTSIDE.items()}


def added(every: Iterable[Tally]) -> Tally:
    """The tally of all of them together."""
    counts = [asdict(tally) for tally in every]
    return Tally(**{one.name: sum(tally[one.name] for tally in counts) for one in fields(Tally)})
