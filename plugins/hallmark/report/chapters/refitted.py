"""Fitting again as it was tried, without a feature or on newer rows, and recalibrating by group: changes by measure."""

from collections.abc import Iterator, Sequence

from hallmark.report.chapters.parts import Case, Cell, Part, Table, interval
from hallmark.report.chapters.reading import Node, read

NAME = "remedies_refits.json"
REFITS, GROUPS = "tried-refits", "tried-groups"
REFIT_TITLE, GROUP_TITLE = "Without a feature, or on newer rows", "Recalibration by group"
REFIT_SAYS = (
    "One estimator fitted again: without a feature that moved or that tells the outcome or a group, and on half of the "
    "newer rows beside the training data, measured on the other half."
)
GROUP_SAYS = "The logit of the score shifted, for all or for each group; fitted on one half, measured on the other."

_WHOLE = {
    "score_distance": "distance of the scores to the reference data",
    "auc": "AUC",
    "auc_drop": "fall of the AUC since the reference data",
    "calibration_in_the_large": "observed minus score",
    "brier": "Brier score",
    "mae": "mean size of the error",
    "bias": "mean error",
}
_BY_GROUP = {
    "selection_rate_ratio": "ratio",
    "selection_rate_difference": "favourable decisions, difference",
    "true_positive_rate_difference": "true positive rate, difference",
    "false_positive_rate_difference": "false positive rate, difference",
    "calibration_within_group": "observed minus score",
}


def refitted(case: Case) -> Iterator[Part]:
    """What leaving features out, and newer rows, would change."""
    found = read(case.evidence, NAME)["refits"]
    if found.has("reason"):
        yield Part(title=REFIT_TITLE, says=REFIT_SAYS, missing=f"Not tried: {found['reason'].text().rstrip('.')}.")
        return
    stand_in, tries = found["stand_in"], found["tries"].each()
    fitted, measured = found["fitted_on"].count(), found["measured_on"].count()
    yield Part(
        title=REFIT_TITLE,
        says=REFIT_SAYS,
        table=Table(head=("Change of", "stand-in now", *map(_name, tries)), rows=tuple(_rows(tries, stand_in))),
        answers=tuple(f"{_upper(_name(one))}{_why(one)}: {_lower(one['says'].text())}" for one in tries),
        notes=(
            f"The stand-in is {found['method'].text()}, fitted on {fitted:,} rows with all features. Changes are "
            f"against it, on {measured:,} rows of the cohort, and the model itself may change otherwise. Intervals are "
            "paired.",
        ),
        anchor=REFITS,
        below=True,
    )


def recalibrated_by_group(case: Case) -> Iterator[Part]:
    """What a shift of the scores would change in every group."""
    found = read(case.evidence, NAME)["intercepts"]
    if found.has("reason"):
        yield Part(title=GROUP_TITLE, says=GROUP_SAYS, missing=f"Not tried: {found['reason'].text().rstrip('.')}.")
        return
    tries = found["tries"].each()
    yield Part(
        title=GROUP_TITLE,
        says=GROUP_SAYS,
        table=Table(head=("Change of", *map(_name, tries)), rows=tuple(_rows(tries, None))),
        answers=tuple(f"{_upper(_name(one))}: {_lower(one['says'].text())}" for one in tries),
        notes=(
            f"Measured on {found['measured_on'].count():,} rows; intervals are paired. Each half has the "
            "intercepts of the other, which alone moves the AUC a little. An intercept by group treats the group by "
            "itself, which needs leave that no number here gives.",
        ),
        anchor=GROUPS,
        below=True,
    )


def _rows(tries: Sequence[Node], stand_in: Node | None) -> Iterator[tuple[Cell, ...]]:
    for name, said in _WHOLE.items():
        if any(one["change"].has(name) for one in tries):
            now = () if stand_in is None else (_level(stand_in, name),)
            yield said, *now, *(_change(one["change"], name) for one in tries)
    groups = dict.fromkeys(
        (attribute, group) for one in tries for attribute, of in one["groups"].items() for group, _ in of.items()
    )
    for attribute, group in groups:
        for name, said in _BY_GROUP.items():
            now = () if stand_in is None else ("",)
            every = (_change(one["groups"][attribute][group], name) for one in tries)
            yield f"{group} ({attribute}): {said}", *now, *every


def _level(node: Node, name: str) -> str:
    return _estimate(node[name], signed=False) if node.has(name) else ""


def _change(node: Node, name: str) -> str:
    return _estimate(node[name], signed=True) if node.has(name) else "not tried"


def _estimate(node: Node, *, signed: bool) -> str:
    if node.has("reason"):
        return node["reason"].text()
    value, low, high = (node[name].number() for name in ("value", "low", "high"))
    # Many tries stand side by side: the limits may go to a line of their own.
    words = interval(value, low, high, 4 if abs(value) < 0.01 else 3).replace("\N{NO-BREAK SPACE}[", " [")
    return f"+{words}" if signed and value > 0 else words


def _name(one: Node) -> str:
    return one["name"].text()


def _why(one: Node) -> str:
    if not one.has("amount"):
        return ""
    amount = one["amount"].number()
    said = "moved by" if one["because"].text() == "moved" else f"{one['because'].text()} with an AUC of"
    return f" ({said} {amount:.3f})"


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
