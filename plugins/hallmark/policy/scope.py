"""Does a scope take in a model? And how narrow is it?"""

from hallmark.policy.control import Scope
from hallmark.policy.rulebook import Entry


def takes_in(scope: Scope, entry: Entry) -> bool:
    """True when every field that `scope` restricts contains what the inventory says of the model."""
    wanted = (
        (scope.purpose, {entry.purpose}),
        (scope.jurisdiction, set(entry.jurisdictions)),
        (scope.tier, {entry.tier}),
        (scope.department, {entry.department}),
        (scope.model, {entry.model}),
    )
    return all(not allowed or set(allowed) & is_ for allowed, is_ in wanted)


def narrowness(scope: Scope) -> int:
    """How many fields a scope restricts: 0 takes in everything."""
    fields = (scope.purpose, scope.jurisdiction, scope.tier, scope.department, scope.model)
    return sum(bool(field) for field in fields)


def contains(outer: Scope, inner: Scope) -> bool:
    """True when every model that `inner` takes in is taken in by `outer` too, as far as the fields tell."""
    pairs = (
        (outer.purpose, inner.purpose),
        (outer.jurisdiction, inner.jurisdiction),
        (outer.tier, inner.tier),
        (outer.department, inner.department),
        (outer.model, inner.model),
    )
    return all(not wide or (narrow and set(narrow) <= set(wide)) for wide, narrow in pairs)
