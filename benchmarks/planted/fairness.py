"""Defects of fairness: decisions, scores and features that treat a group otherwise."""

import numpy as np
import pandas as pd
from planted.defect import Belongs, Defect, of_women
from planted.worlds import SCORE, Mask, World, some

from hallmark.assess.arrays import Floats
from hallmark.policy.groups import CROSS


def _approved(world: World) -> pd.Series:
    scores = world.cohort[SCORE]
    return scores < world.cut_off if world.below else scores >= world.cut_off


def _cut(world: World, mask: Mask) -> World:
    """These rows get the other decision, their scores just beyond the cut-off."""
    refused = world.cut_off + 0.01 if world.below else world.cut_off - 0.01
    return world.with_cohort(world.cohort.assign(**{SCORE: world.cohort[SCORE].mask(mask, refused)}))


def _approvals(world: World, rng: np.random.Generator) -> World:
    return _cut(world, some(rng, (world.cohort["sex"] == "women") & _approved(world), 0.25))


def _creditworthy(world: World, rng: np.random.Generator) -> World:
    earned = world.cohort[world.label] == (0 if world.below else 1)
    return _cut(world, some(rng, (world.cohort["sex"] == "women") & _approved(world) & earned, 0.25))


def _scores(world: World, rng: np.random.Generator) -> World:
    worse = 0.2 if world.below else -0.2
    moved = (world.cohort[SCORE] + worse).clip(0.0, 1.0)
    return world.with_cohort(
        world.cohort.assign(**{SCORE: world.cohort[SCORE].mask(world.cohort["sex"] == "women", moved)})
    )


def _proxy(world: World, rng: np.random.Generator) -> World:
    def told(frame: pd.DataFrame) -> Floats:
        right = rng.random(len(frame)) < 0.95
        return np.where((frame["sex"] == "women") == right, 1.0, 0.0) + rng.normal(0, 0.1, len(frame))

    return world.refitted("hobby", told)


def _direct(world: World, rng: np.random.Generator) -> World:
    return world.refitted("sex_code", lambda frame: (frame["sex"] == "women").astype("int64"))


def _crossed(world: World, rng: np.random.Generator) -> World:
    columns = [one.column for one in world.manifest.attributes if set(one.groups) & set(world.columns.crossed)]
    where = (world.cohort[columns].isin(world.columns.crossed)).all(axis=1)
    return _cut(world, some(rng, where & _approved(world), 0.4))


_RATIO, _TPR = "fairness.selection_rate_ratio", "fairness.true_positive_rate_difference"

FAIRNESS = (
    Defect(name="women's approvals cut by 25 %", plant=_approvals, belongs=of_women(_RATIO)),
    Defect(name="approvals of creditworthy women cut by 25 %", plant=_creditworthy, belongs=of_women(_TPR)),
    Defect(
        name="women's scores worse by 0.2",
        plant=_scores,
        belongs=of_women(_RATIO, _TPR, "fairness.calibration_within_group", "fairness.calibration_difference"),
    ),
    Defect(name="proxy feature (right in 95 %)", plant=_proxy, belongs=of_women("fairness.proxy_auc")),
    Defect(name="direct use of the attribute", plant=_direct, belongs=of_women("fairness.proxy_auc")),
    Defect(
        name="harm where two attributes meet (approvals cut by 40 %)",
        plant=_crossed,
        belongs=lambda world: (Belongs(measure=_RATIO, group=CROSS.join(world.columns.crossed)),),
    ),
)
"""As in section 7 of the methods."""
