"""Tests of many features at once: an alarm that is shown beside the distances and never judged."""

from collections.abc import Mapping

ALPHA, FLOOR = 0.05, 0.05
"""An alarm needs an adjusted p below the first and a distance of at least the second."""


def alarms(found: Mapping[str, tuple[float | None, float | None]]) -> Mapping[str, Mapping[str, float | bool | None]]:
    """Return Holm's adjusted p (1979) and the alarm for each feature, from its distance and p; None where it has none.

    With many rows every p is small, hence the floor under the distance.
    """
    tested = sorted((p, name) for name, (_, p) in found.items() if p is not None)
    adjusted: dict[str, float] = {}
    largest = 0.0
    for place, (p, name) in enumerate(tested):
        largest = max(largest, min(1.0, p * (len(tested) - place)))
        adjusted[name] = largest
    return {
        name: {
            "holm_p": adjusted.get(name),
            "alarm": name in adjusted and adjusted[name] < ALPHA and (distance or 0.0) >= FLOOR,
        }
        for name, (distance, _) in found.items()
    }
