"""Defects of drift: the cohort is another population than the reference."""

import numpy as np
import pandas as pd
from planted.defect import Belongs, Defect, of
from planted.worlds import SCORE, World, some
from scipy.special import expit, logit


def _moved(world: World, rng: np.random.Generator) -> World:
    name = world.columns.feature
    values = world.cohort[name]
    return world.rescored(world.cohort.assign(**{name: values + 0.3 * values.std()}))


def _wider(world: World, rng: np.random.Generator) -> World:
    name = world.columns.feature
    values = world.cohort[name]
    return world.rescored(world.cohort.assign(**{name: values.mean() + 1.6 * (values - values.mean())}))


def _unit(world: World, rng: np.random.Generator) -> World:
    """A fifth of the amounts in hundredths of the unit."""
    name = world.columns.amount
    mask = some(rng, pd.Series(True, index=world.cohort.index), 0.2)
    return world.rescored(world.cohort.assign(**{name: world.cohort[name].mask(mask, world.cohort[name] * 100)}))


def _broken_joint(world: World, rng: np.random.Generator) -> World:
    """Every feature keeps its values, each in an order of its own."""
    shuffled = {name: rng.permutation(world.cohort[name].to_numpy()) for name in world.manifest.features}
    return world.rescored(world.cohort.assign(**shuffled))


def _scores_shifted(world: World, rng: np.random.Generator) -> World:
    return world.with_cohort(world.cohort.assign(**{SCORE: expit(logit(world.cohort[SCORE]) + 0.5)}))


def _rate_doubled(world: World, rng: np.random.Generator) -> World:
    """The rarer outcome twice as frequent: rows of the other one are left out."""
    rare = world.cohort[world.label] == world.columns.rarer
    share = float(rare.mean())
    # Of the frequent rows so many stay that the rare ones are 2 x share.
    kept = share * (1 - 2 * share) / (2 * share * (1 - share))
    return world.with_cohort(world.cohort[rare | some(rng, ~rare, kept)].reset_index(drop=True))


def _permuted(world: World, rng: np.random.Generator) -> World:
    return world.with_cohort(world.cohort.assign(**{world.label: rng.permutation(world.cohort[world.label])}))


_RANKS = ("drift.auc_drop", "performance.auc", "performance.auc_drop")

DRIFT = (
    Defect(
        name="one feature + 0.3 sd",
        plant=_moved,
        belongs=lambda world: (Belongs(measure="drift.feature_distance", feature=world.columns.feature),),
    ),
    Defect(
        name="spread of one feature x 1.6",
        plant=_wider,
        belongs=lambda world: (Belongs(measure="drift.feature_distance", feature=world.columns.feature),),
    ),
    Defect(
        name="unit changed in 20 % of an amount",
        plant=_unit,
        belongs=lambda world: (
            Belongs(measure="drift.feature_distance", feature=world.columns.amount),
            Belongs(measure="data_quality.unseen", feature=world.columns.amount),
            Belongs(measure="data_quality.validity", feature=world.columns.amount),
        ),
    ),
    Defect(name="marginals kept, joint broken", plant=_broken_joint, belongs=of("drift.domain_auc", *_RANKS)),
    Defect(
        name="scores shifted by 0.5 on the logit scale",
        plant=_scores_shifted,
        belongs=of("drift.score_distance", "performance.calibration_in_the_large"),
    ),
    Defect(name="rate of the rarer outcome doubled", plant=_rate_doubled, belongs=of("drift.label_distance")),
    Defect(name="labels permuted", plant=_permuted, belongs=of(*_RANKS)),
)
"""As in section 7 of the methods."""
