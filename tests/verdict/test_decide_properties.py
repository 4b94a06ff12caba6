"""What decide() never does: improve a verdict by more controls or fewer observations, or depend on their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark.policy.appetite import Effect, Status
from hallmark.policy.control import Severity
from hallmark.policy.expected import Expected, Key
from hallmark.verdict.decide import decide
from hallmark.verdict.finding import Decision

if TYPE_CHECKING:
    from tests.verdict.conftest import Making

ORDER = [Decision.CERTIFIED, Decision.CONDITIONAL, Decision.REFERRED, Decision.REFUSED]
USABLE = ORDER[:2]

outcomes = st.sampled_from(["satisfied", "insufficient", "inconclusive", "not-satisfied", "absent", "twice", "nan"])
cases = st.lists(st.tuples(st.sampled_from(Severity), st.integers(1, 3), outcomes), min_size=1, max_size=8)


def pairs_of(make: Making, drawn: list[tuple[Severity, int, str]]) -> list[tuple[Expected, str]]:
    """Controls have one severity each, and as many keys as the draw gives them."""
    severities = {control: severity for severity, control, _ in drawn}
    return [
        (make.expected(f"f{place}", severities[control], control=f"C-{control}"), result)
        for place, (_, control, result) in enumerate(drawn)
    ]


@settings(deadline=None)
@given(drawn=cases, added=st.tuples(st.sampled_from(Severity), outcomes))
def test_adding_a_control_never_improves_a_verdict(
    make: Making, drawn: list[tuple[Severity, int, str]], added: tuple[Severity, str]
) -> None:
    pairs = pairs_of(make, drawn)
    more = (make.expected("added", added[0], control="C-added"), added[1])
    before, after = make.decided(*pairs).decision, make.decided(*pairs, more).decision
    assert ORDER.index(after) >= ORDER.index(before)


@settings(deadline=None)
@given(drawn=cases, data=st.data())
def test_what_is_absent_is_never_usable_and_improves_nothing_but_a_refusal(
    make: Making, drawn: list[tuple[Severity, int, str]], data: st.DataObject
) -> None:
    pairs = pairs_of(make, drawn)
    place = data.draw(st.integers(0, len(pairs) - 1))
    expected, hidden = pairs[place]
    without = [*pairs[:place], (expected, "absent"), *pairs[place + 1 :]]
    before, after = make.decided(*pairs).decision, make.decided(*without).decision
    assert after not in USABLE
    # The appetite refuses a breach at high severity and refers what is absent: hiding a breach costs a person's time.
    assert ORDER.index(after) >= ORDER.index(before) or hidden == "not-satisfied"


@settings(deadline=None)
@given(drawn=cases, broken=st.sampled_from(["absent", "twice", "nan", "no width"]))
def test_what_is_broken_reads_as_absent(make: Making, drawn: list[tuple[Severity, int, str]], broken: str) -> None:
    pairs = pairs_of(make, drawn)
    seen = make.decided(*pairs, (make.expected("last", Severity.LOW, control="C-last"), broken))
    assert seen.findings[-1].status is Status.NOT_EVALUATED
    assert seen.findings[-1].effect is Effect.REFER
    assert seen.decision not in USABLE


@settings(deadline=None)
@given(drawn=cases, data=st.data())
def test_order_and_strangers_change_nothing(
    make: Making, drawn: list[tuple[Severity, int, str]], data: st.DataObject
) -> None:
    pairs = pairs_of(make, drawn)
    profile = make.profile(*(expected for expected, _ in pairs))
    observations = [one for expected, result in pairs for one in make.observed(expected.key, result)]
    # a NaN equals nothing, so it is kept out of the comparison of findings
    observations = [one for one in observations if one.value == one.value]
    strangers = [
        one
        for key in (Key(measure="drift.score_distance"), Key(measure="no.such_measure"), Key(measure="vet.consent"))
        for one in make.observed(key, "satisfied")
    ]
    shuffled = data.draw(st.permutations([*observations, *strangers]))
    assert decide(profile, shuffled, (), profile.opened_at) == decide(profile, observations, (), profile.opened_at)


@settings(deadline=None)
@given(drawn=cases)
def test_certified_means_that_the_numbers_alone_sufficed(make: Making, drawn: list[tuple[Severity, int, str]]) -> None:
    verdict = make.decided(*pairs_of(make, drawn))
    all_satisfied = all(finding.status is Status.SATISFIED for finding in verdict.findings)
    assert (verdict.decision is Decision.CERTIFIED) == all_satisfied
    assert (verdict.decision is Decision.CERTIFIED) == (verdict.risk.score == 0)
    assert len(verdict.findings) == len(drawn)
