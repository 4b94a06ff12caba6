"""The counts of groups in the evidence, and words in place of those that stay out."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from hallmark.policy.subject import POOLED
from hallmark.report.by_hand import Worked, number
from hallmark.verdict.observation import Observation

Count = float | str
"""A count of the evidence, or the words that stand for one that stays out."""

UNTOLD = "not told"
"""Of a count that stays out and is not said to be small."""


def counts_of(
    observation: Observation, evidence: Mapping[str, Any], group: str, needed: Iterable[str]
) -> dict[str, Count]:
    """The counts of a group, added up over all others where it is the pooled one."""
    smallest = evidence["fairness.json"]["smallest_cell"]
    found = _members(observation, evidence, group).values()
    return {name: total(*(told(counts, name, smallest) for counts in found)) for name in needed}


def _members(observation: Observation, evidence: Mapping[str, Any], group: str) -> Mapping[str, Mapping[str, Any]]:
    attribute = evidence["fairness.json"]["attributes"][observation.key.attribute]
    others = [name for name in attribute["groups"] if name != attribute["reference"]]
    return {name: attribute["groups"][name] for name in (others if group == POOLED else [group])}


def told(counts: Mapping[str, Any], name: str, smallest: int) -> Count:
    """A count, or whether the one that stays out is below the smallest that is told."""
    if counts[name] is not None:
        return float(counts[name])
    return f"fewer than {smallest}" if name in counts.get("few", ()) else UNTOLD


def total(*counts: Count) -> Count:
    """The sum, where each is told."""
    if len(counts) == 1:
        return counts[0]
    known = [count for count in counts if not isinstance(count, str)]
    return math.fsum(known) if len(known) == len(counts) else UNTOLD


def said(count: Count) -> str:
    """A count as it is put into a formula."""
    return count if isinstance(count, str) else number(count)


def known_of(*counts: Count) -> tuple[float, ...] | None:
    """The counts, where each is told."""
    known = tuple(count for count in counts if not isinstance(count, str))
    return known if len(known) == len(counts) else None


def withheld(observation: Observation, evidence: Mapping[str, Any], cells: tuple[str, ...], formula: str) -> Worked:
    """The formula with the reported value, what stays out, and the digest of the true counts."""
    blob = evidence["fairness.json"]
    sha256 = blob["attributes"][observation.key.attribute].get("sha256")
    return Worked(
        cells=cells,
        formula=formula,
        value=observation.value or 0.0,
        withheld=(
            f"counts of fewer than {blob['smallest_cell']} rows stay out of the tables, and so do those that would "
            "give them away;",
            "a reported value with its n still gives the count of a small group (docs/remedies.md#small-cells)",
            *([f"the SHA-256 of the true counts of {observation.key.attribute} is {sha256}"] if sha256 else []),
        ),
    )


def cells_of(group: str, counts: Mapping[str, Count], names: Iterable[str]) -> str:
    """The counts of a group in one line."""
    return f"{group}: " + ", ".join(f"{name.replace('_', ' ')} {said(counts[name])}" for name in names)


def all_known(counts: Mapping[str, Count]) -> dict[str, float] | None:
    """The counts by name, where each is told."""
    known = known_of(*counts.values())
    return None if known is None else dict(zip(counts, known, strict=True))
