"""One measure over the cases of a model: intervals beside each other, against the bounds of their time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from hallmark.edges.index_sql import CaseRow, Line
from hallmark.report.marks import STATUSES
from hallmark.report.plain import printable

WIDTH, HEIGHT = 320, 120
LEFT, RIGHT, TOP, BOTTOM = 60.0, 312.0, 8.0, 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One finding in case after case, oldest first; None where a case did not expect it."""

    line: Line
    cases: tuple[CaseRow, ...]
    points: tuple[Line | None, ...]

    @property
    def drawn(self) -> bool:
        """Whether there is a number to draw: facts and what was never measured have none."""
        return any(_finite(point) for point in self.points)

    def chart(self) -> Markup:
        """The picture; its title has every number, case by case. Numbers and escaped text, so it is safe."""
        low, high = _span([point for point in self.points if point is not None])
        marks = "".join((*_grid(low, high), *self._bounds(low, high), *self._rulebooks(), *self._marks(low, high)))
        told = escape(printable(self.told()))
        return Markup(
            f'<svg class="series" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{told}">'
            f"<title>{told}</title>{marks}</svg>"
        )

    def told(self) -> str:
        """The chart in words."""
        return "; ".join(
            f"{row.version} on {row.cohort}: {_told(point)}" for row, point in zip(self.cases, self.points, strict=True)
        )

    def _bounds(self, low: float, high: float) -> Iterator[str]:
        half = _step(len(self.points)) / 2
        for place, point in enumerate(self.points):
            x = _x(place, len(self.points))
            for bound, way in ((point.floor, -1), (point.ceiling, 1)) if point else ():
                if bound is not None:
                    assert point is not None
                    yield _dash("bound", x - half, x + half, _y(bound, low, high))
                    if point.tolerance and low <= bound + way * point.tolerance <= high:
                        yield _dash("edge", x - half, x + half, _y(bound + way * point.tolerance, low, high))

    def _rulebooks(self) -> Iterator[str]:
        half = _step(len(self.points)) / 2
        for place, (before, after) in enumerate(zip(self.cases, self.cases[1:], strict=False), start=1):
            if before.rulebook != after.rulebook:
                x = _x(place, len(self.points)) - half
                yield f'<path class="rulebook" d="M{x:.1f} {TOP:.0f}V{BOTTOM:.0f}"/>'

    def _marks(self, low: float, high: float) -> Iterator[str]:
        for place, point in enumerate(self.points):
            x = _x(place, len(self.points))
            if point is None or point.value is None:
                yield f'<path class="none" d="M{x - 4:.1f} {BOTTOM:.0f}h8"/>'
                continue
            if point.low is not None and point.high is not None:
                top, bottom = _y(point.high, low, high), _y(point.low, low, high)
                yield f'<path class="whisker {point.status}" d="M{x:.1f} {top:.1f}V{bottom:.1f}"/>'
            yield f'<circle class="dot {point.status}" cx="{x:.1f}" cy="{_y(point.value, low, high):.1f}" r="3.5"/>'


def _told(point: Line | None) -> str:
    if point is None:
        return "not expected"
    word = STATUSES[point.status].word  # type: ignore[index]  # statuses are strings
    if point.value is None:
        return word
    interval = f" [{point.low:.3g}, {point.high:.3g}]" if point.low is not None and point.high is not None else ""
    return f"{point.value:.3g}{interval}, {word}"


def _finite(point: Line | None) -> bool:
    return point is not None and point.value is not None and point.low is not None


def _span(points: Sequence[Line]) -> tuple[float, float]:
    """From the least to the most that is drawn, with room around it."""
    numbers = [
        number
        for point in points
        for number in (point.value, point.low, point.high, point.floor, point.ceiling)
        if number is not None
    ]
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    room = (high - low) * 0.12 or abs(high) * 0.1 or 0.1
    return low - room, high + room


def _step(count: int) -> float:
    return (RIGHT - LEFT) / count


def _x(place: int, count: int) -> float:
    return LEFT + _step(count) * (place + 0.5)


def _y(value: float, low: float, high: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low)


def _dash(name: str, left: float, right: float, y: float) -> str:
    return f'<path class="{name}" d="M{left:.1f} {y:.1f}H{right:.1f}"/>'


def _grid(low: float, high: float) -> Iterator[str]:
    for at in (low, (low + high) / 2, high):
        y = _y(at, low, high)
        yield f'<path class="grid" d="M{LEFT:.0f} {y:.1f}H{RIGHT:.0f}"/>'
        yield f'<text x="{LEFT - 6:.0f}" y="{y + 4:.1f}" text-anchor="end">{at:.3g}</text>'
    yield f'<text x="{LEFT:.0f}" y="{HEIGHT - 4}">older</text>'
    yield f'<text x="{RIGHT:.0f}" y="{HEIGHT - 4}" text-anchor="end">newer</text>'


def series_of(cases: Sequence[CaseRow], lines: Sequence[Line]) -> tuple[Series, ...]:
    """A series for each finding that any of the cases had; `cases` come oldest first."""
    by_key: dict[tuple[str, ...], dict[str, Line]] = {}
    for line in reversed(lines):
        by_key.setdefault(line.key, {})[line.case] = line
    newest = {key: next(iter(of.values())) for key, of in by_key.items()}
    return tuple(
        Series(line=newest[key], cases=tuple(cases), points=tuple(of.get(row.case) for row in cases))
        for key, of in by_key.items()
    )
