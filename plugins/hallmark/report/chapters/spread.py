"""How scores are spread in each group, and what another cut-off would make of the ratio: two charts of an attribute."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hallmark.policy.control import Bound
from hallmark.policy.groups import CROSS
from hallmark.report import charts, strips
from hallmark.report.chapters.parts import Case, Part, Table, interval
from hallmark.report.chapters.reading import Node, Unreadable, read

RATIO = "selection_rate_ratio"
_NEAR = 3
"""Names of cut-offs that stand nearer to each other would run together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The scores of a group: from, to and rows of each range."""

    group: str
    ranges: tuple[tuple[float, float, int], ...]

    @property
    def rows(self) -> int:
        """All rows of the group."""
        return sum(rows for _, _, rows in self.ranges)

    def highest(self) -> float:
        """The largest share of the rows in a hundredth of the scale."""
        return max((self.share(one) for one in self.ranges), default=0.0)

    def share(self, one: tuple[float, float, int]) -> float:
        """The share of the rows in a hundredth of the scale, within a range."""
        return one[2] / self.rows / (one[1] - one[0]) / 100

    def words(self, one: tuple[float, float, int]) -> str:
        """A range in words."""
        return f"{one[0]:g} to {one[1]:g}: {one[2]:,}"


def spread(name: str, attribute: Node, at: float) -> Iterator[Part]:
    """The scores of the groups of an attribute that is not crossed, and the cut-off `at` among them."""
    if CROSS in name:
        return
    title = f"Scores by {name}"
    says = f"How the scores of each group of {name} are spread; the dotted line is the cut-off in force."
    if not attribute.has("scores"):
        yield Part(title=title, says=says, missing="Nothing to show: the evidence of this case has no histogram.")
        return
    found = [_read(group, node) for group, node in attribute["scores"].items()]
    drawn = [one for one in found if one.rows]
    if not drawn:
        yield Part(title=title, says=says, missing="Nothing to show: the rows of no group are told.")
        return
    frames = strips.frames(len(drawn), (0.0, 1.0), (0.0, max(one.highest() for one in drawn)))
    chart = strips.stacked(
        f"Scores by {name}",
        ("score", "share of the rows"),
        frames,
        [
            strips.Strip(name=f"{one.group}, n {one.rows:,}", marks=(*_bars(frame, one), strips.cut(frame, at)))
            for frame, one in zip(frames, drawn, strict=True)
        ],
        [(at, f"{at:g}") for at in (0.0, 0.25, 0.5, 0.75, 1.0)],
    )
    rows = tuple(
        (
            one.group,
            f"{one.rows:,}" if one.rows else "none, or not told",
            "; ".join(map(one.words, one.ranges)) or "not shown",
        )
        for one in found
    )
    yield Part(
        title=title,
        says=says,
        chart=chart,
        table=Table(head=("Group", "Rows", "Rows by range of the score"), rows=rows, words=(2,)),
        notes=(f"Cut-off in force: {at:g}. Ranges with few rows are joined with their neighbours.",),
    )


def _bars(frame: charts.Frame, one: Spread) -> Iterator[str]:
    return strips.bars(frame, ((here[0], here[1], one.share(here)) for here in one.ranges))


def _read(group: str, node: Node) -> Spread:
    ranges = []
    for one in node.each():
        numbers = one.each()
        if len(numbers) != 3:
            raise Unreadable(f"{one.path} is no range of scores with its rows")
        start, end, rows = numbers[0].share(), numbers[1].share(), numbers[2].count()
        if start >= end:
            raise Unreadable(f"{one.path} ends before it begins")
        ranges.append((start, end, rows))
    return Spread(group=group, ranges=tuple(ranges))


def by_cut_off(case: Case, name: str) -> Iterator[Part]:
    """The ratio of every group to the reference group at each cut-off that was tried, beside what must hold."""
    blob = read(case.evidence, "fairness_what_if.json")
    if CROSS in name or not blob.has(name):
        return
    node = blob[name]
    own, reference = node["cut_off_in_force"].number(), node["reference"].text()
    title, says = (
        f"Ratio by cut-off, {name}",
        f"The ratio of favourable decisions to {reference} at other cut-offs; the dotted line is the one in force.",
    )
    sweep = [(one["cut_off"].number(), one["groups"]) for one in node["sweep"].each()]
    groups = list(dict.fromkeys(group for _, one in sweep for group, _ in one.items()))
    asked = next((one.expected.require for one in case.findings if _asks(one.expected.key, name)), None)
    if not sweep or not groups:
        yield Part(title=title, says=says, missing="Nothing to show: no cut-off was tried.")
        return
    cuts = [at for at, _ in sweep]
    last = float(max(len(cuts) - 1, 1))
    frames = strips.frames(len(groups), (0.0, last), (0.0, _most(asked)))
    places = {cuts.index(at) for at in (own, cuts[-1]) if at in cuts}
    places |= {0} if min(places, default=_NEAR) >= _NEAR else set()
    chart = strips.stacked(
        title,
        ("cut-off, in the order of those tried", f"ratio to {reference}"),
        frames,
        [
            strips.Strip(name=group, marks=(*_ratios(frame, sweep, group, asked), *_own(frame, cuts, own)))
            for frame, group in zip(frames, groups, strict=True)
        ],
        [(float(at), f"{cuts[at]:g}") for at in sorted(places)],
    )
    rows = tuple(
        (f"{at:g}{' (in force)' if at == own else ''}", *(_ratio(one, group) for group in groups)) for at, one in sweep
    )
    yield Part(
        title=title,
        says=says,
        chart=chart,
        table=Table(head=("Cut-off", *groups), rows=rows),
        below=len(groups) > 1,
        notes=(
            "No control judges the ratio of this attribute."
            if asked is None
            else f"Shaded is what the control allows, {asked.floor or 0:g} to {asked.ceiling or _most(asked):g}. "
            f"Upright lines are 95 % intervals; they end at {_most(asked):g}.",
        ),
    )


def _asks(key: object, name: str) -> bool:
    return getattr(key, "measure", "") == f"fairness.{RATIO}" and getattr(key, "attribute", "") == name


def _own(frame: charts.Frame, cuts: Sequence[float], own: float) -> tuple[str, ...]:
    return (strips.cut(frame, float(cuts.index(own))),) if own in cuts else ()


def _most(asked: Bound | None) -> float:
    return 1.5 if asked is None or asked.ceiling is None else max(1.5, 1.2 * asked.ceiling)


def _ratios(frame: charts.Frame, sweep: Sequence[tuple[float, Node]], group: str, asked: Bound | None) -> Iterator[str]:
    if asked is not None:
        yield from strips.band(frame, asked.floor, asked.ceiling)
    found = [(float(place), one[group][RATIO]) for place, (_, one) in enumerate(sweep) if one.has(group)]
    known = [(at, node) for at, node in found if node.has("value")]
    for at, node in known:
        if node.has("low") and node.has("high"):
            yield charts.whisker(frame, at, node["low"].number(), node["high"].number())
    yield charts.line(frame, [(at, node["value"].number()) for at, node in known])


def _ratio(one: Node, group: str) -> str:
    node = one[group][RATIO] if one.has(group) else None
    if node is None or not node.has("value"):
        return "none"
    low, high = (node[name].number() if node.has(name) else None for name in ("low", "high"))
    # Many groups stand side by side: the limits may go to a line of their own.
    return interval(node["value"].number(), low, high).replace("\N{NO-BREAK SPACE}[", " [")
