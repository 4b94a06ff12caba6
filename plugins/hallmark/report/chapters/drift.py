"""Drift: which features have moved since the reference data, the furthest first."""

from collections.abc import Iterator

from hallmark.measures import MEASURES
from hallmark.policy.expected import Key
from hallmark.report import charts
from hallmark.report.chapters.parts import FINDING, Case, Cell, Chapter, Part, Table, limits, parts_of
from hallmark.report.chapters.reading import Node, read
from hallmark.report.words import control_name, required
from hallmark.verdict.observation import Observation

SAYS = "How far the data have moved from the reference data: 0 is not at all, 1 is nothing in common."
SHOWN = 40
"""Features in the list; the others stand among the observations."""

WHOLE = {
    "score_distance": "distance of the scores",
    "class_distance": "distance of the predicted classes",
    "label_distance": "distance of the labels",
    "domain_auc": "AUC of a classifier that tells the cohort from the reference data (0.5: it cannot)",
    "auc_drop": "fall of the AUC since the reference data",
    "accuracy_drop": "fall of the share of rows that are rightly told since the reference data",
    "error_rise": "rise of the error since the reference data",
}


def drift(case: Case) -> Chapter:
    """The chapter: features one by one, then scores, labels and all together."""
    parts = (*parts_of(case, "Features", SAYS, _features), *_whole(case), _monitoring(case))
    return Chapter(anchor="drift", title="Drift", says=SAYS, parts=parts)


def _monitoring(case: Case) -> Part:
    """What is watched, by whom, and what asks for the next certification."""
    title, says = "Monitoring", "What is watched from now on, who owns it, and what ends this certificate."
    rows = tuple(
        (control_name(one), MEASURES[one.key.measure].title, required(one), one.severity, one.owner)
        for one in case.controls("drift")
    )
    missing = "" if rows else "Nothing is watched: no control of this case judges drift."
    table = Table(head=("Control", "Measure", "Must be", "Severity", "Owner"), rows=rows, words=(1, 2, 3, 4))
    return Part(title=title, says=says, table=table if rows else None, missing=missing, notes=case.triggers)


def _features(case: Case) -> Iterator[Part]:
    says = "Features by distance; the bar is the estimate, the thin line its interval, the upright line the bound."
    features = read(case.evidence, "drift.json")["features"].items()
    distances = {name: _distance(case, name) for name, _ in features}
    order = sorted(features, key=lambda pair: (-_length(distances[pair[0]]), pair[0]))
    if not order:
        yield Part(title="Features", says=says, missing="Nothing to show: the model has no features.")
        return
    bounds = {one.expected.key: one.expected.require.ceiling for one in case.findings}
    ends = [end for one in distances.values() if one is not None for end in (one.value, one.high) if end is not None]
    most = charts.round_up(
        max((*ends, *(bound for key, bound in bounds.items() if bound and key.measure == _MEASURE)), default=1.0)
    )
    rows = tuple(_row(case, name, node, distances[name], bounds, most) for name, node in order[:SHOWN])
    more = len(order) - len(rows)
    yield Part(
        title="Features",
        says=says,
        table=Table(head=("Feature", "", "Distance", "Missing, reference to cohort", FINDING), rows=rows),
        notes=(
            f"Bars end at {most:g}.",
            *([f"{more:,} more features, all closer, stand under Observations."] if more else ()),
        ),
    )


_MEASURE = "drift.feature_distance"


def _distance(case: Case, feature: str) -> Observation | None:
    return case.seen.get(Key(measure=_MEASURE, feature=feature))


def _length(seen: Observation | None) -> float:
    return -1.0 if seen is None or seen.value is None else seen.value


def _row(
    case: Case, name: str, node: Node, seen: Observation | None, bounds: dict[Key, float | None], most: float
) -> tuple[Cell, ...]:
    key = Key(measure=_MEASURE, feature=name)
    drawn: Cell = ""
    if seen is not None and seen.value is not None:
        drawn = charts.bar(seen.value, seen.low, seen.high, bounds.get(key), most)
    missing = Key(measure="drift.missing_distance", feature=name)
    return name, drawn, limits(seen), _missing(node), case.judged(key, missing)


def _missing(node: Node) -> str:
    if not (node.has("cohort") and node.has("reference")):
        return node["reason"].text() if node.has("reason") else "not counted"
    then, now = (_share(node[name]) for name in ("reference", "cohort"))
    if then is None or now is None:
        return "no rows"
    return f"{then:.4f} to {now:.4f} ({now - then:+.4f})"


def _share(node: Node) -> float | None:
    rows = node["rows"].count()
    return node["nulls"].count() / rows if rows else None


def _whole(case: Case) -> Iterator[Part]:
    seen = {said: case.observed(f"drift.{name}") for name, said in WHOLE.items()}
    rows = tuple((said, limits(one), case.judged(one.key)) for said, every in seen.items() for one in every)
    says = "What moved beyond the features one by one."
    if not rows:
        yield Part(title="All together", says=says, missing="Not measured: no step reported it.")
        return
    yield Part(title="All together", says=says, table=Table(head=("Measure", "Value", FINDING), rows=rows, words=(0,)))
