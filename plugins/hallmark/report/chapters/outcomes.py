"""Outcomes: how the scores stand to what happened, on this cohort and on the data that were learnt from."""

from collections.abc import Iterator

from hallmark.policy.expected import Key
from hallmark.report import charts
from hallmark.report.by_hand import wilson
from hallmark.report.chapters.classes import SAYS as CLASSES_SAY
from hallmark.report.chapters.classes import TITLE, classes
from hallmark.report.chapters.errors import errors
from hallmark.report.chapters.parts import FINDING, Case, Cell, Chapter, Part, Table, interval, limits, parts_of
from hallmark.report.chapters.reading import Node, Unreadable, of_classes, of_regression, read

SAYS = "What the model said beside what happened."

NAME = "performance.json"


def outcomes(case: Case) -> Chapter:
    """The chapter; a regression has errors, a multiclass model classes, any other ranking, calibration and cut-offs."""
    if of_classes(case.evidence):
        parts = parts_of(case, TITLE, CLASSES_SAY, classes)
    elif of_regression(case.evidence):
        parts = parts_of(case, "Errors by decile", SAYS, errors)
    else:
        parts = (
            *parts_of(case, "Discrimination", "How well scores tell outcomes apart.", _discrimination),
            _benchmark(case),
            *parts_of(case, "Calibration by slice", "Whether scores are the rates that they claim.", _calibration),
            *parts_of(case, "Threshold sweep", "What another cut-off would do.", _sweep),
            *parts_of(case, "Segments", "The same by declared segment.", _segments),
        )
    return Chapter(anchor="outcomes", title="Outcomes", says=SAYS, parts=parts)


def _discrimination(case: Case) -> Iterator[Part]:
    blob = read(case.evidence, NAME)
    area, drop = (case.seen.get(Key(measure=f"performance.{name}")) for name in ("auc", "auc_drop"))
    learnt = "not measured"
    if area is not None and drop is not None and area.value is not None and drop.value is not None:
        learnt = f"{area.value + drop.value:.3f}"
    judged = case.judged(Key(measure="performance.auc"))
    yield Part(
        title="Discrimination",
        says="Area under the ROC curve out of sample beside in sample: a wide gap is what was learnt by heart.",
        table=Table(
            head=("Data", "Rows with a label", "Positive", "Mean score", "AUC", FINDING),
            rows=(
                ("this cohort", *_counts(blob["cohort"]), limits(area), judged),
                ("training data", *_counts(blob["training"]), learnt, ""),
                ("training minus cohort", "", "", "", limits(drop), case.judged(Key(measure="performance.auc_drop"))),
            ),
        ),
    )


def _benchmark(case: Case) -> Part:
    title, says = "Benchmark", "The model beside the challenger that the manifest names, over the same rows."
    found = case.observed("performance.auc_gain")
    if not found:
        return Part(title=title, says=says, missing="Not measured: the manifest names no challenger to be better than.")
    rows = tuple((one.reference, limits(one), case.judged(one.key)) for one in found)
    return Part(title=title, says=says, table=Table(head=("Against", "AUC gained", FINDING), rows=rows))


def _counts(node: Node) -> tuple[str, str, str]:
    rows, positives = node["rows"].count(), node["positives"].count()
    mean = f"{node['mean_score'].number():.4f}" if node.has("mean_score") else "none"
    return f"{rows:,}", f"{positives:,} ({positives / rows:.4f})" if rows else "0", mean


def _calibration(case: Case) -> Iterator[Part]:
    found = [
        (one["rows"].count(), one["positives"].count(), one["mean_score"].share())
        for one in read(case.evidence, NAME)["calibration"].each()
    ]
    if any(positives > rows or rows == 0 for rows, positives, _ in found):
        raise Unreadable(f"{NAME}, calibration counts more positives than rows")
    says = "Slices of the rows by score: the share that came out positive, with 95 % limits, against the mean score."
    if not found:
        yield Part(title="Calibration by slice", says=says, missing=_why_not(case, "calibration_in_the_large"))
        return
    slices = [(score, positives / rows, *wilson(positives, rows), rows) for rows, positives, score in found]
    most = charts.round_up(max(max(score, high) for score, _, _, high, _ in slices))
    frame = charts.Frame(x=(0.0, most), y=(0.0, most))
    marks = [charts.line(frame, [(0.0, 0.0), (most, most)], charts.DASHES[2])]
    for score, observed, low, high, _ in slices:
        marks += [charts.whisker(frame, score, low, high), charts.dot(frame, score, observed)]
    rows = tuple(
        (f"{score:.4f}", f"{n:,}", interval(observed, low, high), f"{observed - score:+.3f}")
        for score, observed, low, high, n in slices
    )
    yield Part(
        title="Calibration by slice",
        says=says,
        chart=frame.drawn("Observed share against mean score by slice", "mean score", "observed share", marks),
        table=Table(head=("Mean score", "n", "Observed", "Difference"), rows=rows),
        notes=("On the dotted line a score is the rate that it claims. Intervals: Wilson 1927.",),
    )


def _sweep(case: Case) -> Iterator[Part]:
    blob = read(case.evidence, NAME)
    own = blob["cut_off"]["cut_off"].number()
    names = ("selection_rate", "true_positive_rate", "precision")
    found = [(one["cut_off"].number(), one, [_share(one, name) for name in names]) for one in blob["sweep"].each()]
    says = "Share of rows at or above each cut-off, the positives among them caught (recall), and their precision."
    if not found:
        yield Part(title="Threshold sweep", says=says, missing=_why_not(case, "recall"))
        return
    ends = [at for at, _, _ in found]
    frame = charts.Frame(x=(min(0.0, *ends), max(1.0, *ends)), y=(0.0, 1.0))
    marks = [charts.upright(frame, own, f"cut-off {own:g}"), charts.legend(("selected", "recall", "precision"))]
    for place, dash in enumerate(charts.DASHES):
        points = [(at, share) for at, _, shares in found if (share := shares[place]) is not None]
        marks.append(charts.line(frame, points, dash))
    rows = tuple(
        (f"{at:g}{' (in force)' if at == own else ''}", f"{one['rows'].count():,}", *map(_spelt, shares))
        for at, one, shares in found
    )
    yield Part(
        title="Threshold sweep",
        says=says,
        chart=frame.drawn("Selected share, recall and precision by cut-off", "cut-off", "share", marks),
        table=Table(head=("Cut-off", "Rows selected", "Selected", "Recall", "Precision"), rows=rows),
        answers=(_confusion(blob["cut_off"]),),
    )


def _share(node: Node, name: str) -> float | None:
    return node[name].share() if node.has(name) else None


def _spelt(share: float | None) -> str:
    return "none" if share is None else f"{share:.3f}"


def _confusion(node: Node) -> str:
    names = ("true_positive", "false_positive", "false_negative", "true_negative")
    counts = ", ".join(f"{node[name].count():,} {name.replace('_', ' ')}" for name in names)
    return f"At the cut-off in force, {node['cut_off'].number():g}: {counts}."


def _segments(case: Case) -> Iterator[Part]:
    says = "Ranking and calibration inside each declared segment."
    segments = read(case.evidence, NAME)["segments"].each()
    if not segments:
        yield Part(title="Segments", says=says, missing="Not measured: the manifest declares no segments.")
        return
    rows = tuple(_segment(case, one) for one in segments)
    head = ("Segment", "Rows with a label", "Positive", "Mean score", "AUC", "Observed minus score", FINDING)
    yield Part(title="Segments", says=says, table=Table(head=head, rows=rows))


def _segment(case: Case, node: Node) -> tuple[Cell, ...]:
    segment, group = node["segment"].text(), node["group"].text()
    keys = [
        Key(measure=f"performance.segment_{name}", attribute=segment, group=group) for name in ("auc", "calibration")
    ]
    return f"{group} ({segment})", *_counts(node), *(limits(case.seen.get(key)) for key in keys), case.judged(*keys)


def _why_not(case: Case, name: str) -> str:
    seen = case.seen.get(Key(measure=f"performance.{name}"))
    return f"Nothing to show: {seen.reason.rstrip('.') if seen is not None and seen.reason else 'no counts'}."
