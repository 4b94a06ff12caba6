"""Other cut-offs, and Fairlearn's cut-offs by group, tried on the cohort."""

from collections.abc import Mapping, Sequence
from typing import Any

from hallmark.assess.assignment import Assignment
from hallmark.assess.fairness.cube import Cube, Tally
from hallmark.assess.fairness.disclosure import added, tallies
from hallmark.assess.fairness.rates import RATES
from hallmark.assess.intervals import Interval, share
from hallmark.assess.remedies.optimizer import Sample, optimized, sample_of
from hallmark.policy.subject import POOLED, Attribute

DIGITS = 4
"""Estimates of what was not done are rounded to so many digits."""


def cut_offs(assignment: Assignment, cube: Cube, attributes: Sequence[Attribute]) -> Mapping[str, Any]:
    """Return for each attribute and crossing other cut-offs, and cut-offs by group, with what each does to every group.

    `best_ratio` is the selection ratio of the worst-placed group at the cut-off where it is nearest to 1, whatever
    that costs: what a bound beyond it asks for, no single cut-off can give.
    """
    sample = sample_of(assignment)
    return {one.name: _attribute(assignment, cube, one, sample) for one in attributes}


def _attribute(assignment: Assignment, cube: Cube, attribute: Attribute, sample: Sample | None) -> Mapping[str, Any]:
    sweep = [_at(cube, attribute, place) for place in range(len(cube.cut_offs))]
    by_group = optimized(assignment.data, attribute, sample)
    tried: str | dict[str, Any] = by_group.reason
    if by_group.tallies is not None:
        tried = _effect(by_group.tallies, attribute)
    return {
        "reference": attribute.reference,
        "cut_off_in_force": float(cube.cut_offs[cube.own]),
        "sweep": sweep,
        "best_ratio": _best(sweep),
        "cut_offs_by_group": {
            "method": by_group.method,
            "cut_offs": by_group.cut_offs,
            "effect": tried,
            "best_ratio": None if isinstance(tried, str) else _worst(tried),
        },
    }


def _at(cube: Cube, attribute: Attribute, place: int) -> dict[str, Any]:
    return {"cut_off": float(cube.cut_offs[place])} | _effect(tallies(cube, attribute, place), attribute)


def _effect(groups: Mapping[str, Tally], attribute: Attribute) -> dict[str, Any]:
    everyone = added(groups.values())
    sides = dict(groups) | {POOLED: added(groups[group] for group in attribute.others)}
    return {
        "selection_rate": _rounded(share(everyone.favourable, everyone.rows)),
        "true_positive_rate": _rounded(share(everyone.favourable_earned, everyone.earned)),
        "false_positive_rate": _rounded(share(everyone.favourable_unearned, everyone.unearned)),
        "groups": {
            group: {
                rate.measure.partition(".")[2]: _rounded(
                    rate.limits(*rate.counted(sides[group]), *rate.counted(sides[attribute.reference]))
                )
                for rate in RATES
            }
            for group in attribute.compared
        },
    }


def _rounded(estimate: Interval) -> Mapping[str, Any]:
    limits = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    numbers = {name: None if number is None else round(number, DIGITS) for name, number in limits.items()}
    return numbers | ({"reason": estimate.reason} if estimate.reason else {})


def _worst(effect: Mapping[str, Any]) -> float | None:
    """The ratio of the group that is furthest from 1; None when one of them has none."""
    ratios: list[float | None] = [group["selection_rate_ratio"]["value"] for group in effect["groups"].values()]
    known = [ratio for ratio in ratios if ratio is not None]
    return min(known, key=_nearness) if len(known) == len(ratios) else None


def _nearness(ratio: float) -> float:
    return min(ratio, 1 / ratio) if ratio > 0 else 0.0


def _best(sweep: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    worst = [(ratio, one) for one in sweep if (ratio := _worst(one)) is not None]
    if not worst:
        return None
    ratio, one = max(worst, key=lambda pair: _nearness(pair[0]))
    return {"cut_off": one["cut_off"], "ratio": ratio, "selection_rate": one["selection_rate"]}
