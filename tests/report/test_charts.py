"""Scales and places of the charts, for any numbers."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.report import charts

NUMBERS = st.floats(min_value=-1e300, max_value=1e300)


@given(st.floats(min_value=1e-290, max_value=1e290))
def test_a_scale_ends_at_or_little_above_its_largest_number(value: float) -> None:
    end = charts.round_up(value)
    assert value <= end * (1 + 1e-6) and end <= 2.5 * value


@pytest.mark.parametrize(
    ("value", "end"), [(0.0, 1.0), (-3.0, 1.0), (1.0, 1.0), (0.082, 0.1), (0.3, 0.5), (21.0, 25.0)]
)
def test_ends_of_scales(value: float, end: float) -> None:
    assert charts.round_up(value) == pytest.approx(end)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_marks_stay_inside_their_frame(x: float, y: float, low: float, high: float) -> None:
    frame = charts.Frame(x=(min(low, high), max(low, high)), y=(0.0, 1.0))
    assert charts.LEFT <= frame.across(x) <= charts.RIGHT
    assert charts.TOP <= frame.up(y) <= charts.BOTTOM


@given(NUMBERS, st.none() | NUMBERS, st.none() | NUMBERS, st.floats(min_value=1e-300, max_value=1e300))
def test_a_bar_is_well_formed_and_inside(value: float, end: float | None, bound: float | None, most: float) -> None:
    root = ElementTree.fromstring(charts.bar(value, end, end, bound, most))
    width = float(root[0].get("width", ""))
    assert 0.5 <= width <= 236
    assert len(re.findall("whisker", ElementTree.tostring(root, "unicode"))) == (end is not None)


def test_a_frame_escapes_its_words() -> None:
    frame = charts.Frame(x=(0.0, 1.0), y=(0.0, 1.0))
    svg = frame.drawn("<b>", "<i>", "<u>", [charts.upright(frame, 0.9, "<s>"), charts.legend(("<p>",))])
    assert not re.search("<[bisup]>", svg)
    assert ElementTree.fromstring(svg).get("aria-label") == "<b>"
