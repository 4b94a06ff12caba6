"""How much data a good model needs: the smallest n at which it passes a control with 80 % probability."""

import math

from hallmark.policy.control import Proof
from hallmark.verdict.judge import ALPHA, BETA, MOST, Estimate, Limits, z


def smallest_n(limits: Limits, proof: Proof, keys: int, estimate: Estimate) -> int | None:
    """Return the n at which a model that shows `limits.expect` passes all `keys` keys in 80 % of samples or more.

    `estimate` lends its precision: its standard error is taken to shrink with the root of n, whatever its value, and
    the estimate to be normal. None when no n would do: `expect` lies on the bound, or the estimate has no width.
    """
    beta = BETA / keys / (2 if limits.bound.two_sided else 1)
    inner = limits.margin(limits.expect)
    error = limits.half_width(estimate) / z(1 - ALPHA)
    if inner <= 0 or not 0 < error < math.inf or estimate.n < 1:
        return None
    # the limit within the edge (or the half-width within the room), and the estimate itself within the bound
    share = z(1 - ALPHA) + z(1 - beta) if proof is Proof.OF_COMPLIANCE else z(1 - ALPHA)
    allowed = min(limits.room / share, inner / z(1 - beta))
    return max(1, math.ceil(min(estimate.n * min(error / allowed, MOST) ** 2, MOST)))
