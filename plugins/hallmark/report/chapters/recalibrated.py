"""Recalibration as it was tried: fitted on one half of the rows, measured on the other."""

from collections.abc import Iterator

from hallmark.report.chapters.parts import Case, Part, Table, interval
from hallmark.report.chapters.reading import Node, read, without_probability

ANCHOR = "tried-recalibration"
TITLE = "Recalibration"
SAYS = "Scores moved by an intercept, or by intercept and slope, fitted on one half and measured on the other."
TRIES = {"as_it_is": "as it is", "intercept": "intercept", "intercept_and_slope": "intercept and slope"}
MEASURES = {
    "calibration_in_the_large": "observed minus score",
    "calibration_slope": "slope (1 is right)",
    "brier": "Brier score",
    "auc": "AUC",
}


def recalibrated(case: Case) -> Iterator[Part]:
    """The part, with a plain word whether it helps."""
    given = without_probability(case.evidence)
    if given:
        yield Part(title=TITLE, says=SAYS, missing=f"Not tried: this model gives {given} and no probability.")
        return
    tried = read(case.evidence, "remedies_recalibration.json")
    if tried.has("reason"):
        yield Part(title=TITLE, says=SAYS, missing=f"Not tried: {tried['reason'].text().rstrip('.')}.")
        return
    tries = [tried[name] for name in TRIES]
    rows = [(said, *(_estimate(one, name) for one in tries)) for name, said in MEASURES.items()]
    rows.append(("change of the Brier score", *(_estimate(one, "brier_change", 5) for one in tries)))
    rows += [(said, *(_counted(one, name) for one in tries)) for name, said in _CELLS.items()]
    fitted, measured = tried["fitted_on"].count(), tried["measured_on"].count()
    yield Part(
        title=TITLE,
        says=SAYS,
        table=Table(head=("Measure", *TRIES.values()), rows=tuple(rows)),
        answers=tuple(
            f"By {said}: {_lowered(tried[name]['says'].text())}"
            for name, said in TRIES.items()
            if tried[name].has("says")
        ),
        notes=(
            f"Fitted on {fitted:,} rows, measured on {measured:,}; seed {tried['seed'].count()}; "
            "counts are those at the cut-off in force.",
        ),
        anchor=ANCHOR,
    )


_CELLS = {
    "true_positive": "true positive",
    "false_positive": "false positive",
    "false_negative": "false negative",
    "true_negative": "true negative",
}


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _estimate(tried: Node, name: str, digits: int = 4) -> str:
    if not tried.has(name):
        return tried["reason"].text() if tried.has("reason") else "no change" if name == "brier_change" else "none"
    estimate = tried[name]
    if estimate.has("reason"):
        return estimate["reason"].text()
    value, low, high = (estimate[part].number() for part in ("value", "low", "high"))
    return interval(value, low, high, digits)


def _counted(tried: Node, name: str) -> str:
    return f"{tried['at_cut_off'][name].count():,}" if tried.has("at_cut_off") else "none"
