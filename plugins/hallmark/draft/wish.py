"""What a person names when a draft is asked for."""

from dataclasses import dataclass
from pathlib import Path

from hallmark.measures import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Files and columns by name; None or empty where nothing was named and a guess is wanted.

    Exactly one of `artifact` and `predictions` is named. `references` holds groups, each of some column of `groups`.
    """

    name: str
    version: str
    data: Path
    training: Path | None
    artifact: Path | None
    predictions: str | None
    label: str
    groups: tuple[str, ...]
    references: tuple[str, ...]
    key: str | None
    task: Task | None
    positive: str | None
    cut_off: float | None
    favourable: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, str]:
        """Every column that was named, by the option that named it."""
        named = {"--label": self.label, "--predictions": self.predictions, "--key": self.key}
        grouped = {f"--group {column}": column for column in self.groups}
        return {option: column for option, column in (named | grouped).items() if column is not None}
