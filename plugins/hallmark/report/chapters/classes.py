"""Classes: what the predicted ones are worth over all, one by one, and which is taken for which."""

from collections.abc import Iterator, Sequence
from itertools import permutations

from markupsafe import Markup

from hallmark.policy.expected import Key
from hallmark.report.chapters.parts import FINDING, Case, Cell, Part, Table, limits
from hallmark.report.chapters.reading import Node, Unreadable, read

NAME = "performance.json"
TITLE = "Classes one by one"
SAYS = "Of the rows of each class, how many the model finds; of those predicted to be of it, how many are."
MEANS = {
    "accuracy": "rows rightly told",
    "balanced_accuracy": "mean share of its rows that a class has found",
    "macro_f1": "mean F1 of the classes",
}
_CONSTANT = "A constant answer is right as often as the commonest class comes; in the means every class counts alike."
_WORST = 3
"""So many of the commonest mistakes are named."""

Cells = Sequence[Sequence[int]]


def classes(case: Case) -> Iterator[Part]:
    """The parts of the chapter for a multiclass model."""
    yield _overall(case)
    blob = read(case.evidence, NAME)
    names = [one.text() for one in blob["classes"].each()]
    cells = _cells(blob["confusion"], len(names))
    yield _each(case, names, cells)
    yield _confusion(names, cells, blob["without_label"].count())


def _overall(case: Case) -> Part:
    seen = {said: case.observed(f"performance.{name}") for name, said in MEANS.items()}
    rows = tuple((said, limits(one), case.judged(one.key)) for said, every in seen.items() for one in every)
    says = "Over all rows and over all classes alike, with 95 % intervals."
    if not rows:
        return Part(title="All classes", says=says, missing="Not measured: no step reported it.")
    table = Table(head=("Measure", "Value", FINDING), rows=rows)
    return Part(title="All classes", says=says, table=table, notes=(_CONSTANT,))


def _each(case: Case, names: Sequence[str], cells: Cells) -> Part:
    keys = {
        one.key.group: [Key(measure=measure, attribute=one.key.attribute, group=one.key.group) for measure in _EACH]
        for one in case.observed(_EACH[0])
    }
    rows = tuple(
        (
            name,
            f"{sum(cells[at]):,}",
            f"{sum(row[at] for row in cells):,}",
            *(limits(case.seen.get(key)) for key in keys.get(name, _NOWHERE)),
            case.judged(*keys.get(name, ())),
        )
        for at, name in enumerate(names)
    )
    head = ("Class", "Rows", "Predicted", "Found (recall)", "Right (precision)", FINDING)
    return Part(title=TITLE, says=SAYS, table=Table(head=head, rows=rows))


def _confusion(names: Sequence[str], cells: Cells, unlabelled: int) -> Part:
    rows = tuple(
        (name, *(_counted(count, right=at == place) for place, count in enumerate(row)), f"{sum(row):,}")
        for at, (name, row) in enumerate(zip(names, cells, strict=True))
    )
    return Part(
        title="What is taken for what",
        says="Rows by label (down) and predicted class (across); those that are rightly told stand out.",
        table=Table(head=("Label", *names, "Rows"), rows=rows),
        answers=tuple(_mistaken(names, cells)),
        notes=(f"{unlabelled:,} rows without a label are left out.",) if unlabelled else (),
        below=True,
    )


def _counted(count: int, *, right: bool) -> Cell:
    """A count, heavier where label and predicted class agree; nothing for none."""
    return Markup("<strong>{}</strong>").format(f"{count:,}") if right else f"{count:,}" if count else ""


def _mistaken(names: Sequence[str], cells: Cells) -> Iterator[str]:
    """A sentence on the commonest mistakes."""
    wrong = sorted(permutations(range(len(names)), 2), key=lambda pair: -cells[pair[0]][pair[1]])
    found = [(label, answer) for label, answer in wrong[:_WORST] if cells[label][answer]]
    told = "; ".join(f"{names[a]} for {names[b]} ({cells[a][b]:,} of {sum(cells[a]):,} rows)" for a, b in found)
    yield f"Most often taken for another: {told}." if told else "No row with a label was taken for another class."


def _cells(node: Node, classes: int) -> Cells:
    cells = [[one.count() for one in row.each()] for row in node.each()]
    if len(cells) != classes or any(len(row) != classes for row in cells):
        raise Unreadable(f"{node.path} is no square of as many rows and columns as there are classes")
    return cells


_EACH = ("performance.class_recall", "performance.class_precision")
_NOWHERE = [Key(measure=measure) for measure in _EACH]
