"""The chapter of a multiclass model: its counts, what is taken for what, and what is broken said and never raised."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report.conftest import HOSTILE
from tests.report.test_chapters import BROKEN, broken, chapter, page_of, places
from tests.report.test_html import Page

from hallmark.policy.expected import Key
from hallmark.report.formulas import worked
from hallmark.verdict.observation import Observation

TABLE = [[50, 5, 0], [9, 30, 1], [0, 0, 20]]


def evidence() -> dict[str, Any]:
    """What performance leaves of a model of three classes."""
    counts = {"rows": 118, "without_label": 3, "labelled": 115, "classes": ["low", "middle", "high"]}
    return {"performance.json": counts | {"confusion": TABLE}}


@pytest.mark.parametrize(
    "said",
    [
        "low 55 59 not measured not measured",
        "middle 9 30 1 40",
        "high 20 20",
        "Most often taken for another: middle for low (9 of 40 rows); low for middle (5 of 55 rows); middle for high",
        "3 rows without a label are left out.",
    ],
)
def test_the_chapter_says(said: str) -> None:
    assert said in chapter(page_of(evidence()), "outcomes")


def test_ways_out_for_scores_are_not_spoken_of() -> None:
    page = page_of(evidence())
    assert "this model gives a class and no probability" in chapter(page, "tried")
    assert "this model decides nothing, since the manifest calls no class favourable" in chapter(page, "fairness")
    assert "Calibration by slice" not in chapter(page, "outcomes")


def test_no_mistake_is_a_sentence_too() -> None:
    right = {"performance.json": evidence()["performance.json"] | {"confusion": [[5, 0, 0], [0, 5, 0], [0, 0, 5]]}}
    assert "No row with a label was taken for another class." in chapter(page_of(right), "outcomes")


def test_counts_that_are_no_square_are_not_shown() -> None:
    odd = {"performance.json": evidence()["performance.json"] | {"confusion": TABLE[:2]}}
    assert "is no square of as many rows and columns as there are classes" in chapter(page_of(odd), "outcomes")


def test_a_hostile_name_of_a_class_is_text() -> None:
    named = {"performance.json": evidence()["performance.json"] | {"classes": ["low", HOSTILE, "high"]}}
    page = page_of(named)
    Page(page)
    assert "<script" not in page and "\x1b" not in page


PLACES = [path for path in places(evidence()) if len(path) > 1]


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(BROKEN), st.booleans())
def test_no_value_stops_the_page(path: tuple[Any, ...], value: object, drop: bool) -> None:
    Page(page_of(broken(evidence(), path, value, drop=drop)))


@pytest.mark.parametrize(
    ("measure", "group", "value"),
    [
        ("accuracy", "", 100 / 115),
        ("balanced_accuracy", "", (50 / 55 + 30 / 40 + 1) / 3),
        ("macro_f1", "", (100 / 114 + 60 / 75 + 40 / 41) / 3),
        ("class_recall", "middle", 30 / 40),
        ("class_precision", "middle", 30 / 35),
    ],
)
def test_a_number_is_worked_out_again(measure: str, group: str, value: float) -> None:
    key = Key(measure=f"performance.{measure}", attribute="grade" if group else "", group=group)
    seen = Observation(key=key, value=0.5, low=0.4, high=0.6, n=9, method="m", tool="t")
    found = worked(seen, evidence())
    assert found is not None and found.value == pytest.approx(value)
    assert re.search(r"\d", found.formula) and len(found.cells) >= 2


def test_from_the_counts_of_another_release_nothing_is_worked_out() -> None:
    seen = Observation(key=Key(measure="performance.macro_f1"), value=0.5, low=0.4, high=0.6, n=9, method="m", tool="t")
    assert worked(seen, {"performance.json": {}}) is None
