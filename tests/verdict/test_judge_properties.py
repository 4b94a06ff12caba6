"""What the published rule never does, whatever the numbers are."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark.policy.appetite import Status
from hallmark.policy.control import Bound, Proof
from hallmark.verdict.judge import Estimate, Limits, judge_sample

small = st.floats(min_value=0.01, max_value=2.0)
widths = st.floats(min_value=1e-6, max_value=5.0)
values = st.floats(min_value=-1.0, max_value=3.0)
proofs = st.sampled_from(Proof)
limits_ = st.builds(
    lambda bound, tolerance: Limits(bound=bound, tolerance=tolerance, expect=1.0),
    st.sampled_from([Bound(at_least=0.8), Bound(at_most=1.2), Bound(between=(0.8, 1.25))]),
    small,
)


@settings(deadline=None)
@given(limits=limits_, proof=proofs, keys=st.integers(1, 30), value=values, below=widths, above=widths, more=widths)
def test_widening_never_makes_satisfied(
    limits: Limits, proof: Proof, keys: int, value: float, below: float, above: float, more: float
) -> None:
    narrow = Estimate(value=value, low=value - below, high=value + above, n=100)
    for low, high in ((more, more), (more, 0.0), (0.0, more)):
        wide = Estimate(value=value, low=narrow.low - low, high=narrow.high + high, n=100)
        if judge_sample(limits, proof, keys, wide).status is Status.SATISFIED:
            assert judge_sample(limits, proof, keys, narrow).status is Status.SATISFIED


@settings(deadline=None)
@given(limits=limits_, proof=proofs, keys=st.integers(1, 30), more=st.integers(1, 30), value=values, width=widths)
def test_more_keys_never_make_not_satisfied_and_never_take_satisfied_away(
    limits: Limits, proof: Proof, keys: int, more: int, value: float, width: float
) -> None:
    estimate = Estimate(value=value, low=value - width, high=value + width, n=100)
    few, many = (judge_sample(limits, proof, k, estimate).status for k in (keys, keys + more))
    assert many is not Status.NOT_SATISFIED or few is Status.NOT_SATISFIED
    assert (few is Status.SATISFIED) == (many is Status.SATISFIED)


@settings(deadline=None)
@given(limits=limits_, proof=proofs, keys=st.integers(1, 30), value=values, below=widths, above=widths)
def test_satisfied_meets_the_bound_and_not_satisfied_lies_beyond_the_edge(
    limits: Limits, proof: Proof, keys: int, value: float, below: float, above: float
) -> None:
    estimate = Estimate(value=value, low=value - below, high=value + above, n=100)
    judgement = judge_sample(limits, proof, keys, estimate)
    assert judgement.status is not Status.SATISFIED or limits.margin(value) >= 0
    assert judgement.status is not Status.NOT_SATISFIED or limits.margin(value) < -limits.tolerance + 1e-12
    assert (judgement.needed is not None) == (judgement.status is Status.INSUFFICIENT)


anything = st.floats(allow_nan=True, allow_infinity=True)


@settings(deadline=None)
@given(limits=limits_, proof=proofs, keys=st.integers(0, 5), numbers=st.tuples(anything, anything, anything))
def test_no_number_makes_the_rule_fail_and_none_that_is_broken_passes(
    limits: Limits, proof: Proof, keys: int, numbers: tuple[float, float, float]
) -> None:
    value, low, high = numbers
    judgement = judge_sample(limits, proof, keys, Estimate(value=value, low=low, high=high, n=1))
    assert judgement.status is not Status.SATISFIED or (
        low <= value <= high and limits.bound.met_by(value) and keys > 0
    )
