"""Fairness: counts and rates of every group, from which anyone works out the ratios again."""

from collections.abc import Iterator

from hallmark.policy.expected import Key
from hallmark.report.chapters.parts import FINDING, Case, Cell, Chapter, Part, Table, limits, parts_of
from hallmark.report.chapters.reading import Node, Unreadable, of_regression, read

SAYS = (
    "Who gets the favourable decision, and who of those whose outcome deserved it (true positive rate) "
    "or did not (false positive rate)."
)
HEAD = ("Group", "Rows", "Favourable", "True positive rate", "False positive rate", "Ratio to reference", FINDING)
HIDDEN = "suppressed"


def fairness(case: Case) -> Chapter:
    """The chapter: a table for each attribute and crossing."""
    return Chapter(anchor="fairness", title="Fairness", says=SAYS, parts=parts_of(case, "Rates by group", SAYS, _every))


def _every(case: Case) -> Iterator[Part]:
    if of_regression(case.evidence):
        missing = "Nothing to show: this model gives a number and decides nothing, so no decision can be compared."
        yield Part(title="Rates by group", says=SAYS, missing=missing)
        return
    blob = read(case.evidence, "fairness.json")
    smallest, attributes = blob["smallest_cell"].count(), blob["attributes"].items()
    if not attributes:
        yield Part(title="Rates by group", says=SAYS, missing="Nothing to show: the manifest declares no attribute.")
    for name, attribute in attributes:
        yield _attribute(case, name, attribute, smallest)


def _attribute(case: Case, name: str, node: Node, smallest: int) -> Part:
    reference, groups = node["reference"].text(), node["groups"].items()
    others = [
        (f"{one.key.group}", f"{one.n or 0:,}", "", "", "", limits(one), case.judged(one.key))
        for one in case.observed("fairness.selection_rate_ratio")
        if one.key.attribute == name and one.key.group not in dict(groups)
    ]
    return Part(
        title=f"By {name}",
        says=f"The rates of each group beside those of the reference group, {reference}; intervals are 95 %.",
        table=Table(head=HEAD, rows=(*(_group(case, name, reference, *one) for one in groups), *others)),
        notes=tuple(_notes(node, smallest)),
    )


def _group(case: Case, name: str, reference: str, group: str, node: Node) -> tuple[Cell, ...]:
    rates = [
        _rate(node, *of)
        for of in (("favourable", "rows"), ("favourable_earned", "earned"), ("favourable_unearned", "unearned"))
    ]
    rows = f"{node['rows'].count():,}" if node.has("rows") else HIDDEN
    if group == reference:
        return group, rows, *rates, "1, the reference", ""
    key = Key(measure="fairness.selection_rate_ratio", attribute=name, group=group)
    return group, rows, *rates, limits(case.seen.get(key)), case.judged(key)


def _rate(node: Node, hits: str, of: str) -> str:
    if node[hits].empty or node[of].empty:
        return HIDDEN
    x, n = node[hits].count(), node[of].count()
    if x > n:
        raise Unreadable(f"{node.path} counts more {hits} than {of}")
    return f"{x / n:.3f} ({x:,}/{n:,})" if n else "none: no such row"


def _notes(node: Node, smallest: int) -> Iterator[str]:
    if any(one["favourable"].empty for _, one in node["groups"].items()):
        yield (
            f"Suppressed: a cell of the group holds fewer than {smallest} people, so its counts stay out and "
            "only their digest is in the evidence; the ratio was worked out from the true counts."
        )
    small = [
        f"{group} ({'few' if rows.empty else f'{rows.count():,}'})" for group, rows in node["below_2_percent"].items()
    ]
    if small:
        yield f"Below 2 % of the rows: {', '.join(small)}."
    for name in ("rows_without_group", "rows_of_undeclared_groups"):
        if node.has(name) and (node[name]["rows"].empty or node[name]["rows"].count()):
            rows = node[name]["rows"]
            yield f"{name.replace('_', ' ').capitalize()}: {'few' if rows.empty else f'{rows.count():,}'}."
