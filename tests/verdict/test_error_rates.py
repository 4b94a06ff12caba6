"""How often the rule is wrong: binomial draws of a group's rate against a reference group of known rate 0.5."""

import random
from collections import Counter

import pytest

from hallmark.policy.appetite import Status
from hallmark.policy.control import Bound, Proof
from hallmark.verdict.judge import Estimate, Limits, judge_sample

RATIO = Limits(bound=Bound(between=(0.8, 1.25)), tolerance=0.05, expect=1.0)
REFERENCE = 0.5
DRAWS = 2000


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's two-sided 95 % limits of a proportion (1927)."""
    z, p = 1.959963985, hits / n
    middle, width = p + z * z / (2 * n), z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    return (middle - width) / (1 + z * z / n), (middle + width) / (1 + z * z / n)


def drawn(ratio: float, n: int, keys: int, seed: int, proof: Proof) -> list[list[Status]]:
    """The statuses of `keys` groups of n rows with a true ratio of `ratio`, DRAWS times."""
    draw = random.Random(seed)
    cache: dict[int, Status] = {}

    def status() -> Status:
        hits = sum(draw.random() < ratio * REFERENCE for _ in range(n))
        if hits not in cache:
            low, high = wilson(hits, n)
            seen = Estimate(value=hits / n / REFERENCE, low=low / REFERENCE, high=high / REFERENCE, n=n)
            cache[hits] = judge_sample(RATIO, proof, keys, seen).status
        return cache[hits]

    return [[status() for _ in range(keys)] for _ in range(DRAWS)]


@pytest.mark.slow
@pytest.mark.parametrize("ratio", [0.75, 1.30])
@pytest.mark.parametrize("n", [200, 600])
def test_at_the_edge_five_in_a_hundred_are_certified(ratio: float, n: int) -> None:
    share = Counter(key for keys in drawn(ratio, n, 1, 1, Proof.OF_COMPLIANCE) for key in keys)
    assert 0.03 < share[Status.SATISFIED] / DRAWS < 0.08


@pytest.mark.slow
def test_beyond_the_edge_hardly_any() -> None:
    share = Counter(key for keys in drawn(0.65, 600, 1, 2, Proof.OF_COMPLIANCE) for key in keys)
    assert share[Status.SATISFIED] / DRAWS < 0.005
    assert share[Status.NOT_SATISFIED] / DRAWS > 0.9


@pytest.mark.slow
@pytest.mark.parametrize(("keys", "n"), [(1, 200), (4, 200), (4, 600)])
@pytest.mark.parametrize("proof", Proof)
def test_at_the_bound_five_in_a_hundred_are_refused_over_all_keys(keys: int, n: int, proof: Proof) -> None:
    refused = sum(Status.NOT_SATISFIED in one for one in drawn(0.8, n, keys, 3, proof)) / DRAWS
    assert refused < 0.065


@pytest.mark.slow
def test_a_fair_group_passes_once_there_are_enough_rows() -> None:
    few, enough = (
        sum(one == [Status.SATISFIED] for one in drawn(1.0, n, 1, 4, Proof.OF_COMPLIANCE)) / DRAWS for n in (40, 140)
    )
    assert few < 0.5
    assert enough > 0.8
