"""What a registered measure is."""

import math
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A sample estimates a population and has an interval; a fact is what a file or a manifest says."""

    SAMPLE = "sample"
    FACT = "fact"


class Better(StrEnum):
    """Which way is better; `parity` means that both directions away from parity are worse."""

    HIGHER = "higher"
    LOWER = "lower"
    PARITY = "parity"


class Spread(StrEnum):
    """What a control on the measure may be spread over with `by`."""

    NONE = "none"
    ATTRIBUTES = "attributes"
    FEATURES = "features"
    SEGMENTS = "segments"
    CLASSES = "classes"


class Task(StrEnum):
    """What a model predicts."""

    BINARY = "binary-classification"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One registered quantity.

    `low` and `high` are the range of its values (None: unbounded). `expect` is what a good model shows by default, the
    parity of the measure; None means that a control must say it. `counts` is what n of an observation counts.
    `says` opens the sentence of a finding, with the fields {attribute}, {group}, {reference} and {feature}; the title
    does where it is empty. `source` names the statistic, `interval` how its limits are made. `challenger` is True for
    what compares with the challenger of the manifest, `quantile` for what needs the quantile that it declares,
    `decided` for what is about decisions. `gate` is False for what is shown and never judged, with the reason in
    `note`.
    """

    name: str
    title: str
    says: str = ""
    unit: str
    kind: Kind
    better: Better
    low: float | None
    high: float | None
    source: str
    interval: str = ""
    counts: str = "rows"
    expect: float | None = None
    spread: Spread = Spread.NONE
    ratio: bool = False
    tasks: tuple[Task, ...] = tuple(Task)
    challenger: bool = False
    quantile: bool = False
    decided: bool = False
    gate: bool = True
    note: str = ""

    @property
    def dimension(self) -> str:
        """The part of the name before the dot: the assessor that reports the measure."""
        return self.name.partition(".")[0]

    def admits(self, value: float | None) -> bool:
        """True when `value` is a number that the measure can take; None and NaN are none."""
        if value is None or not math.isfinite(value):
            return False
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


YES, SHARE = "yes/no", "share"
"""Units that several measures have."""
