"""Pairs of declared attributes, crossed."""

from itertools import combinations

from hallmark.policy.groups import CROSS, attribute_of
from hallmark.policy.subject import Attribute, Manifest


def crossings(manifest: Manifest) -> tuple[Attribute, ...]:
    """Every pair of declared attributes, crossed in their declared order."""
    names = [CROSS.join(one.name for one in pair) for pair in combinations(manifest.attributes, 2)]
    return tuple(found for name in names if (found := attribute_of(manifest, name)) is not None)
