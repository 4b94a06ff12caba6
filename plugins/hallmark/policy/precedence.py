"""Which of two controls that cannot both hold gives way, and which one is overridden by name."""

from dataclasses import dataclass
from itertools import combinations

from hallmark.errors import BadInput
from hallmark.policy.control import Control, Policy
from hallmark.policy.scope import narrowness


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A control with the policy that it stands in."""

    policy: Policy
    control: Control

    @property
    def name(self) -> str:
        """`policy/control`, as overrides name it."""
        return f"{self.policy.policy}/{self.control.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Why a control is part of a profile or is not."""

    control: str
    included: bool
    because: str


def settle(placed: tuple[Placed, ...]) -> tuple[tuple[Placed, ...], tuple[Choice, ...]]:
    """Return the controls that stay, and a choice for each that goes.

    Raises `BadInput` when two cannot both hold and nothing says which gives way.
    """
    removed = _overridden(placed)
    for first, second in combinations(placed, 2):
        if removed.keys() & {first.name, second.name} or not _clash(first.control, second.control):
            continue
        loser, because = _loser(first, second)
        removed[loser.name] = because
    stay = tuple(one for one in placed if one.name not in removed)
    return stay, tuple(Choice(control=name, included=False, because=removed[name]) for name in sorted(removed))


def _overridden(placed: tuple[Placed, ...]) -> dict[str, str]:
    """An override counts when its policy has at least the authority of the one that it removes from."""
    policies = {one.policy.policy: one.policy for one in placed}
    removed = {}
    for by in policies.values():
        for override in by.overrides:
            target = policies.get(override.control.partition("/")[0])
            if target is not None and by.authority.rank <= target.authority.rank:
                removed[override.control] = f"overridden by {by.policy} {by.version}: {override.because}"
    return removed


def _clash(first: Control, second: Control) -> bool:
    """No value meets both bounds of one measure over keys that they share."""
    if first.measure != second.measure or bool(first.by) != bool(second.by) or not set(first.phase) & set(second.phase):
        return False
    if first.by and not set(first.by) & set(second.by):
        return False
    floors = [bound for bound in (first.require.floor, second.require.floor) if bound is not None]
    ceilings = [bound for bound in (first.require.ceiling, second.require.ceiling) if bound is not None]
    return bool(floors and ceilings) and max(floors) > min(ceilings)


def _loser(first: Placed, second: Placed) -> tuple[Placed, str]:
    by_authority = sorted((first, second), key=lambda one: one.policy.authority.rank)
    if first.policy.authority is not second.policy.authority:
        winner, loser = by_authority
        return loser, f"cannot hold beside {winner.name}, which has the higher authority ({winner.policy.authority})"
    by_scope = sorted((first, second), key=lambda one: -narrowness(one.policy.scope))
    if narrowness(first.policy.scope) != narrowness(second.policy.scope):
        winner, loser = by_scope
        return loser, f"cannot hold beside {winner.name}, which has the narrower scope"
    raise BadInput(f"{first.name} and {second.name} cannot both hold and neither gives way; add an override to one")
