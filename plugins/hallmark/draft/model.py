"""Everything that the documents of a draft are written from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hallmark.draft.columns import Column
from hallmark.draft.guess import Grouping, Guess
from hallmark.measures import Task
from hallmark.policy.subject import Artifact


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A Parquet file of the draft, with what is seen of its columns; `source` names the file that a person gave."""

    file: str
    sha256: str
    as_of: date
    source: str
    columns: Mapping[str, Column]

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return next(iter(self.columns.values())).rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the rulebook knows: purposes by policy, and the names of attributes that its controls ask for."""

    purposes: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One model version as it is guessed from its data; `split` when one file was cut into cohort and reference."""

    model: str
    version: str
    cohort: str
    task: Guess[Task]
    artifact: Artifact | None
    predictions: str | None
    cut_off: Guess[float] | None
    key: str
    key_made: bool
    key_named: bool
    features: tuple[str, ...]
    label: str
    positive: Guess[str] | None
    classes: Guess[tuple[str, ...]] | None
    favourable: tuple[str, ...]
    groupings: tuple[Grouping, ...]
    data: Written
    before: Written
    split: bool
    ordered: tuple[tuple[str, str], ...]
    known: Known
