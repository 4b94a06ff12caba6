"""Other cut-offs as they were tried: single ones, and Fairlearn's by group, with what each does to every group."""

from collections.abc import Iterator
from dataclasses import dataclass

from hallmark.policy.appetite import Status
from hallmark.policy.control import Bound
from hallmark.policy.groups import CROSS
from hallmark.report.chapters.parts import Case, Cell, Part, Table, interval
from hallmark.report.chapters.reading import Node, read, without_probability
from hallmark.verdict.finding import Finding
from hallmark.verdict.sentence import bound

RATIO = "selection_rate_ratio"
TITLE = "Other cut-offs"
SAYS = "What other cut-offs, and cut-offs by group, would do to every group."

_RATES = {
    "selection_rate": "favourable decisions",
    "true_positive_rate": "true positive rate",
    "false_positive_rate": "false positive rate",
}
BY_GROUP = {
    "selection_rate_ratio": "ratio",
    "selection_rate_difference": "favourable decisions, difference",
    "true_positive_rate_difference": "true positive rate, difference",
    "false_positive_rate_difference": "false positive rate, difference",
    "precision_difference": "precision, difference",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A way out: its name, its cut-off in words, and its effect; None with a reason where it could not be tried."""

    name: str
    cut_off: str
    effect: Node | None
    reason: str = ""


def title_of(attribute: str) -> str:
    """The title of the part of an attribute."""
    return f"{TITLE} by {attribute}"


def cut_offs(case: Case) -> Iterator[Part]:
    """A part for each attribute, with a plain word whether a cut-off helps."""
    if without_probability(case.evidence):
        yield Part(title=TITLE, says=SAYS, missing="Not tried: this model has no cut-off.")
        return
    attributes = read(case.evidence, "remedies_cut_offs.json").items()
    if not attributes:
        yield Part(title=TITLE, says=SAYS, missing="Not tried: the manifest declares no attribute.")
    for place, (name, node) in enumerate(attributes, 1):
        if CROSS in name and not _open(case, name):
            continue  # as many rows as groups, and nobody asks
        tries = _tries(node)
        asked = next((one.expected.require for one in case.findings if _asks(one, name)), None)
        yield Part(
            title=title_of(name),
            says=f"What other cut-offs would do to each group beside the reference group, {node['reference'].text()}.",
            table=Table(head=("Measure", *(one.name for one in tries)), rows=tuple(_rows(tries))),
            answers=tuple(_conclusion(one, tries[0], asked) for one in tries),
            notes=tuple(_notes(node["cut_offs_by_group"])),
            anchor=f"tried-{place}",
        )


def _open(case: Case, attribute: str) -> bool:
    """Whether a finding on the attribute is not satisfied."""
    return any(one.expected.key.attribute == attribute and one.status is not Status.SATISFIED for one in case.findings)


def _notes(by_group: Node) -> Iterator[str]:
    yield "Cut-offs by group decide by the attribute itself, which needs leave that no number here gives."
    told = "; ".join(f"{group} {_mixed(one)}" for group, one in by_group["cut_offs"].items())
    if told:
        yield f"Cut-offs by group: {told}."
    yield f"By {by_group['method'].text()}."


def _asks(finding: Finding, attribute: str) -> bool:
    return finding.expected.key.measure == f"fairness.{RATIO}" and finding.expected.key.attribute == attribute


def _tries(node: Node) -> tuple[Try, ...]:
    by_group = node["cut_offs_by_group"]
    given = by_group["effect"]
    untried = isinstance(given.value, str)
    best = node["best_ratio"]["cut_off"].number() if node.has("best_ratio") else None
    return (
        _single("as it is", node, node["cut_off_in_force"].number()),
        _single("best single cut-off", node, best),
        Try(
            name="cut-offs by group",
            cut_off="none" if untried else "by group",
            effect=None if untried else given,
            reason=given.text() if untried else "",
        ),
    )


def _single(name: str, node: Node, cut_off: float | None) -> Try:
    if cut_off is None:
        return Try(name=name, cut_off="none", effect=None, reason="no cut-off gives every group a ratio")
    effect = next((one for one in node["sweep"].each() if one["cut_off"].number() == cut_off), None)
    reason = "" if effect is not None else "it is not among the cut-offs tried"
    return Try(name=name, cut_off=f"{cut_off:g}", effect=effect, reason=reason)


def _mixed(node: Node) -> str:
    chance, first, second = node["chance_of_first"].share(), _place(node["first"]), _place(node["second"])
    return first if chance == 1 else second if chance == 0 else f"{first} with chance {chance:g}, else {second}"


def _place(node: Node) -> str:
    return node.text() if isinstance(node.value, str) else f"{node.number():g}"


def _rows(tries: tuple[Try, ...]) -> Iterator[tuple[Cell, ...]]:
    yield "cut-off", *(one.cut_off for one in tries)
    for name, said in _RATES.items():
        yield said, *("none" if one.effect is None else _estimate(one.effect[name]) for one in tries)
    groups = dict.fromkeys(
        group for one in tries if one.effect is not None for group, _ in one.effect["groups"].items()
    )
    for group in groups:
        for name, said in BY_GROUP.items():
            yield (
                f"{group}: {said}",
                *("none" if one.effect is None else _of_group(one.effect["groups"][group], name) for one in tries),
            )


def _of_group(group: Node, name: str) -> str:
    return _estimate(group[name]) if group.has(name) else "none"


def _estimate(node: Node) -> str:
    if not node.has("value"):
        return node["reason"].text() if node.has("reason") else "none"
    return interval(*_numbers(node))


def _numbers(node: Node) -> tuple[float, float | None, float | None]:
    low, high = (node[name].number() if node.has(name) else None for name in ("low", "high"))
    return node["value"].number(), low, high


def _conclusion(one: Try, now: Try, asked: Bound | None) -> str:
    """One sentence: whether every group would be inside the bound with its whole interval, and what else would move."""
    name = f"{one.name[0].upper()}{one.name[1:]}"
    if one.effect is None:
        return f"{name}: does not help, {one.reason.rstrip('.')}."
    if one is not now and one.cut_off == now.cut_off:
        return f"{name}: it is the one in force, no other brings the groups closer."
    moved = "" if one is now or now.effect is None else f"; {_moved(now.effect, one.effect)}"
    groups = [(group, node[RATIO]) for group, node in one.effect["groups"].items()]
    unknown = [group for group, node in groups if not node.has("value")]
    if unknown or not groups:
        return f"{name}: not shown to help, there is no ratio of {', '.join(unknown) or 'any group'}{moved}."
    if asked is None:
        return f"{name}: no control judges the ratio of this attribute{moved}."
    return f"{name}: {_placed([(group, _numbers(node)) for group, node in groups], asked)}{moved}."


def _moved(now: Node, then: Node) -> str:
    pairs = [(said, now[name], then[name]) for name, said in _RATES.items()]
    moves = [
        f"{said} {before['value'].number():.3f} to {after['value'].number():.3f}"
        for said, before, after in pairs
        if before.has("value") and after.has("value")
    ]
    return f"it would move {', '.join(moves)}" if moves else "nothing else is known to move"


def _placed(groups: list[tuple[str, tuple[float, float | None, float | None]]], asked: Bound) -> str:
    outside = [f"{group} at {value:.3f}" for group, (value, _, _) in groups if not _inside(value, asked)]
    if outside:
        return f"does not hold {bound(asked)}; outside it: {', '.join(outside)}"
    reaching = [group for group, (_, *ends) in groups if any(end is None or not _inside(end, asked) for end in ends)]
    if reaching:
        return f"every group is inside {bound(asked)}, but the interval of {', '.join(reaching)} reaches beyond it"
    return f"every group is inside {bound(asked)} with its whole interval"


def _inside(value: float, asked: Bound) -> bool:
    floor, ceiling = asked.floor, asked.ceiling
    return (floor is None or value >= floor) and (ceiling is None or value <= ceiling)
