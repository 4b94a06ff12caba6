"""What an assessor reports: one number at one key, a sample with its interval or a fact."""

from dataclasses import dataclass

from hallmark.policy.expected import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One number. A sample has `low`, `high` (two-sided 95 % limits) and `n`; a fact has none of them.

    `value` is finite, or None with a `reason`. Yes and no are 1 and 0; a no has a reason too. `method` says how it was
    computed, `tool` with which library and version, `reference` which group or dataset it was compared with.
    """

    key: Key
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    reference: str = ""
    method: str
    tool: str
    seed: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """All that one step reports."""

    task: str
    items: tuple[Observation, ...]
