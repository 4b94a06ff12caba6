"""The measures of drift."""

from functools import partial

from hallmark.measures.measure import SHARE, Better, Kind, Measure, Spread

drift = partial(Measure, kind=Kind.SAMPLE, better=Better.LOWER, low=0.0, expect=0.0)

DRIFT = (
    drift(
        name="drift.feature_distance",
        title="distance between the distributions then and now",
        says="{feature}: the distribution moved by",
        unit=SHARE,
        high=1.0,
        spread=Spread.FEATURES,
        source="Kolmogorov-Smirnov D; total variation for categories",
    ),
    drift(
        name="drift.score_distance",
        title="distance between the score distributions then and now",
        says="the distribution of scores moved by",
        unit=SHARE,
        high=1.0,
        source="Kolmogorov-Smirnov D",
    ),
    drift(
        name="drift.evidently_score",
        title="Evidently's drift score",
        says="{feature}: Evidently's drift score is",
        unit="standard deviations",
        high=None,
        spread=Spread.FEATURES,
        source="Evidently, Wasserstein distance over the standard deviation of the reference",
        gate=False,
        note="one missing-code destroys it; shown beside D and never judged",
    ),
)
"""In the order in which they are shown."""
