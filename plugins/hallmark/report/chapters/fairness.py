"""Fairness: counts and rates of every group, from which anyone works out the ratios again."""

from collections.abc import Iterator
from functools import partial

from hallmark.measures import MEASURES
from hallmark.policy.expected import Key
from hallmark.report.chapters.parts import FINDING, Case, Cell, Chapter, Part, Table, limits, parts_of
from hallmark.report.chapters.ratio import by_cut_off
from hallmark.report.chapters.reading import Node, Unreadable, of_classes, of_regression, read
from hallmark.report.chapters.spread import spread
from hallmark.report.words import control_name, required

SAYS = (
    "Who gets the favourable decision, and who of those whose outcome deserved it (true positive rate) "
    "or did not (false positive rate)."
)
HEAD = ("Group", "Rows", "Favourable", "True positive rate", "False positive rate", "Ratio to reference", FINDING)
UNTOLD = "not told"


def fairness(case: Case) -> Chapter:
    """The chapter: a table for each attribute and crossing."""
    parts = (_chosen(case), *parts_of(case, "Rates by group", SAYS, _every))
    return Chapter(anchor="fairness", title="Fairness", says=SAYS, parts=parts)


def _chosen(case: Case) -> Part:
    """Who chose what is judged: the choice of the measure often decides."""
    title, says = "Who chose the measures", "Chosen by the owner of the policy and published in the rulebook before."
    rows = tuple(
        (control_name(one), MEASURES[one.key.measure].title, required(one), one.owner, one.because)
        for one in case.controls("fairness")
    )
    if not rows:
        return Part(title=title, says=says, missing="Nobody: no control of this case judges fairness.")
    head = ("Control", "Measure", "Must be", "Owner", "Why this one")
    return Part(title=title, says=says, table=Table(head=head, rows=rows, words=(1, 2, 3, 4)))


def _every(case: Case) -> Iterator[Part]:
    if of_regression(case.evidence):
        missing = "Nothing to show: this model gives a number and decides nothing, so no decision can be compared."
        yield Part(title="Rates by group", says=SAYS, missing=missing)
        return
    if of_classes(case.evidence) and "fairness.json" not in case.evidence:
        missing = "Nothing to show: this model decides nothing, since the manifest calls no class favourable."
        yield Part(title="Rates by group", says=SAYS, missing=missing)
        return
    blob = read(case.evidence, "fairness.json")
    smallest, attributes = blob["smallest_cell"].count(), blob["attributes"].items()
    if not attributes:
        yield Part(title="Rates by group", says=SAYS, missing="Nothing to show: the manifest declares no attribute.")
    for name, attribute in attributes:
        yield _attribute(case, name, attribute, smallest)
        if blob.has("cut_off"):
            yield from spread(name, attribute, blob["cut_off"].number())
            yield from parts_of(case, f"Ratio by cut-off, {name}", SAYS, partial(by_cut_off, name=name))


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
        table=Table(head=HEAD, rows=(*(_group(case, name, reference, *one, smallest) for one in groups), *others)),
        notes=tuple(_notes(node, smallest)),
    )


def _group(case: Case, name: str, reference: str, group: str, node: Node, smallest: int) -> tuple[Cell, ...]:
    rates = [
        _rate(node, *of, smallest)
        for of in (("favourable", "rows"), ("favourable_earned", "earned"), ("favourable_unearned", "unearned"))
    ]
    rows = _told(node, "rows", smallest)
    if group == reference:
        return group, rows, *rates, "1, the reference", ""
    key = Key(measure="fairness.selection_rate_ratio", attribute=name, group=group)
    return group, rows, *rates, limits(case.seen.get(key)), case.judged(key)


def _rate(node: Node, hits: str, of: str, smallest: int) -> str:
    if node[hits].empty or node[of].empty:
        words = _told(node, hits, smallest), _told(node, of, smallest)
        return UNTOLD if words == (UNTOLD, UNTOLD) else " of ".join(words)
    x, n = node[hits].count(), node[of].count()
    if x > n:
        raise Unreadable(f"{node.path} counts more {hits} than {of}")
    return f"{x / n:.3f} ({x:,}/{n:,})" if n else "none: no such row"


def _told(node: Node, name: str, smallest: int) -> str:
    """A count; of one that stays out whether it is below the smallest that is told."""
    if not node[name].empty:
        return f"{node[name].count():,}"
    few = [one.text() for one in node["few"].each()] if node.has("few") else []
    return f"fewer than {smallest}" if name in few else UNTOLD


def _notes(node: Node, smallest: int) -> Iterator[str]:
    groups = node["groups"]
    outside = {name: node[name] for name in ("rows_without_group", "rows_of_undeclared_groups") if node.has(name)}
    every = (*(one for _, one in groups.items()), *outside.values())
    if any(one["rows"].empty or one["favourable"].empty or one.has("few") for one in every):
        yield (
            f"Counts of fewer than {smallest} people stay out of this table, and so do those that would give them "
            f"away{'; the digest of the true counts is in the evidence' if node.has('sha256') else ''}. What is judged "
            "comes from the true counts: a ratio with its n gives the count of a small group back."
        )
    small = [f"{group} ({_told(groups[group], 'rows', smallest)})" for group, _ in node["below_2_percent"].items()]
    if small:
        yield f"Below 2 % of the rows: {', '.join(small)}."
    for name, one in outside.items():
        if one["rows"].empty or one["rows"].count():
            yield f"{name.replace('_', ' ').capitalize()}: {_told(one, 'rows', smallest)}."
