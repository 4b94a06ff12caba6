"""Names of people, teams and owners: who may review is told by them, so one name has one spelling."""

from collections.abc import Iterator
from difflib import get_close_matches
from unicodedata import normalize

from hallmark.errors import BadInput
from hallmark.policy.names import checked
from hallmark.policy.rulebook import Rules


def spelled(rules: Rules) -> Iterator[str]:
    """Return a sentence for each name that no account could have, and for each that stands in two spellings."""
    spellings: dict[str, set[str]] = {}
    for where, name in _names(rules):
        spellings.setdefault(normalize("NFKC", name).strip().casefold(), set()).add(name)
        try:
            checked("person", name)
        except BadInput as error:
            yield f"{where}: {name!a} is the name of no account ({error}); spell it as the account does"
    for found in spellings.values():
        if len(found) > 1:
            names = " and ".join(map(ascii, sorted(found)))
            yield f"{names} are one name in two spellings; write it in one of them in roles.yaml and inventory.yaml"


def own_nothing(rules: Rules) -> Iterator[str]:
    """Return a sentence for each team that owns no model: its people would review what they took for theirs."""
    owners = sorted({entry.owner for entry in rules.inventory})
    for person in rules.roles.people:
        for team in sorted(set(person.teams) - set(owners)):
            near = get_close_matches(team, owners, n=1)
            meant = f"did you mean {near[0]}? S" if near else "s"
            yield (
                f"person {person.name}: team {team!a} owns no model of the inventory; {meant}pell it as the owner "
                "there, or register its model first"
            )


def _names(rules: Rules) -> Iterator[tuple[str, str]]:
    for person in rules.roles.people:
        yield "person", person.name
        for team in person.teams:
            yield f"team of {person.name}", team
    for entry in rules.inventory:
        yield f"owner of {entry.model}", entry.owner
