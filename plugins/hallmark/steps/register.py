"""Taking a version and its cohorts into the registry, from a folder that somebody prepared."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from hallmark import documents
from hallmark.documents.marks import MEND, empties, marks
from hallmark.errors import BadInput
from hallmark.policy.subject import Cohort, Manifest
from hallmark.ports import Registry
from hallmark.steps.intake import ENTRY, Proposal
from hallmark.steps.text import text_of

T = TypeVar("T")

SUITE = "expectations.json"
"""The suite that comes along with an inventory entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What a folder holds: a version, cohorts, and the proposal for the rulebook that comes along."""

    folder: Path
    manifest: Manifest | None
    cohorts: tuple[Cohort, ...]
    proposal: Proposal | None


def register(registry: Registry, folder: Path) -> list[str]:
    """Register the `manifest.yaml` and every `cohorts/*.yaml` below `folder`; return what is new, in sentences.

    Raises `BadInput` for a folder without either and for anything wrong in them, `Conflict` when the same name is
    registered with other contents.
    """
    incoming = read(folder)
    return registry.register(incoming.manifest, incoming.cohorts, folder)


def read(folder: Path, *, draft: bool = False, today: date = date.max) -> Incoming:
    """Read all documents of a folder; of a draft also those in which guesses and gaps stand.

    A cohort of a later day than `today` is refused here; without it, when a case is opened on it.
    Raises `BadInput` with a line for everything that is missing or wrong in any of them.
    """
    door = _Door(draft=draft)
    path = folder / "manifest.yaml"
    manifest = door.read(path, documents.manifest) if path.is_file() else None
    cohorts = [door.read(one, partial(_cohort, today)) for one in sorted((folder / "cohorts").glob("*.yaml"))]
    if not path.is_file() and not cohorts:
        raise BadInput(f"{folder}: no manifest.yaml and no cohorts/*.yaml here; nothing was registered")
    proposal = _proposal(door, folder, manifest) if (folder / ENTRY).is_file() else None
    if door.problems:
        raise BadInput("\n".join([*door.problems, *([MEND] if door.marked else [])]))
    found = tuple(cohort for cohort in cohorts if cohort is not None)
    return Incoming(folder=folder, manifest=manifest, cohorts=found, proposal=proposal)


def standing(folder: Path) -> int:
    """How many guesses and gaps still stand in the documents of a folder."""
    files = (folder / "manifest.yaml", folder / ENTRY, folder / SUITE, *(folder / "cohorts").glob("*.yaml"))
    return sum(len(marks(text_of(path), str(path))) for path in files if path.is_file())


class _Door:
    """Reads one document after another and keeps every problem."""

    def __init__(self, *, draft: bool) -> None:
        self.problems: list[str] = []
        self.marked = False
        self._draft = draft

    def read(self, path: Path, reader: Callable[[str, str], T], *, lists: bool = False) -> T | None:
        """The value of a document, or None when there are problems with it."""
        try:
            text = text_of(path)
            if not self._draft:
                marked = marks(text, str(path))
                self.marked |= bool(marked)
                hollow = empties(text, str(path), lists=lists) if path.suffix == ".yaml" else []
                self.problems += sorted([*marked, *hollow], key=_line)
            return reader(text, str(path))
        except BadInput as error:
            self.problems += str(error).splitlines()
            return None


def _cohort(today: date, text: str, where: str) -> Cohort:
    """A cohort whose data are not of the future: such a date would hide every later cohort."""
    found = documents.cohort(text, where)
    if found.as_of > today:
        line = next((number for number, line in enumerate(text.splitlines(), 1) if line.startswith("as_of")), 1)
        raise BadInput(f"{where}:{line}: as_of: {found.as_of} is after today, {today}; give the day of the data")
    return found


def _line(problem: str) -> int:
    found = problem.split(": ", 1)[0].rpartition(":")[2]
    return int(found) if found.isdigit() else 0


def _proposal(door: _Door, folder: Path, manifest: Manifest | None) -> Proposal | None:
    """The entry and the suite beside a manifest, which must speak of the same model and name the same suite."""
    path = folder / ENTRY
    entry = door.read(path, documents.entry, lists=True)
    suite = door.read(folder / SUITE, _suite)
    if entry is None or suite is None or manifest is None:
        return None
    if entry.model != manifest.model:
        door.problems.append(f"{path}:1: model: is {entry.model!r}, and manifest.yaml says {manifest.model!r}")
    return Proposal(entry=entry, text=text_of(path), suites={manifest.suite: suite})


def _suite(text: str, where: str) -> bytes:
    try:
        entries: Any = json.loads(text)["expectations"]
    except json.JSONDecodeError as error:
        raise BadInput(f"{where}:{error.lineno}: is not the JSON of an expectation suite: {error.msg}") from error
    except (TypeError, KeyError) as error:
        raise BadInput(f"{where}:1: has no list of expectations; write the suite as Great Expectations does") from error
    if not isinstance(entries, list) or not entries or not all(isinstance(one, dict) for one in entries):
        raise BadInput(f"{where}:1: expectations must be a list that is not empty")
    return text.encode()
