"""The sentence of a finding, word for word."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hallmark.policy.control import Bound, Severity
from hallmark.policy.expected import Expected, Key
from hallmark.policy.subject import POOLED
from hallmark.verdict.decide import decide
from hallmark.verdict.observation import Observation
from hallmark.verdict.sentence import bound

if TYPE_CHECKING:
    from tests.verdict.conftest import Making

MOVED = "income: the distribution moved by"
SENTENCES = {
    "satisfied": f"{MOVED} 0.100 [0.050, 0.150]; must be at most 0.25: satisfied.",
    "inconclusive": f"{MOVED} 0.300 [0.250, 0.350]; must be at most 0.25: outside the bound, within the tolerance.",
    "not-satisfied": f"{MOVED} 0.700 [0.650, 0.750]; must be at most 0.25: not satisfied.",
    # half-width 0.6 x 1.6449 / 1.96 = 0.50353 against 0.33076: 1000 x 2.31757 = 2318 in all
    "insufficient": f"{MOVED} 0.300 [0.000, 0.900]; must be at most 0.25: cannot be shown yet; "
    "1,318 more rows would decide it.",
    "absent": "income, distance between the distributions then and now: nothing was delivered; "
    "must be at most 0.25: not evaluated.",
    "no width": "income, distance between the distributions then and now: no usable number "
    "(it lies outside its range, or its interval is broken): not evaluated.",
    "twice": "income, distance between the distributions then and now: it was delivered 2 times; "
    "must be at most 0.25: not evaluated.",
}


def said(make: Making, expected: Expected, *seen: Observation) -> str:
    profile = make.profile(expected)
    return decide(profile, seen, (), profile.opened_at).findings[0].sentence


@pytest.mark.parametrize("case", SENTENCES)
def test_each_status(make: Making, case: str) -> None:
    expected = make.expected("income", Severity.LOW)
    assert said(make, expected, *make.observed(expected.key, case)) == SENTENCES[case]


def test_the_two_kinds_of_doubt_read_differently(make: Making) -> None:
    expected = make.expected("income", Severity.LOW)
    base = Observation(key=expected.key, value=0.6, low=0.1, high=0.9, n=50, method="m", tool="t")
    assert said(make, expected, base).endswith("an adverse signal that the data cannot confirm.")
    near = replace(base, value=0.24, low=0.0, high=0.56)
    assert said(make, expected, near).endswith("near the bound.")


def test_a_reason_is_repeated(make: Making) -> None:
    expected = make.expected("income", Severity.LOW)
    null = Observation(key=expected.key, value=None, reason="all values are missing", method="m", tool="t")
    assert "no usable number (all values are missing)" in said(make, expected, null)


def test_groups_are_named_with_their_reference(make: Making) -> None:
    key = Key(measure="fairness.selection_rate_ratio", attribute="age_band", group=POOLED)
    expected = replace(
        make.expected("", Severity.HIGH),
        key=key,
        reference="25-39",
        require=Bound(between=(0.8, 1.25)),
        tolerance=0.05,
        expect=1.0,
    )
    seen = Observation(key=key, value=1.03, low=1.01, high=1.05, n=900, method="m", tool="t")
    assert said(make, expected, seen) == (
        "age_band, (all other groups) to 25-39: the ratio of favourable decisions is 1.030 [1.010, 1.050]; "
        "must be 0.8 to 1.25: satisfied."
    )


def test_an_attribute_that_is_not_declared_says_so(make: Making) -> None:
    key = Key(measure="fairness.selection_rate_ratio", attribute="religion")
    expected = replace(make.expected("", Severity.HIGH), key=key)
    assert "religion" in said(make, expected)
    assert "the manifest does not declare this attribute" in said(make, expected)


@pytest.mark.parametrize(("value", "shown"), [(0.99999, "0.99999"), (1.0, "1"), (0.98765, "0.9877"), (1e-7, "1e-07")])
def test_a_share_just_short_of_one_never_reads_as_one(make: Making, value: float, shown: str) -> None:
    expected = make.fact("data_quality.completeness", Severity.HIGH, Bound(at_least=0.5))
    sentence = said(make, expected, Observation(key=expected.key, value=value, method="m", tool="t"))
    assert f"cells filled: {shown}; must be at least 0.5" in sentence


@pytest.mark.parametrize(("value", "shown"), [(1.0, "yes; must be yes: satisfied"), (0.0, "no; must be yes: not")])
def test_yes_and_no(make: Making, value: float, shown: str) -> None:
    expected = make.fact("vet.consent", Severity.HIGH, Bound(is_=True))
    assert shown in said(make, expected, Observation(key=expected.key, value=value, method="m", tool="t"))


def test_a_no_says_why(make: Making) -> None:
    expected = make.fact("vet.consent", Severity.HIGH, Bound(is_=True))
    seen = Observation(key=expected.key, value=0.0, reason="it ended on 2026-01-01.", method="m", tool="t")
    assert ": no (it ended on 2026-01-01); must be yes: not satisfied." in said(make, expected, seen)


@pytest.mark.parametrize(
    ("require", "words"),
    [
        (Bound(at_least=0.0), "at least 0"),
        (Bound(at_most=0.03), "at most 0.03"),
        (Bound(between=(-0.1, 0.1)), "-0.1 to 0.1"),
        (Bound(is_=False), "no"),
    ],
)
def test_bounds_in_words(require: Bound, words: str) -> None:
    assert bound(require) == words
