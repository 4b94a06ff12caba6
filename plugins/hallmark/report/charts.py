"""Charts as SVG made of numbers alone: one colour, the ink of the page, and shapes that print tells apart."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

WIDTH, HEIGHT = 420, 264
LEFT, RIGHT, TOP, BOTTOM = 44.0, 408.0, 34.0, 222.0
"""Where the axes stand; beside and above them is room for words."""

DASHES = ("", "7 4", "2 3")
"""What tells lines apart; more of them nobody can follow."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A plane of two scales from low to high; `ticks` are the places named on the lower one, quarters where none.

    `top` and `bottom` are where it stands from top to bottom.
    """

    x: Point
    y: Point
    ticks: tuple[float, ...] = ()
    top: float = TOP
    bottom: float = BOTTOM

    def across(self, value: float) -> float:
        """Where a value stands from left to right, held inside the frame."""
        return LEFT + (RIGHT - LEFT) * _part(value, *self.x)

    def up(self, value: float) -> float:
        """Where a value stands from top to bottom, held inside the frame."""
        return self.bottom - (self.bottom - self.top) * _part(value, *self.y)

    def drawn(self, title: str, x: str, y: str, marks: Iterable[str]) -> Markup:
        """The frame with its scales, around the marks; `x` and `y` name what the scales count."""
        inside = "".join((*self._scales(), *marks))
        # Safe: numbers of this file and escaped text.
        return Markup(
            f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
            f"<title>{escape(title)}</title>{inside}"
            f'<text x="{(LEFT + RIGHT) / 2:.0f}" y="{HEIGHT - 6}" text-anchor="middle">{escape(x)}</text>'
            f'<text x="4" y="14">{escape(y)}</text></svg>'
        )

    def _scales(self) -> Iterator[str]:
        for at in self.ticks or _quarters(*self.x):
            yield f'<text x="{self.across(at):.1f}" y="{BOTTOM + 17:.0f}" text-anchor="middle">{at:.3g}</text>'
        for at in _quarters(*self.y):
            yield f'<path class="grid" d="M{LEFT:.0f} {self.up(at):.1f}H{RIGHT:.0f}"/>'
            yield f'<text x="{LEFT - 6:.0f}" y="{self.up(at) + 4:.1f}" text-anchor="end">{at:.3g}</text>'
        yield f'<path class="axis" d="M{LEFT:.0f} {TOP:.0f}V{BOTTOM:.0f}H{RIGHT:.0f}"/>'


def line(frame: Frame, points: Sequence[Point], dash: str = "") -> str:
    """The points joined in their order."""
    path = "L".join(f"{frame.across(x):.1f} {frame.up(y):.1f}" for x, y in points)
    return f'<path class="line" stroke-dasharray="{dash or "none"}" d="M{path}"/>' if path else ""


def dot(frame: Frame, x: float, y: float) -> str:
    """A point."""
    return f'<circle class="dot" cx="{frame.across(x):.1f}" cy="{frame.up(y):.1f}" r="3.5"/>'


def whisker(frame: Frame, x: float, low: float, high: float) -> str:
    """An interval that stands upright."""
    return f'<path class="whisker" d="M{frame.across(x):.1f} {frame.up(low):.1f}V{frame.up(high):.1f}"/>'


def upright(frame: Frame, x: float, name: str) -> str:
    """A place on the lower scale, with its name beside it on the side that has room."""
    at = frame.across(x)
    shift, anchor = (5, "start") if at < (LEFT + RIGHT) / 2 else (-5, "end")
    return (
        f'<path class="mark-line" d="M{at:.1f} {frame.top:.0f}V{frame.bottom:.0f}"/>'
        f'<text x="{at + shift:.1f}" y="{frame.bottom - 6:.0f}" text-anchor="{anchor}">{escape(name)}</text>'
    )


def legend(names: Sequence[str]) -> str:
    """The names of up to three lines, each behind a piece of it, above the frame to the right."""
    width = 96
    start = RIGHT - width * len(names)
    return "".join(
        f'<path class="line" stroke-dasharray="{dash or "none"}" d="M{start + width * place:.0f} 10h22"/>'
        f'<text x="{start + width * place + 27:.0f}" y="14">{escape(name)}</text>'
        for place, (name, dash) in enumerate(zip(names, DASHES, strict=False))
    )


def bar(value: float, low: float | None, high: float | None, bound: float | None, most: float) -> Markup:
    """A lying bar from 0 with its interval and the bound as ticks, on a scale that ends at `most`."""

    def place(number: float) -> float:
        return 2 + 236 * _part(number, 0.0, most)

    marks = [f'<rect class="length" x="2" y="4" width="{max(place(value) - 2, 0.5):.1f}" height="8"/>']
    if low is not None and high is not None:
        marks.append(f'<path class="whisker" d="M{place(low):.1f} 8H{place(high):.1f}"/>')
    if bound is not None:
        marks.append(f'<path class="bound" d="M{place(bound):.1f} 0V16"/>')
    inside = "".join(marks)
    # Safe: numbers alone; what they say stands in the row.
    return Markup(f'<svg class="chart bars" viewBox="0 0 240 16" aria-hidden="true">{inside}</svg>')


def round_up(value: float) -> float:
    """The next of 1, 2, 2.5, 5 and 10 times a power of ten, as an end of a scale; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** int(f"{value:e}".partition("e")[2])
    return next((step * power for step in (1.0, 2.0, 2.5, 5.0) if value <= step * power), 10.0 * power)


def _quarters(low: float, high: float) -> tuple[float, ...]:
    return tuple(low + (high - low) * step / 4 for step in range(5))


def _part(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0) if high > low else 0.5
