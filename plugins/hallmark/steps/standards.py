"""What a model without a standard lacks: the policies that would cover a dimension, and whom they are written for."""

from collections.abc import Iterator
from difflib import get_close_matches

from hallmark.policy.control import Policy, Scope
from hallmark.policy.profile import Profile
from hallmark.policy.rulebook import Rules


def standards(profile: Profile, rules: Rules) -> Iterator[str]:
    """A sentence for each mandatory dimension that no control covers: where there are such controls, and the mend."""
    entry = profile.entry
    for dimension in profile.unmet:
        able = [policy for policy in rules.policies if _measures(policy, dimension)]
        purposes = sorted({one for policy in able for one in policy.scope.purpose})
        near = get_close_matches(entry.purpose, purposes, n=1, cutoff=0.5)
        meant = f"; did you mean purpose {near[0]}?" if near and near[0] != entry.purpose else ""
        known = "; ".join(f"{policy.policy} is for {_scope(policy.scope)}" for policy in able) or "no policy has any"
        yield (
            f"Tier {entry.tier} demands {dimension}, and no policy asks for it of purpose {entry.purpose!r} in "
            f"{', '.join(entry.jurisdictions) or 'no jurisdiction'}: {known}{meant}. A policy of its own is for the "
            "policy owner to write."
        )


def _measures(policy: Policy, dimension: str) -> bool:
    return any(control.measure.partition(".")[0] == dimension for control in policy.controls)


def _scope(scope: Scope) -> str:
    """A scope in words."""
    words = (
        ("purpose", scope.purpose),
        ("in", scope.jurisdiction),
        ("tier", scope.tier),
        ("department", scope.department),
        ("model", scope.model),
    )
    return " ".join(f"{word} {' or '.join(allowed)}" for word, allowed in words if allowed) or "any model"
