"""How scores are spread in each group of an attribute."""

from collections.abc import Iterator
from dataclasses import dataclass

from hallmark.policy.groups import CROSS
from hallmark.report import charts, strips
from hallmark.report.chapters.parts import Part, Table
from hallmark.report.chapters.reading import Node, Unreadable


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
