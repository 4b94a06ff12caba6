"""Defects of performance: a score that knows too much, says it too boldly, or knows too little."""

import numpy as np
import pandas as pd
from planted.defect import Belongs, Defect, of
from planted.worlds import SCORE, Mask, World, some
from scipy.special import expit, logit


def _leaked(world: World, rng: np.random.Generator) -> World:
    return world.refitted("days_in_arrears", lambda frame: frame[world.label] + rng.normal(0, 0.2, len(frame)))


def _bold(world: World, rng: np.random.Generator) -> World:
    return world.with_cohort(world.cohort.assign(**{SCORE: expit(2.5 * logit(world.cohort[SCORE]))}))


def _shuffled(world: World, rng: np.random.Generator) -> World:
    return _shuffle(world, rng, some(rng, pd.Series(True, index=world.cohort.index), 0.35))


def _shuffled_in_segment(world: World, rng: np.random.Generator) -> World:
    column = world.manifest.segments[0].column
    return _shuffle(world, rng, (world.cohort[column] == world.columns.segment).to_numpy())


def _shuffle(world: World, rng: np.random.Generator, mask: Mask) -> World:
    scores = world.cohort[SCORE].to_numpy(copy=True)
    scores[mask] = rng.permutation(scores[mask])
    return world.with_cohort(world.cohort.assign(**{SCORE: scores}))


PERFORMANCE = (
    Defect(name="leaked target", plant=_leaked, belongs=of("data_quality.single_feature_auc")),
    Defect(name="logits x 2.5", plant=_bold, belongs=of("performance.calibration_slope")),
    Defect(
        name="35 % of scores shuffled",
        plant=_shuffled,
        belongs=of("performance.auc", "performance.auc_drop", "drift.auc_drop", "performance.calibration_slope"),
    ),
    Defect(
        name="scores shuffled in one segment",
        plant=_shuffled_in_segment,
        belongs=lambda world: (Belongs(measure="performance.segment_auc", group=world.columns.segment),),
    ),
)
"""As in section 7 of the methods, without those that belong to explanation."""
