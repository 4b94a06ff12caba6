"""False certification at the edge, false refusal at the bound."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from error_rates.estimates import status
from error_rates.page import section, share, table
from scipy.stats import norm
from shipped import control, limits

from hallmark.assess.intervals import Interval, area_by_value, difference, mean_of_sums, ratio
from hallmark.policy.appetite import Status
from hallmark.policy.profile import Profile

REFERENCE, RATE = 3000, 0.7
"""Rows of the reference group and the rate there."""

LEVELS = 200
SIZES, KEYS = (100, 300, 1000, 3000), (1, 4, 20)

Draw = Callable[[np.random.Generator, float, int, int, int], Iterator[list[Interval]]]
"""From a generator, the truth, n, k and the number of runs: the k intervals of each run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A shipped control, and how a number of its kind is drawn."""

    control: str
    what: str
    draw: Draw


def ratios(rng: np.random.Generator, truth: float, n: int, keys: int, draws: int) -> Iterator[list[Interval]]:
    """Groups of n rows against one reference group."""
    found = cache(ratio)
    for hits, base in _rates(rng, RATE * truth, n, keys, draws):
        yield [found(one, n, base, REFERENCE) for one in hits]


def differences(rng: np.random.Generator, truth: float, n: int, keys: int, draws: int) -> Iterator[list[Interval]]:
    """Groups of n rows against one reference group."""
    found = cache(difference)
    for hits, base in _rates(rng, RATE + truth, n, keys, draws):
        yield [found(one, n, base, REFERENCE) for one in hits]


def areas(rng: np.random.Generator, truth: float, n: int, keys: int, draws: int) -> Iterator[list[Interval]]:
    """Normal scores of both classes, a fifth of n positive, on cells of equal chance."""
    cuts = norm.ppf(np.arange(1, LEVELS) / LEVELS)
    cells = np.diff(norm.cdf(cuts - np.sqrt(2) * norm.ppf(truth)), prepend=0.0, append=1.0)
    even = np.full(LEVELS, 1 / LEVELS)
    for _ in range(draws):
        positive, negative = rng.multinomial(n // 5, cells, keys), rng.multinomial(n - n // 5, even, keys)
        yield [area_by_value(*pair) for pair in zip(positive, negative, strict=True)]


def residuals(rng: np.random.Generator, truth: float, n: int, keys: int, draws: int) -> Iterator[list[Interval]]:
    """Outcome less a score of 0.2 for everybody, outcomes more frequent by `truth`."""

    @cache
    def found(hits: int) -> Interval:
        squares = hits * 0.8**2 + (n - hits) * 0.2**2
        return mean_of_sums(n, hits - 0.2 * n, squares, low=-1.0, high=1.0, floor=0.16)

    for hits in rng.binomial(n, 0.2 + truth, (draws, keys)).tolist():
        yield [found(one) for one in hits]


def _rates(rng: np.random.Generator, rate: float, n: int, keys: int, draws: int) -> Iterator[tuple[list[int], int]]:
    hits, base = rng.binomial(n, rate, (draws, keys)), rng.binomial(REFERENCE, RATE, draws)
    yield from zip(hits.tolist(), base.tolist(), strict=True)


CASES = (
    Case(control="FL-1", what="ratio of selection rates", draw=ratios),
    Case(control="FL-2", what="difference of true positive rates", draw=differences),
    Case(control="FL-3", what="difference of false positive rates", draw=differences),
    Case(control="CS-1", what="AUC, a fifth of the rows positive", draw=areas),
    Case(control="CS-2", what="calibration in the large", draw=residuals),
)


def edges(profile: Profile, draws: int, seed: int) -> str:
    """The section."""
    text = (
        f"{draws} draws a cell. Truth exactly at the lower edge E (false certification: share of runs *satisfied*) or "
        "exactly at the lower bound B (false refusal: share of runs in which at least one of k keys is "
        f"*not-satisfied*, every key at B). Groups of n rows against one reference group of {REFERENCE} rows with a "
        f"rate of {RATE}, which all k keys share; bounds, tolerances and proof are those of the shipped controls. "
        "Aimed at: 5 % of compliance; of breach more, since that presumes compliance; refusal 5 % or fewer. With many "
        "rows both fall to nothing, because the estimate itself has to meet B to be satisfied and to lie beyond E to "
        "be refused."
    )
    head = ["control", "proof", "n", "certified at E, %", *(f"refused at B, k = {keys}, %" for keys in KEYS)]
    rows = [_row(profile, case, n, draws, [seed, place, n]) for place, case in enumerate(CASES) for n in SIZES]
    return section("At the edge and at the bound", text, table(head, rows))


def _row(profile: Profile, case: Case, n: int, draws: int, seed: list[int]) -> list[str]:
    expected = control(profile, case.control)
    asked, rng = limits(expected), np.random.default_rng(seed)
    floor = asked.bound.floor
    assert floor is not None

    def runs(truth: float, keys: int, wanted: Status) -> str:
        drawn = case.draw(rng, truth, n, keys, draws)
        return share(sum(any(status(asked, expected.proof, keys, i, n) is wanted for i in run) for run in drawn), draws)

    certified = runs(floor - asked.tolerance, 1, Status.SATISFIED)
    refused = [runs(floor, keys, Status.NOT_SATISFIED) for keys in KEYS]
    return [f"{case.control} {case.what}", expected.proof, str(n), certified, *refused]
