"""Measures worked out from the counts in the evidence, so that anyone does it again by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hallmark.policy.groups import CROSS
from hallmark.report.by_hand import Worked, number, share_limits
from hallmark.report.formulas_of_classes import OF_CLASSES, accuracy
from hallmark.report.formulas_of_groups import GROUPED
from hallmark.verdict.observation import Observation

Evidence = Mapping[str, Any]
"""The JSON of each blob of a case by its name."""


def worked(observation: Observation, evidence: Evidence, reference: str = "") -> Worked | None:
    """Work out an observation that has a value; None where the number needs the data.

    `reference` is the reference group, where groups are compared.
    """
    measure, observation = observation.key.measure, replace(observation, reference=reference)
    if observation.value is None:
        return None
    try:
        if measure in GROUPED:
            return GROUPED[measure](observation, evidence)
        return _FORMULAS[measure](observation, evidence) if measure in _FORMULAS else None
    except (KeyError, TypeError, ZeroDivisionError):
        return None  # the evidence of another release has other counts


def _expectations(observation: Observation, evidence: Evidence) -> Worked:
    own = [one for one in evidence["data_quality.json"]["expectations"] if one["measure"] == observation.key.measure]
    tested, unexpected = (sum(one[name] or 0 for one in own) for name in ("tested", "unexpected"))
    return Worked(
        cells=tuple(_counted(one) for one in own),
        formula=f"1 - unexpected / tested = 1 - {number(unexpected)} / {number(tested)}",
        value=1 - unexpected / tested,
    )


def _validity(observation: Observation, evidence: Evidence) -> Worked:
    """The rule that is broken most, of those about one feature; without a feature, of those about none."""
    blob, feature = evidence["data_quality.json"], observation.key.feature
    rules = [one for one in blob["expectations"] if one["measure"] == "data_quality.validity"]
    own = [
        one for one in rules if (feature in one["columns"] if feature else not {*one["columns"]} & {*blob["features"]})
    ]
    worst = max(own, key=lambda one: one["unexpected"] / one["tested"])
    return Worked(
        cells=tuple(_counted(one) for one in own),
        formula=f"1 - unexpected / tested where it is lowest = 1 - {number(worst['unexpected'])} / "
        f"{number(worst['tested'])}",
        value=1 - worst["unexpected"] / worst["tested"],
    )


def _counted(expectation: Mapping[str, Any]) -> str:
    where = ", ".join(expectation["columns"]) or "the table"
    unexpected, tested = (number(expectation[name] or 0) for name in ("unexpected", "tested"))
    return f"{expectation['type']} on {where}: {unexpected} of {tested} unexpected"


def _split(name: str, said: str) -> Callable[[Observation, Evidence], Worked]:
    def work(_: Observation, evidence: Evidence) -> Worked:
        blob = evidence["data_quality.json"]
        return _of({said: blob["split"][name], "rows": blob["rows"]})

    return work


def _present(_: Observation, evidence: Evidence) -> Worked:
    groups = evidence["data_quality.json"]["groups"]
    declared = {one: found for one, found in groups.items() if CROSS not in one}
    rows = {f"{one} {group}": counts["rows"] for one, found in declared.items() for group, counts in found.items()}
    there = sum(1 for count in rows.values() if count != 0)
    return Worked(
        cells=tuple(f"{name}: {'a few' if count is None else number(count)} rows" for name, count in rows.items()),
        formula=f"groups with rows / declared groups = {there} / {len(rows)}",
        value=there / len(rows),
    )


def _unseen(observation: Observation, evidence: Evidence) -> Worked:
    counts = evidence["data_quality.json"]["features"][observation.key.feature]
    return _of({"values that the training data never showed": counts["unseen"], "values": counts["values"]})


def _cut_off(hits: Sequence[str], of: Sequence[str]) -> Callable[[Observation, Evidence], Worked]:
    def work(_: Observation, evidence: Evidence) -> Worked:
        counts = evidence["performance.json"]["cut_off"]
        x, n = (sum(counts[name] for name in names) for names in (hits, of))
        names = [" + ".join(names).replace("_", " ") for names in (hits, of)]
        return Worked(
            cells=tuple(f"{name.replace('_', ' ')}: {number(counts[name])}" for name in of),
            formula=f"({names[0]}) / ({names[1]}) = {number(x)} / {number(n)}",
            value=x / n,
            interval=share_limits(x, n),
        )

    return work


def _accuracy(observation: Observation, evidence: Evidence) -> Worked:
    if "confusion" in evidence["performance.json"]:
        return accuracy(observation, evidence)
    return _cut_off([_HIT, _TRUE], [_HIT, _TRUE, _MISS, _FALSE])(observation, evidence)


def _in_the_large(_: Observation, evidence: Evidence) -> Worked:
    slices = evidence["performance.json"]["calibration"]
    rows, positives = (sum(one[name] for one in slices) for name in ("rows", "positives"))
    scores = sum(one["rows"] * one["mean_score"] for one in slices)
    return Worked(
        cells=tuple(
            f"{number(one['rows'])} rows, {number(one['positives'])} positive, mean score {one['mean_score']:.6f}"
            for one in slices
        ),
        formula=f"positives / rows - sum of scores / rows = {number(positives)} / {number(rows)} "
        f"- {number(scores)} / {number(rows)}",
        value=positives / rows - scores / rows,
    )


def _of(counts: Mapping[str, int]) -> Worked:
    (name, hits), (whole, n) = counts.items()
    return Worked(
        cells=tuple(f"{what}: {number(count)}" for what, count in counts.items()),
        formula=f"{name} / {whole} = {number(hits)} / {number(n)}",
        value=hits / n,
    )


_HIT, _MISS, _FALSE, _TRUE = "true_positive", "false_negative", "false_positive", "true_negative"
_FORMULAS: Mapping[str, Callable[[Observation, Evidence], Worked]] = {
    **{f"data_quality.{name}": _expectations for name in ("completeness", "uniqueness", "consistency")},
    "data_quality.validity": _validity,
    "data_quality.record_validity": _validity,
    "data_quality.overlap": _split("rows_with_a_key_of_the_training_data", "rows with a key of the training data"),
    "data_quality.unlabelled": _split("unlabelled", "rows without a label"),
    "data_quality.groups_present": _present,
    "data_quality.unseen": _unseen,
    "performance.recall": _cut_off([_HIT], [_HIT, _MISS]),
    "performance.precision": _cut_off([_HIT], [_HIT, _FALSE]),
    "performance.specificity": _cut_off([_TRUE], [_TRUE, _FALSE]),
    "performance.accuracy": _accuracy,
    **OF_CLASSES,
    "performance.calibration_in_the_large": _in_the_large,
}
