"""One rung of the interval ladder as SVG: bound, tolerance edge, expected value, interval and estimate of a finding.

Every rung has the nearest bound at one place, outside to its left and inside to its right; where only a ceiling is
near, the axis runs right to left. Its unit is the room of the control, from the edge to what a good model shows, so
rungs of one control can be compared with each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from math import isfinite

from hallmark.policy.appetite import Status
from hallmark.policy.expected import Expected
from hallmark.report.words import is_fact, required
from hallmark.verdict.finding import Finding
from hallmark.verdict.sentence import amount

WIDTH, HEIGHT, MIDDLE = 360, 20, 10
BOUND, UNIT, INSET = 124.0, 112.0, 8.0
"""Where the bound stands, how wide a unit is, and how far from the border marks stay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """Distances from the nearest bound in units of room, positive inside; None where there is nothing to draw.

    `far` and `far_edge` belong to the other bound of a two-sided control. A fact has `fact` True (met), False or None.
    """

    status: Status
    text: str
    edge: float | None = None
    expect: float | None = None
    far: float | None = None
    far_edge: float | None = None
    low: float | None = None
    value: float | None = None
    high: float | None = None
    fact: bool | None = None


def rung_of(finding: Finding) -> Rung:
    """Place a finding on its rung; what has no finite number has a scale and no mark."""
    text = told(finding)
    if is_fact(finding.expected) or finding.expected.expect is None:
        met = {Status.SATISFIED: True, Status.NOT_SATISFIED: False}.get(finding.status)
        return Rung(status=finding.status, text=text, fact=met)
    value, low, high = _numbers(finding)
    axis = _axis(finding.expected, finding.expected.expect, value)
    ends = sorted(axis.place(end) for end in (low, high) if end is not None)
    return Rung(
        status=finding.status,
        text=text,
        edge=axis.place(axis.edge),
        expect=axis.place(finding.expected.expect),
        far=None if axis.far is None else axis.place(axis.far),
        far_edge=None if axis.far is None else axis.place(axis.far) + finding.expected.tolerance / axis.unit,
        low=ends[0] if ends else None,
        value=None if value is None else axis.place(value),
        high=ends[-1] if ends else None,
    )


def told(finding: Finding) -> str:
    """Every mark of a rung in words."""
    expected, seen = finding.expected, finding.observation
    words = [amount(seen) if seen is not None else "nothing delivered", f"must be {required(expected)}"]
    if not is_fact(expected) and expected.expect is not None:
        words.append(f"expected {expected.expect:g}")
    return "; ".join(words)


def svg(rung: Rung) -> str:
    """The rung as an SVG element of numbers and escaped text; colours come from `currentColor`."""
    marks = "".join((*_scale(rung), *_estimate(rung)))
    return (
        f'<svg class="rung" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(rung.text)}">'
        f"<title>{escape(rung.text)}</title>{marks}</svg>"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    near: float
    far: float | None
    edge: float
    unit: float
    inward: int

    def place(self, value: float) -> float:
        return self.inward * (value - self.near) / self.unit


def _axis(expected: Expected, expect: float, value: float | None) -> _Axis:
    """The bound nearest to the estimate, or to the expected value where there is none, is the near one."""
    floor, ceiling = expected.require.floor, expected.require.ceiling
    at = expect if value is None else value
    if floor is not None and (ceiling is None or at - floor <= ceiling - at):
        near, far, inward = floor, ceiling, 1
    else:
        near, far, inward = ceiling if ceiling is not None else 0.0, floor, -1
    edge = near - inward * expected.tolerance
    return _Axis(near=near, far=far, edge=edge, unit=abs(expect - edge) or 1.0, inward=inward)


def _numbers(finding: Finding) -> tuple[float | None, float | None, float | None]:
    seen = finding.observation
    if seen is None or seen.value is None or seen.low is None or seen.high is None:
        return None, None, None
    numbers = (seen.value, seen.low, seen.high)
    return numbers if all(isfinite(number) for number in numbers) else (None, None, None)


def _x(units: float) -> float:
    return min(max(BOUND + UNIT * units, INSET), WIDTH - INSET)


def _off(units: float) -> bool:
    return not INSET <= BOUND + UNIT * units <= WIDTH - INSET


def _scale(rung: Rung) -> Iterator[str]:
    yield f'<path class="axis" d="M{INSET} {MIDDLE}H{WIDTH - INSET}"/>'
    yield _zone("outside", INSET, _x(rung.edge if rung.edge is not None else 0.0))
    if rung.edge is not None and rung.edge < 0:
        yield _zone("tolerance", _x(rung.edge), _x(0.0))
        yield f'<path class="edge" d="M{_x(rung.edge):.1f} 4V16"/>'
    if rung.far is not None and rung.far_edge is not None and not _off(rung.far):
        yield _zone("tolerance", _x(rung.far), _x(rung.far_edge))
        yield _zone("outside", _x(rung.far_edge), WIDTH - INSET)
        yield f'<path class="edge" d="M{_x(rung.far_edge):.1f} 4V16"/>'
        yield f'<path class="bound" d="M{_x(rung.far):.1f} 1V19"/>'
    if rung.expect is not None and not _off(rung.expect):
        yield f'<path class="expect" d="M{_x(rung.expect):.1f} 1V6M{_x(rung.expect):.1f} 14V19"/>'
    yield f'<path class="bound" d="M{BOUND:.1f} 1V19"/>'


def _zone(name: str, left: float, right: float) -> str:
    return f'<rect class="{name}" x="{left:.1f}" y="1" width="{max(right - left, 0.0):.1f}" height="18"/>'


def _estimate(rung: Rung) -> Iterator[str]:
    if rung.fact is not None:
        x = BOUND + (14 if rung.fact else -14)
        yield f'<rect class="dot {rung.status}" x="{x - 4:.1f}" y="6" width="8" height="8"/>'
    elif rung.value is None or rung.low is None or rung.high is None:
        yield f'<path class="none" d="M{BOUND - 6:.1f} {MIDDLE}h-12"/>'
    else:
        yield _bar(rung.status, _x(rung.low), _x(rung.high))
        yield from (_arrow(rung.status, units) for units in (rung.low, rung.high) if _off(units))
        if not _off(rung.value):
            yield f'<circle class="dot {rung.status}" cx="{_x(rung.value):.1f}" cy="{MIDDLE}" r="4.5"/>'


def _bar(status: Status, left: float, right: float) -> str:
    return f'<rect class="bar {status}" x="{left:.1f}" y="7" width="{max(right - left, 1.0):.1f}" height="6"/>'


def _arrow(status: Status, units: float) -> str:
    """A triangle at the border: the interval goes on beyond the scale."""
    tip, base = (WIDTH - 1, WIDTH - INSET) if units > 0 else (1, INSET)
    return f'<path class="dot {status}" d="M{base} 4L{tip} {MIDDLE}L{base} 16Z"/>'
