"""Each interval method of the product with a truth that is known, and how a sample is drawn."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from error_rates.groups_measured import residual
from error_rates.population import LEVELS, SCORES
from error_rates.whole_measured import sample_of
from scipy.stats import norm

from hallmark.assess import intervals
from hallmark.assess.arrays import Counts, Floats
from hallmark.assess.intervals import Interval, paired_areas
from hallmark.assess.performance.areas import average_precision
from hallmark.assess.performance.calibration import slope
from hallmark.assess.performance.means import function_of_means

Draw = Callable[[np.random.Generator, int], Interval]
FEW, MORE = (20, 200, 2000), (100, 1000, 5000)
POSITIVE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """An interval function of the product on samples of `sizes` rows, whose true value is `truth`."""

    name: str
    case: str
    truth: float
    draw: Draw
    sizes: tuple[int, int, int] = FEW


def _share(p: float) -> Draw:
    return lambda rng, n: intervals.share(int(rng.binomial(n, p)), n)


def _pair(method: Callable[[int, int, int, int], Interval], p: float, q: float) -> Draw:
    return lambda rng, n: method(int(rng.binomial(n, p)), n, int(rng.binomial(5 * n, q)), 5 * n)


def _classes(rng: np.random.Generator, n: int, apart: float) -> tuple[Floats, Floats]:
    positive = round(POSITIVE * n)
    return rng.normal(apart, 1.0, positive), rng.normal(0.0, 1.0, n - positive)


def _levels(rng: np.random.Generator, n: int) -> Counts:
    """Rows by score level and outcome of a calibrated score, shape (LEVELS, 2)."""
    drawn: Counts = rng.multinomial(n, (np.stack([1 - SCORES, SCORES], axis=1) / LEVELS).ravel()).reshape(LEVELS, 2)
    return drawn


def _population() -> Counts:
    rows: Counts = np.rint(np.stack([1 - SCORES, SCORES], axis=1) * 1000).astype(np.int64)
    return rows


def _by_value(rng: np.random.Generator, n: int) -> Interval:
    levels = _levels(rng, n)
    return intervals.area_by_value(levels[:, 1], levels[:, 0])


def _average_precision(levels: Counts) -> Interval:
    return sample_of(levels).measured(lambda one: average_precision(one.outcome, one.score))


def _two_areas(rng: np.random.Generator, n: int) -> Interval:
    return intervals.gap(
        intervals.area_under_curve(*_classes(rng, n, 1.1)), intervals.area_under_curve(*_classes(rng, n, 0.9))
    )


def _paired(first: float, second: float) -> Draw:
    def draw(rng: np.random.Generator, n: int) -> Interval:
        outcome, common = np.arange(n) < round(POSITIVE * n), rng.normal(size=n)
        scores = [common + rng.normal(size=n) + apart * outcome for apart in (first, second)]
        return paired_areas(outcome, *scores)

    return draw


def _shifted(rng: np.random.Generator, n: int) -> Interval:
    return intervals.kolmogorov_smirnov(np.sort(rng.normal(0.3, 1.0, n)), np.sort(rng.normal(size=n)))


def _gap_of_cells(rng: np.random.Generator, n: int) -> Interval:
    cuts = norm.ppf(np.arange(1, 1000) / 1000)
    moved = np.diff(norm.cdf(cuts - 0.3), prepend=0.0, append=1.0)
    now, then = rng.multinomial(n, moved), rng.multinomial(n, np.full(1000, 0.001))
    return intervals.largest_gap(float(np.abs(np.cumsum(now - then)).max()) / n, n, n)


def _categories(now: list[float]) -> Draw:
    def draw(rng: np.random.Generator, n: int) -> Interval:
        counts = [rng.multinomial(n, chances).tolist() for chances in (now, [0.4, 0.3, 0.15, 0.1, 0.05])]
        return intervals.total_variation(*(dict(zip("abcde", one, strict=True)) for one in counts))

    return draw


def _sums(rng: np.random.Generator, n: int) -> Interval:
    values = rng.exponential(1.0, n)
    return intervals.mean_of_sums(n, float(values.sum()), float((values**2).sum()), low=0.0, high=np.inf)


def _root(errors: Callable[[np.random.Generator, int], Floats]) -> Draw:
    def root(means: Floats) -> float:
        # A step of the numerical derivative may leave the range; the assessor returns NaN there, too.
        return math.sqrt(means[0]) if means[0] >= 0 else math.nan

    return lambda rng, n: function_of_means(errors(rng, n)[:, None] ** 2, root)


def _area_of(apart: float) -> float:
    return float(norm.cdf(apart / np.sqrt(2)))


HIGH = 2.326
"""So far apart the area is 0.95."""

_D = float(2 * norm.cdf(0.15) - 1)
_WHOLE = _population()
METHODS = (
    Method(name="share", case="Wilson; p = 0.05", truth=0.05, draw=_share(0.05)),
    Method(name="share", case="Wilson; p = 0.5", truth=0.5, draw=_share(0.5)),
    Method(
        name="difference", case="Newcombe; 0.6 - 0.7, m = 5 n", truth=-0.1, draw=_pair(intervals.difference, 0.6, 0.7)
    ),
    Method(
        name="difference",
        case="Newcombe; 0.05 - 0.05, m = 5 n",
        truth=0.0,
        draw=_pair(intervals.difference, 0.05, 0.05),
    ),
    Method(name="ratio", case="Koopman; 0.56 / 0.7, m = 5 n", truth=0.8, draw=_pair(intervals.ratio, 0.56, 0.7)),
    Method(name="ratio", case="Koopman; 0.1 / 0.1, m = 5 n", truth=1.0, draw=_pair(intervals.ratio, 0.1, 0.1)),
    Method(
        name="area_under_curve",
        case="DeLong, logit; a fifth positive",
        truth=_area_of(1.1),
        draw=lambda rng, n: intervals.area_under_curve(*_classes(rng, n, 1.1)),
        sizes=(40, 300, 3000),
    ),
    Method(
        name="area_under_curve",
        case="the same of 0.95",
        truth=_area_of(HIGH),
        draw=lambda rng, n: intervals.area_under_curve(*_classes(rng, n, HIGH)),
        sizes=(100, 300, 3000),
    ),
    Method(
        name="area_by_value",
        case="the same by cells; 15 % positive",
        truth=intervals.area_by_value(_WHOLE[:, 1], _WHOLE[:, 0]).value or 0.0,
        draw=_by_value,
        sizes=(100, 300, 3000),
    ),
    Method(
        name="mean",
        case="t; absolute normal error",
        truth=float(np.sqrt(2 / np.pi)),
        draw=lambda rng, n: intervals.mean(np.abs(rng.normal(size=n)), low=0.0, high=np.inf),
    ),
    Method(name="mean_of_sums", case="t; exponential error", truth=1.0, draw=_sums),
    Method(
        name="mean_of_sums",
        case="t with floor p(1 - p); outcome less a calibrated score",
        truth=0.0,
        draw=lambda rng, n: residual(_levels(rng, n)),
        sizes=(15, 200, 2000),
    ),
    Method(
        name="wald",
        case="calibration slope of a calibrated score, Newton",
        truth=1.0,
        draw=lambda rng, n: sample_of(_levels(rng, n)).measured(slope),
        sizes=(150, 500, 3000),
    ),
    Method(name="kolmogorov_smirnov", case="shift of 0.3 sd, n = m", truth=_D, draw=_shifted, sizes=MORE),
    Method(name="largest_gap", case="shift of 0.3 sd on 1,000 cells, n = m", truth=_D, draw=_gap_of_cells, sizes=MORE),
    Method(
        name="two_class_distance",
        case="0.20 against 0.15, m = 5 n",
        truth=0.05,
        draw=_pair(intervals.two_class_distance, 0.2, 0.15),
        sizes=MORE,
    ),
    Method(
        name="two_class_distance",
        case="0.15 against 0.15, m = 5 n",
        truth=0.0,
        draw=_pair(intervals.two_class_distance, 0.15, 0.15),
        sizes=MORE,
    ),
    Method(
        name="total_variation",
        case="five categories, one shifted by 0.1, n = m",
        truth=0.1,
        draw=_categories([0.3, 0.4, 0.15, 0.1, 0.05]),
        sizes=MORE,
    ),
    Method(
        name="total_variation",
        case="five categories, none shifted, n = m",
        truth=0.0,
        draw=_categories([0.4, 0.3, 0.15, 0.1, 0.05]),
        sizes=MORE,
    ),
    Method(
        name="gap",
        case="two AUC, square-and-add, n each",
        truth=_area_of(1.1) - _area_of(0.9),
        draw=_two_areas,
        sizes=(40, 300, 3000),
    ),
    Method(
        name="relative_rise",
        case="absolute normal errors, a tenth greater, n = m",
        truth=0.1,
        draw=lambda rng, n: intervals.relative_rise(np.abs(rng.normal(0, 1.1, n)), np.abs(rng.normal(size=n))),
    ),
    Method(
        name="average_precision",
        case="infinitesimal jackknife, logit; 15 % positive",
        truth=_average_precision(_WHOLE).value or 0.0,
        draw=lambda rng, n: _average_precision(_levels(rng, n)),
        sizes=(100, 300, 3000),
    ),
    Method(
        name="paired_areas",
        case="DeLong, paired; two scores that go together",
        truth=_area_of(1.6 / np.sqrt(2)) - _area_of(1.3 / np.sqrt(2)),
        draw=_paired(1.6, 1.3),
        sizes=(250, 600, 3000),
    ),
    Method(
        name="paired_areas",
        case="the same of 0.97 and 0.99",
        truth=_area_of(2.66) - _area_of(3.29),
        draw=_paired(2.66 * np.sqrt(2), 3.29 * np.sqrt(2)),
        sizes=(250, 600, 3000),
    ),
    Method(
        name="function_of_means",
        case="ABC; root mean square of normal errors",
        truth=1.0,
        draw=_root(lambda rng, n: rng.normal(size=n)),
    ),
    Method(
        name="function_of_means",
        case="ABC; the same of errors with heavy tails (t, 5)",
        truth=float(np.sqrt(5 / 3)),
        draw=_root(lambda rng, n: rng.standard_t(5, n)),
    ),
)
"""In about the order of assess/intervals, then what single assessors have for themselves."""
