"""Words of scopes and of the inventory that would reach nobody, or that no policy reaches."""

import re
from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches

from hallmark.policy.clause import Clause
from hallmark.policy.control import Policy, Scope
from hallmark.policy.rulebook import Entry, Rules

_PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


def of_clause(clause: Clause) -> Iterator[str]:
    """Return a sentence for each jurisdiction of a clause that is no code."""
    return _places(clause.name, clause.scope.jurisdiction)


def of_inventory(inventory: Iterable[Entry]) -> Iterator[str]:
    """Return a sentence for each jurisdiction of a model that is no code, and for a model without any."""
    for entry in inventory:
        if not entry.jurisdictions:
            said = "jurisdictions is empty, so it would escape every policy of a country; name one, as [EU]"
            yield f"{entry.model}: {said}"
        yield from _places(entry.model, entry.jurisdictions)


def of_scope(policy: Policy, rules: Rules) -> Iterator[str]:
    """Return a sentence for each word in the scope of a policy that no clause and no model knows."""
    for kind, words, known in _known(policy.scope, rules):
        for word in sorted(set(words) - known):
            found = f"its scope names {kind} {word!r}, which no model has and no clause names{_near(word, known)}"
            yield f"{found}; correct it, or register such a model first (`hallmark register`), then publish"


def beyond(rules: Rules) -> Iterator[str]:
    """Return a sentence for each place and purpose of a model that no policy names: allowed, and never silent."""
    places = {word for policy in rules.policies for word in policy.scope.jurisdiction}
    purposes = {word for policy in rules.policies for word in policy.scope.purpose}
    for entry in rules.inventory:
        for place in sorted(set(entry.jurisdictions) - places):
            yield f"{entry.model}: no policy names jurisdiction {place}; only policies without one reach it there"
        if entry.purpose not in purposes:
            yield f"{entry.model}: no policy names purpose {entry.purpose}; only policies without one reach it"


def _known(scope: Scope, rules: Rules) -> Iterator[tuple[str, Collection[str], set[str]]]:
    clauses, inventory = rules.clauses, rules.inventory
    places = {word for clause in clauses for word in clause.scope.jurisdiction}
    purposes = {word for clause in clauses for word in clause.scope.purpose}
    yield "jurisdiction", scope.jurisdiction, places | {word for entry in inventory for word in entry.jurisdictions}
    yield "purpose", scope.purpose, purposes | {entry.purpose for entry in inventory}
    yield "department", scope.department, {entry.department for entry in inventory}
    yield "model", scope.model, {entry.model for entry in inventory}


def _places(where: str, places: Collection[str]) -> Iterator[str]:
    for place in places:
        if not _PLACE.fullmatch(place):
            yield f"{where}: jurisdiction {place!r} is no code; write it in capitals, as EU, US or US-NYC"


def _near(word: str, known: Collection[str]) -> str:
    folded = {one.casefold(): one for one in known}
    near = get_close_matches(word.casefold(), folded, n=1)
    return f" (did you mean {folded[near[0]]}?)" if near else ""
