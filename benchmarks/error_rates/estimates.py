"""An interval of the product on its way to the judge."""

from hallmark.assess.intervals import Interval
from hallmark.policy.appetite import Status
from hallmark.policy.control import Proof
from hallmark.verdict.judge import Estimate, Judgement, Limits, judge_sample


def judged(limits: Limits, proof: Proof, keys: int, found: Interval, n: int) -> Judgement:
    """What the judge says of one interval; without a number that is not-evaluated."""
    if found.value is None or found.low is None or found.high is None:
        return judge_sample(limits, proof, keys, None)
    return judge_sample(limits, proof, keys, Estimate(value=found.value, low=found.low, high=found.high, n=n))


def status(limits: Limits, proof: Proof, keys: int, found: Interval, n: int) -> Status:
    """The status alone."""
    return judged(limits, proof, keys, found, n).status
