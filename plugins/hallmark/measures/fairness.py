"""The measures of fairness."""

from functools import partial

from hallmark.measures.measure import SHARE, Better, Kind, Measure, Spread, Task

fair = partial(
    Measure, kind=Kind.SAMPLE, better=Better.PARITY, spread=Spread.ATTRIBUTES, tasks=(Task.BINARY,), source="Fairlearn"
)

FAIRNESS = (
    fair(
        name="fairness.selection_rate_ratio",
        title="rate of the favourable decision, group to reference group",
        says="{group} to {reference}: the ratio of favourable decisions is",
        unit="ratio",
        low=0.0,
        high=None,
        expect=1.0,
        ratio=True,
        counts="rows of the group",
        interval="Koopman 1984",
    ),
    fair(
        name="fairness.true_positive_rate_difference",
        title="favourable decisions among those who earned them, group minus reference group",
        says="{group} against {reference}: favourable decisions for those who earned them differ by",
        unit=SHARE,
        low=-1.0,
        high=1.0,
        expect=0.0,
        counts="rows of the group with the favourable outcome",
        interval="Newcombe 1998",
    ),
    fair(
        name="fairness.false_positive_rate_difference",
        title="favourable decisions among those who did not earn them, group minus reference group",
        says="{group} against {reference}: favourable decisions for those who did not earn them differ by",
        unit=SHARE,
        low=-1.0,
        high=1.0,
        expect=0.0,
        counts="rows of the group with the unfavourable outcome",
        interval="Newcombe 1998",
    ),
)
"""In the order in which they are shown."""
