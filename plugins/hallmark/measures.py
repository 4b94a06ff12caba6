"""The register of measures: every quantity that an assessor may report and a control may bound."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from types import MappingProxyType


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


class Task(StrEnum):
    """What a model predicts."""

    BINARY = "binary-classification"
    REGRESSION = "regression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One registered quantity.

    `low` and `high` are the range of its values (None: unbounded). `expect` is what a good model shows by default, the
    parity of the measure; None means that a control must say it. `counts` is what n of an observation counts.
    `says` opens the sentence of a finding, with the fields {attribute}, {group}, {reference} and {feature}; the title
    does where it is empty. `source` names the statistic, `interval` how its limits are made.
    `gate` is False for what is shown and never judged, with the reason in `note`.
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
    tasks: tuple[Task, ...] = (Task.BINARY, Task.REGRESSION)
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


_fact = partial(Measure, kind=Kind.FACT, better=Better.HIGHER, low=0.0, high=1.0, expect=1.0)
_drift = partial(Measure, kind=Kind.SAMPLE, better=Better.LOWER, low=0.0, expect=0.0)
_fair = partial(
    Measure, kind=Kind.SAMPLE, better=Better.PARITY, spread=Spread.ATTRIBUTES, tasks=(Task.BINARY,), source="Fairlearn"
)
_performance = partial(Measure, kind=Kind.SAMPLE, tasks=(Task.BINARY,))

YES, SHARE = "yes/no", "share"
_GX = "Great Expectations, by the expectations of the suite that carry this measure"
_VET, _SHA, _MAN = "artifact inspection", "SHA-256", "manifest"

_ALL = (
    _fact(name="process.completed", title="the process ran to its gate", unit=YES, source="gate and sweeper"),
    _fact(
        name="process.steps_agree", title="no step was signed twice with different products", unit=YES, source="gate"
    ),
    _fact(name="vet.artifact_safe", title="the artifact holds nothing outside the allow-list", unit=YES, source=_VET),
    _fact(name="vet.artifact_matches", title="the artifact has its declared digest", unit=YES, source=_SHA),
    _fact(name="vet.data_matches", title="every dataset has its declared digest", unit=YES, source=_SHA),
    _fact(
        name="vet.provenance", title="origin, licence and collection of the data are declared", unit=YES, source=_MAN
    ),
    _fact(name="vet.consent", title="a basis for the processing is declared and in force", unit=YES, source=_MAN),
    _fact(name="vet.retention", title="a rule for keeping the data is declared and in force", unit=YES, source=_MAN),
    _fact(name="data_quality.completeness", title="cells filled", unit=SHARE, source=_GX),
    _fact(name="data_quality.validity", title="values of declared type, range and set", unit=SHARE, source=_GX),
    _fact(name="data_quality.uniqueness", title="rows with a key of their own", unit=SHARE, source=_GX),
    _fact(name="data_quality.consistency", title="rows whose columns agree with each other", unit=SHARE, source=_GX),
    _fact(name="data_quality.groups_declared", title="rows whose groups are all declared", unit=SHARE, source="counts"),
    _fact(name="data_quality.groups_present", title="declared groups that have rows", unit=SHARE, source="counts"),
    _drift(
        name="drift.feature_distance",
        title="distance between the distributions then and now",
        says="{feature}: the distribution moved by",
        unit=SHARE,
        high=1.0,
        spread=Spread.FEATURES,
        source="Kolmogorov-Smirnov D; total variation for categories",
    ),
    _drift(
        name="drift.score_distance",
        title="distance between the score distributions then and now",
        says="the distribution of scores moved by",
        unit=SHARE,
        high=1.0,
        source="Kolmogorov-Smirnov D",
    ),
    _drift(
        name="drift.evidently_score",
        title="Evidently's drift score",
        says="{feature}: Evidently's drift score is",
        unit="standard deviations",
        high=None,
        spread=Spread.FEATURES,
        source="Evidently, Wasserstein distance over the standard deviation of the reference",
        gate=False,
        note="one missing-code destroys it; shown beside D and never judged",
    ),
    _fair(
        name="fairness.selection_rate_ratio",
        title="rate of the favourable decision, group to reference group",
        says="{group} to {reference}: the ratio of favourable decisions is",
        unit="ratio",
        low=0.0,
        high=None,
        expect=1.0,
        ratio=True,
        counts="rows of the group",
        interval="Koopman 1984",
    ),
    _fair(
        name="fairness.true_positive_rate_difference",
        title="favourable decisions among those who earned them, group minus reference group",
        says="{group} against {reference}: favourable decisions for those who earned them differ by",
        unit=SHARE,
        low=-1.0,
        high=1.0,
        expect=0.0,
        counts="rows of the group with the favourable outcome",
        interval="Newcombe 1998",
    ),
    _fair(
        name="fairness.false_positive_rate_difference",
        title="favourable decisions among those who did not earn them, group minus reference group",
        says="{group} against {reference}: favourable decisions for those who did not earn them differ by",
        unit=SHARE,
        low=-1.0,
        high=1.0,
        expect=0.0,
        counts="rows of the group with the unfavourable outcome",
        interval="Newcombe 1998",
    ),
    _performance(
        name="performance.auc",
        title="area under the ROC curve",
        says="the area under the ROC curve is",
        unit=SHARE,
        better=Better.HIGHER,
        low=0.0,
        high=1.0,
        counts="rows of the smaller class",
        source="Mann-Whitney",
        interval="DeLong 1988 on the logit scale",
    ),
    _performance(
        name="performance.calibration_in_the_large",
        title="observed rate minus mean score",
        says="the observed rate differs from the mean score by",
        unit=SHARE,
        better=Better.PARITY,
        low=-1.0,
        high=1.0,
        expect=0.0,
        source="mean residual",
        interval="t",
    ),
    _performance(
        name="performance.calibration_slope",
        title="slope of the outcome on the logit of the score",
        says="the slope of the outcome on the score is",
        unit="slope",
        better=Better.PARITY,
        low=None,
        high=None,
        expect=1.0,
        source="Cox 1958, logistic regression",
        interval="Wald",
    ),
    _performance(
        name="performance.brier",
        title="mean squared error of the score",
        says="the mean squared error of the score is",
        unit="score",
        better=Better.LOWER,
        low=0.0,
        high=1.0,
        source="Brier 1950",
        interval="t",
    ),
)

MEASURES: Mapping[str, Measure] = MappingProxyType({measure.name: measure for measure in _ALL})
"""Every measure by name."""
