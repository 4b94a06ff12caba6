"""Which of two controls that cannot both hold gives way, where, and which one is overridden by name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from hallmark.errors import BadInput
from hallmark.policy.control import Control, Phase, Policy
from hallmark.policy.scope import narrowness

_WHOLE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A control with the policy that it stands in; `lost` says where it gave way, when it stays for the rest alone."""

    policy: Policy
    control: Control
    lost: str = ""

    @property
    def name(self) -> str:
        """`policy/control`, as overrides name it."""
        return f"{self.policy.policy}/{self.control.id}"

    @property
    def strength(self) -> tuple[int, int]:
        """By authority, then by how narrow the scope is; the smaller one stays."""
        return self.policy.authority.rank, -narrowness(self.policy.scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Why a control is part of a profile or is not."""

    control: str
    included: bool
    because: str


def settle(placed: tuple[Placed, ...], phase: Phase) -> tuple[tuple[Placed, ...], tuple[Choice, ...]]:
    """Return the controls of `phase` that stay, each `by` what is left of it, and a choice for each that goes whole.

    The strongest come first, and only what stays removes others: what is said nothing of by the winner stays asked.
    Raises `BadInput` when two cannot both hold and nothing says which gives way.
    """
    overridden = _overridden(placed)
    present = [one for one in placed if phase in one.control.phase]
    kept: list[tuple[Placed, str]] = []
    lost: dict[str, dict[str, str]] = {one.name: {} for one in present}
    for one in sorted((one for one in present if one.name not in overridden), key=lambda one: one.strength):
        for key in one.control.by or (_WHOLE,):
            winner = next((other for other, at in kept if at == key and _clash(other.control, one.control)), None)
            if winner is None:
                kept.append((one, key))
            else:
                lost[one.name][key] = _because(winner, one)
    gone = {one.name: overridden.get(one.name) or _whole(one, lost[one.name]) for one in present}
    stay = tuple(_rest(one, lost[one.name]) for one in present if not gone[one.name])
    return stay, tuple(Choice(control=name, included=False, because=gone[name]) for name in sorted(gone) if gone[name])


def _whole(one: Placed, lost: dict[str, str]) -> str:
    """Why nothing is left of a control; empty when something is."""
    left = set(one.control.by or (_WHOLE,)) - lost.keys()
    return "" if left else "; ".join(dict.fromkeys(lost.values()))


def _rest(one: Placed, lost: dict[str, str]) -> Placed:
    if not lost:
        return one
    by = tuple(key for key in one.control.by if key not in lost)
    said = "; ".join(f"not by {key}, where it {because}" for key, because in lost.items())
    return replace(one, control=replace(one.control, by=by), lost=said)


def circles(policies: Iterable[Policy]) -> tuple[tuple[str, str], ...]:
    """Each (policy, control that it overrides) of policies that override each other, at once or by way of others."""
    known = {policy.policy: policy for policy in policies}
    edges = [(by, control, target) for by, control, target, _ in _overrides(known)]
    return tuple((by, control) for by, control, target in edges if by in _reached(target, edges))


def _reached(start: str, edges: list[tuple[str, str, str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        new = {target for by, _, target in edges if by == here} - found
        found |= new
        waiting += new
    return found


def _overrides(known: dict[str, Policy]) -> Iterator[tuple[str, str, str, str]]:
    """An override counts when its policy has at least the authority of the one that it removes from."""
    for by in known.values():
        for override in by.overrides:
            target = known.get(override.control.partition("/")[0])
            if target is not None and by.authority.rank <= target.authority.rank:
                because = f"overridden by {by.policy} {by.version}: {override.because}"
                yield by.policy, override.control, target.policy, because


def _overridden(placed: tuple[Placed, ...]) -> dict[str, str]:
    """By name, why. Of policies that override each other nobody can say which one speaks, so both stay asked."""
    known = {one.policy.policy: one.policy for one in placed}
    void = set(circles(known.values()))
    return {control: because for by, control, _, because in _overrides(known) if (by, control) not in void}


def _clash(first: Control, second: Control) -> bool:
    """No value meets both bounds of one measure."""
    if first.measure != second.measure:
        return False
    floors = [bound for bound in (first.require.floor, second.require.floor) if bound is not None]
    ceilings = [bound for bound in (first.require.ceiling, second.require.ceiling) if bound is not None]
    return bool(floors and ceilings) and max(floors) > min(ceilings)


def _because(winner: Placed, loser: Placed) -> str:
    if winner.policy.authority is not loser.policy.authority:
        return f"cannot hold beside {winner.name}, which has the higher authority ({winner.policy.authority})"
    if winner.strength != loser.strength:
        return f"cannot hold beside {winner.name}, which has the narrower scope"
    raise BadInput(f"{winner.name} and {loser.name} cannot both hold and neither gives way; add an override to one")
