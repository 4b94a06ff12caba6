"""What the steps are given: the places, the keys and the clock, chosen by `wiring`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from hallmark.evidence.places import rulebooks
from hallmark.evidence.trust import Chain, accept, read_root
from hallmark.measures import Task
from hallmark.policy.role import KeyUse
from hallmark.policy.subject import ArtifactFormat
from hallmark.ports import Registry, Sequencer, Signer, Store


class Inspect(Protocol):
    """Looks at an artifact without loading it and returns a sentence for each thing that is not allowed in it."""

    def __call__(self, data: bytes, format: ArtifactFormat) -> tuple[str, ...]:
        """An empty tuple means that nothing was found outside the allow-list; a scanner error is a sentence."""


class Score(Protocol):
    """Scores Parquet files in one child process without network and secrets, and writes (key, score) as Parquet."""

    def __call__(
        self,
        *,
        artifact: bytes,
        format: ArtifactFormat,
        datasets: Sequence[tuple[Path, Path]],
        features: tuple[str, ...],
        key: str,
        task: Task,
        classes: Sequence[str] = (),
    ) -> str:
        """Score each file into the one beside it, and return in words how the child was isolated.

        Raises `BadInput` when no usable scores came out.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One installation. `signer` opens a key when it is needed and not before; `now` is aware."""

    store: Store
    sequencer: Sequencer
    registry: Registry
    root: bytes
    work: Path
    signer: Callable[[KeyUse], Signer]
    inspect: Inspect
    score: Score
    now: Callable[[], datetime]

    def chain(self) -> Chain:
        """The root with the rulebooks that the store holds. Raises `Tampered` when the chain does not hold."""
        return _accepted(self.root, tuple(rulebooks(self.store)))


@lru_cache(maxsize=2)
def _accepted(root: bytes, envelopes: tuple[bytes, ...]) -> Chain:
    """What a task asks for several times follows from these bytes alone, and following a chain takes a while."""
    return accept(read_root(root), envelopes)
