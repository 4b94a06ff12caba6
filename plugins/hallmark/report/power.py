"""How much data a good model would have needed: for each control the smallest n, beside the n that was there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hallmark.measures import MEASURES, Kind
from hallmark.report.words import control_name, topic
from hallmark.verdict.finding import Finding
from hallmark.verdict.judge import Estimate, Limits
from hallmark.verdict.power import smallest_n


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a finding is about, the n that was there, and the smallest n, with what it counts."""

    control: str
    topic: str
    there: int
    smallest: int
    counts: str

    @property
    def enough(self) -> bool:
        """Whether there was as much as a good model needs."""
        return self.there >= self.smallest

    def __str__(self) -> str:
        return f"{self.smallest:,} {self.counts}"


def need_of(finding: Finding) -> Need | None:
    """The smallest n at which a good model passes in 80 % of samples; None of a fact or without a number."""
    expected, seen = finding.expected, finding.observation
    measure = MEASURES[expected.key.measure]
    if seen is None or measure.kind is Kind.FACT or expected.expect is None:
        return None
    if seen.value is None or seen.low is None or seen.high is None or not seen.n:
        return None
    limits = Limits(bound=expected.require, tolerance=expected.tolerance, expect=expected.expect)
    estimate = Estimate(value=seen.value, low=seen.low, high=seen.high, n=seen.n)
    smallest = smallest_n(limits, expected.proof, expected.keys, estimate)
    if smallest is None:
        return None
    return Need(
        control=control_name(expected), topic=topic(expected), there=seen.n, smallest=smallest, counts=measure.counts
    )


def needs(findings: Sequence[Finding]) -> tuple[Need, ...]:
    """One for each control, the finding that is furthest from enough; in the order of the findings."""
    worst: dict[str, Need] = {}
    for one in _known(findings):
        if (
            one.control not in worst
            or one.smallest / one.there > worst[one.control].smallest / worst[one.control].there
        ):
            worst[one.control] = one
    return tuple(worst.values())


def _known(findings: Sequence[Finding]) -> Iterator[Need]:
    for finding in findings:
        need = need_of(finding)
        if need is not None:
            yield need
