"""What an assessor is given and what it returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hallmark.assess.dataset import Dataset
from hallmark.policy.subject import Cohort, Manifest
from hallmark.verdict.observation import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One dimension of one case. `data` is the cohort, `reference` and `training` what the manifest names, with scores.

    `suite` is the JSON of the expectation suite; `seed` follows from the three files of data;
    `minimum_cell` is the risk appetite's: counts of fewer rows are not told.
    """

    manifest: Manifest
    cohort: Cohort
    data: Dataset
    reference: Dataset
    training: Dataset
    suite: bytes
    seed: int
    minimum_cell: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Observations, and the evidence beside them: aggregates by name as canonical JSON, never rows."""

    observations: tuple[Observation, ...]
    evidence: Mapping[str, bytes] = field(default_factory=dict)
    tools: tuple[str, ...] = ()
