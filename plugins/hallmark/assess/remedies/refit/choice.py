"""Which features to try without: those that moved furthest, that tell the outcome best, that tell a group best."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from hallmark.assess.arrays import Floats, Mask
from hallmark.assess.intervals import area_under_curve
from hallmark.assess.remedies.refit.rows import Coding, Rows
from hallmark.policy.subject import Attribute

MOVED = 3
"""So many of the features that moved are tried; of the others the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A feature, what it is suspected of, and the number that says so."""

    feature: str
    because: str
    amount: float


def suspects(
    coding: Coding, training: Rows, reference: Rows, cohort: Rows, attributes: tuple[Attribute, ...], *, binary: bool
) -> list[Suspect]:
    """Each feature once, for the first reason that applies."""
    found: dict[str, Suspect] = {}
    lists = [_moved(coding, reference, cohort)[:MOVED]]
    if binary:
        lists.append(_telling(coding, training, cohort.features, cohort.outcome == 1, "tells the outcome")[:1])
    lists += [one[:1] for one in _by_group(coding, training, cohort, attributes)]
    for one in (one for each in lists for one in each):
        found.setdefault(one.feature, one)
    return list(found.values())


def _moved(coding: Coding, reference: Rows, cohort: Rows) -> list[Suspect]:
    """By the distance of the distributions, or of the shares of missing values where that is larger."""
    distances = {
        name: _distance(reference.features[:, place], cohort.features[:, place], coding.unordered[place])
        for place, name in enumerate(coding.names)
    }
    return _ordered({name: one for name, one in distances.items() if one > 0}, "moved")


def _distance(then: Floats, now: Floats, unordered: bool) -> float:
    gone = abs(float(np.isnan(now).mean()) - float(np.isnan(then).mean())) if len(now) and len(then) else 0.0
    then, now = np.sort(then[~np.isnan(then)]), np.sort(now[~np.isnan(now)])
    if not len(then) or not len(now):
        return gone
    places = np.unique(np.concatenate([then, now]))
    first, second = (np.searchsorted(one, places, side="right") / len(one) for one in (then, now))
    if unordered:
        return max(gone, float(np.abs(np.diff(first, prepend=0) - np.diff(second, prepend=0)).sum() / 2))
    return max(gone, float(np.abs(first - second).max()))


def _by_group(
    coding: Coding, training: Rows, cohort: Rows, attributes: tuple[Attribute, ...]
) -> Iterator[list[Suspect]]:
    """One list for each attribute, by the largest area over its groups."""
    for attribute in attributes:
        codes, largest = cohort.codes[attribute.name], dict[str, Suspect]()
        own = attribute.groups.index(attribute.reference)
        for place in (place for place in range(len(attribute.groups)) if place != own):
            among = (codes == place) | (codes == own)
            for one in _telling(
                coding, training, cohort.features[among], codes[among] == place, f"tells {attribute.name}"
            ):
                if one.feature not in largest or one.amount > largest[one.feature].amount:
                    largest[one.feature] = one
        yield _ordered({name: one.amount for name, one in largest.items()}, f"tells {attribute.name}")


def _telling(coding: Coding, training: Rows, features: Floats, member: Mask, because: str) -> list[Suspect]:
    """By the area under the curve of the feature alone, either way round; categories by their rate in training."""
    areas: dict[str, float] = {}
    for place, name in enumerate(coding.names):
        column = features[:, place]
        if coding.unordered[place]:
            column = _rates(training.features[:, place], training.outcome, column)
        known = ~np.isnan(column)
        area = area_under_curve(np.sort(column[known & member]), np.sort(column[known & ~member])).value
        if area is not None:
            areas[name] = max(area, 1 - area)
    return _ordered(areas, because)


def _rates(codes: Floats, outcome: Floats, asked: Floats) -> Floats:
    """The mean outcome of each category in the training data, for the categories that are asked for."""
    rates = {one: float(outcome[codes == one].mean()) for one in np.unique(codes[~np.isnan(codes)]).tolist()}
    return np.array([rates.get(one, float("nan")) for one in asked.tolist()])


def _ordered(amounts: Mapping[str, float], because: str) -> list[Suspect]:
    order = sorted(amounts, key=lambda name: (-amounts[name], name))
    return [Suspect(feature=name, because=because, amount=amounts[name]) for name in order]
