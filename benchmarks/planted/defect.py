"""What a planted defect is, and which findings belong to it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from planted.worlds import World

from hallmark.policy.expected import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongs:
    """Findings of one measure; an empty field leaves it open."""

    measure: str
    attribute: str = ""
    group: str = ""
    feature: str = ""

    def holds(self, key: Key) -> bool:
        """True when a finding at `key` belongs."""
        pairs = ((self.attribute, key.attribute), (self.group, key.group), (self.feature, key.feature))
        return key.measure == self.measure and all(wanted in ("", got) for wanted, got in pairs)


Plant = Callable[[World, np.random.Generator], World]


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A defect: how it is planted, and what has to notice it in this world."""

    name: str
    plant: Plant
    belongs: Callable[[World], tuple[Belongs, ...]]


def of(*measures: str) -> Callable[[World], tuple[Belongs, ...]]:
    """Findings of these measures, whatever they are spread over."""
    return lambda world: tuple(Belongs(measure=measure) for measure in measures)


def of_women(*measures: str) -> Callable[[World], tuple[Belongs, ...]]:
    """Findings of these measures about women."""
    return lambda world: tuple(Belongs(measure=one, attribute="sex", group="women") for one in measures)
