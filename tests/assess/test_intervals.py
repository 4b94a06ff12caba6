"""Intervals: each against another library or a closed form, their algebra, and their coverage by simulation."""

import math
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from hallmark.assess.arrays import Floats
from hallmark.assess.intervals import (
    Interval,
    Z,
    area_under_curve,
    difference,
    interval,
    kolmogorov_smirnov,
    mean,
    mean_of_sums,
    paired_areas,
    ratio,
    relative_rise,
    share,
    total_variation,
    wald,
)

N = 400
examples = settings(max_examples=50, deadline=None)


def numbers(found: Interval) -> tuple[float, float, float]:
    assert found.value is not None and found.low is not None and found.high is not None
    return found.value, found.low, found.high


@st.composite
def counts(draw: st.DrawFn, groups: int = 2) -> tuple[int, ...]:
    """Hits and rows of each group, (hits, n, hits, n, ...)."""
    sizes = [draw(st.integers(1, N)) for _ in range(groups)]
    return tuple(number for n in sizes for number in (draw(st.integers(0, n)), n))


def ordered(found: Interval) -> bool:
    value, low, high = numbers(found)
    return low <= value <= high and low < high


def width(found: Interval) -> float:
    _, low, high = numbers(found)
    return high - low


# The four between counts


@examples
@given(counts(1))
def test_share_is_wilson(given_: tuple[int, int]) -> None:
    hits, n = given_
    value, low, high = numbers(share(hits, n))
    expected = proportion_confint(hits, n, method="wilson")
    assert value == hits / n
    assert (low, high) == pytest.approx(expected, abs=1e-12)
    assert 0 <= low <= value <= high <= 1


def test_share_of_a_known_table() -> None:
    # Newcombe 1998 (Statistics in Medicine 17, 857-872), table I, score method without continuity correction.
    assert numbers(share(81, 263))[1:] == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert numbers(share(15, 148))[1:] == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert numbers(share(0, 20))[1:] == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert numbers(share(1, 29))[1:] == pytest.approx((0.0061, 0.1718), abs=5e-5)


@examples
@given(counts())
def test_difference_is_newcombe(given_: tuple[int, int, int, int]) -> None:
    found = difference(*given_)
    expected = confint_proportions_2indep(*given_, compare="diff", method="newcomb")
    assert numbers(found)[1:] == pytest.approx(expected, abs=1e-9)
    assert ordered(found)


def test_difference_of_a_known_table() -> None:
    # Newcombe 1998 (Statistics in Medicine 17, 873-890), table II, method 10.
    assert numbers(difference(56, 70, 48, 80))[1:] == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert numbers(difference(9, 10, 3, 10))[1:] == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert numbers(difference(10, 10, 0, 10))[1:] == pytest.approx((0.6075, 1.0), abs=5e-5)


@examples
@given(counts())
def test_ratio_solves_the_score_equation(given_: tuple[int, int, int, int]) -> None:
    hits, n, reference_hits, reference_n = given_
    assume(reference_hits > 0)
    value, low, high = numbers(ratio(*given_))
    assert value == pytest.approx((hits / n) / (reference_hits / reference_n))
    assert ordered(ratio(*given_))
    limits = [high] if hits == 0 else [low, high]
    for limit in limits:
        assert score_statistic(limit, *given_) == pytest.approx(Z**2, rel=1e-6)


def score_statistic(theta: float, x: int, n: int, y: int, m: int) -> float:
    """Koopman's statistic by maximising the likelihood under the ratio numerically: no formula is shared."""
    low, high = 0.0, min(1.0, 1.0 / theta)

    def slope(q: float) -> float:
        p = theta * q
        return x / q - (n - x) * theta / (1 - p) + y / q - (m - y) / (1 - q)

    a, b = low, high
    for _ in range(200):
        middle = (a + b) / 2
        inside = 0 < middle < 1 and theta * middle < 1
        a, b = (middle, b) if not inside or slope(middle) > 0 else (a, middle)
    q = (a + b) / 2
    p = theta * q
    terms = ((x, n, p), (y, m, q))
    return sum(
        0.0 if math.isclose(hits, rows * rate, abs_tol=1e-9) else (hits - rows * rate) ** 2 / (rows * rate * (1 - rate))
        for hits, rows, rate in terms
    )


@pytest.mark.parametrize(
    "case", [(10, 30, 20, 40), (29, 30, 28, 30), (1, 5, 100, 200), (3000, 10000, 40000, 100000), (7, 44, 300, 900)]
)
def test_ratio_agrees_with_statsmodels_where_that_works(case: tuple[int, int, int, int]) -> None:
    expected = confint_proportions_2indep(*case, compare="ratio", method="score", correction=False)
    assert numbers(ratio(*case))[1:] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("case", [(1, 0), (0, 1), (1, 1), (0, 0)])
@pytest.mark.parametrize("n", [12_000_001, 200_000_003, 10**9 + 7])
def test_ratio_of_nearly_all_of_very_many_is_no_crash(n: int, case: tuple[int, int]) -> None:
    found = ratio(n - case[0], n, 2 * n - case[1], 2 * n)
    assert found.value is None or (found.low is not None and found.low <= 1.0 + 1e-9)


def test_ratio_at_the_corners_has_closed_limits() -> None:
    assert numbers(ratio(30, 30, 20, 20)) == pytest.approx((1.0, 30 / (30 + Z**2), (20 + Z**2) / 20))
    assert numbers(ratio(5, 5, 5, 5)) == pytest.approx((1.0, 5 / (5 + Z**2), (5 + Z**2) / 5))
    value, low, high = numbers(ratio(0, 30, 30, 30))
    assert (value, low) == (0.0, 0.0)
    assert high == pytest.approx(numbers(share(0, 30))[2])  # a full reference is known to be nearly 1
    assert numbers(ratio(0, 30, 5, 30))[1] == 0.0


def test_ratio_of_a_known_table() -> None:
    # Koopman 1984 (Biometrics 40, 513-517): 36 of 40 against 16 of 80.
    assert numbers(ratio(36, 40, 16, 80)) == pytest.approx((4.5, 2.939, 7.152), abs=5e-3)


@examples
@given(counts())
def test_limits_of_ratio_turn_over_with_the_groups(given_: tuple[int, int, int, int]) -> None:
    x, n, y, m = given_
    assume(x > 0 and y > 0)
    value, low, high = numbers(ratio(x, n, y, m))
    assert numbers(ratio(y, m, x, n)) == pytest.approx((1 / value, 1 / high, 1 / low), rel=1e-6)


@pytest.mark.parametrize("made", [share, difference, ratio], ids=["share", "difference", "ratio"])
@examples
@given(counts(), st.integers(2, 9))
def test_more_rows_of_the_same_make_it_narrower(made: Callable[..., Interval], given_: tuple[int, ...], k: int) -> None:
    given_ = given_[:2] if made is share else given_
    assume(made is not ratio or given_[2] > 0)
    assert width(made(*(k * number for number in given_))) < width(made(*given_))


# AUC

scores = st.floats(0, 1).map(lambda number: round(number, 2))


def samples(least: int, most: int) -> st.SearchStrategy[Floats]:
    return arrays(np.float64, st.integers(least, most), elements=scores)


@examples
@given(samples(1, 60), samples(1, 60))
def test_area_is_the_share_of_pairs(positive: Floats, negative: Floats) -> None:
    found = area_under_curve(positive, negative)
    pairs = (positive[:, None] > negative).mean() + (positive[:, None] == negative).mean() / 2
    assert numbers(found)[0] == pytest.approx(pairs)
    assert ordered(found)
    assert 0 <= numbers(found)[1] < numbers(found)[2] <= 1


@examples
@given(samples(50, 70), samples(50, 70))
def test_area_has_delong_limits_by_brute_force(positive: Floats, negative: Floats) -> None:
    wins = np.where(positive[:, None] > negative, 1.0, np.where(positive[:, None] == negative, 0.5, 0.0))
    a = float(wins.mean())
    variance = wins.mean(axis=1).var(ddof=1) / len(positive) + wins.mean(axis=0).var(ddof=1) / len(negative)
    assume(0 < a < 1 and variance > 1e-12)
    half = Z * math.sqrt(variance) / (a * (1 - a))
    middle = math.log(a / (1 - a))
    expected = [1 / (1 + math.exp(-(middle - half))), 1 / (1 + math.exp(-(middle + half)))]
    assert numbers(area_under_curve(positive, negative))[1:] == pytest.approx(expected, abs=1e-9)


def test_area_of_few_positives_has_hanley_mcneil_limits() -> None:
    positive, negative = np.array([0.3, 0.8, 0.9]), np.array([0.1, 0.2, 0.5, 0.4])
    a, m, n = 10 / 12, 3, 4
    q1, q2 = a / (2 - a), 2 * a * a / (1 + a)
    variance = (a * (1 - a) + (m - 1) * (q1 - a * a) + (n - 1) * (q2 - a * a)) / (m * n)
    half = Z * math.sqrt(variance) / (a * (1 - a))
    low, high = (1 / (1 + math.exp(-(math.log(a / (1 - a)) + sign * half))) for sign in (-1, 1))
    assert numbers(area_under_curve(positive, negative)) == pytest.approx((a, low, high))


def test_perfect_and_inverted_areas_have_wilson_limits_of_the_smaller_class() -> None:
    low, high = np.linspace(0, 0.4, 50), np.linspace(0.6, 1, 9)
    assert numbers(area_under_curve(high, low)) == pytest.approx(numbers(share(9, 9)))
    assert numbers(area_under_curve(low, high)) == pytest.approx(numbers(share(0, 9)))


def test_constant_scores_still_have_a_width() -> None:
    value, low, high = numbers(area_under_curve(np.full(50, 0.3), np.full(80, 0.3)))
    assert value == 0.5
    assert low < 0.5 < high


# Means, slopes, distances


@examples
@given(arrays(np.float64, st.integers(2, 50), elements=st.floats(-1, 1)))
def test_mean_is_scipys_t_interval(values: Floats) -> None:
    assume(values.std(ddof=1) > 1e-6)
    expected = stats.t.interval(0.95, len(values) - 1, loc=values.mean(), scale=stats.sem(values))
    value, low, high = numbers(mean(values, low=-9.0, high=9.0))
    assert (value, low, high) == pytest.approx((values.mean(), *expected), abs=1e-9)


def test_floor_widens_a_mean_and_the_range_cuts_it() -> None:
    values = np.array([-0.1] * 15 + [-0.1001])
    plain, floored = mean(values, low=-1.0, high=1.0), mean(values, low=-1.0, high=1.0, floor=0.09)
    assert width(plain) < 1e-4
    assert width(floored) == pytest.approx(2 * stats.t.ppf(0.975, 15) * 0.3 / 4)
    assert numbers(mean(np.array([0.0, 0.9]), low=0.0, high=1.0))[1:] == (0.0, 1.0)


def test_wald_is_statsmodels_interval_of_a_regression() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=300)
    fit = sm.Logit((rng.random(300) < 1 / (1 + np.exp(-x))).astype(float), sm.add_constant(x)).fit(disp=0)
    assert numbers(wald(fit.params[1], fit.bse[1]))[1:] == pytest.approx(fit.conf_int()[1])


@pytest.mark.filterwarnings("ignore:divide by zero")
@examples
@given(samples(1, 80), samples(1, 80))
def test_distance_is_scipys_and_symmetric(first: Floats, second: Floats) -> None:
    first, second = np.sort(first), np.sort(second)
    found = kolmogorov_smirnov(first, second)
    assert numbers(found)[0] == pytest.approx(stats.ks_2samp(first, second, method="asymp").statistic, abs=1e-12)
    assert numbers(found) == numbers(kolmogorov_smirnov(second, first))
    assert ordered(found)
    assert 0 <= numbers(found)[1] < numbers(found)[2] <= 1


def test_distance_of_equal_and_of_separate_samples() -> None:
    same = kolmogorov_smirnov(np.full(50, 3.0), np.full(80, 3.0))
    assert numbers(same) == pytest.approx((0.0, 0.0, 1.358 * math.sqrt(1 / 50 + 1 / 80)))
    apart = kolmogorov_smirnov(np.full(50, 3.0), np.full(80, 4.0))
    assert numbers(apart) == pytest.approx((1.0, 1 - 1.358 * math.sqrt(1 / 50 + 1 / 80), 1.0))


def test_quantile_of_kolmogorov() -> None:
    assert stats.kstwobign.ppf(0.95) == pytest.approx(1.358, abs=5e-4)


tables = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 300), min_size=1)


@examples
@given(tables, tables)
def test_variation_is_half_the_summed_differences(first: dict[str, int], second: dict[str, int]) -> None:
    n, m = sum(first.values()), sum(second.values())
    pooled = [Counter[str](), Counter[str]()]
    for name in {*first, *second}:
        total = first.get(name, 0) + second.get(name, 0)
        rare = min(n, m) * total / (n + m) < 5 - 1e-12
        for place, table in enumerate((first, second)):
            pooled[place]["rare" if rare else name] += table.get(name, 0)
    names = {*pooled[0], *pooled[1]}
    expected = sum(abs(pooled[0][name] / n - pooled[1][name] / m) for name in names) / 2
    found = total_variation(first, second)
    assert numbers(found)[0] == pytest.approx(expected, abs=1e-12)
    assert numbers(found) == numbers(total_variation(second, first))
    assert ordered(found)
    half = math.sqrt(stats.chi2.ppf(0.95, max(len(names) - 1, 1)) * (1 / n + 1 / m)) / 2
    several = len({*first, *second}) - len(names - {"rare"}) > 1
    hidden = min(pooled[0]["rare"] / n, pooled[1]["rare"] / m) if several else 0.0
    assert numbers(found)[1:] == pytest.approx((max(expected - half, 0), min(expected + half + hidden, 1)))


def test_rare_categories_that_share_nothing_are_not_known_to_be_near() -> None:
    first, second = ({f"{side}{place}": 2 for place in range(1500)} for side in "ab")
    found = total_variation(first, second)
    assert (found.value, found.low, found.high) == (0.0, 0.0, 1.0)


def test_variation_of_equal_shares_is_exactly_0() -> None:
    assert numbers(total_variation({"a": 10, "b": 20, "c": 40}, {"a": 30, "b": 60, "c": 120}))[0] == 0.0
    assert numbers(total_variation({"a": 70}, {"a": 30}))[0] == 0.0


# What is undefined


@pytest.mark.parametrize(
    "found",
    [
        share(0, 0),
        difference(0, 0, 1, 2),
        difference(1, 2, 0, 0),
        ratio(0, 0, 1, 2),
        ratio(1, 2, 0, 0),
        ratio(1, 2, 0, 9),
        area_under_curve(np.array([]), np.array([0.1])),
        area_under_curve(np.array([0.1]), np.array([])),
        mean(np.array([]), low=0.0, high=1.0),
        mean(np.array([0.3]), low=0.0, high=1.0),
        mean(np.full(9, 0.25), low=0.0, high=1.0),
        # three equal errors, which rounding makes differ in the last digit
        mean(np.array([0.1 + 0.2 - 50.3, 0.3 - 50.3, 0.1 * 3 - 50.3]), low=-100.0, high=100.0),
        mean_of_sums(3, 3 * 0.1, 3 * 0.1**2, low=0.0, high=1.0),
        relative_rise(np.full(3, 0.7), np.array([0.1, 0.2, 0.4])),
        paired_areas(np.arange(400) < 49, np.linspace(0, 1, 400) ** 2, np.sin(np.arange(400))),
        mean(np.array([0.1, np.nan]), low=0.0, high=1.0),
        kolmogorov_smirnov(np.array([]), np.array([1.0])),
        total_variation({}, {"a": 1}),
        wald(1.0, math.nan),
        wald(1.0, 0.0),
        interval(0.5, 0.6, 0.7),
        interval(math.inf, 0.0, math.inf),
    ],
    ids=str,
)
def test_undefined_is_none_with_a_reason(found: Interval) -> None:
    assert (found.value, found.low, found.high) == (None, None, None)
    assert found.reason


# Coverage by simulation: methods.md says 93 to 96


@pytest.mark.parametrize(("n", "m", "p", "q"), [(60, 300, 0.30, 0.40), (30, 30, 0.88, 0.9), (200, 2000, 0.5, 0.5)])
def test_ratio_and_difference_cover(n: int, m: int, p: float, q: float) -> None:
    rng = np.random.default_rng(7)
    draws = Counter(zip(rng.binomial(n, p, 3000).tolist(), rng.binomial(m, q, 3000).tolist(), strict=True))
    for made, truth in ((ratio, p / q), (difference, p - q)):
        hit = sum(times for (x, y), times in draws.items() if covers(made(x, n, y, m), truth))
        assert 0.93 <= hit / 3000 <= 0.975


@pytest.mark.parametrize(("positives", "shift", "most"), [(12, 1.2, 0.98), (60, 1.2, 0.98), (25, 2.4, 1), (60, 2.4, 1)])
def test_area_covers(positives: int, shift: float, most: float) -> None:
    rng = np.random.default_rng(8)
    truth = stats.norm.cdf(shift / math.sqrt(2))
    hits = [
        covers(area_under_curve(rng.normal(shift, 1, positives), rng.normal(0, 1, 5 * positives)), truth)
        for _ in range(1500)
    ]
    assert 0.92 <= np.mean(hits) <= most


def test_floored_residual_covers_where_plain_t_does_not() -> None:
    rng = np.random.default_rng(9)
    floored, plain = [], []
    for _ in range(800):
        score = rng.beta(1, 30, 15)
        residual = (rng.random(15) < score) - score
        floored.append(covers(mean(residual, low=-1, high=1, floor=float((score * (1 - score)).mean())), 0.0))
        plain.append(covers(mean(residual, low=-1, high=1), 0.0))
    assert np.mean(floored) >= 0.94
    assert np.mean(plain) < 0.85


def test_distance_without_drift_stays_within_its_band() -> None:
    rng = np.random.default_rng(10)
    hits = [covers(kolmogorov_smirnov(np.sort(rng.random(300)), np.sort(rng.random(400))), 0.0) for _ in range(1000)]
    assert 0.93 <= np.mean(hits) <= 0.98


def covers(found: Interval, truth: float) -> bool:
    _, low, high = numbers(found)
    return low <= truth <= high
