"""The rungs: well-formed, inside their box, the bound at one place, and on the side that the status says."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.conftest import HOSTILE, SAMPLES, Sample

from hallmark.policy.appetite import Status
from hallmark.policy.control import Bound
from hallmark.report.ladder import BOUND, HEIGHT, WIDTH, rung_of, svg, told
from hallmark.verdict.finding import Finding

NUMBERS = ("x", "y", "width", "height", "cx", "cy", "r")
BOUNDS = [Bound(at_least=0.8), Bound(at_most=0.8), Bound(between=(0.5, 0.8))]


def finding(require: Bound, value: float, low: float, high: float, *, tolerance: float = 0.1) -> Finding:
    """A finding on a sample; what a good model shows lies 0.2 inside the bound."""
    of = next(one for one in SAMPLES["spotless"]().certification.verdict.findings if one.expected.control == "A-1")
    assert of.observation is not None
    expect = 0.65 if require.two_sided else 1.0 if require.floor is not None else 0.6
    expected = replace(of.expected, require=require, tolerance=tolerance, expect=expect)
    return replace(of, expected=expected, observation=replace(of.observation, value=value, low=low, high=high))


def drawn(of: Finding) -> ElementTree.Element:
    return ElementTree.fromstring(svg(rung_of(of)))


def boxes(tree: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of rectangles and circles."""
    found = []
    for mark in tree:
        at = {name: float(mark.get(name, "0")) for name in NUMBERS}
        if mark.tag == "rect":
            found.append((at["x"], at["y"], at["x"] + at["width"], at["y"] + at["height"]))
        if mark.tag == "circle":
            found.append((at["cx"] - at["r"], at["cy"] - at["r"], at["cx"] + at["r"], at["cy"] + at["r"]))
    return found


def test_every_rung_of_a_pack_is_xml_inside_its_box(sample: Sample) -> None:
    for one in sample.certification.verdict.findings:
        tree = drawn(one)
        assert tree.get("viewBox") == f"0 0 {WIDTH} {HEIGHT}"
        assert tree.get("aria-label")
        assert all(
            0 <= left <= right <= WIDTH and 0 <= top <= bottom <= HEIGHT for left, top, right, bottom in boxes(tree)
        )
        assert tree.findall(f"path[@class='bound'][@d='M{BOUND:.1f} 1V19']")


@given(
    require=st.sampled_from(BOUNDS),
    value=st.floats(-1e6, 1e6),
    below=st.floats(0, 1e6),
    above=st.floats(0, 1e6),
    tolerance=st.floats(0, 1e3),
)
def test_no_number_leaves_the_box(require: Bound, value: float, below: float, above: float, tolerance: float) -> None:
    tree = drawn(finding(require, value, value - below, value + above, tolerance=tolerance))
    assert all(0 <= left <= right <= WIDTH for left, _, right, _ in boxes(tree))


@pytest.mark.parametrize("require", BOUNDS, ids=["floor", "ceiling", "both"])
@given(value=st.floats(0.0, 1.5))
def test_inside_is_right_of_the_bound_and_outside_left(require: Bound, value: float) -> None:
    rung = rung_of(finding(require, value, value - 0.01, value + 0.01))
    assert rung.value is not None and rung.expect is not None and rung.edge is not None
    assert (rung.value >= 0) == require.met_by(value)
    assert rung.expect > 0 > rung.edge
    assert rung.expect - rung.edge <= 1.0 + 1e-9 or require.two_sided


def test_both_bounds_of_a_two_sided_control_are_drawn_the_nearest_at_the_common_place() -> None:
    for value, other in ((0.52, 0.8), (0.78, 0.5)):
        rung = rung_of(finding(BOUNDS[2], value, value - 0.01, value + 0.01))
        assert rung.value is not None and rung.far is not None and rung.far_edge is not None
        assert 0 < rung.value < rung.far < rung.far_edge
        assert abs(rung.far / rung.value - abs(other - (1.3 - other)) / 0.02) < 1e-6


@pytest.mark.parametrize(("value", "arrows"), [(0.9, 0), (9.0, 2), (-9.0, 2)], ids=["on-scale", "right", "left"])
def test_what_is_off_the_scale_is_an_arrow_and_no_dot(value: float, arrows: int) -> None:
    tree = drawn(finding(BOUNDS[0], value, value - 0.01, value + 0.01))
    assert len(tree.findall("path[@class='dot satisfied']")) == arrows
    assert len(tree.findall("circle")) == (0 if arrows else 1)


def test_a_fact_is_a_square_without_interval_on_the_side_of_its_status() -> None:
    fact = next(one for one in SAMPLES["spotless"]().certification.verdict.findings if one.expected.control == "V-1")
    for status, right in ((Status.SATISFIED, True), (Status.NOT_SATISFIED, False)):
        tree = drawn(replace(fact, status=status))
        square = tree.find(f"rect[@class='dot {status}']")
        assert square is not None and (float(square.get("x", "0")) > BOUND) is right
        assert tree.find(f"rect[@class='bar {status}']") is None


def test_what_was_not_evaluated_has_a_scale_and_no_estimate() -> None:
    for one in SAMPLES["nothing-delivered"]().certification.verdict.findings:
        tree = drawn(one)
        assert tree.find("path[@class='none']") is not None
        assert tree.find("circle") is None


def test_every_mark_stands_in_the_text() -> None:
    text = told(finding(BOUNDS[0], 0.9, 0.85, 0.95))
    for number in ("0.900 [0.850, 0.950]", "at least 0.8", "tolerance 0.1", "expected 1"):
        assert number in text


def test_hostile_text_is_escaped() -> None:
    rung = replace(rung_of(finding(BOUNDS[0], 0.9, 0.85, 0.95)), text=HOSTILE.replace("\x1b", ""))
    title = ElementTree.fromstring(svg(rung)).find("title")
    assert title is not None and title.text == rung.text
