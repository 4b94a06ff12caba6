"""How much data a good model would have needed, as the judge sees it."""

from dataclasses import replace

import pytest
from tests.report.conftest import SAMPLES

from hallmark.policy.appetite import Status
from hallmark.report.power import need_of, needs
from hallmark.verdict.judge import Estimate, Limits, judge_sample

FINDINGS = SAMPLES["conditional"]().certification.verdict.findings


@pytest.mark.parametrize("place", range(len(FINDINGS)))
def test_with_so_many_rows_a_good_model_is_not_called_insufficient(place: int) -> None:
    finding = FINDINGS[place]
    need = need_of(finding)
    seen, expected = finding.observation, finding.expected
    if seen is None or seen.low is None or seen.value is None or expected.expect is None or not seen.n:
        assert need is None
        return
    assert need is not None
    shrunk = (need.smallest / seen.n) ** -0.5
    half = (seen.value - seen.low) * shrunk
    good = Estimate(value=expected.expect, low=expected.expect - half, high=expected.expect + half, n=need.smallest)
    limits = Limits(bound=expected.require, tolerance=expected.tolerance, expect=expected.expect)
    assert judge_sample(limits, expected.proof, expected.keys, good).status is Status.SATISFIED


def test_one_line_for_each_control_its_finding_that_is_furthest_from_enough() -> None:
    found = needs(FINDINGS)
    assert len({one.control for one in found}) == len(found)
    ratio = next(one for one in found if one.control == "lending/F-1")
    assert not ratio.enough and ratio.there == 40 and ratio.smallest > 40


def test_facts_and_missing_numbers_need_none() -> None:
    finding = next(one for one in FINDINGS if one.expected.key.measure == "performance.auc")
    assert need_of(replace(finding, observation=None)) is None
    assert not needs([one for one in FINDINGS if one.expected.key.measure.startswith("vet.")])
