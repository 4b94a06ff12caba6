"""What a recalibration did to the Brier score, in one sentence."""

from hallmark.assess.intervals import Interval


def says(change: Interval) -> str:
    """Whether it helps, harms, or is not shown to do either; `change` is after less before, on rows not fitted on."""
    if change.value is None or change.low is None or change.high is None:
        return f"It does not help: {change.reason}."
    reads = f"the Brier score changes by {change.value:+.5f} [{change.low:+.5f}, {change.high:+.5f}]"
    if change.high < 0:
        return f"It helps: {reads} on rows that it was not fitted on."
    return f"It harms: {reads}." if change.low > 0 else f"It is not shown to help: {reads}."
