"""Measures of a multiclass model worked out from its confusion counts."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from hallmark.report.by_hand import Worked, Z, number, share_limits
from hallmark.verdict.observation import Observation

Evidence = Mapping[str, Any]
_PRIOR = "p = (found + 1/2)/(n + 1) in each of k classes, v = sum p (1 - p)/n / k2"

Work = Callable[[Observation, Evidence], Worked]


def accuracy(_: Observation, evidence: Evidence) -> Worked:
    """The diagonal over all rows with a label."""
    names, cells = _confusion(evidence)
    hits, n = sum(row[at] for at, row in enumerate(cells)), sum(map(sum, cells))
    return Worked(
        cells=(
            *(f"class {name}: {number(cells[at][at])} rightly told" for at, name in enumerate(names)),
            f"rows with a label: {number(n)}",
        ),
        formula=f"rightly told / rows with a label = {number(hits)} / {number(n)}",
        value=hits / n,
        interval=share_limits(hits, n),
    )


def of_class(*, predicted: bool) -> Work:
    """Recall of one class, or with `predicted` its precision."""

    def work(observation: Observation, evidence: Evidence) -> Worked:
        names, cells = _confusion(evidence)
        at = names.index(observation.key.group)
        of = [row[at] for row in cells] if predicted else cells[at]
        said = ("label", "predicted to be") if predicted else ("predicted to be", "label")
        return Worked(
            cells=tuple(f"{said[0]} {name}: {number(count)}" for name, count in zip(names, of, strict=True) if count),
            formula=f"rightly told / {said[1]} {names[at]} = {number(of[at])} / {number(sum(of))}",
            value=of[at] / sum(of),
            interval=share_limits(of[at], sum(of)),
        )

    return work


def balanced_accuracy(_: Observation, evidence: Evidence) -> Worked:
    """The mean recall, and the steps of its limits."""
    names, cells = _confusion(evidence)
    found = [(row[at], sum(row)) for at, row in enumerate(cells)]
    value = sum(hits / n for hits, n in found) / len(found)
    shares = [((hits + 0.5) / (n + 1), n) for hits, n in found]
    variance = sum(p * (1 - p) / n for p, n in shares) / len(found) ** 2
    return Worked(
        cells=tuple(
            f"class {name}: {number(hits)} of {number(n)} = {hits / n:.6f}"
            for name, (hits, n) in zip(names, found, strict=True)
        ),
        formula=f"mean over the {len(names)} classes",
        value=value,
        interval=_on_logits(value, variance, _PRIOR),
    )


def _on_logits(value: float, variance: float, said: str) -> tuple[str, ...]:
    if value in (0.0, 1.0):
        return ()
    half = Z * math.sqrt(variance) / (value * (1 - value))
    low, high = (1 / (1 + math.exp(-math.log(value / (1 - value)) - way * half)) for way in (-1, 1))
    return (
        f"delta method on the logit scale: {said} = {variance:.9f}",
        f"ln(m/(1 - m)) +- z sqrt(v) / (m (1 - m)), m the mean, z = 1.959964: [{low:.6f}, {high:.6f}]",
    )


def macro_f1(_: Observation, evidence: Evidence) -> Worked:
    """The mean of 2 c / (r + p)."""
    names, cells = _confusion(evidence)
    counts = [(cells[at][at], sum(cells[at]), sum(row[at] for row in cells)) for at in range(len(names))]
    return Worked(
        cells=tuple(
            f"class {name}: 2 x {number(hits)} / ({number(rows)} + {number(predicted)}) = "
            f"{2 * hits / (rows + predicted):.6f}"
            for name, (hits, rows, predicted) in zip(names, counts, strict=True)
        ),
        formula=f"mean of 2 rightly told / (rows of the class + predicted to be) over the {len(names)} classes",
        value=sum(2 * hits / (rows + predicted) for hits, rows, predicted in counts) / len(names),
    )


def _confusion(evidence: Evidence) -> tuple[list[str], list[list[int]]]:
    blob = evidence["performance.json"]
    return blob["classes"], blob["confusion"]


OF_CLASSES: Mapping[str, Work] = {
    "performance.balanced_accuracy": balanced_accuracy,
    "performance.macro_f1": macro_f1,
    "performance.class_recall": of_class(predicted=False),
    "performance.class_precision": of_class(predicted=True),
}
"""What only a multiclass model has; its accuracy shares the name with that at a cut-off."""
