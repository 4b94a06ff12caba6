"""Inventory entries and suites that an installation adds: proposed by owners of models, taken in by a publisher."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from hallmark import documents
from hallmark.errors import BadInput
from hallmark.evidence.canonical import digest
from hallmark.policy.lint_people import spelled
from hallmark.policy.lint_reach import of_inventory
from hallmark.policy.rulebook import Entry, Rules, Suite
from hallmark.steps.text import text_of

ENTRY = "inventory.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What comes along with a model: its entry as it was written, and its suites by name."""

    entry: Entry
    text: str
    suites: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Intake:
    """Two folders below `root`: `proposed` decides nothing; what is `taken` goes into every rulebook from then on."""

    root: Path

    def propose(self, proposal: Proposal) -> None:
        """Keep a proposal until somebody publishes; it takes the place of an earlier one of the same model."""
        _write(self.root / "proposed", proposal)

    def proposed(self) -> tuple[Proposal, ...]:
        """What waits for a publisher, by model."""
        return tuple(_read(self.root / "proposed"))

    def taken(self) -> tuple[Proposal, ...]:
        """What was taken in, by model."""
        return tuple(_read(self.root / "taken"))

    def holds(self, proposal: Proposal) -> bool:
        """True when this very entry and these very suites are taken in or wait for it."""
        return any(
            one.entry == proposal.entry and proposal.suites.items() <= one.suites.items()
            for one in self.with_proposed()
        )

    def waits(self, model: str) -> bool:
        """True when a model was proposed and never taken in."""
        proposed, taken = ({one.entry.model for one in found} for found in (self.proposed(), self.taken()))
        return model in proposed - taken

    def with_proposed(self) -> tuple[Proposal, ...]:
        """What would be taken in if somebody published now: a proposal changes the entry and adds its suites."""
        found = {one.entry.model: one for one in self.taken()}
        for one in self.proposed():
            before = found.get(one.entry.model)
            found[one.entry.model] = replace(one, suites={**(before.suites if before else {}), **one.suites})
        return tuple(found[model] for model in sorted(found))

    def take(self, proposals: Iterable[Proposal]) -> None:
        """Make `proposals` part of the rules; they wait no longer."""
        for proposal in proposals:
            _write(self.root / "taken", proposal)
            folder = self.root / "proposed" / proposal.entry.model
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()


def with_own(rules: Rules, own: Iterable[Proposal]) -> Rules:
    """The rules of the clone with what was added beside it.

    Raises `BadInput` for a name that stands twice or in two spellings, and for a jurisdiction that is none.
    """
    before = {*_misspelt(rules)}
    models, names = {entry.model for entry in rules.inventory}, {suite.name for suite in rules.suites}
    for one in own:
        if one.entry.model in models:
            raise BadInput(f"model {one.entry.model} has its entry in policies/inventory.yaml; change it there")
        for name in sorted(names & set(one.suites)):
            raise BadInput(f"suite {name} of {one.entry.model} stands in expectations/ already; give it another name")
        models, names = models | {one.entry.model}, names | set(one.suites)
        suites = tuple(Suite(name=name, sha256=digest(data)) for name, data in sorted(one.suites.items()))
        rules = replace(rules, inventory=(*rules.inventory, one.entry), suites=(*rules.suites, *suites))
    problems = [problem for problem in _misspelt(rules) if problem not in before]
    if problems:
        raise BadInput("\n".join(problems))
    return rules


def _misspelt(rules: Rules) -> tuple[str, ...]:
    return (*spelled(rules), *of_inventory(rules.inventory))


def changes(before: Iterable[Entry], coming: Iterable[Proposal]) -> Iterator[str]:
    """A sentence for each entry that is new or says something else than `before`."""
    known = {entry.model: entry for entry in before}
    for one in coming:
        new, old = one.entry, known.get(one.entry.model)
        if old is None:
            places = ", ".join(new.jurisdictions)
            yield f"takes in {new.model}: {new.owner}, {new.purpose}, tier {new.tier}, {places}, {new.department}"
        elif old != new:
            yield f"changes {new.model}: {', '.join(_changed(old, new))}"


def _changed(old: Entry, new: Entry) -> Iterator[str]:
    for field in ("owner", "purpose", "tier", "jurisdictions", "department"):
        here, there = getattr(old, field), getattr(new, field)
        if here != there:
            yield f"{field} {_said(here)} -> {_said(there)}"


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _read(folder: Path) -> Iterator[Proposal]:
    for path in sorted(folder.glob(f"*/{ENTRY}")):
        text = text_of(path)
        suites = {one.stem: one.read_bytes() for one in sorted(path.parent.glob("*.json"))}
        yield Proposal(entry=documents.entry(text, str(path)), text=text, suites=suites)


def _write(folder: Path, proposal: Proposal) -> None:
    """The entry last: a proposal is read once it is whole."""
    place = folder / proposal.entry.model
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = {f"{name}.json": data for name, data in proposal.suites.items()} | {ENTRY: proposal.text.encode()}
    for name, data in files.items():
        partial = place / f"{name}.partial"
        partial.write_bytes(data)
        partial.replace(place / name)
