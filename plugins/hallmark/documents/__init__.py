"""The YAML door: text that people write becomes values, or one `BadInput` that names every problem with its line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any, TypeVar

from hallmark.documents.read import read
from hallmark.errors import BadInput
from hallmark.policy.appetite import Appetite
from hallmark.policy.clause import Clause
from hallmark.policy.control import Policy, Scope
from hallmark.policy.role import Key, Person, Roles
from hallmark.policy.rulebook import Entry, Rules, Suite
from hallmark.policy.subject import Cohort, Manifest

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseEntry:
    """One clause as its file states it."""

    clause: str
    meaning: str
    effective_from: date
    confirmed: bool
    effective_until: date | None = None
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A file in clauses/: `framework`, `source`, `checked` and `scope` hold for all of its clauses."""

    framework: str
    source: str
    checked: date
    scope: Scope
    clauses: tuple[ClauseEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """The file inventory.yaml."""

    models: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The file roles.yaml; the keys of a rulebook are added when it is published."""

    people: tuple[Person, ...]


_SINGLE: Mapping[str, type] = {"appetite.yaml": Appetite, "inventory.yaml": Inventory, "roles.yaml": People}
_FOLDERS: Mapping[str, type] = {"catalog": Policy, "clauses": Framework}


def manifest(text: str, where: str) -> Manifest:
    """Read a manifest; `where` names it in problems. Raises `BadInput` with a line for each problem."""
    return _alone(Manifest, text, where)


def cohort(text: str, where: str) -> Cohort:
    """Read a cohort; `where` names it in problems. Raises `BadInput` with a line for each problem."""
    return _alone(Cohort, text, where)


def entry(text: str, where: str) -> Entry:
    """Read one entry of the inventory that stands alone. Raises `BadInput` with a line for each problem."""
    return _alone(Entry, text, where)


def rules(files: Mapping[str, str], *, keys: tuple[Key, ...], suites: tuple[Suite, ...], assessors: str) -> Rules:
    """Read the folder of policies: texts by name, such as `policies/catalog/fair_lending.yaml`.

    Raises `BadInput` with a line for each problem of every file. Whether the values make sense is for `policy.lint`.
    """
    found: dict[type, list[Any]] = {kind: [] for kind in (*_FOLDERS.values(), *_SINGLE.values())}
    problems = [problem for name in sorted(files) for problem in _take(name, files[name], found)]
    problems += [
        f"{file}: stands {len(found[kind])} times among the policies; it must stand once"
        for file, kind in _SINGLE.items()
        if len(found[kind]) != 1
    ]
    if problems:
        raise BadInput("\n".join(problems))
    return Rules(
        policies=tuple(found[Policy]),
        clauses=tuple(clause for framework in found[Framework] for clause in _clauses(framework)),
        roles=Roles(people=found[People][0].people, keys=keys),
        appetite=found[Appetite][0],
        inventory=found[Inventory][0].models,
        suites=suites,
        assessors=assessors,
    )


def _take(name: str, text: str, found: Mapping[type, list[Any]]) -> list[str]:
    """Read one file into `found` and return its problems."""
    path = PurePosixPath(name)
    kind = _FOLDERS.get(path.parent.name) or _SINGLE.get(path.name)
    if kind is None or path.suffix != ".yaml":
        return [f"{name}: is no file of a rulebook; move it into catalog/ or clauses/ as .yaml, or remove it"]
    value, problems = read(kind, text, name)
    found[kind].append(value)
    return problems


def _clauses(framework: Framework) -> Iterator[Clause]:
    for entry in framework.clauses:
        yield Clause(
            framework=framework.framework,
            clause=entry.clause,
            meaning=entry.meaning,
            effective_from=entry.effective_from,
            effective_until=entry.effective_until,
            superseded_by=entry.superseded_by,
            source=framework.source,
            checked=framework.checked,
            confirmed=entry.confirmed,
            scope=framework.scope,
        )


def _alone(kind: type[T], text: str, where: str) -> T:
    value, problems = read(kind, text, where)
    if value is None:
        raise BadInput("\n".join(problems))
    return value
