"""What is certified and on what: the manifest of a model version, its cohorts, and the subject they make."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hallmark.errors import BadInput
from hallmark.measures import Task
from hallmark.policy.names import checked, checked_file
from hallmark.policy.task import of_task

POOLED = "(all other groups)"
"""The name of the group of everyone outside the reference group."""


class ArtifactFormat(StrEnum):
    """How the bytes of an artifact are to be read."""

    SKOPS = "skops"
    PICKLE = "pickle"
    JOBLIB = "joblib"


class Favourable(StrEnum):
    """On which side of the cut-off the outcome lies that the person concerned would prefer."""

    BELOW = "below"
    AT_OR_ABOVE = "at-or-above"


class LabelKind(StrEnum):
    """Where the truth comes from: seen, decided by people, or a stand-in for what is meant."""

    OBSERVED = "observed"
    HUMAN_DECISION = "human-decision"
    PROXY = "proxy"


class Order(StrEnum):
    """Whether the order of rows carries information."""

    NONE = "none"
    TIME = "time"


class CohortRole(StrEnum):
    """A holdout is judged in the initial phase, a production cohort in the ongoing one."""

    HOLDOUT = "holdout"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """The file that predicts."""

    file: str
    format: ArtifactFormat
    sha256: str

    def __post_init__(self) -> None:
        checked_file(self.file, self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOff:
    """How a score becomes a decision: favourable when it is `favourable` the cut-off."""

    cut_off: float
    favourable: Favourable


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How a prediction becomes a decision: a cut-off with its favourable side, or the classes that are favourable.

    `BadInput` for anything but one of the two, whole.
    """

    cut_off: float | None = None
    favourable: Favourable | None = None
    favourable_classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        by_score = self.cut_off is not None or self.favourable is not None
        if by_score == bool(self.favourable_classes) or (by_score and self.at is None):
            raise BadInput("takes cut_off and favourable of a score, or favourable_classes of a multiclass model")

    @property
    def at(self) -> CutOff | None:
        """The cut-off; None when classes are favourable."""
        if self.cut_off is None or self.favourable is None:
            return None
        return CutOff(cut_off=self.cut_off, favourable=self.favourable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The outcome column, what it can be, and where the truth comes from.

    `positive` is the value of a binary classification that counts as positive, `classes` are the values of a multiclass
    one, in their order; a regression, whose outcome is a number, has neither.
    """

    column: str
    positive: str | None
    source: str
    kind: LabelKind
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A sensitive attribute, its declared groups and the group that the others are compared with."""

    name: str
    column: str
    groups: tuple[str, ...]
    reference: str

    @property
    def others(self) -> tuple[str, ...]:
        """The declared groups outside the reference group, in their declared order."""
        return tuple(group for group in self.groups if group != self.reference)

    @property
    def compared(self) -> tuple[str, ...]:
        """The groups that are compared with the reference: the others and, from two on, all of them pooled."""
        return (*self.others, POOLED) if len(self.others) > 1 else self.others


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A column whose declared values split the population into parts that are judged by themselves."""

    name: str
    column: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """A Parquet file beside the manifest."""

    file: str
    sha256: str
    as_of: date

    def __post_init__(self) -> None:
        checked_file(self.file, self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where the data come from."""

    origin: str
    licence: str
    collected: str
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The basis on which personal data are processed, and until when; None: without a fixed end."""

    basis: str
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Until when the data may be kept, and by which rule."""

    until: date | None
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """Where and for whom the model decides."""

    as_if: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What travels with one model version. `BadInput` when its parts contradict each other.

    `segments` are parts of the population that are judged by themselves; `challenger` is a column of every dataset with
    the score of the model to beat. `categorical` names the features whose numbers are codes: they are compared by
    equality, never by order. `quantile` in (0, 1) is what a regression forecasts of the outcome; None: its middle.
    """

    model: str
    version: str
    task: Task
    artifact: Artifact | None
    predictions: str | None
    decision: Decision | None
    key: str
    features: tuple[str, ...]
    label: Label
    attributes: tuple[Attribute, ...]
    training: DataFile
    reference: DataFile
    order: Order
    suite: str
    provenance: Provenance
    consent: Consent
    retention: Retention
    deployment: Deployment
    limits: tuple[str, ...]
    segments: tuple[Segment, ...] = ()
    challenger: str | None = None
    categorical: tuple[str, ...] = ()
    quantile: float | None = None

    def __post_init__(self) -> None:
        checked("model", self.model)
        checked("version", self.version)
        checked("model", self.suite)
        for problem in _contradictions(self):
            raise BadInput(f"manifest of {self.model} {self.version}: {problem}")

    @property
    def cut_off(self) -> CutOff | None:
        """Where a score becomes a decision; None for a model that decides nothing, or by its classes."""
        return None if self.decision is None else self.decision.at


def _contradictions(manifest: Manifest) -> list[str]:
    problems = []
    if (manifest.artifact is None) == (manifest.predictions is None):
        problems.append("name either an artifact or a predictions column, and not both")
    if not manifest.features or len(set(manifest.features)) != len(manifest.features):
        problems.append("features must be at least one column, each once")
    if not set(manifest.categorical) <= set(manifest.features):
        strangers = ", ".join(sorted(set(manifest.categorical) - set(manifest.features)))
        problems.append(f"categorical names {strangers}, which must be among the features")
    if manifest.quantile is not None and not (manifest.task is Task.REGRESSION and 0 < manifest.quantile < 1):
        problems.append("a quantile lies between 0 and 1, and only a regression forecasts one")
    if manifest.label.column in manifest.features:
        problems.append(f"label {manifest.label.column!r} cannot be a feature")
    for attribute in manifest.attributes:
        if attribute.reference not in attribute.groups or len(set(attribute.groups)) < 2 or POOLED in attribute.groups:
            problems.append(f"attribute {attribute.name!r} needs two or more groups with the reference among them")
    for segment in manifest.segments:
        if not segment.groups:
            problems.append(f"segment {segment.name!r} needs a group at least, else nothing of it would be judged")
    for kind, parts in (("attribute", manifest.attributes), ("segment", manifest.segments)):
        if len({part.name for part in parts}) != len(parts):
            problems.append(f"{kind}s must have names of their own")
        for part in parts:
            for group in (group for group, times in Counter(part.groups).items() if times > 1):
                problems.append(f"{kind} {part.name!r} names group {group!r} twice; name each group once")
    problems += of_task(manifest.task, manifest.label, manifest.decision)
    files = [data for data in (manifest.artifact, manifest.training, manifest.reference) if data is not None]
    if len({data.file for data in files}) != len({(data.file, data.sha256) for data in files}):
        problems.append("one file is named with two digests")
    return problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """A dataset that a version is assessed on."""

    model: str
    version: str
    name: str
    role: CohortRole
    as_of: date
    file: str
    sha256: str

    def __post_init__(self) -> None:
        checked("model", self.model)
        checked("version", self.version)
        checked("cohort", self.name)
        checked_file(self.file, self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One model version by digest; `artifact_sha256` is None for predictions alone."""

    model: str
    version: str
    artifact_sha256: str | None
    manifest_sha256: str
