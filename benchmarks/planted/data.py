"""Defects of data: gaps, copies, values that cannot be, labels, groups and identifiers."""

from dataclasses import replace

import numpy as np
import pandas as pd
from planted.defect import Belongs, Defect, of, of_women
from planted.worlds import Mask, World, some


def _with_gaps(world: World, column: str, mask: Mask) -> World:
    # Nullable, so that the type of the column in the file stays what it was.
    return world.with_cohort(world.cohort.assign(**{column: world.cohort[column].convert_dtypes().mask(mask)}))


def _incomes_missing(world: World, rng: np.random.Generator) -> World:
    everyone = pd.Series(True, index=world.cohort.index)
    return _with_gaps(world, world.columns.amount, some(rng, everyone, 0.08))


def _ratio_missing(world: World, rng: np.random.Generator) -> World:
    return _with_gaps(world, world.columns.ratio, some(rng, world.cohort["sex"] == "women", 0.3))


def _duplicated(world: World, rng: np.random.Generator) -> World:
    copies = world.cohort.sample(frac=0.05, random_state=int(rng.integers(2**31)))
    return world.with_cohort(pd.concat([world.cohort, copies], ignore_index=True))


def _in_training(world: World, rng: np.random.Generator) -> World:
    seen = world.cohort.sample(frac=0.06, random_state=int(rng.integers(2**31)))
    return replace(world, train=pd.concat([world.train, seen], ignore_index=True))


def _negative(world: World, rng: np.random.Generator) -> World:
    amount = world.columns.amount
    mask = some(rng, world.cohort[amount] > 0, 0.03)
    return world.rescored(world.cohort.assign(**{amount: world.cohort[amount].mask(mask, -world.cohort[amount])}))


def _unseen(world: World, rng: np.random.Generator) -> World:
    column, everyone = world.columns.category, pd.Series(True, index=world.cohort.index)
    changed = world.cohort[column].mask(some(rng, everyone, 0.03), world.columns.unknown)
    return world.rescored(world.cohort.assign(**{column: changed}))


def _inconsistent(world: World, rng: np.random.Generator) -> World:
    """In 5 % of the rows two columns that depend on each other take values of other rows."""
    first, second = world.columns.related
    mask = some(rng, pd.Series(True, index=world.cohort.index), 0.05)
    greatest, least = world.cohort[first].max(), world.cohort[first].min()
    # Both values are ones that the columns take: only together they cannot be.
    one = greatest if world.name == "card_default" else least
    other = least if world.name == "card_default" else world.cohort[second].max()
    changed = {first: world.cohort[first].mask(mask, one), second: world.cohort[second].mask(mask, other)}
    return world.rescored(world.cohort.assign(**changed))


def _constant(world: World, rng: np.random.Generator) -> World:
    name = world.columns.feature
    return world.rescored(world.cohort.assign(**{name: float(world.cohort[name].median())}))


def _flipped(world: World, rng: np.random.Generator) -> World:
    return _flip(world, some(rng, pd.Series(True, index=world.cohort.index), 0.1))


def _flipped_in_group(world: World, rng: np.random.Generator) -> World:
    return _flip(world, some(rng, world.cohort["sex"] == "women", 0.3))


def _flip(world: World, mask: Mask) -> World:
    labels = world.cohort[world.label]
    return world.with_cohort(world.cohort.assign(**{world.label: labels.mask(mask, 1 - labels)}))


def _dropped(world: World, rng: np.random.Generator) -> World:
    columns = [one.column for one in world.manifest.attributes]
    here = (world.cohort[columns] == world.columns.dropped).any(axis=1)
    return world.with_cohort(world.cohort[~here].reset_index(drop=True))


def _identifier(world: World, rng: np.random.Generator) -> World:
    return world.refitted("row_number", lambda frame: frame[world.manifest.key])


def _gaps_of(column: str) -> tuple[Belongs, ...]:
    return Belongs(measure="data_quality.completeness"), Belongs(measure="drift.missing_distance", feature=column)


def _impossible(column: str) -> tuple[Belongs, ...]:
    """A value that cannot be breaks a rule of the suite, or lies outside of what training showed."""
    return tuple(Belongs(measure=f"data_quality.{name}", feature=column) for name in ("validity", "unseen"))


_LABELS = ("drift.label_distance", "drift.auc_drop", "performance.auc_drop")
_SCORES = ("performance.auc", "performance.calibration_in_the_large", "performance.calibration_slope")
_BY_GROUP = ("fairness.calibration_within_group", "fairness.calibration_difference")

DATA = (
    Defect(
        name="8 % of incomes missing",
        plant=_incomes_missing,
        belongs=lambda world: _gaps_of(world.columns.amount),
    ),
    Defect(
        name="a ratio missing for 30 % of women, for nobody else",
        plant=_ratio_missing,
        belongs=lambda world: (*_gaps_of(world.columns.ratio), *of("data_quality.missingness_difference")(world)),
    ),
    Defect(name="5 % duplicated rows", plant=_duplicated, belongs=of("data_quality.uniqueness")),
    Defect(name="6 % of the test rows in training", plant=_in_training, belongs=of("data_quality.overlap")),
    Defect(name="3 % negative amounts", plant=_negative, belongs=lambda world: _impossible(world.columns.amount)),
    Defect(
        name="unseen category in 3 %",
        plant=_unseen,
        belongs=lambda world: _impossible(world.columns.category),
    ),
    Defect(name="derived column inconsistent in 5 %", plant=_inconsistent, belongs=of("data_quality.consistency")),
    Defect(name="constant column", plant=_constant, belongs=of("data_quality.varies")),
    Defect(name="10 % of labels flipped", plant=_flipped, belongs=of(*_LABELS, *_SCORES)),
    Defect(
        name="30 % of women's labels flipped",
        plant=_flipped_in_group,
        belongs=of_women(*_BY_GROUP),
    ),
    Defect(
        name="a group dropped from the sample",
        plant=_dropped,
        belongs=of("data_quality.groups_present", "data_quality.representation_ratio"),
    ),
    Defect(name="identifier kept as a feature", plant=_identifier, belongs=of("data_quality.not_identifying")),
)
"""As in section 7 of the methods."""
