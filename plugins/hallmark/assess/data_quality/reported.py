"""How this dimension spells what it found: facts and samples as observations."""

from importlib.metadata import version

from hallmark.assess.assignment import Assignment
from hallmark.assess.intervals import Interval
from hallmark.policy.expected import Key
from hallmark.verdict.observation import Observation

DUCKDB = f"duckdb {version('duckdb')}"


def fact(
    measure: str,
    value: float | bool | None,
    *,
    method: str,
    reason: str = "",
    feature: str = "",
    tool: str = DUCKDB,
    reference: str = "manifest",
) -> Observation:
    """What a file or a manifest says: a share, or yes and no as 1 and 0; None with the `reason`."""
    return Observation(
        key=Key(measure=f"data_quality.{measure}", feature=feature),
        value=None if value is None else float(value),
        reason=reason,
        method=method,
        tool=tool,
        reference=reference,
    )


def sample(
    key: Key,
    estimate: Interval,
    *,
    n: int,
    method: str,
    reference: str,
    tool: str = DUCKDB,
    seed: int | None = None,
) -> Observation:
    """An estimate from `n` units with its limits, or None with the reason that it carries."""
    return Observation(
        key=key,
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        n=n,
        reference=reference,
        method=method,
        tool=tool,
        seed=seed,
        reason=estimate.reason,
    )


def training_of(assignment: Assignment) -> str:
    """What the cohort is compared with, in words."""
    return f"training data of {assignment.manifest.training.as_of.isoformat()}, {assignment.training.rows} rows"
