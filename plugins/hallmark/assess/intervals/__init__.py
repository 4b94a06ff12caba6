"""Counts and values in, an estimate with its two-sided 95 % limits out, by what is estimated."""

from hallmark.assess.intervals.areas import area_by_value, area_under_curve, by_step, by_value, paired_areas
from hallmark.assess.intervals.distances import kolmogorov_smirnov, largest_gap, total_variation
from hallmark.assess.intervals.estimate import Interval, Z, gap, interval, on_logits, undefined, wald
from hallmark.assess.intervals.means import mean, mean_of_sums, relative_rise
from hallmark.assess.intervals.shares import difference, ratio, share, two_class_distance

__all__ = [
    "Interval",
    "Z",
    "area_by_value",
    "area_under_curve",
    "by_step",
    "by_value",
    "difference",
    "gap",
    "interval",
    "kolmogorov_smirnov",
    "largest_gap",
    "mean",
    "mean_of_sums",
    "on_logits",
    "paired_areas",
    "ratio",
    "relative_rise",
    "share",
    "total_variation",
    "two_class_distance",
    "undefined",
    "wald",
]
