"""An expected finding: a control at one key, and how a control is spread over groups, segments or features."""

from dataclasses import dataclass

from hallmark.measures import Spread
from hallmark.policy.control import CLASSES, FEATURES, SEGMENTS, Bound, Control, Proof, Severity
from hallmark.policy.groups import attribute_of
from hallmark.policy.precedence import Placed
from hallmark.policy.subject import Manifest

PROCESS = "process"
"""The policy name of the two facts that the design itself demands."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Key:
    """Where an observation belongs: a measure, and what it is spread over ("" where it is not)."""

    measure: str
    attribute: str = ""
    group: str = ""
    feature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One expected finding: a control at one key. `keys` is k, the number of keys of the control in this profile."""

    key: Key
    policy: str
    control: str
    title: str
    because: str
    owner: str
    reference: str
    require: Bound
    tolerance: float
    expect: float | None
    proof: Proof
    severity: Severity
    keys: int
    clauses: tuple[str, ...]
    remedy: str


def expected_of(placed: Placed, manifest: Manifest) -> tuple[Expected, ...]:
    """Every finding that a control leads one to expect of a model."""
    control, policy = placed.control, placed.policy
    keys = _keys(control, manifest)
    return tuple(
        Expected(
            key=key,
            policy=policy.policy,
            control=control.id,
            title=control.title,
            because=control.because,
            owner=policy.owner,
            reference=reference,
            require=control.require,
            tolerance=control.tolerance,
            expect=control.expected_value,
            proof=control.proof,
            severity=control.severity,
            keys=len(keys),
            clauses=control.satisfies,
            remedy=control.remedy,
        )
        for key, reference in keys
    )


def _keys(control: Control, manifest: Manifest) -> list[tuple[Key, str]]:
    """The keys of a control, each with its reference group; an attribute that is not declared keeps one empty key."""
    if control.measured.spread is Spread.FEATURES and control.by == (FEATURES,):
        return [(Key(measure=control.measure, feature=feature), "") for feature in manifest.features]
    if not control.by:
        return [(Key(measure=control.measure), "")]
    if control.measured.spread is Spread.CLASSES and control.by == (CLASSES,):
        label = manifest.label
        return [(Key(measure=control.measure, attribute=label.column, group=one), "") for one in label.classes]
    if control.by == (SEGMENTS,):
        pairs = [(segment.name, group) for segment in manifest.segments for group in segment.groups]
        return [(Key(measure=control.measure, attribute=name, group=group), "") for name, group in pairs]
    keys: list[tuple[Key, str]] = []
    for name in control.by:
        attribute = attribute_of(manifest, name)
        if attribute is None:
            keys.append((Key(measure=control.measure, attribute=name), ""))
            continue
        for group in attribute.compared:
            keys.append((Key(measure=control.measure, attribute=name, group=group), attribute.reference))
    return keys


def expected_of_process() -> tuple[Expected, ...]:
    """The two critical facts of every profile: they belong to the design, not to a policy."""
    return tuple(
        Expected(
            key=Key(measure=measure),
            policy=PROCESS,
            control=control,
            title=title,
            because="What did not run whole, or is told in two ways, says nothing.",
            owner="hallmark",
            reference="",
            require=Bound(is_=True),
            tolerance=0.0,
            expect=1.0,
            proof=Proof.OF_COMPLIANCE,
            severity=Severity.CRITICAL,
            keys=1,
            clauses=(),
            remedy="Find out why the process broke (the run in Airflow, its task logs), then certify again.",
        )
        for measure, control, title in (
            ("process.completed", "P-1", "The process ran to its gate"),
            ("process.steps_agree", "P-2", "No step was signed twice with different products"),
        )
    )
