"""Changes of rates between two sets of decisions over the same rows, each with a paired interval."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from hallmark.assess.arrays import Floats, Integers, Mask
from hallmark.assess.intervals import Interval, interval, undefined
from hallmark.policy.subject import Attribute

DRAWS = 1_000
"""Resamples of the counts of rows, by which intervals of changes of rates are made."""

Rate = tuple[int, int]
"""What is counted of what, as places among the counts of a group."""

ROWS, FAVOURED, EARNED, HIT, UNEARNED, FALSE = range(6)
RATES: Mapping[str, Rate] = {
    "selection_rate_ratio": (FAVOURED, ROWS),
    "selection_rate_difference": (FAVOURED, ROWS),
    "true_positive_rate_difference": (HIT, EARNED),
    "false_positive_rate_difference": (FALSE, UNEARNED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The favourable decision before and after, and whether it was earned, row by row."""

    before: Mask
    after: Mask
    earned: Mask


def changes(decided: Decided, codes: Integers, attribute: Attribute, seed: int) -> Mapping[str, Mapping[str, object]]:
    """Return for every group of an attribute what each comparison with the reference group would change by.

    Percentile limits from multinomial resamples of the rows by group, outcome and both decisions, which keep the
    pairing (Efron and Tibshirani 1993, chapter 8).
    """
    cells = 4 * decided.earned + 2 * decided.before + decided.after
    counted = {
        group: np.bincount(cells[codes == place], minlength=8).astype(np.int64)
        for place, group in enumerate(attribute.groups)
    }
    generator = np.random.default_rng(seed)
    drawn = {group: _resampled(counts, generator) for group, counts in counted.items()}
    reference = attribute.reference
    return {
        group: {name: told(_change(name, rate, counted, drawn, group, reference)) for name, rate in RATES.items()}
        for group in attribute.others
    }


def _change(
    name: str,
    rate: Rate,
    counted: Mapping[str, Integers],
    drawn: Mapping[str, Integers],
    group: str,
    reference: str,
) -> Interval:
    for one in (group, reference):
        if not _tallied(counted[one][None], 0)[0, rate[1]]:
            return undefined(f"{one} has no row that the rate is about")
    compare = np.divide if name.endswith("ratio") else np.subtract
    with np.errstate(divide="ignore", invalid="ignore"):
        value = _moved(compare, rate, counted[group][None], counted[reference][None])
        every = _moved(compare, rate, drawn[group], drawn[reference])
    every = every[np.isfinite(every)]
    if not np.isfinite(value[0]) or len(every) < 0.95 * DRAWS:
        return undefined("a rate has nothing to be compared with")
    low, high = np.quantile(every, [0.025, 0.975])
    if low == high:
        return undefined("no decision of these groups would change")
    return interval(float(value[0]), min(float(low), float(value[0])), max(float(high), float(value[0])))


def _moved(compare: Callable[[Floats, Floats], Floats], rate: Rate, asked: Integers, other: Integers) -> Floats:
    then, now = (compare(_rate(asked, rate, when), _rate(other, rate, when)) for when in (0, 1))
    return np.asarray(now - then)


def _rate(cells: Integers, rate: Rate, when: int) -> Floats:
    counts = _tallied(cells, when)
    return np.asarray(counts[:, rate[0]] / counts[:, rate[1]])


def _tallied(cells: Integers, when: int) -> Integers:
    """Count rows, favoured, earned, favoured earned, unearned, favoured unearned; `when` 0: before, 1: after."""
    favoured = [place for place in range(8) if (place >> (1 - when)) & 1]
    earned = cells[:, 4:].sum(axis=1)
    hit = cells[:, [place for place in favoured if place >= 4]].sum(axis=1)
    rows, given = cells.sum(axis=1), cells[:, favoured].sum(axis=1)
    return np.column_stack([rows, given, earned, hit, rows - earned, given - hit])


def _resampled(counts: Integers, generator: np.random.Generator) -> Integers:
    n = int(counts.sum())
    return generator.multinomial(n, counts / n if n else np.full(len(counts), 1 / len(counts)), size=DRAWS)


def told(estimate: Interval) -> Mapping[str, object]:
    """Return an interval as evidence, in four digits, or the reason why there is none."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return {"reason": estimate.reason}
    return {"value": round(estimate.value, 4), "low": round(estimate.low, 4), "high": round(estimate.high, 4)}
