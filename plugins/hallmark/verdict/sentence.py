"""The sentence of a finding: the same words in terminal, report and pages."""

from hallmark.measures import MEASURES, Kind, Measure
from hallmark.policy.appetite import Status
from hallmark.policy.control import Bound
from hallmark.policy.expected import Expected
from hallmark.verdict.judge import Judgement
from hallmark.verdict.observation import Observation


def sentence(expected: Expected, observation: Observation | None, judgement: Judgement, *, times: int = 1) -> str:
    """One sentence: what, how much with its interval, what is required, and what follows.

    `times` is how often the observation was delivered; once is the only number that counts.
    """
    measure = MEASURES[expected.key.measure]
    subject = _subject(expected, measure)
    if observation is None:
        delivered = f"it was delivered {times} times" if times > 1 else "nothing was delivered"
        return f"{subject}: {delivered}; must be {bound(expected.require)}: not evaluated."
    if judgement.status is Status.NOT_EVALUATED:
        why = observation.reason.rstrip(".") or "it lies outside its range, or its interval is broken"
        return f"{subject}: no usable number ({why}): not evaluated."
    opening, outcome = _opening(expected, measure), _outcome(expected, judgement)
    why = f" ({observation.reason.rstrip('.')})" if observation.reason else ""
    return f"{opening} {amount(observation)}{why}; must be {bound(expected.require)}: {outcome}."


def bound(require: Bound) -> str:
    """A bound in words: `at least 0.7`, `0.8 to 1.25`, `yes`."""
    if require.is_ is not None:
        return "yes" if require.is_ else "no"
    if require.between is not None:
        return f"{require.between[0]:g} to {require.between[1]:g}"
    return f"at least {require.at_least:g}" if require.at_least is not None else f"at most {require.at_most:g}"


def amount(observation: Observation) -> str:
    """The value with its 95 % interval, in the unit of the measure."""
    measure = MEASURES[observation.key.measure]
    if observation.value is None:
        return "none"
    if measure.unit == "yes/no":
        return "yes" if observation.value == 1.0 else "no"
    if measure.kind is Kind.FACT or observation.low is None or observation.high is None:
        return _exact(observation.value)
    return f"{observation.value:.3f} [{observation.low:.3f}, {observation.high:.3f}]"


def _exact(value: float) -> str:
    """A share short of 1 never reads as 1: 0.99999 stays 0.99999."""
    short = f"{value:.4f}".rstrip("0").rstrip(".")
    return short if float(short) == value or short not in ("0", "1") else repr(value)


def _fields(expected: Expected) -> dict[str, str]:
    key = expected.key
    group = key.group or "an undeclared group"
    return {"attribute": key.attribute, "group": group, "reference": expected.reference, "feature": key.feature}


def _subject(expected: Expected, measure: Measure) -> str:
    key = expected.key
    if key.feature:
        return f"{key.feature}, {measure.title}"
    if key.attribute and not key.group:
        return f"{key.attribute}, {measure.title} (the manifest does not declare this attribute)"
    if key.group:
        return f"{key.group} ({key.attribute}), {measure.title}"
    return measure.title


def _opening(expected: Expected, measure: Measure) -> str:
    if not measure.says:
        return f"{measure.title}:"
    prefix = f"{expected.key.attribute}, " if expected.key.attribute else ""
    return prefix + measure.says.format(**_fields(expected))


def _outcome(expected: Expected, judgement: Judgement) -> str:
    if judgement.status is Status.INSUFFICIENT:
        return f"cannot be shown yet; {judgement.needed:,} more {MEASURES[expected.key.measure].counts} would decide it"
    if judgement.status is Status.INCONCLUSIVE and judgement.adverse:
        return "an adverse signal that the data cannot confirm"
    if judgement.status is Status.INCONCLUSIVE and judgement.margin is not None and judgement.margin < 0:
        return "outside the bound, within the tolerance"
    if judgement.status is Status.INCONCLUSIVE:
        return "near the bound"
    return judgement.status.replace("-", " ")
