"""Rows that follow each other in time say less than as many independent ones: how much wider their limits must be."""

from collections.abc import Iterable
from dataclasses import replace
from math import isinf, sqrt

from hallmark.assess.assignment import Assignment
from hallmark.assess.blocks.inflation import FEWEST, inflation
from hallmark.assess.blocks.serial import Serial
from hallmark.assess.blocks.series import in_order
from hallmark.measures import MEASURES
from hallmark.policy.expected import Key
from hallmark.policy.subject import Order
from hallmark.verdict.observation import Observation

__all__ = ["FEWEST", "Serial", "in_order", "inflation", "widened"]

_TOO_FEW = f"the manifest says order: time, and with fewer than {FEWEST} rows nobody can tell how far they follow"


def widened(found: Iterable[Observation], assignment: Assignment) -> tuple[Observation, ...]:
    """Return the observations with limits that hold for rows in order of time; as they are where rows have no order.

    A number is widened by what the series that it rests on need (`Serial.of`), whichever is most, in the cohort, the
    reference or the training data. Facts have no limits to widen.
    """
    every = tuple(found)
    if assignment.manifest.order is not Order.TIME:
        return every
    needs = dict.fromkeys((one.key for one in every if None not in (one.value, one.low, one.high)), 1.0)
    # One dataset after the other, since each holds whole columns meanwhile.
    for data in (assignment.data, assignment.reference, assignment.training):
        serial = Serial(data=data)
        needs |= {key: max(needs[key], serial.of(key)) for key in needs}
    return tuple(_widened(one, needs) for one in every)


def _widened(one: Observation, needs: dict[Key, float]) -> Observation:
    if one.value is None or one.low is None or one.high is None:
        return one
    factor = sqrt(needs[one.key])
    if isinf(factor):
        return replace(one, value=None, low=None, high=None, n=None, reason=_TOO_FEW)
    low, high = one.value - (one.value - one.low) * factor, one.value + (one.high - one.value) * factor
    measure = MEASURES[one.key.measure]
    return replace(
        one,
        low=low if measure.low is None else max(low, measure.low),
        high=high if measure.high is None else min(high, measure.high),
        method=f"{one.method}; limits {factor:.3f} times as wide: rows in order of time, batch means",
    )
