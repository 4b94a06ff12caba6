"""The clock, held against the ledger: time that was signed does not go back."""

from datetime import datetime, timedelta

from hallmark.errors import Unavailable
from hallmark.evidence.canonical import rfc3339
from hallmark.evidence.ledger import open_by_any
from hallmark.evidence.places import CHECKPOINTS
from hallmark.steps.context import Context

SKEW = timedelta(minutes=5)
"""How far the clocks of two machines may be apart."""


def moment(context: Context) -> datetime:
    """Return the time now, and never one before the newest checkpoint of the ledger.

    An older time would bring back policies and consents that have ended, and certificates that would outlive them.
    Raises `Unavailable` when the clock lies behind by more than `SKEW`: it can be set right, and a later try succeeds.
    """
    now, newest = context.now(), max(context.store.keys(CHECKPOINTS), default=None)
    signed = open_by_any(context.store.get(newest), context.chain()).at if newest else now
    if signed - now > SKEW:
        raise Unavailable(
            f"The clock says {rfc3339(now)}, and the ledger was signed at {rfc3339(signed)}: "
            "set the clock right and run it again."
        )
    return max(now, signed)
