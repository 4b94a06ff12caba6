"""One defect in one world beside its clean twin: what noticed it, and what alarmed without it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from planted.data import DATA
from planted.defect import Belongs, Defect
from planted.drift import DRIFT
from planted.fairness import FAIRNESS
from planted.performance import PERFORMANCE
from planted.run import Findings, findings
from planted.worlds import World

from hallmark.policy.appetite import Status

DEFECTS = (*DATA, *DRIFT, *FAIRNESS, *PERFORMANCE)

_GRAVITY = {Status.INCONCLUSIVE: 1, Status.NOT_EVALUATED: 2, Status.NOT_SATISFIED: 3}
_ALARMS = (Status.INCONCLUSIVE, Status.NOT_SATISFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One defect in one world; findings are told as control and status."""

    defect: str
    world: str
    seed: int
    noticed: tuple[str, ...]
    alarmed: tuple[str, ...]


def trials(world: World, seed: int, defects: tuple[Defect, ...] = DEFECTS) -> Iterator[Trial]:
    """Every defect in a world of this seed; its clean twin is measured once."""
    wanted = {_dimension(one) for defect in defects for one in defect.belongs(world)}
    clean = findings(world, wanted, seed)
    for place, defect in enumerate(defects):
        belongs = defect.belongs(world)
        planted = defect.plant(world, np.random.default_rng([seed, place]))
        found = findings(planted, {_dimension(one) for one in belongs}, seed)
        yield Trial(
            defect=defect.name,
            world=world.name,
            seed=seed,
            noticed=tuple(_noticed(found, clean, belongs)),
            alarmed=tuple(_alarmed(clean, belongs)),
        )


def summary(found: list[Trial]) -> str:
    """How many were detected, and how many clean twins alarmed."""
    detected, alarms = sum(bool(one.noticed) for one in found), sum(bool(one.alarmed) for one in found)
    return f"detected {detected}/{len(found)} false alarms {alarms}/{len(found)}"


def listed(said: tuple[str, ...]) -> str:
    """Findings in words, each once, the first three by name."""
    unique = list(dict.fromkeys(said))
    return ", ".join(unique[:3]) + (f" and {len(unique) - 3} more" if len(unique) > 3 else "")


def _dimension(belongs: Belongs) -> str:
    return belongs.measure.partition(".")[0]


def _noticed(found: Findings, clean: Findings, belongs: tuple[Belongs, ...]) -> Iterator[str]:
    for (control, key), finding in found.items():
        before = clean.get((control, key))
        graver = _GRAVITY.get(finding.status, 0) > (_GRAVITY.get(before.status, 0) if before else 0)
        if graver and any(one.holds(key) for one in belongs):
            yield f"{control} {finding.status}"


def _alarmed(clean: Findings, belongs: tuple[Belongs, ...]) -> Iterator[str]:
    for (control, key), finding in clean.items():
        if finding.status in _ALARMS and any(one.holds(key) for one in belongs):
            yield f"{control} {finding.status}"
