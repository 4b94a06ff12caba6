"""Charts of several groups: a strip for each, below each other on one scale, so that they compare at a glance."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from hallmark.report.charts import LEFT, RIGHT, WIDTH, Frame, Point, line
from hallmark.report.plain import printable

HIGH, APART, FIRST = 76.0, 30.0, 34.0
"""Height of a strip, the room above it for its name, and where the first begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A group: its name, and its marks in its own frame."""

    name: str
    marks: tuple[str, ...]


def frames(count: int, x: Point, y: Point) -> list[Frame]:
    """The frames of `count` strips, from top to bottom, with the same scales."""
    tops = [FIRST + place * (HIGH + APART) for place in range(count)]
    return [Frame(x=x, y=y, top=top, bottom=top + HIGH) for top in tops]


Tick = tuple[float, str]
"""A place on the lower scale and what stands there."""


def stacked(
    title: str, names: tuple[str, str], frames: Sequence[Frame], strips: Sequence[Strip], ticks: Sequence[Tick]
) -> Markup:
    """The strips in their frames, above one scale; `names` say what is counted from left to right and upwards."""
    inside = "".join(part for frame, strip in zip(frames, strips, strict=True) for part in _strip(frame, strip))
    end = frames[-1].bottom
    scale = "".join(
        f'<text x="{frames[-1].across(at):.1f}" y="{end + 17:.0f}" text-anchor="middle">{_text(word)}</text>'
        for at, word in ticks
    )
    # Safe: numbers of this file and escaped text.
    return Markup(
        f'<svg class="chart" viewBox="0 0 {WIDTH} {end + 40:.0f}" role="img" aria-label="{_text(title)}">'
        f"<title>{_text(title)}</title>{inside}{scale}"
        f'<text x="{(LEFT + RIGHT) / 2:.0f}" y="{end + 34:.0f}" text-anchor="middle">{_text(names[0])}</text>'
        f'<text x="4" y="12">{_text(names[1])}</text></svg>'
    )


def _text(words: str) -> str:
    """Names come from data that nobody vouches for."""
    return escape(printable(words))


def _strip(frame: Frame, strip: Strip) -> Iterator[str]:
    yield f'<text x="{LEFT:.0f}" y="{frame.top - 6:.0f}" font-weight="600">{_text(strip.name)}</text>'
    yield from strip.marks
    yield f'<path class="axis" d="M{LEFT:.0f} {frame.bottom:.0f}H{RIGHT:.0f}"/>'


def bars(frame: Frame, ranges: Iterable[tuple[float, float, float]]) -> Iterator[str]:
    """Standing bars from one place to another with a height."""
    for start, end, height in ranges:
        if height > 0:
            left, right, top = frame.across(start), frame.across(end), frame.up(height)
            yield (
                f'<rect class="length" x="{left:.1f}" y="{top:.1f}" width="{max(right - left - 1, 0.5):.1f}" '
                f'height="{max(frame.bottom - top, 0.5):.1f}"/>'
            )


def cut(frame: Frame, at: float) -> str:
    """A place on the lower scale, without a name."""
    x = frame.across(at)
    return f'<path class="mark-line" d="M{x:.1f} {frame.top:.0f}V{frame.bottom:.0f}"/>'


def band(frame: Frame, low: float | None, high: float | None) -> Iterator[str]:
    """What a bound allows: the space between its ends, each end a line with its number beside it."""
    top = frame.top if high is None else frame.up(high)
    bottom = frame.bottom if low is None else frame.up(low)
    yield (
        f'<rect class="allowed" x="{LEFT:.0f}" y="{top:.1f}" width="{RIGHT - LEFT:.0f}" '
        f'height="{max(bottom - top, 0.0):.1f}"/>'
    )
    for end in (low, high):
        if end is not None:
            yield line(frame, [(frame.x[0], end), (frame.x[1], end)], "4 3").replace("line", "grid strong", 1)
            yield f'<text x="{LEFT - 6:.0f}" y="{frame.up(end) + 4:.1f}" text-anchor="end">{end:g}</text>'
