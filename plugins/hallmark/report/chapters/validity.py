"""Is the evidence valid: what has to hold before any number below means something."""

from collections.abc import Iterator

from hallmark.policy.expected import Key
from hallmark.report.chapters.parts import FINDING, Case, Cell, Chapter, Part, Table, limits, parts_of
from hallmark.report.chapters.reading import Node, Unreadable, read
from hallmark.verdict.observation import Observation

TITLE = "Is the evidence valid?"
SAYS = "Whether these rows can say anything about the model: none of them learnt from, none giving the answer away."

NAME = "data_quality.json"


def validity(case: Case) -> Chapter:
    """The chapter that comes first, since the others rest on it."""
    parts = (*parts_of(case, "Split, label and leakage", SAYS, _split), *_represented(case))
    return Chapter(anchor="valid", title=TITLE, says=SAYS, parts=parts)


def _split(case: Case) -> Iterator[Part]:
    blob = read(case.evidence, NAME)
    noise = tuple(_of_the_labels(case))
    rows = (*_of_the_split(case, blob), *noise, *_of_the_features(case, blob), _expectations(case, blob))
    yield Part(
        title="Split, label and leakage",
        says="Each question with what was counted, and what the controls of this case make of it.",
        table=Table(head=("Question", "Answer", FINDING), rows=rows, words=(1,)),
        notes=(_CONTRADICTED,) if noise else (),
    )


def _of_the_split(case: Case, blob: Node) -> Iterator[tuple[Cell, ...]]:
    split, rows = blob["split"], blob["rows"].count()
    yield (
        "Which split is it?",
        f"{split['split'].text()}; {rows:,} rows, {blob['training_rows'].count():,} in training",
        "",
    )
    shared = split["rows_with_a_key_of_the_training_data"]
    overlap = _reason(case, "overlap") if shared.empty else f"{shared.count():,} of {rows:,} rows have a training key"
    yield "Was a row learnt from?", overlap, _judged(case, "overlap")
    time = f"data of {split['as_of'].text()}, training data of {split['training_as_of'].text()}"
    yield "Is it out of time?", time, _judged(case, "out_of_time")
    label = f"{split['label_kind'].text()}: {split['label_source'].text()}"
    yield "Where is the label from?", label, _judged(case, "label_observed")
    unlabelled = f"{split['unlabelled'].count():,} of {rows:,} rows have none"
    yield "Has every row a label?", unlabelled, _judged(case, "unlabelled")


_CONTRADICTED = (
    "A label that is contradicted may be wrong, or its outcome was uncertain: counts cannot tell the two apart, and a "
    "group whose outcomes are harder to tell has more of them without one wrong label."
)


def _of_the_labels(case: Case) -> Iterator[tuple[Cell, ...]]:
    """Label noise, which is measured of a binary label only."""
    for one in case.observed("data_quality.label_noise"):
        yield "Do the features contradict labels?", _contradicted(one), case.judged(one.key)
    apart = case.observed("data_quality.label_noise_difference")
    if apart:
        answer = _furthest(apart)
        yield "Those of one group more than of another?", answer, case.judged(*(one.key for one in apart))


def _contradicted(noise: Observation) -> str:
    if noise.value is None:
        return f"not measured: {limits(noise)}"
    return f"a share of {limits(noise)} among {noise.n or 0:,} labels, by a model that never saw their rows"


def _furthest(differences: list[Observation]) -> str:
    known = [one for one in differences if one.value is not None]
    if not known:
        return f"not measured: {limits(differences[0])}"
    most = max(known, key=lambda one: (abs(one.value or 0.0), one.key))
    group = f"{most.key.group} ({most.key.attribute}) less {most.reference or 'its reference'}"
    return f"furthest apart, of {len(known)} measured of {len(differences)} groups: {group}, {limits(most)}"


def _of_the_features(case: Case, blob: Node) -> Iterator[tuple[Cell, ...]]:
    areas = [one for one in case.observed("data_quality.single_feature_auc") if one.value is not None]
    keys = [one.key for one in case.observed("data_quality.single_feature_auc")]
    yield "Does a feature give the answer away?", _leakage(areas, len(keys)), case.judged(*keys)
    features = blob["features"].items()
    counts = [(one["unseen"].count(), one["values"].count(), name) for name, one in features if _counted(one)]
    keys = [one.key for one in case.observed("data_quality.unseen")]
    yield "Are values new to the model?", _unseen(counts, len(features)), case.judged(*keys)


def _counted(feature: Node) -> bool:
    return feature.has("unseen") and feature.has("values")


def _leakage(areas: list[Observation], features: int) -> str:
    if not areas:
        return "not measured: no feature has an area under the ROC curve"
    largest = max(areas, key=lambda one: (one.value or 0.0, one.key.feature))
    alone = f"{largest.key.feature}, {limits(largest)}"
    return f"largest area under the ROC curve of one feature alone, of {features}: {alone}"


def _unseen(counts: list[tuple[int, int, str]], features: int) -> str:
    if not counts:
        return "not counted for any feature"
    most, values, name = max(counts)
    total, of = sum(one[0] for one in counts), sum(one[1] for one in counts)
    said = f"{total:,} of {of:,} values of {len(counts)} of {features} features were never in the training data"
    return f"{said}; most in {name}, {most:,} of {values:,}" if total else said


_SUITE = ("completeness", "validity", "record_validity", "uniqueness", "consistency")


def _expectations(case: Case, blob: Node) -> tuple[Cell, ...]:
    every = blob["expectations"].each()
    unmet = [one for one in every if (one.has("unexpected") and one["unexpected"].count()) or one["problem"].text()]
    named = ", ".join(f"{one['type'].text()} on {_columns(one)}" for one in unmet[:3])
    more = f": {named}{', ...' if len(unmet) > 3 else ''}" if unmet else ""
    judged = case.judged(*(one.key for name in _SUITE for one in case.observed(f"data_quality.{name}")))
    return (
        "Do the data keep to the suite?",
        f"{len(every) - len(unmet)} of {len(every)} expectations without exception{more}",
        judged,
    )


def _columns(expectation: Node) -> str:
    return " and ".join(one.text() for one in expectation["columns"].each()) or "the table"


def _represented(case: Case) -> Iterator[Part]:
    title, says = (
        "Who is in the data",
        "Share of each group in the data over its share in the training data; 1 is alike.",
    )
    ratios = case.observed("data_quality.representation_ratio")
    if not ratios:
        yield Part(title=title, says=says, missing="Not measured: no step reported a share of a group.")
        return
    try:
        counts = {name: dict(groups.items()) for name, groups in read(case.evidence, NAME)["groups"].items()}
    except Unreadable:
        counts = {}  # the chapter has said so above
    rows = tuple(
        (
            f"{one.key.group} ({one.key.attribute})",
            _rows(counts, one.key, "rows"),
            _rows(counts, one.key, "training_rows"),
            limits(one),
            case.judged(one.key),
        )
        for one in ratios
    )
    yield Part(title=title, says=says, table=Table(head=("Group", "Rows", "In training", "Ratio", FINDING), rows=rows))


def _rows(counts: dict[str, dict[str, Node]], key: Key, name: str) -> str:
    group = counts.get(key.attribute, {}).get(key.group)
    try:
        return "" if group is None else f"{group[name].count():,}" if group.has(name) else "suppressed: few"
    except Unreadable:
        return "cannot be read"


def _judged(case: Case, name: str) -> Cell:
    return case.judged(Key(measure=f"data_quality.{name}"))


def _reason(case: Case, name: str) -> str:
    seen = case.seen.get(Key(measure=f"data_quality.{name}"))
    return f"not known: {seen.reason if seen is not None and seen.reason else 'not counted'}"
