"""A population in which a model is fair and calibrated by construction, and samples of it as cell counts."""

from dataclasses import dataclass
from string import Template

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import norm
from shipped import ROOT, profile

from hallmark import documents
from hallmark.assess.arrays import Counts, Floats
from hallmark.policy.profile import Profile
from hallmark.policy.subject import Cohort, CohortRole, Manifest

LEVELS, CENTRE, SPREAD = 400, -2.2, 1.2
"""Scores: this many of equal chance, normal on the logit scale: 15 % positive, AUC 0.78, Brier score 0.106."""

SCORES: Floats = expit(CENTRE + SPREAD * norm.ppf((np.arange(LEVELS) + 0.5) / LEVELS))
"""The score of each level, ascending; the chance of a positive outcome, too."""

SEX = {"men": 0.4, "women": 0.6}
AGE = {"under 25": 0.09, "25-39": 0.5, "40-54": 0.394, "55+": 0.016}
"""Shares of the groups, which go with nothing: not with the score, not with the outcome, not with each other."""

NOISE = 0.01
"""Share of values that are missing, in every group and at any time."""

_GROUPS: Floats = np.outer(list(SEX.values()), list(AGE.values())).ravel()
_CHANCES: Floats = _GROUPS[:, None, None] * np.stack([1 - SCORES, SCORES], axis=1) / LEVELS


def manifest() -> Manifest:
    """The manifest of card_default, whose attributes and cut-off the population has."""
    template = Template((ROOT / "examples/card_default/manifest.template.yaml").read_text(encoding="utf-8"))
    digests = dict.fromkeys(("artifact_sha256", "train_sha256", "reference_sha256"), "a" * 64)
    words = {
        "version": "1",
        "artifact": "model.skops",
        "format": "skops",
        "cut_off": "0.2",
        "features": ", ".join(f"feature_{place}" for place in range(10)),
        "age_bands": ", ".join(f'"{band}"' for band in AGE),
    }
    return documents.manifest(template.substitute(digests | words), "manifest.template.yaml")


def whole_profile() -> Profile:
    """Everything that the shipped policies expect of this model before it goes live."""
    model = manifest()
    cohort = Cohort(
        model=model.model,
        version=model.version,
        name="simulated",
        role=CohortRole.HOLDOUT,
        as_of=model.training.as_of,
        file="data/simulated.parquet",
        sha256="0" * 64,
    )
    return profile(model, cohort)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Rows by group (sex x age, row-major), score level and outcome, shape (8, LEVELS, 2)."""

    rows: Counts

    @property
    def n(self) -> int:
        """All rows."""
        return int(self.rows.sum())

    @property
    def by_level(self) -> Counts:
        """Rows by score level and outcome, shape (LEVELS, 2)."""
        summed: Counts = self.rows.sum(axis=0)
        return summed

    def of(self, members: NDArray[np.bool_]) -> "Cells":
        """The rows of some of the eight groups."""
        return Cells(rows=self.rows[members])


def drawn(rng: np.random.Generator, n: int) -> Cells:
    """A sample of n rows."""
    return Cells(rows=rng.multinomial(n, _CHANCES.ravel()).reshape(_CHANCES.shape))
