"""The measures of fairness."""

from functools import partial

from hallmark.measures.measure import SHARE, Better, Kind, Measure, Spread, Task

fair = partial(
    Measure, kind=Kind.SAMPLE, better=Better.PARITY, spread=Spread.ATTRIBUTES, tasks=(Task.BINARY,), source="Fairlearn"
)

shown = partial(
    Measure,
    kind=Kind.SAMPLE,
    spread=Spread.ATTRIBUTES,
    tasks=(Task.BINARY,),
    source="Fairlearn",
    unit=SHARE,
    gate=False,
)

_EXTREME = "an extreme over groups is biased away from parity: it reads 0.17 where eight groups are alike"

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
    fair(
        name="fairness.precision_difference",
        title="earned among the favourable decisions, group minus reference group",
        says="{group} against {reference}: favourable decisions are earned in a share that differs by",
        unit=SHARE,
        low=-1.0,
        high=1.0,
        expect=0.0,
        counts="labelled favourable decisions of the group",
        source="scikit-learn, precision; predictive parity (Chouldechova 2017)",
        interval="Newcombe 1998",
    ),
    fair(
        name="fairness.calibration_within_group",
        title="observed rate minus mean score within the group",
        says="{group} (reference {reference}): the observed rate differs from the mean score by",
        unit=SHARE,
        low=-1.0,
        high=1.0,
        expect=0.0,
        counts="labelled rows of the group",
        source="mean residual",
        interval="t, variance at least the mean of p(1 - p)",
    ),
    fair(
        name="fairness.calibration_difference",
        title="observed rate minus mean score, group minus reference group",
        says="{group} against {reference}: the observed rates depart from the mean scores by amounts that differ by",
        unit=SHARE,
        low=-2.0,
        high=2.0,
        expect=0.0,
        counts="labelled rows of the group",
        source="difference of mean residuals",
        interval="t, joined by square-and-add (Zou and Donner 2008)",
    ),
    Measure(
        name="fairness.proxy_auc",
        title="how well the features tell the group from the reference group",
        says="{group} against {reference}: the features tell them apart with an area under the curve of",
        kind=Kind.SAMPLE,
        better=Better.LOWER,
        spread=Spread.ATTRIBUTES,
        unit=SHARE,
        low=0.0,
        high=1.0,
        counts="rows of the smaller side that the classifier was tried on",
        source="scikit-learn, gradient boosting on one split",
        interval="DeLong 1988 on the logit scale",
    ),
    shown(
        name="fairness.equalized_odds_difference",
        title="largest difference of the rates of favourable decisions among those who did, or did not, earn them",
        says="{group} against {reference}: the largest difference of the two rates over all groups is",
        better=Better.LOWER,
        low=0.0,
        high=1.0,
        note=f"{_EXTREME}; each group is judged by itself instead",
    ),
    shown(
        name="fairness.selection_rate_ratio_minimum",
        title="lowest rate of favourable decisions over the highest",
        says="{group} against {reference}: the lowest rate of favourable decisions over the highest is",
        unit="ratio",
        better=Better.HIGHER,
        low=0.0,
        high=1.0,
        note=f"{_EXTREME}; each group is compared with the reference group instead",
    ),
    shown(
        name="fairness.selection_rate_minimum",
        title="rate of favourable decisions in the group that gets them least",
        says="{group} against {reference}: the rate of the group with the fewest favourable decisions is",
        better=Better.HIGHER,
        low=0.0,
        high=1.0,
        note=f"{_EXTREME}; a rate alone compares nobody",
    ),
    shown(
        name="fairness.unknown_selection_rate",
        title="rate of favourable decisions among rows without a declared group",
        says="{group} (reference {reference}): the rate of favourable decisions is",
        better=Better.HIGHER,
        low=0.0,
        high=1.0,
        interval="Wilson 1927",
        note="rows without a declared group are a remainder and no group; data_quality.groups_declared bounds them",
    ),
)
"""In the order in which they are shown."""
