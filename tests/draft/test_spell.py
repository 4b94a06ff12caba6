"""Whatever a column, a group or a number is called, the draft spells it so that it is read back as it was."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.documents.marks import empties, marks
from hallmark.documents.tree import MAX_NUMBER, Tree
from hallmark.draft.spell import confirm, gap, number, text, texts
from hallmark.draft.suite import outward

WORDS = st.text(st.characters(exclude_categories=["Cs"]))
FINITE = st.floats(allow_nan=False, allow_infinity=False, min_value=-MAX_NUMBER, max_value=MAX_NUMBER)


@given(WORDS, st.lists(WORDS))
def test_a_text_is_read_back(one: str, many: list[str]) -> None:
    document = f"one: {text(one)}\nmany: {texts(many)}\n"
    tree = Tree(document)
    assert (tree.problems, tree.value) == ([], {"one": one, "many": many})
    assert document.count("\n") == 2


@given(FINITE)
def test_a_number_is_read_back(value: float) -> None:
    tree = Tree(f"x: {number(value)}")
    assert (tree.problems, tree.value) == ([], {"x": value})


@given(WORDS)
def test_a_mark_is_one_line_and_found(because: str) -> None:
    line = f'owner: ""{gap("who: " + because)}'
    assert line == "".join(line.splitlines())
    assert len(marks(line, "x.yaml")) == 1
    assert Tree(line).value == {"owner": ""}
    assert confirm("") == ""


@given(FINITE, st.booleans())
def test_a_range_is_rounded_away_from_the_data(value: float, up: bool) -> None:
    rounded = outward(value, up=up)
    assert (rounded >= value) if up else (rounded <= value)
    assert rounded == pytest.approx(value, rel=0.011)
    assert math.isfinite(rounded) and len(Decimal(repr(float(rounded))).normalize().as_tuple().digits) <= 4


@pytest.mark.parametrize(
    ("document", "lists", "lines"),
    [
        ('owner: ""\nplaces: []', True, [1, 2]),
        ('owner: ""\nplaces: []', False, [1]),
        ('owner: ""  # gap: who', True, []),
        ('a: {b: [x, ""]}', False, [1]),
        ("owner: me", True, []),
        ("owner: [", True, []),
    ],
)
def test_an_empty_text_without_a_mark_is_told(document: str, lists: bool, lines: list[int]) -> None:
    found = empties(document, "x.yaml", lists=lists)
    assert [int(line.split(":")[1]) for line in found] == lines
    assert all(line.endswith("is empty; fill it in") for line in found)


def test_marks_of_json_are_the_beginnings_of_texts() -> None:
    document = '{"note": "confirm: seen"}\n{"note": "a confirm: inside"}\n{"note": "gap: none"}'
    assert marks(document, "s.json") == ["s.json:1: confirm: seen", "s.json:3: gap: none"]
