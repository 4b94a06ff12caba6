"""Whether the cohort is evidence: rows that were never fitted on, of a later time, with labels that mean the same."""

from collections import Counter
from collections.abc import Mapping

from hallmark.assess import sql
from hallmark.assess.assignment import Assignment
from hallmark.assess.data_quality.beside import shared_keys
from hallmark.assess.data_quality.reported import fact, training_of
from hallmark.assess.dataset import Dataset
from hallmark.assess.spelling import outcome
from hallmark.measures import Task
from hallmark.policy.subject import LabelKind
from hallmark.verdict.observation import Observation


def split(assignment: Assignment) -> tuple[tuple[Observation, ...], Mapping[str, object]]:
    """Report overlap of keys, out of time, kind of label, labels known in training and rows without one."""
    data, manifest = assignment.data, assignment.manifest
    shared, unlike = _overlap(assignment)
    unlabelled = data.missing()[manifest.label.column]
    overlap = fact(
        "overlap",
        None if shared is None else shared / data.rows,
        reason=unlike,
        method="rows whose key is a key of the training data, over all rows",
        reference=training_of(assignment),
    )
    empty = fact("unlabelled", unlabelled / data.rows, method="rows whose label is null, over all rows")
    known = [] if manifest.task is Task.REGRESSION else [_known(assignment)]
    if manifest.task is Task.MULTICLASS:
        known.append(_declared(data, unlabelled))
    found = overlap, _out_of_time(assignment), _observed(assignment), *known, empty
    return found, _evidence(assignment, shared, unlabelled)


def _overlap(assignment: Assignment) -> tuple[int | None, str]:
    """Return the rows with a key of the training data; None where the keys do not compare, with the reason."""
    data, training, key = assignment.data, assignment.training, assignment.manifest.key
    if data.scale(key) is None or data.scale(key) is not training.scale(key):
        return (
            None,
            f"the key is {data.types[key]} here and {training.types[key]} in the training data: write both alike",
        )
    without = data.missing()[key], training.missing()[key]
    if any(without):
        return None, "{} rows have no key here and {} in the training data: nobody can tell who they are".format(
            *without
        )
    return shared_keys(data, training), ""


def _out_of_time(assignment: Assignment) -> Observation:
    now, then = assignment.cohort.as_of, assignment.manifest.training.as_of
    return fact(
        "out_of_time",
        now > then,
        reason="" if now > then else f"the cohort is of {now.isoformat()}, the training data of {then.isoformat()}",
        method="date of the cohort against that of the training data",
        reference=training_of(assignment),
    )


def _observed(assignment: Assignment) -> Observation:
    label = assignment.manifest.label
    said = {LabelKind.HUMAN_DECISION: "a decision of people", LabelKind.PROXY: "a stand-in for what is meant"}
    return fact(
        "label_observed",
        label.kind is LabelKind.OBSERVED,
        reason="" if label.kind is LabelKind.OBSERVED else f"the label is {said[label.kind]}: {label.source}",
        method="kind of the label as declared",
    )


def _known(assignment: Assignment) -> Observation:
    """Compare the labels by what they mean (`1`, `1.0` and `true` are one) and by the outcome that they are read as."""
    known, counts = set(_labels(assignment.training)), _labels(assignment.data)
    labelled = sum(counts.values())
    hits = sum(rows for meaning, rows in counts.items() if meaning in known)
    empty = "the training data have" if not known else "the cohort has" if not labelled else ""
    return fact(
        "label_known",
        None if empty else hits / labelled,
        reason=f"{empty} no label" if empty else "",
        method="rows whose label is one of those of the training data and is read alike, over all rows with a label",
        reference=training_of(assignment),
    )


def _labels(data: Dataset) -> Mapping[tuple[str, int | None], int]:
    """Return the rows by meaning and outcome of their label."""
    label = data.manifest.label
    came = outcome(label, sql.column(label.column), data.types[label.column])
    query = f"select {sql.text(data, label.column)}, {came}, count(*) from {sql.ROWS} where {sql.labelled(data)}"
    counts: Counter[tuple[str, int | None]] = Counter()
    for value, read, rows in data.query(f"{query} group by all order by all"):
        counts[_meaning(value), read] += rows
    return counts


def _declared(data: Dataset, unlabelled: int) -> Observation:
    labelled = data.rows - unlabelled
    strange = f"{data.strangers} labels are none of the declared classes" if data.strangers else ""
    return fact(
        "label_declared",
        (labelled - data.strangers) / labelled if labelled else None,
        reason=strange if labelled else "the cohort has no label",
        method="rows whose label is one of the declared classes, over all rows with a label",
    )


def _meaning(value: str) -> str:
    spelt = {"true": "1", "false": "0"}.get(value, value)
    try:
        return repr(float(spelt))
    except ValueError:
        return spelt


def _evidence(assignment: Assignment, shared: int | None, unlabelled: int) -> Mapping[str, object]:
    manifest = assignment.manifest
    return {
        "rows_with_a_key_of_the_training_data": shared,
        "split": _kind(assignment, shared),
        "as_of": assignment.cohort.as_of.isoformat(),
        "training_as_of": manifest.training.as_of.isoformat(),
        "label_kind": manifest.label.kind.value,
        "label_source": manifest.label.source,
        "unlabelled": unlabelled,
    }


def _kind(assignment: Assignment, shared: int | None) -> str:
    later = assignment.cohort.as_of > assignment.manifest.training.as_of
    time = "later than the training data" if later else "not later than the training data"
    keys = "keys not compared" if shared is None else "no key in common" if shared == 0 else "keys in common"
    return f"{assignment.cohort.role}: {time}, {keys}"
