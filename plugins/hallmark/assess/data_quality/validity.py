"""Validity by column: what the rule that is broken most leaves there, so that no other column or rule dilutes it."""

from collections.abc import Sequence

from hallmark.assess.data_quality.reported import fact
from hallmark.assess.data_quality.suite import GREAT_EXPECTATIONS, VALIDITY, named, strays
from hallmark.assess.dataset import Dataset
from hallmark.assess.gx_engine import Outcome
from hallmark.verdict.observation import Observation


def validity(outcomes: Sequence[Outcome], data: Dataset) -> tuple[Observation, ...]:
    """Return the validity of each feature, and that of everything else that the suite has a rule for.

    A rule over two columns counts for either. A feature without a rule has no number.
    """
    features = data.manifest.features
    rules = [outcome for outcome in outcomes if outcome.measure == VALIDITY]
    own = {name: [rule for rule in rules if name in rule.columns] for name in features}
    rest = [rule for rule in rules if not set(rule.columns) & set(features)]
    by_feature = [_lowest("validity", own[name], outcomes, data, feature=name) for name in features]
    return (*by_feature, _lowest("record_validity", rest, outcomes, data))


def _lowest(
    measure: str, own: Sequence[Outcome], outcomes: Sequence[Outcome], data: Dataset, feature: str = ""
) -> Observation:
    problems = _problems(own, outcomes, feature)
    worst = None if problems else min(own, key=_kept)
    return fact(
        measure,
        None if worst is None else _kept(worst),
        feature=feature,
        reason="; ".join(problems) if worst is None else _broken(worst),
        method=f"lowest of 1 - unexpected / tested over {len(own)} expectations",
        tool=GREAT_EXPECTATIONS,
        reference=f"suite {data.manifest.suite}",
    )


def _kept(outcome: Outcome) -> float:
    tested, unexpected = outcome.tested or 0, outcome.unexpected or 0
    return (tested - unexpected) / tested


def _broken(outcome: Outcome) -> str:
    broken = f"{outcome.unexpected} of {outcome.tested} break {named(outcome)}"
    return broken if outcome.unexpected else ""


def _problems(own: Sequence[Outcome], outcomes: Sequence[Outcome], feature: str) -> list[str]:
    """Return every reason why a value that cannot be might have gone unseen."""
    about = f"about {feature!r}" if feature else "about the key, the label, the groups or the table"
    problems = [] if own else [f"no expectation of the suite {about} carries the measure {VALIDITY}"]
    for one in own:
        if one.problem:
            problems.append(f"{named(one)} {one.problem}")
        elif not one.tested:
            problems.append(f"{named(one)} tested nothing: all values are null")
    return [*problems, *strays(outcomes)]
