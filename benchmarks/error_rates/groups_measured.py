"""What the assessors report of groups, from cell counts, through the same interval functions."""

from collections.abc import Iterator

import numpy as np
from error_rates.population import AGE, NOISE, SCORES, SEX, Cells
from numpy.typing import NDArray

from hallmark.assess.fairness.proxies import MOST
from hallmark.assess.intervals import Interval, area_by_value, difference, gap, mean_of_sums, ratio, undefined
from hallmark.policy.expected import Key
from hallmark.policy.groups import CROSS, attribute_of
from hallmark.policy.subject import POOLED, Attribute, Manifest

Found = tuple[Key, Interval, int]
Harm = tuple[str, float]
"""A group of age and the share of its favourable decisions that it keeps."""

_NAMES = [CROSS.join(pair) for pair in ((sex, age) for sex in SEX for age in AGE)]


def group_findings(
    rng: np.random.Generator, manifest: Manifest, now: Cells, training: Cells, harm: Harm | None
) -> Iterator[Found]:
    """Everything about groups: of each attribute, and selection rates of the crossing."""
    decided = _decided(rng, manifest, now, harm)
    gaps = rng.binomial(now.rows.sum(axis=(1, 2)), NOISE)
    for attribute in manifest.attributes:
        reference = _members(attribute, attribute.reference)
        for group in attribute.compared:
            asked = _members(attribute, group)
            yield from _named(attribute, group, _rates(decided[asked].sum(axis=0), decided[reference].sum(axis=0)))
            yield from _named(attribute, group, _calibration(now.of(asked), now.of(reference)))
            yield from _named(attribute, group, _membership(rng, now, training, asked, reference, gaps))
    crossed = attribute_of(manifest, CROSS.join(one.name for one in manifest.attributes))
    assert crossed is not None
    base = decided[_members(crossed, crossed.reference)].sum(axis=0)
    for group in crossed.compared:
        rates = list(_rates(decided[_members(crossed, group)].sum(axis=0), base))
        yield from _named(crossed, group, iter(rates[:1]))


def _named(attribute: Attribute, group: str, found: Iterator[tuple[str, Interval, int]]) -> Iterator[Found]:
    for measure, interval, n in found:
        yield Key(measure=measure, attribute=attribute.name, group=group), interval, n


def _members(attribute: Attribute, group: str) -> NDArray[np.bool_]:
    """Which of the eight cells of sex and age belong to a group, or to all but the reference group."""
    wanted = attribute.others if group == POOLED else (group,)
    own = [[name, *name.split(CROSS)] for name in _NAMES]
    return np.array([any(name in wanted for name in names) for names in own])


def _decided(rng: np.random.Generator, manifest: Manifest, now: Cells, harm: Harm | None) -> NDArray[np.int64]:
    """Rows by group, outcome and decision (0 against, 1 favourable), shape (8, 2, 2); harm turns decisions over."""
    assert manifest.decision is not None
    favourable = now.rows[:, manifest.decision.cut_off > SCORES].sum(axis=1)
    every = now.rows.sum(axis=1)
    if harm is not None:
        group, kept = harm
        harmed = np.array([group in name.split(CROSS) for name in _NAMES])
        favourable[harmed] = rng.binomial(favourable[harmed], kept)
    return np.stack([every - favourable, favourable], axis=2)


def _rates(asked: NDArray[np.int64], reference: NDArray[np.int64]) -> Iterator[tuple[str, Interval, int]]:
    """From rows by outcome (0 earned the favourable decision) and decision, shape (2, 2)."""
    pairs = [[(int(side[:, 1].sum()), int(side.sum())) for side in (asked, reference)]]
    pairs += [[(int(side[outcome, 1]), int(side[outcome].sum())) for side in (asked, reference)] for outcome in (0, 1)]
    pairs += [[(int(side[0, 1]), int(side[:, 1].sum())) for side in (asked, reference)]]
    names = ("selection_rate_ratio", "true_positive_rate_difference", "false_positive_rate_difference")
    for name, (mine, theirs) in zip((*names, "precision_difference"), pairs, strict=True):
        limits = ratio if name == "selection_rate_ratio" else difference
        yield f"fairness.{name}", limits(*mine, *theirs), mine[1]


def _calibration(asked: Cells, reference: Cells) -> Iterator[tuple[str, Interval, int]]:
    mine, theirs = residual(asked.by_level), residual(reference.by_level)
    yield "fairness.calibration_within_group", mine, asked.n
    yield "fairness.calibration_difference", gap(mine, theirs), asked.n


def residual(by_level: NDArray[np.int64]) -> Interval:
    """The mean of outcome less score, the variance at least that which the scores promise."""
    n, rows = int(by_level.sum()), by_level.sum(axis=1)
    total = float(by_level[:, 1].sum() - (rows * SCORES).sum())
    squares = float((by_level[:, 1] * (1 - SCORES) ** 2 + by_level[:, 0] * SCORES**2).sum())
    floor = float((rows * SCORES * (1 - SCORES)).sum()) / max(n, 1)
    return mean_of_sums(n, total, squares, low=-1.0, high=1.0, floor=floor)


def _membership(
    rng: np.random.Generator,
    now: Cells,
    training: Cells,
    asked: NDArray[np.bool_],
    reference: NDArray[np.bool_],
    gaps: NDArray[np.int64],
) -> Iterator[tuple[str, Interval, int]]:
    mine, theirs, trained = now.of(asked).n, now.of(reference).n, training.of(asked).n
    weight = ratio(mine, now.n, trained, training.n) if trained else undefined("nobody in training")
    yield "data_quality.representation_ratio", weight, now.n
    missing = difference(int(gaps[asked].sum()), mine, int(gaps[reference].sum()), theirs)
    yield "data_quality.missingness_difference", missing, mine
    held_out = [min(rows, MOST) // 2 for rows in (mine, theirs)]
    yield "fairness.proxy_auc", noise_area(rng, *held_out), min(held_out)


def noise_area(rng: np.random.Generator, n: int, m: int) -> Interval:
    """The area of a score that tells nothing, of n rows against m."""
    even = np.full(100, 0.01)
    return area_by_value(rng.multinomial(n, even), rng.multinomial(m, even))
