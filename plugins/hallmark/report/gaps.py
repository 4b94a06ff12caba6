"""What a reader of model reports looks for and does not find here: what is missing, and why."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A part of a validation report that a pack lacks, unless a dimension or a measure fills it."""

    title: str
    missing: str
    filled_by: str = ""


ALWAYS = (
    "That the label is right: it is taken as the truth that the scores are held against.",
    "That the purpose is sound, and that a model should decide it.",
    "That the data are lawful: what the manifest declares was read, not examined.",
    "Conceptual soundness: why this method, which others were rejected, what it assumes.",
)
"""What no number in a pack establishes."""

_GAPS = (
    Gap(
        title="Benchmark",
        missing="No simple challenger and no champion is measured beside the model.",
        filled_by="performance.auc_gain",
    ),
    Gap(
        title="Sensitivity, stress, weak segments",
        missing="No control expects a measure of robustness, so nothing was perturbed or searched.",
        filled_by="robustness",
    ),
    Gap(
        title="Reasons for denial",
        missing="No control expects a measure of explainability: reason codes are not tested.",
        filled_by="explainability",
    ),
    Gap(title="Security", missing="Beyond what vet inspects, no attack on the model was tried.", filled_by="security"),
    Gap(title="Privacy", missing="Memorisation and re-identification were not tried.", filled_by="privacy"),
    Gap(
        title="Waivers, overrides, overlays", missing="A rulebook has no waivers yet; overrides of controls are below."
    ),
    Gap(
        title="Human oversight and fallback",
        missing="Nobody reviewed this case; who can stop the model is not declared.",
    ),
    Gap(title="Closure of earlier findings", missing="Earlier cases are listed; their findings are not carried over."),
)


def gaps_beside(there: Collection[str]) -> tuple[Gap, ...]:
    """The gaps that remain beside the dimensions and measures that are `there`."""
    return tuple(gap for gap in _GAPS if not gap.filled_by or gap.filled_by not in there)
